import type { Batch, Instrument } from "@aftershock/schema";
import { NO_FUNDING, accrueFunding, type FundingAccrual } from "./funding.ts";

/** A price of a perpetual or future and what it is. */
export interface TickerPrice {
  /** USD. */
  readonly usd: number;
  /** `mark` as the venue marks it, or `last` traded where no mark was recorded. */
  readonly kind: "mark" | "last";
  /** When it was received, µs. */
  readonly at: number;
  /** The venue's time of it, µs; absent where not recorded. May lie after `at` where a recording joined candles to snapshots. */
  readonly tsEvent: number | undefined;
}

/** What was last known of one perpetual or future. */
export interface TickerState {
  readonly instrument: Instrument;
  /** When the last row was received, µs. */
  readonly at: number;
  readonly price: TickerPrice | undefined;
  /** The coin's index, USD. */
  readonly indexPrice: number | undefined;
  /** The last recorded rate per 8 h, a fraction; it holds until the next one. */
  readonly fundingRate: number | undefined;
  /** Accrued up to `at`. */
  readonly funding: FundingAccrual;
}

/** What a ticker's funding has come to at `at` µs, which is not before its last row. */
export const fundingAt = (ticker: TickerState, at: number): FundingAccrual =>
  accrueFunding(ticker.funding, {
    micros: at - ticker.at,
    rate: ticker.fundingRate,
    price: ticker.price?.usd,
  });

const present = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

/** The state after one row of a `tickers` batch, received at `at` µs. What the row lacks stays as it was. */
export function tickerAfter(
  before: TickerState | undefined,
  batch: Batch<"tickers">,
  { row, at }: { readonly row: number; readonly at: number },
): TickerState {
  const { columns, instrument } = batch;
  const tsEvent = present(columns.tsEvent[row]);
  const mark = present(columns.markPrice[row]);
  const last = present(columns.lastPrice[row]);
  const usd = mark ?? last;
  return {
    instrument,
    at,
    price:
      usd === undefined
        ? before?.price
        : { usd, kind: mark === undefined ? "last" : "mark", at, tsEvent },
    indexPrice: present(columns.indexPrice[row]) ?? before?.indexPrice,
    fundingRate: present(columns.fundingRate[row]) ?? before?.fundingRate,
    funding: before === undefined ? NO_FUNDING : fundingAt(before, at),
  };
}
