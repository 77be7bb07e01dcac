import {
  BUY,
  DataError,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_FILL,
  SELL,
  isInstrumentName,
} from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";
import type { Emit } from "../read/emitRecords.ts";
import {
  choiceField,
  countOf,
  decimalOf,
  objectField,
  optionalReal,
  priceOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { parseSeconds, UNIX_SECONDS } from "../read/venueTimes.ts";
import { FUTURES, SPOT } from "./krakenPairs.ts";

/**
 * Reads a spot trade, `[price, volume, seconds, "b" or "s", "m" or "l", misc, id]`. The side is the taker's. The time has been
 * through a double: it is right to about a quarter of a µs. Older trades have no id.
 */
export function readSpotTrade(
  sink: RowSink,
  values: readonly unknown[],
  record: SourceLine,
  pair: string,
): Emit {
  const [price, volume, time, side, , , id] = values;
  if (values.length < 6) throw new DataError(`the trade has ${values.length} values, not 6 or 7`);
  const tsEvent = parseSeconds(String(time));
  if (tsEvent === undefined) throw wrongField("the time", time, UNIX_SECONDS);
  const size = decimalOf(volume, "volume");
  if (size.mantissa <= 0) throw wrongField("volume", volume, "above zero");
  const trade = {
    line: record.number,
    tsEvent,
    tradeId: id === undefined ? undefined : String(countOf(id, "the id")),
    side: choiceField({ side }, "side", [
      ["b", BUY],
      ["s", SELL],
    ]),
    price: priceOf(price, "price"),
    size,
  };
  return () => sink.row("trades", SPOT, pair, trade);
}

/** What the taker's order was where it was forced. */
const FORCED: ReadonlySet<string> = new Set([
  "Liquidation",
  "PartialLiquidation",
  "CoveredLiquidation",
]);
/** Hand-overs of positions and agreed trades: off the book, at prices of their own. */
const OFF_BOOK: ReadonlySet<string> = new Set([
  "Assignment",
  "Unwind",
  "Block",
  "Rfq",
  "Termination",
]);

/**
 * Reads an execution of the futures' market history. The taker's order says the side, and whether it was a liquidation, which then
 * is a row of `liquidations` too; the mark price at the execution goes to `tickers`. Source: docs.kraken.com, "Futures REST:
 * history", and live replies quoted by public tools, 2026.
 */
export function readFuturesExecution(sink: RowSink, object: JsonObject, record: SourceLine): Emit {
  const event = objectField(object, "event");
  const execution = objectField(
    event["Execution"] === undefined
      ? objectField(event, "execution")
      : objectField(event, "Execution"),
    "execution",
  );
  const taker = objectField(execution, "takerOrder");
  const symbol = textField(taker, "tradeable").toUpperCase();
  if (!isInstrumentName(FUTURES, symbol)) {
    throw wrongField("tradeable", taker["tradeable"], "the name of a contract");
  }
  const type = textField(taker, "orderType");
  const tsEvent = timeField(execution, "timestamp", "millis");
  const side = choiceField(taker, "direction", [
    ["Buy", BUY],
    ["Sell", SELL],
    ["Unknown", NO_SIDE],
  ]);
  const id = textField(execution, "uid");
  const price = priceOf(execution["price"], "price");
  const size = decimalOf(execution["quantity"], "quantity");
  if (size.mantissa <= 0) throw wrongField("quantity", execution["quantity"], "above zero");
  const markPrice = optionalReal(execution, "markPrice");
  const line = record.number;
  if (OFF_BOOK.has(type)) return () => sink.skip(record, `trade off the book (${type})`);
  return () => {
    sink.row("trades", FUTURES, symbol, { line, tsEvent, tradeId: id, side, price, size });
    if (FORCED.has(type) && side !== NO_SIDE) {
      const print = { line, tsEvent, liquidationId: id, side, price, size, markPrice };
      sink.row("liquidations", FUTURES, symbol, {
        ...print,
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
      });
    }
    if (markPrice !== undefined) sink.row("tickers", FUTURES, symbol, { line, tsEvent, markPrice });
  };
}
