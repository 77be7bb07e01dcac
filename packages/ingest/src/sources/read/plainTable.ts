import { DataError } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { CsvColumns, CsvRow } from "./csvRow.ts";
import { emitRecord, type Emit } from "./emitRecords.ts";

/** What a table turned out to be, seen by its first line. */
export interface PlainTable {
  readonly columns: readonly string[];
  /** The first line is a header and no row. */
  readonly headed: boolean;
  /** Reads a row and emits nothing yet; see `RecordReader`. */
  read(row: CsvRow): Emit;
  /** A line went to quarantine: what it held is lost. */
  lost?(): void;
  /** The file is over. */
  end?(): void;
}

const unquoted = (line: SourceLine): SourceLine =>
  line.text.includes('"')
    ? { number: line.number, text: line.text.replaceAll(/"([^",]*)"/g, "$1") }
    : line;

const refusedEmpty = (file: SourceFile): DataError =>
  new DataError(`${file.name}: the file holds no line`, {
    hints: ["Fetch it again; a vendor's empty file means that nothing was recorded."],
  });

/**
 * Reads a CSV file that may lack a header: `open` sees its first line and says what it is, or throws DataError. The header, its
 * repetitions and blank lines are skipped and counted; cells may stand in quotes as long as they hold no comma; a line with
 * another number of columns goes to quarantine. Throws DataError for a file without a line.
 */
export async function readPlainTable(
  file: SourceFile,
  sink: RowSink,
  open: (first: SourceLine) => PlainTable,
): Promise<void> {
  let header: string | undefined;
  let table: PlainTable | undefined;
  let columns = new CsvColumns([]);
  const reader = {
    read: (line: SourceLine): Emit => {
      const row = new CsvRow(columns, unquoted(line));
      return table?.read(row) ?? ((): void => {});
    },
    lost: (): void => table?.lost?.(),
  };
  for await (const lines of file.lines()) {
    for (const line of lines) {
      if (line.text.trim() === "") {
        sink.skip(line, "blank line");
        continue;
      }
      if (table === undefined) {
        table = open(line);
        columns = new CsvColumns(table.columns);
        if (table.headed) {
          header = line.text;
          sink.skip(line, "header");
          continue;
        }
      } else if (line.text === header) {
        sink.skip(line, "repeated header");
        continue;
      }
      emitRecord(sink, line, reader);
    }
  }
  if (table === undefined) throw refusedEmpty(file);
  table.end?.();
}
