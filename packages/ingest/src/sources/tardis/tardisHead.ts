import { isInstrumentName, type StreamName } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";

/** Tardis exchange ids that are called otherwise here; every other id is the venue's name as it is. */
const VENUES: Readonly<Record<string, string>> = {
  "binance-futures": "binance-usdm",
  "binance-delivery": "binance-coinm",
};

/** What every Tardis row starts with. */
export interface TardisHead {
  /** The exchange as Tardis names it. */
  readonly exchange: string;
  readonly venue: string;
  /** As the venue writes it, with `/` and `:` replaced by `-`, as Tardis does in its own file names. */
  readonly symbol: string;
  /** `timestamp`: the venue's clock, µs. Absent where the cell is empty. */
  readonly tsEvent: number | undefined;
  /** `local_timestamp`: when Tardis received the message, µs. */
  readonly tsRecv: number;
  /** The number of the line, from 1. */
  readonly line: number;
}

/** Reads the four columns with which every row starts. Throws DataError for a bad cell. */
export function readHead(row: CsvRow): TardisHead {
  const exchange = row.text("exchange");
  const venue = VENUES[exchange] ?? exchange;
  const symbol = row.text("symbol").replaceAll(/[/:]/g, "-");
  if (!isInstrumentName(venue, "X")) throw row.wrong("exchange", "the id of an exchange");
  if (!isInstrumentName(venue, symbol)) throw row.wrong("symbol", "the name of an instrument");
  return {
    exchange,
    venue,
    symbol,
    tsEvent: row.optionalMicros("timestamp"),
    tsRecv: row.micros("local_timestamp"),
    line: row.line.number,
  };
}

/** The columns that say when a row was and which line it came from. */
export const origin = ({
  tsEvent,
  tsRecv,
  line,
}: TardisHead): Pick<TardisHead, "tsEvent" | "tsRecv" | "line"> => ({ tsEvent, tsRecv, line });

/**
 * Where the venue sends no time (BitMEX liquidations), Tardis repeats its own: both clocks agree to the µs. The row is stored as
 * it stands and counted, for a study by the venue's clock must know.
 */
export function noteEventTime(sink: RowSink, stream: StreamName, head: TardisHead): void {
  if (head.tsEvent === head.tsRecv) sink.note(stream, head.venue, head.symbol, "eventTimeIsLocal");
}

/** The handler of a file of which each line is one row. `claim` is called with each good line before its row goes out. */
export function rowPerLine<S extends StreamName>(
  sink: RowSink,
  stream: S,
  read: (row: CsvRow, head: TardisHead) => RawRow<S>,
  claim: (head: TardisHead) => void = () => {},
): CsvHandler {
  return {
    row: (line) => {
      const found = readCells(sink, line, (row) => {
        const head = readHead(row);
        return { head, row: read(row, head) };
      });
      if (found === undefined) return;
      claim(found.head);
      noteEventTime(sink, stream, found.head);
      sink.row(stream, found.head.venue, found.head.symbol, found.row);
    },
  };
}
