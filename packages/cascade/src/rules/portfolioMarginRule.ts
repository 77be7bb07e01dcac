import type { JsonPlace } from "@aftershock/schema";

/** Parameters of margin by scenarios of price and volatility (Deribit). Fractions unless said otherwise. */
export interface PortfolioMarginRule {
  /** Prices are moved up and down by up to this. */
  readonly priceRange: number;
  /** Steps of the price on each side. */
  readonly priceBuckets: number;
  /** Scenarios of volatility: up, same, down. */
  readonly volatilityScenarios: number;
  /** How far volatility is moved. */
  readonly volatilityUp: number;
  readonly volatilityDown: number;
  /** Least volatility for the move up. */
  readonly minimumVolatilityForShockUp: number;
  /** Powers of (30 days / days to expiry) by which a volatility shock grows, below and above 30 days. */
  readonly shortVegaPower: number;
  readonly longVegaPower: number;
  readonly extendedTableFactor: number;
  /** Moves of the extended table count less above this, USD. */
  readonly extendedDampenerUsd: number;
  readonly maxDeltaShock: number;
  /** Total delta above which the delta shock begins to grow, USD. */
  readonly deltaShockThresholdUsd: number;
  /** Maintenance margin over initial margin. */
  readonly maintenanceFactor: number;
  readonly annualisedMoveRisk: number;
  readonly minimumAnnualisedMove: number;
  /** The venue's `m_inc`. */
  readonly marginIncrement: number;
}

/** Reads portfolio margin. Throws DataError naming the place. */
export function readPortfolioMarginRule(place: JsonPlace): PortfolioMarginRule {
  const fields = place.fields([
    "priceRange",
    "priceBuckets",
    "volatilityScenarios",
    "volatilityUp",
    "volatilityDown",
    "minimumVolatilityForShockUp",
    "shortVegaPower",
    "longVegaPower",
    "extendedTableFactor",
    "extendedDampenerUsd",
    "maxDeltaShock",
    "deltaShockThresholdUsd",
    "maintenanceFactor",
    "annualisedMoveRisk",
    "minimumAnnualisedMove",
    "marginIncrement",
  ]);
  const positive = (item: JsonPlace): number => item.number({ above: 0 });
  const whole = (item: JsonPlace): number => item.number({ above: 0, whole: true });
  return {
    priceRange: fields.priceRange.number({ above: 0, to: 1 }),
    priceBuckets: whole(fields.priceBuckets),
    volatilityScenarios: whole(fields.volatilityScenarios),
    volatilityUp: positive(fields.volatilityUp),
    volatilityDown: fields.volatilityDown.number({ above: 0, to: 1 }),
    minimumVolatilityForShockUp: positive(fields.minimumVolatilityForShockUp),
    shortVegaPower: positive(fields.shortVegaPower),
    longVegaPower: positive(fields.longVegaPower),
    extendedTableFactor: positive(fields.extendedTableFactor),
    extendedDampenerUsd: positive(fields.extendedDampenerUsd),
    maxDeltaShock: positive(fields.maxDeltaShock),
    deltaShockThresholdUsd: positive(fields.deltaShockThresholdUsd),
    maintenanceFactor: fields.maintenanceFactor.number({ above: 0, to: 1 }),
    annualisedMoveRisk: positive(fields.annualisedMoveRisk),
    minimumAnnualisedMove: positive(fields.minimumAnnualisedMove),
    marginIncrement: positive(fields.marginIncrement),
  };
}
