import { BUY, DataError, MAKER, METHOD_MARKET, PRICE_FILL, SELL, TAKER } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  arrayField,
  choiceField,
  decimalOf,
  isObject,
  optionalReal,
  sizeOf,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { coinSymbol } from "./hyperliquidCoins.ts";
import { accountOf, type FillRows, type Receipt } from "./hyperliquidFill.ts";

/** What `trade_dir_override` says of a trade: an ordinary one, or the market order of a liquidation. */
const ORDINARY = "Na";
const LIQUIDATED = "LiquidatedMarket";

/** What both sides of a trade share. */
interface Trade extends Pick<
  RawRow<"trades">,
  "line" | "tsEvent" | "tsRecv" | "side" | "price" | "size"
> {
  readonly override: string;
}

function readSide(info: unknown, trade: Trade, side: typeof BUY | typeof SELL): RawRow<"fills"> {
  if (!isObject(info)) throw wrongField("side_info", info, "an object for each side");
  const { line, tsEvent, tsRecv, price, size, override } = trade;
  return {
    line,
    tsEvent,
    tsRecv,
    account: accountOf(info["user"], "user"),
    side,
    price,
    size,
    liquidity: trade.side === side ? TAKER : MAKER,
    positionBefore: optionalReal(info, "start_pos"),
    cause: override === ORDINARY ? undefined : override,
  };
}

function liquidationOf(fill: RawRow<"fills">, trade: Trade): RawRow<"liquidations"> | undefined {
  if (trade.override !== LIQUIDATED || fill.liquidity !== TAKER) return undefined;
  const { line, tsEvent, tsRecv, side, price, size, account } = fill;
  const forced = { method: METHOD_MARKET, priceKind: PRICE_FILL, account };
  return { line, tsEvent, tsRecv, side, price, size, ...forced };
}

function tradeOf({
  line,
  tsEvent,
  tsRecv,
  side,
  price,
  size,
  override,
}: Trade): RawRow<"trades"> | undefined {
  if (override !== ORDINARY && override !== LIQUIDATED) return undefined;
  return { line, tsEvent, tsRecv, side, price, size };
}

/** True for an event of the node's trades, as opposed to its fills. */
export const isNodeTrade = (event: unknown): event is JsonObject =>
  isObject(event) && "side_info" in event;

/**
 * Reads a trade of the node's: `{coin, side, time, px, sz, hash, trade_dir_override, side_info: [buyer, seller]}`, `side` being the
 * aggressor's, as the two fills that it is; the trade and what was forced come with the aggressor's. The hash is that of a transaction and no id of the trade, so it has none.
 * Throws DataError for anything else. Source: Hyperliquid docs, "L1 data schemas" (2026-09).
 */
export function readNodeTrade(data: JsonObject, receipt: Receipt): readonly FillRows[] {
  const sides = arrayField(data, "side_info");
  if (sides.length !== 2)
    throw new DataError(`side_info holds ${sides.length} sides, not a buyer and a seller`);
  const trade: Trade = {
    line: receipt.line,
    tsEvent: utcField(data, "time"),
    tsRecv: receipt.tsRecv,
    side: choiceField(data, "side", [
      ["B", BUY],
      ["A", SELL],
    ]),
    price: decimalOf(data["px"], "px"),
    size: sizeOf(data["sz"], "sz"),
    override: textField(data, "trade_dir_override"),
  };
  const symbol = coinSymbol(textField(data, "coin"));
  const [buyer, seller] = sides;
  return [readSide(buyer, trade, BUY), readSide(seller, trade, SELL)].map((fill) => {
    const own = fill.liquidity === TAKER ? tradeOf(trade) : undefined;
    const offBook = fill.liquidity === TAKER && own === undefined;
    const liquidation = liquidationOf(fill, trade);
    return { symbol, fill, trade: own, liquidation, offBook, methodAssumed: false };
  });
}
