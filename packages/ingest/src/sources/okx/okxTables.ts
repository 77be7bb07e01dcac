import { BUY, MICROS_PER_MINUTE, SELL } from "@aftershock/schema";
import type { ReadHints, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { parseUnixTime, UNIX_TIME } from "../read/venueTimes.ts";
import { isInstrumentId, okxVenue } from "./okxMarket.ts";

/** A kind of table of the archive. */
export type OkxTable = "trades" | "legacyTrades" | "candlesticks" | "fundingRates";

const TRADE_COLUMNS = ["instrument_name", "trade_id", "side", "price", "size", "created_time"];

/** The columns of each table, as its header names them. */
export const OKX_TABLES: readonly (readonly [OkxTable, readonly string[]])[] = [
  ["trades", TRADE_COLUMNS],
  ["trades", [...TRADE_COLUMNS, "source"]],
  // Up to 2025: the file's name has the instrument, and the size comes before the price.
  ["legacyTrades", ["trade_id", "side", "size", "price", "created_time"]],
  [
    "candlesticks",
    [
      "instrument_name",
      "open",
      "high",
      "low",
      "close",
      "vol",
      "vol_ccy",
      "vol_quote",
      "open_time",
      "confirm",
    ],
  ],
  ["fundingRates", ["instrument_name", "funding_rate", "funding_time"]],
];

const SIDES = { buy: BUY, sell: SELL, BUY, SELL };

/** What the rows of a file need to know of it. */
export interface OkxFile {
  readonly name: string;
  readonly sink: RowSink;
  readonly hints: ReadHints;
}

function instrumentCell(row: CsvRow): string {
  const symbol = row.text("instrument_name");
  if (!isInstrumentId(symbol)) throw row.wrong("instrument_name", "the id of an instrument");
  return symbol;
}

function millisCell(row: CsvRow, name: string): number {
  const at = parseUnixTime(row.text(name));
  if (at === undefined) throw row.wrong(name, UNIX_TIME);
  return at;
}

function positive(row: CsvRow, name: string): ReturnType<CsvRow["decimal"]> {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}

/**
 * Trades, single or those of one taker order at one price summed up. `side` is the taker's. Sizes are the base currency on spot
 * and contracts elsewhere. Rows of older files are not sorted, and trade ids count for each instrument. `symbol` is given where
 * the rows do not name it.
 */
export const okxTrades =
  ({ name, sink, hints }: OkxFile, symbol: string | undefined) =>
  (row: CsvRow): Emit => {
    const instrument = symbol ?? instrumentCell(row);
    const venue = toldVenue(name, okxVenue(instrument), hints);
    const tradeId = row.text("trade_id");
    if (!/^\d{1,20}$/.test(tradeId)) throw row.wrong("trade_id", "an id");
    const trade = {
      line: row.line.number,
      tsEvent: millisCell(row, "created_time"),
      tradeId,
      side: row.oneOf("side", SIDES),
      price: positive(row, "price"),
      size: positive(row, "size"),
    };
    return () => sink.row("trades", venue, instrument, trade);
  };

function realCell(row: CsvRow, name: string): number {
  const value = row.real(name);
  if (value === undefined) throw row.wrong(name, "a number");
  return value;
}

/**
 * Bars of one minute. `vol` is the base currency on spot and contracts elsewhere, where `vol_ccy` is the base currency;
 * `vol_quote` is the quote currency everywhere. Source: okx.com/docs-v5, "Get candlesticks history", as of 2026-07.
 */
export const okxCandlesticks =
  ({ name, sink, hints }: OkxFile) =>
  (row: CsvRow): Emit => {
    const symbol = instrumentCell(row);
    const venue = toldVenue(name, okxVenue(symbol), hints);
    const finished = row.oneOf("confirm", { "0": false, "1": true });
    const bar = {
      line: row.line.number,
      tsEvent: millisCell(row, "open_time"),
      intervalMicros: MICROS_PER_MINUTE,
      open: row.decimal("open"),
      high: row.decimal("high"),
      low: row.decimal("low"),
      close: row.decimal("close"),
      volume: realCell(row, venue === "okex" ? "vol" : "vol_ccy"),
      quoteVolume: row.real("vol_quote"),
    };
    return () => {
      if (finished) sink.row("candles", venue, symbol, bar);
      else sink.skip(row.line, "bar that was not finished");
    };
  };

/** Settled funding of all swaps: the rate, a fraction, that was exchanged at `funding_time`. */
export const okxFundingRates =
  ({ name, sink, hints }: OkxFile) =>
  (row: CsvRow): Emit => {
    const symbol = instrumentCell(row);
    const venue = toldVenue(name, okxVenue(symbol), hints);
    const fundingRate = realCell(row, "funding_rate");
    const tsEvent = millisCell(row, "funding_time");
    const line = row.line.number;
    return () =>
      sink.row("tickers", venue, symbol, { line, tsEvent, fundingRate, fundingTime: tsEvent });
  };
