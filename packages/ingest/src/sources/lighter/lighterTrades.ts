import {
  BUY,
  MAKER,
  METHOD_MARKET,
  PRICE_FILL,
  SELL,
  TAKER,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import {
  choiceField,
  countField,
  isObject,
  optionalReal,
  priceOf,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";

/** Fees are whole millionths of the traded value: 200 is 2 basis points, the 10,000 of a liquidation 1 %. */
const FEE_UNITS = 1_000_000;

type Side = typeof BUY | typeof SELL;
type Role = "taker" | "maker";

/** One trade as the venue sends it, with what it says of both accounts. */
export interface LighterTrade {
  readonly tradeId: number;
  /** The venue's clock, µs. */
  readonly tsEvent: number;
  /** `trade`, `liquidation`, or another word of the venue (`deleverage`). */
  readonly type: string;
  /** The taker's side. */
  readonly side: Side;
  readonly price: Decimal;
  readonly size: Decimal;
  readonly accounts: Readonly<Record<Role, LighterAccount>>;
}

interface LighterAccount {
  readonly account: string;
  /** Size units, positive long; undefined where the venue does not say. */
  readonly positionBefore: number | undefined;
  /** USDC. */
  readonly fee: number;
}

function readAccount(trade: JsonObject, role: Role, side: "ask" | "bid"): LighterAccount {
  const usd = optionalReal(trade, "usd_amount") ?? 0;
  // A fee of zero is left out.
  const millionths = optionalReal(trade, `${role}_fee`) ?? 0;
  return {
    account: String(countField(trade, `${side}_account_id`)),
    positionBefore: optionalReal(trade, `${role}_position_size_before`),
    fee: (usd * millionths) / FEE_UNITS,
  };
}

/** Reads a trade. Throws DataError when a field is bad. */
export function readLighterTrade(value: unknown): LighterTrade {
  if (!isObject(value)) throw wrongField("a trade", value, "an object");
  const isMakerAsk = choiceField(value, "is_maker_ask", [
    [true, true],
    [false, false],
  ]);
  return {
    tradeId: countField(value, "trade_id"),
    tsEvent: timeField(value, "timestamp", "millis"),
    type: textField(value, "type"),
    side: isMakerAsk ? BUY : SELL,
    price: priceOf(value["price"], "price"),
    size: sizeOf(value["size"], "size"),
    accounts: {
      taker: readAccount(value, "taker", isMakerAsk ? "bid" : "ask"),
      maker: readAccount(value, "maker", isMakerAsk ? "ask" : "bid"),
    },
  };
}

/** Where a trade's rows go, and when and on what line it came. */
export interface TradeTarget {
  readonly sink: RowSink;
  readonly venue: string;
  readonly symbol: string;
  readonly line: number;
  /** The recorder's clock, µs; undefined for a trade from before the connection, which nobody recorded when it happened. */
  readonly tsRecv: number | undefined;
}

/** Writes a trade: the trade itself, a fill of either account, and the forced order of a liquidation, whose account is the taker. */
export function writeLighterTrade(trade: LighterTrade, target: TradeTarget): void {
  const { sink, venue, symbol, line, tsRecv } = target;
  const { tsEvent, side, price, size, type, accounts } = trade;
  const tradeId = String(trade.tradeId);
  const common = { tsEvent, tsRecv, line, price, size };
  sink.row("trades", venue, symbol, { ...common, tradeId, side });
  for (const role of ["taker", "maker"] as const) {
    const fill: RawRow<"fills"> = {
      ...common,
      ...accounts[role],
      tradeId,
      side: role === "taker" ? side : -side,
      liquidity: role === "taker" ? TAKER : MAKER,
      feeCurrency: "USDC",
      cause: type === "trade" ? undefined : type,
    };
    sink.row("fills", venue, symbol, fill);
  }
  if (type !== "liquidation") return;
  sink.row("liquidations", venue, symbol, {
    ...common,
    liquidationId: tradeId,
    side,
    method: METHOD_MARKET,
    priceKind: PRICE_FILL,
    account: accounts.taker.account,
  });
}
