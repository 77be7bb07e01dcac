import type { JsonPlace } from "@aftershock/schema";

/** Orders may be priced from so far below the mark to so far above it. */
export interface MarkBand {
  readonly kind: "markBand";
  /** Highest price of a buy over the mark, and lowest of a sell, fractions: 1.05 and 0.95. */
  readonly highest: number;
  readonly lowest: number;
  /** How far from the mark a market order may take; undefined where no source gives it. */
  readonly marketTakeRate: number | undefined;
}

/**
 * Highest price of a buy: min(max(index, index × (1 + inner) + average premium), index × (1 + outer)); lowest of a sell mirrored
 * (OKX).
 */
export interface PremiumBand {
  readonly kind: "premiumBand";
  /** Fractions of the index. */
  readonly inner: number;
  readonly outer: number;
  /** The window of the premium's average, seconds. */
  readonly premiumSeconds: number;
}

/** What orders are refused or held to, those of liquidations too. */
export interface OrderLimits {
  /** Undefined where there is none, or none is known. */
  readonly price: MarkBand | PremiumBand | undefined;
  /** Largest order, and largest market order, in the venue's size unit. */
  readonly maxOrder: number | undefined;
  readonly maxMarketOrder: number | undefined;
  /** Least notional of an order, quote currency. */
  readonly minNotional: number | undefined;
}

/** What young accounts are held to. */
export interface NewAccountRule {
  /** Accounts younger than this, days. */
  readonly ageDays: number;
  readonly maxLeverage: number;
}

/** When profit and loss are settled, and dated contracts delivered. */
export interface SettlementRule {
  /** Hours of the UTC day; undefined where there is no daily settlement, or none is known. */
  readonly hoursUtc: readonly number[] | undefined;
  /** The time over which the delivery price is averaged, seconds; undefined where none is known. */
  readonly deliveryAverageSeconds: number | undefined;
}

function readBand(place: JsonPlace): MarkBand | PremiumBand {
  const kind = place.kind(["markBand", "premiumBand"]);
  if (kind === "markBand") {
    const { highest, lowest, marketTakeRate } = place.fields(
      ["kind", "highest", "lowest"],
      ["marketTakeRate"],
    );
    return {
      kind,
      highest: highest.number({ from: 1 }),
      lowest: lowest.number({ above: 0, to: 1 }),
      marketTakeRate: marketTakeRate?.number({ above: 0, to: 1 }),
    };
  }
  const { inner, outer, premiumSeconds } = place.fields([
    "kind",
    "inner",
    "outer",
    "premiumSeconds",
  ]);
  const limits = {
    inner: inner.number({ above: 0, to: 1 }),
    outer: outer.number({ above: 0, to: 1 }),
  };
  if (limits.outer < limits.inner) throw outer.wrong(`at least the inner limit, ${limits.inner}`);
  return { kind, ...limits, premiumSeconds: premiumSeconds.number({ above: 0 }) };
}

/** Reads limits of orders. Throws DataError naming the place. */
export function readOrderLimits(place: JsonPlace): OrderLimits {
  const fields = place.fields([], ["price", "maxOrder", "maxMarketOrder", "minNotional"]);
  return {
    price: fields.price === undefined ? undefined : readBand(fields.price),
    maxOrder: fields.maxOrder?.number({ above: 0 }),
    maxMarketOrder: fields.maxMarketOrder?.number({ above: 0 }),
    minNotional: fields.minNotional?.number({ above: 0 }),
  };
}

/** Reads a rule for young accounts. Throws DataError naming the place. */
export function readNewAccountRule(place: JsonPlace): NewAccountRule {
  const { ageDays, maxLeverage } = place.fields(["ageDays", "maxLeverage"]);
  return {
    ageDays: ageDays.number({ above: 0 }),
    maxLeverage: maxLeverage.number({ above: 0 }),
  };
}

/** Reads a settlement rule. Throws DataError naming the place. */
export function readSettlementRule(place: JsonPlace): SettlementRule {
  const { hoursUtc, deliveryAverageSeconds } = place.fields(
    [],
    ["hoursUtc", "deliveryAverageSeconds"],
  );
  return {
    hoursUtc: hoursUtc?.list((hour) => hour.number({ from: 0, to: 23, whole: true })),
    deliveryAverageSeconds: deliveryAverageSeconds?.number({ above: 0 }),
  };
}
