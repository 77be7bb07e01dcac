import { DataError } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { CsvColumns, CsvRow } from "./csvRow.ts";

/** What reads the rows of one kind of table. */
export interface CsvHandler {
  /**
   * Takes one row. A DataError that the row's cells raise (through `read`) sends the line to quarantine; any other error ends
   * the ingest.
   */
  row(row: CsvRow): void;
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
  let header: string | undefined;
  let columns = new CsvColumns([]);
  let handler: CsvHandler | undefined;
  for await (const lines of file.lines()) {
    for (const line of lines) {
      if (handler === undefined) {
        header = line.text;
        const kind = kinds.find((known) => known.columns.join(",") === header);
        if (kind === undefined) throw unknownHeader(file, header, kinds);
        columns = new CsvColumns(kind.columns);
        handler = open(kind.name);
        sink.skip(line, "header");
      } else if (line.text === header) {
        sink.skip(line, "repeated header");
      } else if (line.text.trim() === "") {
        sink.skip(line, "blank line");
      } else {
        const row = openRow(sink, columns, line);
        if (row !== undefined) handler.row(row);
      }
    }
  }
  if (handler === undefined) {
    throw new DataError(`${file.name}: the file holds no line`, {
      hints: ["Fetch it again; a vendor's empty file means that nothing was recorded."],
    });
  }
  handler.end?.();
}
