import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type {
  FileHead,
  InstrumentTerms,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
} from "../../source.ts";
import { isHeader } from "../read/csvTable.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { toldVenue } from "../read/toldVenue.ts";
import {
  BITMEX_TABLES,
  bitmexQuotes,
  bitmexTrades,
  parseBitmexTime,
  VENUE,
} from "./bitmexTables.ts";

function openTable(file: SourceFile, sink: RowSink, hints: ReadHints, line: string): PlainTable {
  const kind = BITMEX_TABLES.find((known) => isHeader(line, known));
  if (kind === undefined) {
    const expected = BITMEX_TABLES.map(({ name, columns }) => `${name} (${columns.join(",")})`);
    throw new DataError(
      `${file.name}:1: unknown header "${line.slice(0, 200)}"; expected ${expected.join(" or ")}`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  toldVenue(file.name, VENUE, hints);
  const { name, columns } = kind;
  const read = name === "trades" ? bitmexTrades(sink, columns) : bitmexQuotes(sink);
  return { columns, headed: true, read };
}

/** Bybit's older trades have the same header: only the form of the times, in the first row, tells the two apart. */
function recognises({ text }: FileHead): boolean {
  const [header = "", row = ""] = text.split(/\r?\n/, 2);
  const kind = BITMEX_TABLES.find((known) => isHeader(header, known));
  if (kind === undefined) return false;
  if (kind.name === "quotes" || kind.columns.includes("trdType")) return true;
  return parseBitmexTime(row.split(",", 1)[0] ?? "") !== undefined;
}

const INDEX: InstrumentTerms = {
  kind: "index",
  contract: "unknown",
  multiplier: 1,
  base: "",
  quote: "",
  settle: "",
};

/** What is known of an instrument: the table's word, else no more than the kind, where its name shows it. */
function bitmexTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  if (symbol.endsWith("@index")) return INDEX;
  const known = terms(venue, symbol, at);
  if (known.kind !== "unknown" || venue !== VENUE) return known;
  if (/^[A-Z]+_(?:USDT|USD|XBT|ETH)$/.test(symbol)) return { ...known, kind: "spot" };
  if (/[FGHJKMNQUVXZ]\d{2}$/.test(symbol)) return { ...known, kind: "future" };
  return /USDT?$/.test(symbol) ? { ...known, kind: "perpetual" } : known;
}

/**
 * BitMEX's public archive: one file a day for all instruments. Times are the venue's, with a `D` between day and time and nine
 * decimals, of which six are kept. Nobody recorded when a row was received: `tsRecv` is absent.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | trade | `trades`; indices (`.BXBT`) `tickers` of `BXBT@index` | `timestamp` |
 * | quote | `quotes` | `timestamp` |
 */
export const bitmex: Source = {
  name: "bitmex",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: (file, sink) =>
      readPlainTable(file, sink, ({ text }) => openTable(file, sink, hints, text)),
  }),
  terms: bitmexTerms,
};
