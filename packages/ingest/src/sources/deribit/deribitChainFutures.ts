import { MICROS_PER_MILLI, isInstrumentName } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { parseIsoMicros } from "../read/parseIsoMicros.ts";

const VENUE = "deribit";
const YES_NO = { True: true, False: false };

/** The price that the recorder took from a one-minute candle. */
interface CandlePrice {
  /** Absent where no candle near enough was found. */
  readonly price: number | undefined;
  /** The candle's open or close time, µs. */
  readonly at: number | undefined;
  /** The minute had no trade: the price is that of an earlier one. */
  readonly quiet: boolean;
}

interface FuturesTicker {
  readonly symbol: string;
  readonly row: RawRow<"tickers">;
  readonly notes: readonly string[];
}

function readSymbol(row: CsvRow, name: string): string {
  const symbol = row.text(name);
  if (!isInstrumentName(VENUE, symbol)) throw row.wrong(name, "the name of a future");
  return symbol;
}

function readSnapshotTime(row: CsvRow, name: string): number {
  const at = parseIsoMicros(row.text(name));
  if (at === undefined) throw row.wrong(name, "an ISO 8601 time with an offset");
  return at;
}

function readMillis(row: CsvRow, name: string): number | undefined {
  const millis = row.real(name);
  if (millis === undefined) return undefined;
  // 10^11 ms is 1973: seconds lie below. µs lie above the exact range once they are scaled.
  const at = millis * MICROS_PER_MILLI;
  if (!Number.isSafeInteger(at) || millis < 1e11) throw row.wrong(name, "a time in whole ms");
  return at;
}

function readCandle(row: CsvRow, prefix: "" | "term_", accepted: string): CandlePrice {
  const found = row.oneOf(`${prefix}candle_found`, YES_NO);
  if (!row.oneOf(accepted, YES_NO) || !found) {
    return { price: undefined, at: undefined, quiet: false };
  }
  return {
    price: row.real(`${prefix}candle_price_used`),
    at: readMillis(row, `${prefix}candle_price_timestamp_ms`),
    quiet: row.real(`${prefix}candle_volume`) === 0,
  };
}

function candleNotes({ price, at, quiet }: CandlePrice, tsRecv: number): readonly string[] {
  const notes: string[] = [];
  if (price === undefined) notes.push("candleNotAccepted");
  if (at !== undefined && at > tsRecv) notes.push("priceAfterSnapshot");
  if (quiet) notes.push("noTradeInMinute");
  return notes;
}

function readPerpetual(row: CsvRow): FuturesTicker {
  const tsRecv = readSnapshotTime(row, "obs_datetime");
  const candle = readCandle(row, "", "accepted_under_max_gap");
  return {
    symbol: readSymbol(row, "instrument_name"),
    row: { line: row.line.number, tsEvent: candle.at, tsRecv, lastPrice: candle.price },
    notes: candleNotes(candle, tsRecv),
  };
}

function readTermFuture(row: CsvRow): FuturesTicker {
  const tsRecv = readSnapshotTime(row, "timestamp");
  const candle = readCandle(row, "term_", "term_candle_accepted_under_max_gap");
  return {
    symbol: readSymbol(row, "futures_instrument_name"),
    row: {
      line: row.line.number,
      tsRecv,
      markPrice: row.real("snapshot_term_mark_price"),
      lastPrice: candle.price,
    },
    notes: candleNotes(candle, tsRecv),
  };
}

function emit(sink: RowSink, ticker: FuturesTicker): void {
  for (const note of ticker.notes) sink.note("tickers", VENUE, ticker.symbol, note);
  sink.row("tickers", VENUE, ticker.symbol, ticker.row);
}

/**
 * Prices of the perpetuals at each option snapshot. The recorder took the open or the close of a one-minute candle, whichever was
 * nearer: that is a traded price, `lastPrice`, with the candle's time as the venue's clock. It may lie up to 30 s *after* the
 * snapshot (note `priceAfterSnapshot`, 394 of the 838 rows recorded to 2026-04): a study that decides at the snapshot looks that
 * far ahead. `perp_futures_mark_price` only repeats this price (838 of 838), so there is no mark price, and no funding rate.
 */
export const deribitPerpetualPrices = (sink: RowSink): CsvHandler => ({
  row: (line) => {
    const ticker = readCells(sink, line, readPerpetual);
    if (ticker !== undefined) emit(sink, ticker);
  },
});

/**
 * Dated futures at each option snapshot. `markPrice` is what the venue gave as the underlying's price with the options of that
 * expiry, at the recorder's time; while the snapshot was collected it moved by up to 57 USD for BTC. `lastPrice` is the candle
 * price as for perpetuals; half of the minutes had no trade (note `noTradeInMinute`). Names with `SYN.` are interpolated by the
 * venue between futures and cannot be traded: skipped.
 */
export const deribitTermFutures = (sink: RowSink): CsvHandler => ({
  row: (line) => {
    if (line.text("futures_instrument_name").startsWith("SYN.")) {
      sink.skip(line.line, "interpolated future, not tradable");
      return;
    }
    const ticker = readCells(sink, line, readTermFuture);
    if (ticker !== undefined) emit(sink, ticker);
  },
});
