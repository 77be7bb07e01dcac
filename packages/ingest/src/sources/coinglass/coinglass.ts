import { ConfigError, DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RawRow, ReadHints, RowSink, Source, SourceFile } from "../../source.ts";
import { formatInterval, intervalInName, StepCounter } from "../read/barInterval.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { isHeader, readCells, readCsvTable, type CsvHandler } from "../read/csvTable.ts";
import { timeOf } from "../read/jsonFields.ts";
import { utcCell } from "../read/utcTime.ts";
import {
  COINGLASS_FIGURES,
  COINGLASS_TABLES,
  type CoinglassFigure,
  type CoinglassTable,
} from "./coinglassTables.ts";
import { MissingIntervals } from "./missingIntervals.ts";

const VENUE = "coinglass";

/** One figure of an interval. */
interface Figure {
  readonly measure: string;
  readonly value: number;
}

/** Where the rows of a file go, and how long an interval is, µs. */
interface Series {
  readonly table: CoinglassTable;
  readonly symbol: string;
  readonly interval: number;
}

/** The interval's start. Both columns say it; a line in which they differ is bad. */
function readTime(row: CsvRow): number {
  const at = timeOf(row.text("timestamp"), "timestamp", "millis");
  if (utcCell(row, "datetime_utc") !== at) {
    throw row.wrong("datetime_utc", `the time that timestamp ${row.text("timestamp")} says`);
  }
  return at;
}

function readFigure(row: CsvRow, { column, measure, unit }: CoinglassFigure): Figure {
  const value = unit === "percent" ? row.percent(column) : row.real(column);
  if (value === undefined) throw row.wrong(column, "a number");
  return { measure, value };
}

const readCandle = (row: CsvRow, tsEvent: number, { interval }: Series): RawRow<"candles"> => ({
  line: row.line.number,
  tsEvent,
  intervalMicros: interval,
  open: row.decimal("price_open"),
  high: row.decimal("price_high"),
  low: row.decimal("price_low"),
  close: row.decimal("price_close"),
});

function seriesHandler(sink: RowSink, series: Series): CsvHandler {
  const { table, symbol, interval } = series;
  const missing = new MissingIntervals(interval);
  const noteMissing = (count: number): void => {
    if (count > 0) sink.note("measures", VENUE, symbol, "missingIntervals", count);
  };
  return {
    row: (line) => {
      const read = readCells(sink, line, (row) => {
        const at = readTime(row);
        const figures = COINGLASS_FIGURES[table].map((figure) => readFigure(row, figure));
        const candle = table === "regime" ? readCandle(row, at, series) : undefined;
        return { at, figures, candle };
      });
      if (read === undefined) return;
      const { onLastDay, onThisDay } = missing.before(read.at);
      noteMissing(onLastDay);
      for (const figure of read.figures) {
        const row = { line: line.line.number, tsEvent: read.at, intervalMicros: interval };
        sink.row("measures", VENUE, symbol, { ...row, ...figure });
      }
      noteMissing(onThisDay);
      if (read.candle !== undefined) sink.row("candles", VENUE, symbol, read.candle);
    },
  };
}

/** The length of an interval, as the name says or as most lines are apart, µs. */
async function intervalOf(file: SourceFile): Promise<number> {
  const named = intervalInName(file.name);
  if (named !== undefined) return named;
  const steps = new StepCounter();
  for await (const lines of file.lines()) {
    for (const { text } of lines) {
      const millis = /^\d{12,13}/.exec(text)?.[0];
      if (millis !== undefined) steps.add(Number(millis) * 1_000);
    }
  }
  const common = steps.mostCommon();
  if (common !== undefined) return common;
  throw new DataError(`${file.name}: one line does not say how long an interval is`, {
    hints: [
      'Give the file a name with the interval in it, e.g. "coinglass_BTC_liquidation_1h.csv".',
    ],
  });
}

function coinOf(file: SourceFile, hints: ReadHints): string {
  const coin = hints.symbol ?? /^coinglass_([A-Za-z0-9]+)_/.exec(file.name)?.[1];
  if (coin !== undefined && isInstrumentName(VENUE, coin)) return coin;
  throw new ConfigError(`${file.name}: neither the columns nor the name say of which coin it is`, {
    hints: ["Say it with --symbol, e.g. --symbol BTC."],
  });
}

async function readFile(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<void> {
  const coin = coinOf(file, hints);
  const interval = await intervalOf(file);
  await readCsvTable(file, sink, COINGLASS_TABLES, (table) => {
    sink.dataset(`${table}-${formatInterval(interval)}`);
    return seriesHandler(sink, {
      table,
      symbol: table === "regime" ? `${coin}@regime` : coin,
      interval,
    });
  });
}

/**
 * CSV downloads of Coinglass's aggregates over all venues that it follows, by coin. `timestamp` is when the interval starts (the
 * hourly prices hold what Deribit's perpetual traded in the same hour), so nothing of a line is known before the interval is over.
 *
 * | file | rows |
 * |---|---|
 * | liquidations | `measures` of `coinglass:BTC`: long, short and total, USD |
 * | regime | `measures` of `coinglass:BTC@regime`: the same as it was downloaded on another day (95 of 4,043 hours were revised, six by more than 1 %), funding rate and open interest (USD) at open, high, low and close, the rate also weighted by open interest; `candles` of the price, without volume |
 *
 * Funding rates are in percent of eight hours in the file and fractions here. The columns of cumulative volume delta hold only
 * zeros and are left out. Liquidations are what venues publish, a lower bound; an hour of zeros may be one that was not recorded.
 * Lines that lack between others are counted as `missingIntervals`.
 */
export const coinglass: Source = {
  name: "coinglass",
  version: 1,
  recognises: ({ text }) => COINGLASS_TABLES.some((table) => isHeader(text, table)),
  createReader: (hints) => ({ read: (file, sink) => readFile(file, sink, hints) }),
  terms,
};
