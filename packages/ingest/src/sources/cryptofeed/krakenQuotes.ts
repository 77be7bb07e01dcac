import type { RawRow } from "../../source.ts";
import { isArray, isObject, priceOf, realOf, sizeOf, wrongField } from "../read/jsonFields.ts";
import { secondsOf } from "./capturedFields.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** A best price, and what else its message says. */
export interface KrakenQuote {
  readonly quote: RawRow<"quotes">;
  readonly ticker: RawRow<"tickers"> | undefined;
}

function sideOf(side: unknown, name: string): readonly unknown[] {
  if (isArray(side)) return side;
  throw wrongField(name, side, "a list");
}

/** `spread`: `[bid, ask, time, bid volume, ask volume]`. Throws DataError for a bad field. */
export function readKrakenQuote({ tsRecv, line }: CapturedMessage, payload: unknown): KrakenQuote {
  const [bid, ask, time, bidSize, askSize] = sideOf(payload, "the spread");
  return {
    quote: {
      tsEvent: secondsOf(time, "the spread's time"),
      tsRecv,
      line: line.number,
      bidPrice: priceOf(bid, "the bid"),
      bidSize: sizeOf(bidSize, "the bid's volume"),
      askPrice: priceOf(ask, "the ask"),
      askSize: sizeOf(askSize, "the ask's volume"),
    },
    ticker: undefined,
  };
}

/** `ticker`: bid and ask as `[price, whole lots, volume]`, the last trade as `[price, volume]`; no time. */
export function readKrakenTicker({ tsRecv, line }: CapturedMessage, payload: unknown): KrakenQuote {
  if (!isObject(payload)) throw wrongField("the ticker", payload, "an object");
  const [bid, , bidSize] = sideOf(payload["b"], "b");
  const [ask, , askSize] = sideOf(payload["a"], "a");
  const [last] = sideOf(payload["c"], "c");
  const received = { tsRecv, line: line.number };
  return {
    quote: {
      ...received,
      bidPrice: priceOf(bid, "the bid"),
      bidSize: sizeOf(bidSize, "the bid's volume"),
      askPrice: priceOf(ask, "the ask"),
      askSize: sizeOf(askSize, "the ask's volume"),
    },
    ticker: { ...received, lastPrice: realOf(last, "the last price") },
  };
}
