import {
  CALL,
  MESSAGE_END,
  PUT,
  decimalToNumber,
  micros,
  stepsToNumber,
  type Batch,
} from "@aftershock/schema";
import type { Right } from "@aftershock/cascade";
import { median } from "./median.ts";
import type { OptionChain, OptionQuote } from "./optionChain.ts";

const present = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

const rightOf = (code: number | undefined): Right | undefined =>
  code === CALL ? 1 : code === PUT ? -1 : undefined;

/** Reads one row of an `options` batch; undefined where it names no strike, expiry or right and cannot be used. */
export function optionQuoteAt(batch: Batch<"options">, row: number): OptionQuote | undefined {
  const { columns, instrument } = batch;
  const real = (column: Float64Array): number | undefined => present(column[row]);
  const premium = (column: Float64Array): number | undefined => {
    const ticks = real(column);
    return ticks === undefined ? undefined : stepsToNumber(ticks, instrument.tick);
  };
  const symbol = columns.optionSymbol[row];
  const right = rightOf(columns.right[row]);
  const strike = real(columns.strike);
  const expiry = real(columns.expiry);
  if (symbol === undefined || right === undefined || !strike || expiry === undefined)
    return undefined;
  const askLots = real(columns.askSize);
  return {
    symbol,
    right,
    strike,
    expiry,
    bid: premium(columns.bidPrice),
    ask: premium(columns.askPrice),
    askSize: askLots === undefined ? undefined : askLots * decimalToNumber(instrument.lot),
    mark: real(columns.markPrice),
    markIv: real(columns.markIv),
    underlyingPrice: real(columns.underlyingPrice),
    indexPrice: real(columns.indexPrice),
  };
}

/** Puts the rows of one coin's `options` stream together into snapshots, which end at a row flagged MESSAGE_END. */
export class ChainAssembler {
  /** Rows that name no strike, expiry or right, left out of every chain. */
  unusableRows = 0;
  #quotes = new Map<string, OptionQuote>();

  /** True while rows have come since the last snapshot ended. */
  get open(): boolean {
    return this.#quotes.size > 0;
  }

  /** Takes one row, received at `at` µs. Returns the snapshot when the row is its last. */
  add(batch: Batch<"options">, row: number, at: number): OptionChain | undefined {
    const quote = optionQuoteAt(batch, row);
    if (quote === undefined) this.unusableRows += 1;
    else this.#quotes.set(quote.symbol, quote);
    if (((batch.columns.flags[row] ?? 0) & MESSAGE_END) === 0) return undefined;
    const quotes = this.#quotes;
    this.#quotes = new Map();
    const indexes = [...quotes.values()].flatMap(({ indexPrice }) => indexPrice ?? []);
    const { instrument } = batch;
    return {
      at: micros(at),
      instrument,
      coin: coinOfChain(instrument.symbol),
      quotes,
      indexPrice: median(indexes),
    };
  }
}

/** The coin of a chain by its symbol: `BTC-OPTIONS` is BTC. */
export const coinOfChain = (symbol: string): string => symbol.replace(/-OPTIONS$/, "");
