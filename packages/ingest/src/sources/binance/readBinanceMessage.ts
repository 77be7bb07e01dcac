import { DataError } from "@aftershock/schema";
import { readDiff, readSnapshot } from "./binanceDepthMessages.ts";
import { isObject, type BinanceObject } from "./binanceFields.ts";
import { unread, type BinanceMessage, type Receipt, type Received } from "./binanceMessage.ts";
import { readForcedOrder, readMark, readQuote, readTrade } from "./binanceRowMessages.ts";

const isReply = (data: BinanceObject): boolean => data["result"] === null && "id" in data;

/**
 * Reads one message: a bare one or one of a combined stream (`{"stream": …, "data": …}`), or the body of a REST depth snapshot.
 * Which market it is from, the message itself shows. Throws DataError when it is no Binance message or one with a bad field.
 */
export function readBinanceMessage(message: unknown, receipt: Receipt): BinanceMessage {
  if (!isObject(message)) throw new DataError("the message is not a JSON object");
  if (isReply(message)) return unread("subscription reply");
  const stream = typeof message["stream"] === "string" ? message["stream"] : undefined;
  const data = message["data"] ?? message;
  if (stream !== undefined && Array.isArray(data)) return unread("stream of all symbols");
  if (!isObject(data)) throw new DataError("data is not a JSON object");
  const received = { data, stream, ...receipt };
  switch (data["e"]) {
    case "depthUpdate":
      return readDiff(received);
    case "bookTicker":
      return readQuote(received);
    case "trade":
      return readTrade(received, "trade");
    case "aggTrade":
      return readTrade(received, "aggTrade");
    case "markPriceUpdate":
      return readMark(received);
    case "forceOrder":
      return readForcedOrder(received);
    case undefined:
      return readUnnamed(received);
    default:
      return readOther(data);
  }
}

/** Messages without an event name: REST snapshots, and the spot book ticker. */
function readUnnamed(received: Received): BinanceMessage {
  if ("lastUpdateId" in received.data) return readSnapshot(received);
  if ("B" in received.data && "A" in received.data) return readQuote(received);
  throw new DataError("no message of Binance has this shape");
}

function readOther(data: BinanceObject): BinanceMessage {
  if (typeof data["e"] === "string" && typeof data["E"] === "number") {
    return unread(`event ${data["e"].slice(0, 40)}`);
  }
  throw new DataError("no message of Binance has this shape");
}
