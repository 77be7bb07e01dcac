import { isoField, optionalReal, type JsonObject } from "../read/jsonFields.ts";

/** What the `instrument` table says of an instrument: as of a time, each figure as it was last said. */
export interface BitmexTicker {
  /** The venue's clock, µs. */
  readonly tsEvent: number;
  readonly markPrice?: number | undefined;
  readonly indexPrice?: number | undefined;
  readonly lastPrice?: number | undefined;
  readonly fundingRate?: number | undefined;
  readonly predictedFundingRate?: number | undefined;
  readonly fundingTime?: number | undefined;
  readonly openInterest?: number | undefined;
}

/** Figures of a ticker by the table's columns. */
const FIGURES = [
  ["markPrice", "markPrice"],
  ["indexPrice", "indicativeSettlePrice"],
  ["lastPrice", "lastPrice"],
  ["fundingRate", "fundingRate"],
  ["predictedFundingRate", "indicativeFundingRate"],
  ["openInterest", "openInterest"],
] as const;

/** The `instrument` table: a message says only what has changed, so what was said before is kept. */
export class BitmexInstruments {
  readonly #tickers = new Map<string, BitmexTicker>();

  /** Reads a row; undefined where it changes nothing that we store. Throws DataError for a bad field. */
  read(row: JsonObject): BitmexTicker | undefined {
    const said = FIGURES.flatMap(([figure, column]) => {
      const value = optionalReal(row, column);
      return value === undefined ? [] : [[figure, value] as const];
    });
    const next = row["fundingTimestamp"];
    const funded = next !== undefined && next !== null;
    if (said.length === 0 && !funded) return undefined;
    return {
      tsEvent: isoField(row, "timestamp"),
      ...Object.fromEntries(said),
      ...(funded ? { fundingTime: isoField(row, "fundingTimestamp") } : {}),
    };
  }

  /** Takes a change in, and returns what is known of the instrument after it. */
  take(symbol: string, change: BitmexTicker): BitmexTicker {
    const ticker = { ...this.#tickers.get(symbol), ...change };
    this.#tickers.set(symbol, ticker);
    return ticker;
  }
}
