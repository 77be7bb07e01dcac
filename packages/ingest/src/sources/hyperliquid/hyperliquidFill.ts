import {
  BUY,
  DataError,
  MAKER,
  METHOD_ADL,
  METHOD_BACKSTOP,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_FILL,
  SELL,
  TAKER,
} from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  choiceField,
  countField,
  decimalOf,
  isArray,
  isObject,
  objectField,
  optionalReal,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { coinSymbol } from "./hyperliquidCoins.ts";

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** What a line says of all its fills. */
export interface Receipt {
  /** The node's clock, µs; absent where it is not recorded. */
  readonly tsRecv: number | undefined;
  readonly line: number;
}

/** One side of a trade, as rows. */
export interface FillRows {
  readonly symbol: string;
  readonly fill: RawRow<"fills">;
  /** The trade, told by its aggressor's side; undefined on the other side, and for what did not trade in the book. */
  readonly trade: RawRow<"trades"> | undefined;
  /** What was forced; undefined for a voluntary fill. */
  readonly liquidation: RawRow<"liquidations"> | undefined;
  /** The aggressor's side of something that did not trade in the book: its price is not the market's. */
  readonly offBook: boolean;
  /** The venue did not say how a forced fill was forced; it is taken for a market order. */
  readonly methodAssumed: boolean;
}

const SIDES = [
  ["B", BUY],
  ["A", SELL],
] as const;

const ADL = "Auto-Deleveraging";

/** What a fill did (`dir`) that has the form of a trade and was none: the price was set by rule. */
const OFF_BOOK: ReadonlySet<string> = new Set([
  ADL,
  "Net Child Vaults",
  "Settlement",
  "Spot Dust Conversion",
]);

/** The account whose liquidation a fill belongs to, on either side of it. */
interface Forced {
  /** Absent where the venue does not tell the counterparty. */
  readonly user: string | undefined;
  readonly method: number;
  readonly markPrice: number | undefined;
}

/** An account as it is stored: its address in lower case. Throws DataError for what is no address. */
export function accountOf(value: unknown, name: string): string {
  if (typeof value === "string" && ADDRESS.test(value)) return value.toLowerCase();
  throw wrongField(name, value, "an address");
}

function readForced(data: JsonObject): Forced | undefined {
  const value = data["liquidation"];
  if (value === undefined || value === null) return undefined;
  const forced = objectField(data, "liquidation");
  const user = forced["liquidatedUser"];
  return {
    user: user === undefined || user === null ? undefined : accountOf(user, "liquidatedUser"),
    method: choiceField(forced, "method", [
      ["market", METHOD_MARKET],
      ["backstop", METHOD_BACKSTOP],
    ]),
    markPrice: optionalReal(forced, "markPx"),
  };
}

/** How the account of a fill was forced; undefined where it traded of its own will, also against someone who was forced. */
function methodOf(
  account: string,
  cause: string | undefined,
  forced: Forced | undefined,
): { readonly method: number; readonly assumed: boolean } | undefined {
  if (cause === ADL) return { method: METHOD_ADL, assumed: false };
  if (forced?.user === account) return { method: forced.method, assumed: false };
  const named = forced === undefined && cause?.startsWith("Liquidated") === true;
  return named ? { method: METHOD_MARKET, assumed: true } : undefined;
}

const LIQUIDITY = [
  [true, TAKER],
  [false, MAKER],
  [undefined, NO_SIDE],
  [null, NO_SIDE],
] as const;

function readCause(data: JsonObject): string | undefined {
  const cause = data["dir"];
  return cause === undefined || cause === null || cause === "" ? undefined : textField(data, "dir");
}

function readTradeId(data: JsonObject): string | undefined {
  return data["tid"] === undefined ? undefined : String(countField(data, "tid"));
}

function readFill(data: JsonObject, account: string, receipt: Receipt): RawRow<"fills"> {
  const feeCurrency = data["feeToken"];
  return {
    line: receipt.line,
    tsEvent: timeField(data, "time", "millis"),
    tsRecv: receipt.tsRecv,
    account,
    tradeId: readTradeId(data),
    side: choiceField(data, "side", SIDES),
    price: decimalOf(data["px"], "px"),
    size: sizeOf(data["sz"], "sz"),
    liquidity: choiceField(data, "crossed", LIQUIDITY),
    positionBefore: optionalReal(data, "startPosition"),
    realisedPnl: optionalReal(data, "closedPnl"),
    fee: optionalReal(data, "fee"),
    feeCurrency: typeof feeCurrency === "string" && feeCurrency !== "" ? feeCurrency : undefined,
    cause: readCause(data),
  };
}

/**
 * Reads a fill: `[address, {coin, px, sz, side, time, startPosition, dir, closedPnl, hash, oid, crossed, fee, tid, feeToken,
 * liquidation?}]`. Throws DataError for anything else. Source: Hyperliquid docs, "L1 data schemas" (2026-09).
 */
export function readNodeFill(event: unknown, receipt: Receipt): FillRows {
  if (!isArray(event) || event.length !== 2)
    throw new DataError("a fill is no pair of an address and what was filled");
  const [address, data] = event;
  const account = accountOf(address, "the account");
  if (!isObject(data)) throw wrongField("the fill", data, "an object");
  const fill = readFill(data, account, receipt);
  const forced = readForced(data);
  const how = methodOf(account, fill.cause, forced);
  const { line, tsEvent, tsRecv, tradeId, side, price, size } = fill;
  const origin = { line, tsEvent, tsRecv };
  // A position that the backstop takes over changes hands at the mark, not in the book.
  const ruled = OFF_BOOK.has(fill.cause ?? "") || forced?.method === METHOD_BACKSTOP;
  const aggressor = fill.liquidity === TAKER;
  return {
    symbol: coinSymbol(textField(data, "coin")),
    fill,
    trade: aggressor && !ruled ? { ...origin, tradeId, side, price, size } : undefined,
    liquidation:
      how === undefined
        ? undefined
        : {
            ...origin,
            liquidationId: tradeId,
            side,
            price,
            size,
            method: how.method,
            priceKind: PRICE_FILL,
            account,
            markPrice: forced?.markPrice,
          },
    offBook: aggressor && ruled,
    methodAssumed: how?.assumed === true,
  };
}
