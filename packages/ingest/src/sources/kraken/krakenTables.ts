import { DataError, MICROS_PER_MINUTE, NO_SIDE, type Decimal } from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile } from "../../source.ts";
import { formatInterval } from "../read/barInterval.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { parseSeconds, UNIX_SECONDS } from "../read/venueTimes.ts";
import { pairOfFile, SPOT } from "./krakenPairs.ts";

const TRADE_COLUMNS = ["time", "price", "volume"];
const BAR_COLUMNS = ["time", "open", "high", "low", "close", "volume", "trades"];

function timeCell(row: CsvRow): number {
  const at = parseSeconds(row.text("time"));
  if (at === undefined) throw row.wrong("time", UNIX_SECONDS);
  return at;
}

function positive(row: CsvRow, name: string): Decimal {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}

/** Every trade of a pair, without side and id: the aggressor is unknown, and a trade that stands there twice is two. */
const readTrade =
  (sink: RowSink, pair: string) =>
  (row: CsvRow): Emit => {
    const trade = {
      line: row.line.number,
      tsEvent: timeCell(row),
      side: NO_SIDE,
      price: positive(row, "price"),
      size: positive(row, "volume"),
    };
    return () => sink.row("trades", SPOT, pair, trade);
  };

function countCell(row: CsvRow, name: string): number {
  const text = row.text(name);
  if (!/^\d{1,15}$/.test(text)) throw row.wrong(name, "a whole number");
  return Number(text);
}

/** Bars of a pair; an interval without a trade has none. */
const readBar =
  (sink: RowSink, pair: string, intervalMicros: number | undefined) =>
  (row: CsvRow): Emit => {
    const bar = {
      line: row.line.number,
      tsEvent: timeCell(row),
      intervalMicros,
      open: positive(row, "open"),
      high: positive(row, "high"),
      low: positive(row, "low"),
      close: positive(row, "close"),
      volume: row.real("volume"),
      trades: countCell(row, "trades"),
    };
    return () => sink.row("candles", SPOT, pair, bar);
  };

/** Minutes of a bar, from a name such as `XBTUSD_60.csv`, as µs. */
function intervalOfName(fileName: string): number | undefined {
  const [, minutes] = /_(\d{1,5})\.csv(?:\.|$)/.exec(fileName) ?? [];
  return minutes === undefined || Number(minutes) === 0
    ? undefined
    : Number(minutes) * MICROS_PER_MINUTE;
}

/**
 * The two kinds of table of Kraken's downloadable history, which have no header: three columns are trades, seven bars. The pair
 * and the bars' length stand in the file's name.
 */
export function openKrakenTable(
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
  line: string,
): PlainTable {
  const cells = line.split(",").length;
  const starts = /^\d/.test(line);
  if (!starts || (cells !== TRADE_COLUMNS.length && cells !== BAR_COLUMNS.length)) {
    throw new DataError(
      `${file.name}:1: "${line.slice(0, 200)}" is no row of Kraken's history; expected trades (${TRADE_COLUMNS.join(",")}) or bars (${BAR_COLUMNS.join(",")}), without a header`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  const pair = pairOfFile(file.name, hints);
  if (cells === TRADE_COLUMNS.length) {
    sink.dataset("trades");
    return { columns: TRADE_COLUMNS, headed: false, read: readTrade(sink, pair) };
  }
  const interval = intervalOfName(file.name);
  sink.dataset(interval === undefined ? "bars" : `bars-${formatInterval(interval)}`);
  return { columns: BAR_COLUMNS, headed: false, read: readBar(sink, pair, interval) };
}
