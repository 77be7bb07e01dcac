import { DataError } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { readBulkLines } from "./bulkLines.ts";
import { CsvColumns, CsvRow } from "./csvRow.ts";

/** What reads the rows of one kind of table. */
export interface CsvHandler {
  /**
   * Takes one row. A DataError that the row's cells raise (through `read`) sends the line to quarantine; any other error ends
   * the ingest.
   */
  row(row: CsvRow): void;
  /**
   * Takes the line that begins at `from`, its number given, straight from the bytes, of which whole lines lie before `to`; returns where
   * the next line begins, or -1 to have this one read as a row.
   */
  bulk?(bytes: Uint8Array, from: number, to: number, number: number): number;
  /** The file is over. */
  end?(): void;
}

/** A kind of table, known by its exact header. */
export interface CsvKind<Name extends string = string> {
  readonly name: Name;
  readonly columns: readonly string[];
}

/** Whether a file's text starts with the header of a kind of table. */
export const isHeader = (text: string, { columns }: CsvKind): boolean =>
  text.split(/\r?\n/, 1)[0] === columns.join(",");

/** A header in an error message: the snapshot tables have up to 104 columns. */
const shortened = (header: string): string =>
  header.length > 300 ? `${header.slice(0, 300)}… (${header.split(",").length} columns)` : header;

function unknownHeader(file: SourceFile, found: string, kinds: readonly CsvKind[]): DataError {
  const expected = kinds.map((kind) => `${kind.name} (${shortened(kind.columns.join(","))})`);
  return new DataError(
    `${file.name}:1: unknown header "${shortened(found)}"; expected ${expected.join(" or ")}`,
    { hints: ["Check that the source named is the one this file comes from."] },
  );
}

/**
 * Reads a row's cells with `read`: what they mean, or undefined after the line went to quarantine because a cell is bad.
 * `read` must only read cells, so that an error of the sink is never taken for one of the data.
 */
export function readCells<T>(sink: RowSink, row: CsvRow, read: (row: CsvRow) => T): T | undefined {
  try {
    return read(row);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    sink.quarantine(row.line, error.message);
    return undefined;
  }
}

function openRow(sink: RowSink, columns: CsvColumns, line: SourceLine): CsvRow | undefined {
  try {
    return new CsvRow(columns, line);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    sink.quarantine(line, error.message);
    return undefined;
  }
}

/** One table on its way into its handler, line by line. */
class CsvTable<Name extends string> {
  private readonly file: SourceFile;
  private readonly sink: RowSink;
  private readonly kinds: readonly CsvKind<Name>[];
  private readonly open: (kind: Name) => CsvHandler;
  private header: string | undefined;
  private columns = new CsvColumns([]);
  handler: CsvHandler | undefined;

  constructor(
    file: SourceFile,
    sink: RowSink,
    kinds: readonly CsvKind<Name>[],
    open: (kind: Name) => CsvHandler,
  ) {
    this.file = file;
    this.sink = sink;
    this.kinds = kinds;
    this.open = open;
  }

  take(line: SourceLine): void {
    if (this.handler === undefined) this.start(line);
    else if (line.text === this.header) this.sink.skip(line, "repeated header");
    else if (line.text.trim() === "") this.sink.skip(line, "blank line");
    else {
      const row = openRow(this.sink, this.columns, line);
      if (row !== undefined) this.handler.row(row);
    }
  }

  private start(line: SourceLine): void {
    this.header = line.text;
    const kind = this.kinds.find((known) => known.columns.join(",") === line.text);
    if (kind === undefined) throw unknownHeader(this.file, line.text, this.kinds);
    this.columns = new CsvColumns(kind.columns);
    this.handler = this.open(kind.name);
    this.sink.skip(line, "header");
  }

  end(): void {
    if (this.handler === undefined) {
      throw new DataError(`${this.file.name}: the file holds no line`, {
        hints: ["Fetch it again; a vendor's empty file means that nothing was recorded."],
      });
    }
    this.handler.end?.();
  }
}

/**
 * Reads a CSV file whose first line must be the exact header of one of `kinds`. The header, its repetitions and blank lines are
 * skipped and counted; a line with another number of columns goes to quarantine; `open` gets the kind that was found and
 * returns what takes the rows. Throws DataError for a file without a line and for an unknown header.
 */
export async function readCsvTable<Name extends string>(
  file: SourceFile,
  sink: RowSink,
  kinds: readonly CsvKind<Name>[],
  open: (kind: Name) => CsvHandler,
): Promise<void> {
  const table = new CsvTable(file, sink, kinds, open);
  if (sink.bulk === undefined) {
    for await (const lines of file.lines()) for (const line of lines) table.take(line);
  } else {
    await readBulkLines(file, {
      line: (line) => table.take(line),
      bulk: (bytes, from, to, number) => table.handler?.bulk?.(bytes, from, to, number) ?? -1,
    });
  }
  table.end();
}
