import { isInstrumentName, MICROS_PER_DAY, MICROS_PER_MINUTE } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RawRow, RowSink, Source } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import {
  isHeader,
  readCells,
  readCsvTable,
  type CsvHandler,
  type CsvKind,
} from "../read/csvTable.ts";

type SummaryTable = "day ranges" | "window volumes";

const TABLES: readonly CsvKind<SummaryTable>[] = [
  {
    name: "day ranges",
    columns: [
      "table_name",
      "exchange",
      "market",
      "timeframe",
      "n_candles_on_day",
      "day_high",
      "day_low",
      "intraday_drop_pct",
    ],
  },
  { name: "window volumes", columns: ["exchange", "type", "table", "base", "quote", "usd_volume"] },
];

/** 2025-10-10 00:00 UTC, µs: the day of all ranges, which is not in the file. */
const DAY_START = 1_760_054_400_000_000;
/** The window of all volumes, 21:09 to 22:00 UTC of that day, which is not in the file either. */
const WINDOW_START: number = DAY_START + (21 * 60 + 9) * MICROS_PER_MINUTE;
const WINDOW_MICROS: number = 51 * MICROS_PER_MINUTE;

/** Markets as the author's database calls them: `btc_usdt`, `btc_usdt:usdt`, `btc_usdt:usdt-251226`. */
const MARKET = /^[\p{L}\p{Nd}_$.:-]+$/u;

interface Figures {
  readonly venue: string;
  readonly symbol: string;
  readonly rows: readonly RawRow<"measures">[];
}

function venueOf(row: CsvRow): string {
  const venue = row.text("exchange").toLowerCase();
  if (!isInstrumentName(venue, "MARKETS")) throw row.wrong("exchange", "the name of an exchange");
  return venue;
}

function realCell(row: CsvRow, column: string): number {
  const value = row.real(column);
  if (value === undefined || value < 0) throw row.wrong(column, "a number of zero or more");
  return value;
}

function marketOf(row: CsvRow, column: string, market: string): string {
  if (MARKET.test(market)) return market;
  throw row.wrong(column, "the name of a market");
}

function readRange(row: CsvRow): Figures {
  row.oneOf("timeframe", { "1d": 1 });
  const market = marketOf(row, "market", row.text("market"));
  const origin = {
    line: row.line.number,
    tsEvent: DAY_START,
    intervalMicros: MICROS_PER_DAY,
  };
  return {
    venue: venueOf(row),
    symbol: "SPOT-MARKETS",
    rows: [
      { ...origin, measure: `dayHigh:${market}`, value: realCell(row, "day_high") },
      { ...origin, measure: `dayLow:${market}`, value: realCell(row, "day_low") },
    ],
  };
}

function readVolume(row: CsvRow): Figures {
  const venue = venueOf(row);
  const table = row.text("table");
  const prefix = `${venue}_`;
  if (!table.startsWith(prefix) || !table.endsWith("_1m")) {
    throw row.wrong("table", `a table ${prefix}…_1m`);
  }
  const market = marketOf(row, "table", table.slice(prefix.length, -"_1m".length));
  return {
    venue,
    symbol: row.oneOf("type", { spot: "SPOT-MARKETS", futures: "FUTURES-MARKETS" }),
    rows: [
      {
        line: row.line.number,
        tsEvent: WINDOW_START,
        intervalMicros: WINDOW_MICROS,
        measure: `volumeUsd:${market}`,
        value: realCell(row, "usd_volume"),
      },
    ],
  };
}

const READERS: Readonly<Record<SummaryTable, (row: CsvRow) => Figures>> = {
  "day ranges": readRange,
  "window volumes": readVolume,
};

const handler = (sink: RowSink, read: (row: CsvRow) => Figures): CsvHandler => ({
  row: (line) => {
    const figures = readCells(sink, line, read);
    if (figures === undefined) return;
    for (const row of figures.rows) sink.row("measures", figures.venue, figures.symbol, row);
  },
});

/**
 * Summaries of every market of 10 October 2025 (repository oct10-black-swan-analysis): the highest and lowest price of the day of
 * each spot market of Binance, and what each market of twelve exchanges traded from 21:09 to 22:00 UTC.
 *
 * Both become `measures` of one instrument for all markets of an exchange, `binance:SPOT-MARKETS` or `…:FUTURES-MARKETS`, since a figure or two
 * of ten thousand markets need no partitions of their own; the measure says which market: `dayLow:btc_usdt`,
 * `volumeUsd:btc_usdt:usdt` as the author's database calls it. Day and window do not stand in the files; they are what the
 * repository says. The drop in percent follows from high and low.
 */
export const marketSummaries: Source = {
  name: "market-summaries",
  version: 1,
  recognises: ({ text }) => TABLES.some((table) => isHeader(text, table)),
  createReader: () => ({
    read: (file, sink) =>
      readCsvTable(file, sink, TABLES, (table) => {
        sink.dataset(table);
        return handler(sink, READERS[table]);
      }),
  }),
  terms,
};
