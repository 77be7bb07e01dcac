import type { JsonPlace } from "@aftershock/schema";

/**
 * The formulas by which venues rank positions for auto-deleveraging, the highest first. Profit ratios are signed so that a gain is
 * positive for longs and shorts.
 */
export const ADL_RANKINGS = {
  /** Binance, FAQ 360033525471. */
  profitTimesMarginRatio:
    "max(0, unrealised profit) / max(1, wallet balance) × maintenance margin / (wallet balance + unrealised profit); 0 where the last denominator is not above 0",
  /** BitMEX, support 18589621443357; OKX, help mirror of 2025-11-05. */
  profitTimesEffectiveLeverage:
    "profit / |entry value| × effective leverage where there is a profit, else profit / |entry value| / effective leverage; effective leverage = |mark value| / (mark value − bankrupt value)",
  /** OKX, help mirror of 2025-11-05. */
  profitTimesAccountLeverage:
    "profit ratio × effective leverage where there is a profit, else profit ratio / effective leverage; effective leverage = |value| / equity",
  /** Bybit's earlier text: help 900000031623. */
  profitTimesLeverage: "profit ratio × effective leverage",
  /** Hyperliquid documentation, Auto-deleveraging; read literally it is wrong-signed for shorts, so it is to be made direction-aware. */
  markOverEntryTimesLeverage: "mark / entry × notional / account value",
} as const;

/** The name of a ranking. */
export type AdlRanking = keyof typeof ADL_RANKINGS;

const RANKINGS = [
  "profitTimesMarginRatio",
  "profitTimesEffectiveLeverage",
  "profitTimesAccountLeverage",
  "profitTimesLeverage",
  "markOverEntryTimesLeverage",
] as const satisfies readonly AdlRanking[];

/** The price at which a position is closed by auto-deleveraging: the bankrupt one's bankruptcy price, the mark, or an earlier mark or oracle price. */
export type AdlPrice = "bankruptcy" | "mark" | "previousMark";

/**
 * What sets auto-deleveraging off. `fundCannotPay`: the fund cannot absorb the loss. `fundDrawdown`: the fund has fallen by a share
 * from its peak of some hours. `fundBelowThreshold`: the fund is below a threshold that the venue sets and does not state. `poolProfitRatio`: the profit of the pool over some hours, as a ratio, is below a (negative) bound, and
 * the pool above a threshold. `poolEmpty`, `symbolRemovedFromPool`. `accountValueNegative`: the liquidated account's value is below 0.
 */
export type AdlTrigger =
  | { readonly kind: "fundCannotPay" }
  | { readonly kind: "fundBelowThreshold" }
  | { readonly kind: "fundDrawdown"; readonly share: number; readonly overSeconds: number }
  | { readonly kind: "poolProfitRatio"; readonly below: number; readonly overSeconds: number }
  | { readonly kind: "poolEmpty" }
  | { readonly kind: "symbolRemovedFromPool" }
  | { readonly kind: "accountValueNegative" };

/** How a venue closes winning positions against bankrupt ones. */
export interface AdlRule {
  /** Undefined where no source gives it, as in the other fields that may be. */
  readonly ranking: AdlRanking | undefined;
  /** Any of them sets it off; none where no source gives them. */
  readonly triggers: readonly AdlTrigger[];
  readonly price: AdlPrice | undefined;
  /** The price once the fund is nearly used up, where that is another. */
  readonly priceWhenFundExhausted: AdlPrice | undefined;
  /** What the one who is deleveraged pays: nothing, or the fee of a maker. */
  readonly fee: "none" | "maker" | undefined;
  /** Whether the open orders of the one who is deleveraged are cancelled. */
  readonly cancelsOrders: boolean | undefined;
  /** Time between updates of the published risk, seconds. */
  readonly refreshSeconds: number | undefined;
}

const PRICES = ["bankruptcy", "mark", "previousMark"] as const;

function readTrigger(place: JsonPlace): AdlTrigger {
  const kind = place.kind([
    "fundCannotPay",
    "fundBelowThreshold",
    "fundDrawdown",
    "poolProfitRatio",
    "poolEmpty",
    "symbolRemovedFromPool",
    "accountValueNegative",
  ]);
  switch (kind) {
    case "fundDrawdown": {
      const { share, overSeconds } = place.fields(["kind", "share", "overSeconds"]);
      return {
        kind,
        share: share.number({ above: 0, to: 1 }),
        overSeconds: overSeconds.number({ above: 0 }),
      };
    }
    case "poolProfitRatio": {
      const { below, overSeconds } = place.fields(["kind", "below", "overSeconds"]);
      return {
        kind,
        below: below.number({ from: -1, to: 0 }),
        overSeconds: overSeconds.number({ above: 0 }),
      };
    }
    case "fundCannotPay":
    case "fundBelowThreshold":
    case "poolEmpty":
    case "symbolRemovedFromPool":
    case "accountValueNegative":
      place.fields(["kind"]);
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** Reads an ADL rule. Throws DataError naming the place. */
export function readAdlRule(place: JsonPlace): AdlRule {
  const fields = place.fields(
    ["triggers"],
    ["ranking", "price", "priceWhenFundExhausted", "fee", "cancelsOrders", "refreshSeconds"],
  );
  return {
    ranking: fields.ranking?.oneOf(RANKINGS),
    triggers: fields.triggers.list(readTrigger, { mayBeEmpty: true }),
    price: fields.price?.oneOf(PRICES),
    priceWhenFundExhausted: fields.priceWhenFundExhausted?.oneOf(PRICES),
    fee: fields.fee?.oneOf(["none", "maker"]),
    cancelsOrders: fields.cancelsOrders?.flag(),
    refreshSeconds: fields.refreshSeconds?.number({ above: 0 }),
  };
}
