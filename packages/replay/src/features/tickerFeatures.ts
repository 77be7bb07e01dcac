import type { Batch } from "@aftershock/schema";
import type { FeatureGroup } from "./featureGroup.ts";
import type { FeatureTable } from "./featureTable.ts";

/** The last value of the rows [from, to) that is there; else `before`. */
function lastOf(values: Float64Array, from: number, to: number, before: number): number {
  for (let row = to - 1; row >= from; row -= 1) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value)) return value;
  }
  return before;
}

/** The columns of TICKER_DOCS of one instrument. What was told once holds until something else is told. */
export class TickerFeatures implements FeatureGroup {
  #markPrice = Number.NaN;
  #indexPrice = Number.NaN;
  #fundingRate = Number.NaN;
  #openInterest = Number.NaN;
  isIdle = true;

  take({ columns }: Batch<"tickers">, from: number, to: number): void {
    this.#markPrice = lastOf(columns.markPrice, from, to, this.#markPrice);
    this.#indexPrice = lastOf(columns.indexPrice, from, to, this.#indexPrice);
    this.#fundingRate = lastOf(columns.fundingRate, from, to, this.#fundingRate);
    this.#openInterest = lastOf(columns.openInterest, from, to, this.#openInterest);
    this.isIdle = false;
  }

  endBar(table: FeatureTable): void {
    table.put(this.#markPrice);
    table.put(this.#indexPrice);
    table.put(this.#fundingRate);
    table.put(this.#openInterest);
    this.isIdle = true;
  }
}
