import { ASK, BID, BUY, DataError, MAKER, SELL, TAKER, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { writeBook, type BookLevel } from "../read/bookMessage.ts";
import { accountOf } from "../hyperliquid/hyperliquidFill.ts";
import { coinSymbol, HYPERLIQUID } from "../hyperliquid/hyperliquidCoins.ts";
import {
  arrayField,
  choiceField,
  countField,
  isArray,
  isObject,
  optionalReal,
  priceOf,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";

/** When and on which line a message came. */
export interface MessageReceipt {
  readonly line: number;
  /** The recorder's clock, µs; undefined where the recording has none. */
  readonly tsRecv: number | undefined;
}

const symbolField = (object: JsonObject): string => coinSymbol(textField(object, "coin"));

function levelOf(level: unknown, side: BookLevel["side"]): BookLevel {
  if (!isObject(level)) throw wrongField("a level", level, "an object");
  return { side, price: priceOf(level["px"], "px"), size: sizeOf(level["sz"], "sz") };
}

function sidesOf(data: JsonObject, name: string): readonly [bids: unknown, asks: unknown] {
  const [bids, asks, ...more] = arrayField(data, name);
  if (bids === undefined || asks === undefined || more.length > 0) {
    throw wrongField(name, data[name], "[bids, asks]");
  }
  return [bids, asks];
}

const levelsOf = (levels: unknown, side: BookLevel["side"]): BookLevel[] => {
  if (!isArray(levels)) throw wrongField("a side of levels", levels, "a list");
  return levels.map((level) => levelOf(level, side));
};

/** Reads an `l2Book`, the best twenty levels a side; what it returns writes them as a snapshot. */
export function readBookMessage(
  sink: RowSink,
  data: JsonObject,
  { line, tsRecv }: MessageReceipt,
): () => void {
  const symbol = symbolField(data);
  const [bids, asks] = sidesOf(data, "levels");
  const levels = [...levelsOf(bids, BID), ...levelsOf(asks, ASK)];
  const tsEvent = timeField(data, "time", "millis");
  return () =>
    writeBook(sink, HYPERLIQUID, symbol, { tsEvent, tsRecv, line, snapshot: true, levels });
}

/** Reads a `bbo`, in which a side without orders is null. */
export function readQuoteMessage(
  sink: RowSink,
  data: JsonObject,
  { line, tsRecv }: MessageReceipt,
): () => void {
  const symbol = symbolField(data);
  const [bid, ask] = sidesOf(data, "bbo").map((level, i) =>
    level === null ? undefined : levelOf(level, i === 0 ? BID : ASK),
  );
  const row: RawRow<"quotes"> = {
    tsEvent: timeField(data, "time", "millis"),
    tsRecv,
    line,
    bidPrice: bid?.price,
    bidSize: bid?.size,
    askPrice: ask?.price,
    askSize: ask?.size,
  };
  return () => sink.row("quotes", HYPERLIQUID, symbol, row);
}

/** A trade of the public feed with both accounts. */
export interface FeedTrade {
  readonly symbol: string;
  readonly tsEvent: number;
  readonly tradeId: string;
  /** The aggressor's side. */
  readonly side: typeof BUY | typeof SELL;
  readonly price: Decimal;
  readonly size: Decimal;
  /** Buyer, seller; undefined in old recordings. */
  readonly users: readonly [buyer: string, seller: string] | undefined;
}

function usersOf(trade: JsonObject): FeedTrade["users"] {
  if (trade["users"] === undefined) return undefined;
  const users = arrayField(trade, "users");
  if (users.length !== 2) throw wrongField("users", users, "[buyer, seller]");
  return [accountOf(users[0], "the buyer"), accountOf(users[1], "the seller")];
}

/** Reads the list of a `trades` message. Throws DataError when one is bad. */
export function readFeedTrades(data: unknown): FeedTrade[] {
  if (!isArray(data)) throw new DataError("the data of trades is not a list");
  return data.map((trade) => {
    if (!isObject(trade)) throw wrongField("a trade", trade, "an object");
    return {
      symbol: symbolField(trade),
      tsEvent: timeField(trade, "time", "millis"),
      tradeId: String(countField(trade, "tid")),
      side: choiceField<typeof BUY | typeof SELL>(trade, "side", [
        ["B", BUY],
        ["A", SELL],
      ]),
      price: priceOf(trade["px"], "px"),
      size: sizeOf(trade["sz"], "sz"),
      users: usersOf(trade),
    };
  });
}

/** Writes a trade and, where the accounts are named, the fill of each. */
export function writeFeedTrade(sink: RowSink, trade: FeedTrade, receipt: MessageReceipt): void {
  const { symbol, users, ...rest } = trade;
  const row: RawRow<"trades"> = { ...rest, ...receipt };
  sink.row("trades", HYPERLIQUID, symbol, row);
  for (const [i, account] of (users ?? []).entries()) {
    const side = i === 0 ? BUY : SELL;
    const liquidity = side === trade.side ? TAKER : MAKER;
    sink.row("fills", HYPERLIQUID, symbol, { ...row, account, side, liquidity });
  }
}

/** Figures that no column of `tickers` takes, as the archive's tables call them. */
const FIGURES = [
  ["premium", "premium"],
  ["midPx", "midPrice"],
  ["dayNtlVlm", "dayNotionalUsd"],
] as const;

/** What a context says of one perpetual. */
export interface AssetContext {
  readonly ticker: RawRow<"tickers">;
  readonly measures: readonly RawRow<"measures">[];
}

/** Reads the context of one perpetual; `clocks` are those of all rows. Throws DataError when a field is bad. */
export function readAssetContext(
  context: unknown,
  clocks: Pick<RawRow<"tickers">, "tsEvent" | "tsRecv" | "line">,
): AssetContext {
  if (!isObject(context)) throw wrongField("an asset's context", context, "an object");
  const impact = context["impactPxs"];
  const [impactBidPrice, impactAskPrice] = isArray(impact) ? impact : [];
  const figures = [
    ...FIGURES.map(([name, measure]) => [measure, optionalReal(context, name)] as const),
    ["impactBidPrice", optionalReal({ impactBidPrice }, "impactBidPrice")] as const,
    ["impactAskPrice", optionalReal({ impactAskPrice }, "impactAskPrice")] as const,
  ];
  return {
    ticker: {
      ...clocks,
      markPrice: optionalReal(context, "markPx"),
      indexPrice: optionalReal(context, "oraclePx"),
      fundingRate: optionalReal(context, "funding"),
      openInterest: optionalReal(context, "openInterest"),
    },
    measures: figures.flatMap(([measure, value]) =>
      value === undefined ? [] : [{ ...clocks, measure, value }],
    ),
  };
}
