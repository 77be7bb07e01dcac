import { BUY, METHOD_MARKET, PRICE_FILL, SELL, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import type { Emit } from "../read/emitRecords.ts";
import {
  choiceField,
  decimalOf,
  optionalReal,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { fractionOf, instrumentField, VENUE } from "./deribitMarket.ts";

function positive(object: JsonObject, name: string): Decimal {
  const value = decimalOf(object[name], name);
  if (value.mantissa <= 0) throw wrongField(name, object[name], "above zero");
  return value;
}

/** The sides of the orders that a trade was forced on: M is the maker's, which is opposite to the taker's. */
function forcedSides(object: JsonObject, taker: number): readonly number[] {
  if (object["liquidation"] === undefined || object["liquidation"] === null) return [];
  return choiceField(object, "liquidation", [
    ["none", []],
    ["T", [taker]],
    ["M", [-taker]],
    ["MT", [-taker, taker]],
  ]);
}

/** The volatility of an option's trade, a fraction a year; Deribit writes percent. */
function tradedVolatility(object: JsonObject): number | undefined {
  const percent = optionalReal(object, "iv");
  return percent === undefined ? undefined : fractionOf(percent);
}

/**
 * Reads a trade. `direction` is the taker's. `amount` is USD for inverse futures and perpetuals, the base currency for all else.
 * A trade that liquidated somebody is also a row of `liquidations`, with the side of the forced order; where both sides were
 * forced it is two. Mark and index price at the trade go to `tickers`, an option's implied volatility to `measures` as
 * `tradeImpliedVolatility`. Block trades were agreed off the book: they are kept and counted as `blockTrades`.
 */
export function readDeribitTrade(sink: RowSink, object: JsonObject, record: SourceLine): Emit {
  const symbol = instrumentField(object);
  const line = record.number;
  const tsEvent = timeField(object, "timestamp", "millis");
  const tradeId = textField(object, "trade_id");
  const side = choiceField(object, "direction", [
    ["buy", BUY],
    ["sell", SELL],
  ]);
  const price = positive(object, "price");
  const size = positive(object, "amount");
  const markPrice = optionalReal(object, "mark_price");
  const indexPrice = optionalReal(object, "index_price");
  const volatility = tradedVolatility(object);
  const forced = forcedSides(object, side);
  const isBlock = typeof object["block_trade_id"] === "string";
  const print: Omit<RawRow<"liquidations">, "side"> = {
    line,
    tsEvent,
    liquidationId: tradeId,
    price,
    size,
    method: METHOD_MARKET,
    priceKind: PRICE_FILL,
    markPrice,
  };
  return () => {
    if (isBlock) sink.note("trades", VENUE, symbol, "blockTrades");
    sink.row("trades", VENUE, symbol, { line, tsEvent, tradeId, side, price, size });
    for (const of of forced) sink.row("liquidations", VENUE, symbol, { ...print, side: of });
    if (markPrice !== undefined || indexPrice !== undefined) {
      sink.row("tickers", VENUE, symbol, { line, tsEvent, markPrice, indexPrice });
    }
    if (volatility === undefined) return;
    const measure = "tradeImpliedVolatility";
    sink.row("measures", VENUE, symbol, { line, tsEvent, measure, value: volatility });
  };
}

/**
 * Reads an hour of a perpetual's funding. Funding is exchanged continuously: `interest_1h`, the fraction of the notional that was
 * exchanged in the hour up to `timestamp`, is the rate; `interest_8h`, the same over eight hours, which overlap from row to row,
 * goes to `measures`.
 */
export function readDeribitFunding(
  sink: RowSink,
  object: JsonObject,
  record: SourceLine,
  symbol: () => string,
): Emit {
  const line = record.number;
  const tsEvent = timeField(object, "timestamp", "millis");
  const fundingRate = optionalReal(object, "interest_1h");
  if (fundingRate === undefined) throw wrongField("interest_1h", object["interest_1h"], "a number");
  const eightHours = optionalReal(object, "interest_8h");
  const indexPrice = optionalReal(object, "index_price");
  const of = symbol();
  return () => {
    const ticker = { line, tsEvent, fundingRate, fundingTime: tsEvent, indexPrice };
    sink.row("tickers", VENUE, of, ticker);
    if (eightHours === undefined) return;
    sink.row("measures", VENUE, of, { line, tsEvent, measure: "funding8h", value: eightHours });
  };
}
