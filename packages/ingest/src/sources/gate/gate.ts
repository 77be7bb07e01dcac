import { ConfigError, DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type {
  FileHead,
  InstrumentTerms,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
} from "../../source.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { gateBook } from "./gateBook.ts";
import { gateCandlesticks, gateDeals, gateTrades } from "./gateRows.ts";
import { GATE_LAYOUTS, layoutOf, marketOfName, type GateTable } from "./gateTables.ts";

const SPOT = "gate";
const FUTURES = "gate-futures";

function symbolOf(file: SourceFile, { symbol: given }: ReadHints): string {
  const symbol = marketOfName(file.name) ?? given;
  if (symbol !== undefined && isInstrumentName(SPOT, symbol)) return symbol;
  throw new ConfigError(
    `${file.name}: neither its rows nor its name say the market: --symbol is needed`,
    { hints: ["Add --symbol, e.g. --symbol BTC_USDT, or give the file Gate's name."] },
  );
}

/** Bars of spot and of futures look the same. */
function barVenue(file: SourceFile, { venue }: ReadHints): string {
  if (venue === SPOT || venue === FUTURES) return venue;
  throw new ConfigError(
    `${file.name}: the bars could be of Gate's spot market or of its futures: --venue is needed`,
    { hints: [`Say which with --venue ${SPOT} or --venue ${FUTURES}.`] },
  );
}

function openRows(
  table: GateTable,
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
): Pick<PlainTable, "read" | "lost" | "end"> {
  const symbol = symbolOf(file, hints);
  const spot = (): string => toldVenue(file.name, SPOT, hints);
  const futures = (): string => toldVenue(file.name, FUTURES, hints);
  switch (table) {
    case "deals":
      sink.dataset("trades");
      return { read: gateDeals(sink, spot(), symbol) };
    case "trades":
      sink.dataset("trades");
      return { read: gateTrades(sink, futures(), symbol) };
    case "spotBook":
      sink.dataset("orderbooks");
      return gateBook(sink, spot(), symbol);
    case "futuresBook":
      sink.dataset("orderbooks");
      return gateBook(sink, futures(), symbol);
    case "candlesticks":
      return gateCandlesticks(sink, barVenue(file, hints), symbol);
    default:
      return table satisfies never;
  }
}

function openTable(file: SourceFile, sink: RowSink, hints: ReadHints, line: string): PlainTable {
  const layout = layoutOf(line);
  if (layout === undefined) {
    const expected = GATE_LAYOUTS.map(({ table, columns }) => `${table} (${columns.join(",")})`);
    throw new DataError(
      `${file.name}:1: "${line.slice(0, 200)}" is no row of Gate's archive, whose files have no header; expected ${expected.join(" or ")}`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  const { table, columns } = layout;
  return { columns, headed: false, ...openRows(table, file, sink, hints) };
}

/** Rows without a header are certain only together with the name that the archive gives a file. */
function recognises({ name, text }: FileHead): boolean {
  const [line = ""] = text.split(/\r?\n/, 1);
  return marketOfName(name) !== undefined && layoutOf(line) !== undefined;
}

/** What is known of a market: the table's word, else its name's; how much a futures contract is worth it does not say. */
function gateTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  if (known.contract !== "unknown") return known;
  if (venue === FUTURES) return { ...known, kind: "perpetual" };
  const [base, quote] = symbol.split("_");
  return venue !== SPOT || base === undefined || quote === undefined
    ? known
    : { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote };
}

/**
 * Gate's archive (download.gatedata.org): tables without a header, known by what every cell of the first row looks like.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | spot deals, a month | `trades` of `gate` | `timestamp`, µs |
 * | futures trades, a month | `trades` of `gate-futures` | `timestamp`, µs |
 * | orderbooks, an hour | `book` | `timestamp`, cut to 100 ms |
 * | candlesticks, a month | `candles` | when the bar opens |
 *
 * Market and month stand in the file's name. Nobody recorded when a row was received: `tsRecv` is absent.
 */
export const gate: Source = {
  name: "gate",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: (file, sink) =>
      readPlainTable(file, sink, ({ text }) => openTable(file, sink, hints, text)),
  }),
  terms: gateTerms,
};
