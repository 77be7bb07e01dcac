import { ASK, BID, DataError } from "@aftershock/schema";
import { levelsOf } from "../read/bookMessage.ts";
import {
  countField,
  optionalTime,
  symbolField,
  timeField,
  type BinanceObject,
} from "./binanceFields.ts";
import {
  futuresVenue,
  unread,
  type BinanceMessage,
  type BinanceVenue,
  type Received,
} from "./binanceMessage.ts";

/** `btcusdt@depth`, `btcusdt@depth@100ms`; not `btcusdt@depth20`, whose messages look the same on futures. */
const DIFF_STREAM = /@depth(?:@\d+ms)?$/;

/** Reads a `depthUpdate`. Throws DataError when a field is bad. */
export function readDiff({ data, stream, tsRecv, line }: Received): BinanceMessage {
  if (stream !== undefined && !DIFF_STREAM.test(stream)) {
    return unread("depth stream other than the full diffs");
  }
  const symbol = symbolField(data, "s");
  const first = countField(data, "U");
  const updateId = countField(data, "u");
  if (first > updateId) throw new DataError(`U is ${first}, after u ${updateId}`);
  const futures = data["pu"] !== undefined;
  const prevUpdateId = futures ? countField(data, "pu") : first - 1;
  if (prevUpdateId >= updateId)
    throw new DataError(`pu is ${prevUpdateId}, not before u ${updateId}`);
  return {
    kind: "diff",
    venue: futures ? futuresVenue(data, symbol) : "binance",
    symbol,
    depth: {
      tsEvent: optionalTime(data, "T") ?? timeField(data, "E"),
      tsRecv,
      line,
      updateId,
      prevUpdateId,
      levels: [...levelsOf(data["b"], "b", BID), ...levelsOf(data["a"], "a", ASK)],
    },
  };
}

function snapshotVenue(data: BinanceObject): BinanceVenue {
  if (data["pair"] !== undefined) return "binance-coinm";
  return data["E"] === undefined && data["T"] === undefined ? "binance" : "binance-usdm";
}

/** Reads the body of a REST depth snapshot. Throws DataError when a field is bad. */
export function readSnapshot({ data, stream, tsRecv, line }: Received): BinanceMessage {
  if (stream !== undefined && !DIFF_STREAM.test(stream)) {
    return unread("depth stream other than the full diffs");
  }
  const named = data["symbol"] ?? stream?.slice(0, stream.indexOf("@")).toUpperCase();
  return {
    kind: "snapshot",
    venue: snapshotVenue(data),
    symbol: named === undefined ? undefined : symbolField({ symbol: named }, "symbol"),
    depth: {
      tsEvent: optionalTime(data, "T") ?? optionalTime(data, "E"),
      tsRecv,
      line,
      updateId: countField(data, "lastUpdateId"),
      prevUpdateId: undefined,
      levels: [...levelsOf(data["bids"], "bids", BID), ...levelsOf(data["asks"], "asks", ASK)],
    },
  };
}
