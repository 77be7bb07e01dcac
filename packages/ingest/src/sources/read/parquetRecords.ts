import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError } from "@aftershock/schema";
import { openDuck, parquetRows, sqlName, type Duck } from "../../duck.ts";
import type { SourceFile, SourceLine } from "../../source.ts";

function unreadable(file: SourceFile, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(`${file.name}: the Parquet file cannot be read (${reason.slice(0, 200)})`, {
    cause,
    hints: ["Fetch it again, or check that the source named is the one this file comes from."],
  });
}

async function columnNames(duck: Duck, path: string): Promise<readonly string[]> {
  const rows = await duck.rows(`DESCRIBE SELECT * FROM ${parquetRows(path)}`);
  return rows.map((row) => String(row["column_name"]));
}

/** SQL: the cells of a row as text, with commas between them; an absent cell, and a column that the file lacks, is empty. */
function rowText(columns: readonly string[], names: readonly string[]): string {
  const cells = columns.map((name) =>
    names.includes(name) ? `coalesce(CAST(${sqlName(name)} AS VARCHAR), '')` : "''",
  );
  return cells.join(" || ',' || ");
}

async function* recordsOf(
  duck: Duck,
  path: string,
  columns: readonly string[],
  names: readonly string[],
): AsyncGenerator<readonly SourceLine[]> {
  const query = `SELECT ${rowText(columns, names)} AS text FROM ${parquetRows(path)}`;
  let number = 0;
  for await (const chunk of await duck.connection.stream(query)) {
    const texts = chunk.getColumnValues(0);
    yield texts.map((text): SourceLine => {
      number += 1;
      return { number, text: String(text) };
    });
  }
}

/**
 * The rows of a Parquet file in their order, each as a record of its cells' text with commas between them. `choose` gets the names
 * of the file's columns and says which are read, or throws DataError. The file is laid aside on disk while it is read, since its
 * directory stands at its end. Throws DataError for a file that is none or is damaged.
 */
export async function* parquetRecords(
  file: SourceFile,
  choose: (names: readonly string[]) => readonly string[],
): AsyncGenerator<readonly SourceLine[]> {
  const folder = await mkdtemp(join(tmpdir(), "aftershock-parquet-"));
  const path = join(folder, "rows.parquet");
  let duck: Duck | undefined;
  try {
    await pipeline(file.bytes(), createWriteStream(path));
    duck = await openDuck({ spillFolder: folder });
    const names = await columnNames(duck, path).catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    const records = recordsOf(duck, path, choose(names), names);
    for (;;) {
      const next = await records.next().catch((cause: unknown) => {
        throw unreadable(file, cause);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    duck?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
