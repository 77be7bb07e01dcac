import {
  decimalToNumber,
  METHOD_ADL,
  METHOD_BACKSTOP,
  METHOD_MARKET,
  type Micros,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
} from "@aftershock/schema";
import type { Ledger } from "../account/ledger.ts";
import type { LiquidationEvent } from "./liquidationEvent.ts";

/** A row of the stream `liquidations`, by its columns; see the schema for units. */
export interface LiquidationRow {
  readonly instrument: number;
  readonly tsEvent: Micros;
  /** SELL −1 where a long is closed. */
  readonly side: 1 | -1;
  /** Whole ticks: what a ledger books between two ticks is rounded to the nearer. */
  readonly price: number;
  readonly size: number;
  readonly method: number;
  readonly priceKind: number;
  readonly account: string;
  /** Quote currency. */
  readonly markPrice: number;
}

type Kinds = Pick<LiquidationRow, "method" | "priceKind">;

/** How an event is printed; undefined for those that close no contracts of a liquidated account. */
function kindsOf(event: LiquidationEvent): Kinds | undefined {
  const { kind } = event;
  if (kind === "fill") {
    const isOwn = event.cause === "unwind" || event.cause === "collateral";
    return isOwn ? undefined : { method: METHOD_MARKET, priceKind: PRICE_FILL };
  }
  if (kind === "takenOver" || kind === "backstopped") {
    return { method: METHOD_BACKSTOP, priceKind: PRICE_BANKRUPTCY };
  }
  return kind === "adl" ? { method: METHOD_ADL, priceKind: PRICE_BANKRUPTCY } : undefined;
}

/**
 * What a venue that prints everything would print of an event: a row for each fill of a forced order, each takeover by fund or vault, each
 * close against a deleveraged position (with the liquidated account, not its counterparty, so that nothing is there twice). Undefined for other
 * events. ADL at a mark is printed with that price, as PRICE_BANKRUPTCY too: the schema has no kind for it.
 */
export function liquidationRowOf(
  ledger: Ledger,
  event: LiquidationEvent,
): LiquidationRow | undefined {
  const kinds = kindsOf(event);
  if (kinds === undefined || !("price" in event)) return undefined;
  const { instrument, lots, price, mark, at, account } = event;
  const terms = ledger.instruments[instrument];
  if (terms === undefined || terms.kind === "spot") return undefined;
  return {
    instrument,
    tsEvent: at,
    side: lots > 0 ? -1 : 1,
    price: Math.round(price),
    size: Math.abs(lots),
    ...kinds,
    account: ledger.nameOf(account),
    markPrice: mark * decimalToNumber(terms.tick),
  };
}
