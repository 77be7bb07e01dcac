import { ConfigError } from "@aftershock/schema";
import type { PortfolioMarginRule } from "../rules/portfolioMarginRule.ts";

/** How far volatility is moved, by days to expiry. */
export interface VolatilityShock {
  /** `relative`: volatility is multiplied by 1 ± size × scale. `points`: size × scale is added or taken off. */
  readonly unit: "relative" | "points";
  /** At 30 days, fractions. */
  readonly up: number;
  readonly down: number;
  /** Powers of (30 / days to expiry), which is the scale, below and above 30 days. */
  readonly shortPower: number;
  readonly longPower: number;
  /** Least volatility after a move up. */
  readonly leastUp: number;
}

/** Far moves of the price, of which only a part counts. */
export interface ExtendedTable {
  /** Moves as shares of the price, above −1 and not 0. */
  readonly moves: readonly number[];
  /** A loss counts × factor × range / |move|. */
  readonly factor: number;
  /** What is taken off a loss for each range that the move goes beyond the first, USD. */
  readonly dampenerUsd: number;
}

/** What is added for concentration and for the basis between expiries. */
export interface DeltaCharges {
  /** Of the delta of each expiry: at least this share, */
  readonly leastRoll: number;
  /** and more for later ones: e^(annual × years) − 1. */
  readonly annualRoll: number;
  /** Total delta above this, USD, … */
  readonly shockAboveUsd: number;
  /** … is charged at this share for each coin above it, */
  readonly shockPerCoin: number;
  /** and at most at this share. */
  readonly mostShock: number;
}

/** What older venues' rules add for what scenarios do not show. */
export interface Contingencies {
  /** For each option that is short net at its strike (calls and puts together): this share of its underlying. */
  readonly perNetShortOption: number;
  /** For each option, long or short: this share of its underlying. */
  readonly perOption: number;
  /** For contracts long in one expiry and short in another: this share of what is offset. */
  readonly offsetFutures: number;
}

/** Scenarios of price and volatility, and what is added to the worst. */
export interface ScenarioGrid {
  /** Prices are moved up and down by up to this share, below 1. */
  readonly priceRange: number;
  /** Equal steps on each side. */
  readonly priceBuckets: number;
  readonly volatility: VolatilityShock;
  readonly extended: ExtendedTable | undefined;
  readonly deltas: DeltaCharges | undefined;
  readonly contingencies: Contingencies | undefined;
  /** Margin of the scenarios × this is initial and maintenance margin. */
  readonly initialFactor: number;
  readonly maintenanceFactor: number;
}

/** Far moves of Deribit's extended table. Source: Deribit support, "Portfolio Margin", read 2026-11; SCIENCE section 2. */
export const DERIBIT_FAR_MOVES: readonly number[] = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5];

/**
 * The grid of a venue's rule of portfolio margin (Deribit since 2024 at the latest): ± range in `priceBuckets` steps on each side and none, × volatility up, same
 * and down; the extended table; shocks of delta. Maintenance margin is `maintenanceFactor` of initial margin.
 *
 * How the parts go together was read off the worked example in the documentation of `private/pme/simulate` (docs.deribit.com, of 2024-06-17), which is
 * reproduced in the tests to its last digit but for what no position in it shows: the dampener and the shock of total delta,
 * which come from secondary sources.
 */
export function scenarioGrid(rule: PortfolioMarginRule): ScenarioGrid {
  if (rule.volatilityScenarios !== 3) {
    throw new ConfigError(
      `Portfolio margin has ${rule.volatilityScenarios} scenarios of volatility, and up, same and down are known`,
      { hints: ["Take a rule with 3."] },
    );
  }
  return {
    priceRange: rule.priceRange,
    priceBuckets: rule.priceBuckets,
    volatility: {
      unit: "relative",
      up: rule.volatilityUp,
      down: rule.volatilityDown,
      shortPower: rule.shortVegaPower,
      longPower: rule.longVegaPower,
      leastUp: rule.minimumVolatilityForShockUp,
    },
    extended: {
      moves: DERIBIT_FAR_MOVES,
      factor: rule.extendedTableFactor,
      dampenerUsd: rule.extendedDampenerUsd,
    },
    deltas: {
      leastRoll: rule.minimumAnnualisedMove,
      annualRoll: rule.annualisedMoveRisk,
      shockAboveUsd: rule.deltaShockThresholdUsd,
      shockPerCoin: rule.marginIncrement,
      mostShock: rule.maxDeltaShock,
    },
    contingencies: undefined,
    initialFactor: 1,
    maintenanceFactor: rule.maintenanceFactor,
  };
}

/** What Deribit's older pages leave open, and whoever uses their grids has to say. */
export interface OlderGridChoices {
  readonly priceBuckets: number;
  /** Whether "implied volatility change of maximum 38 %" is relative or in points. */
  readonly volatilityUnit: VolatilityShock["unit"];
  /** Initial over maintenance margin, 1 or more. */
  readonly initialFactor: number;
}

/**
 * Deribit's grids before the present one, of which its pages give no dates: `±10%` with volatility ± 38 % × (30 / days)^0.3, 0.01 coin for each
 * option short net at its strike, 1 % of offset futures; `±12.5%` with 40 % × √(30 / days), 1 % of the underlying of all options, 2 % of offset
 * futures. The worst loss is the maintenance margin. Source: deribit.com/pages/docs/portfoliomargin and deribit.com/docs, undated copies, read 2026-11.
 *
 * Not in them: what the copies leave out after those lines, and the contingency of 25 % for vega offset between expiries (±12.5%), of whose unit
 * nothing is said.
 */
export function olderGrid(which: "±10%" | "±12.5%", choices: OlderGridChoices): ScenarioGrid {
  const { priceBuckets, volatilityUnit, initialFactor } = choices;
  const isNewer = which === "±10%";
  const size = isNewer ? 0.38 : 0.4;
  const power = isNewer ? 0.3 : 0.5;
  return {
    priceRange: isNewer ? 0.1 : 0.125,
    priceBuckets,
    volatility: {
      unit: volatilityUnit,
      up: size,
      down: size,
      shortPower: power,
      longPower: power,
      leastUp: 0,
    },
    extended: undefined,
    deltas: undefined,
    contingencies: {
      perNetShortOption: isNewer ? 0.01 : 0,
      perOption: isNewer ? 0 : 0.01,
      offsetFutures: isNewer ? 0.01 : 0.02,
    },
    initialFactor,
    maintenanceFactor: 1,
  };
}

/** Days of the scale at which volatility moves by its stated size. */
const SCALE_DAYS = 30;

/** A volatility after a move up (1), none (0) or down (−1), a fraction, 0 or more; that of now for an option that expires now. */
export function shockedVolatility(
  { unit, up, down, shortPower, longPower, leastUp }: VolatilityShock,
  { iv, days, direction }: { iv: number; days: number; direction: 1 | 0 | -1 },
): number {
  if (direction === 0 || days <= 0) return iv;
  const scale = (SCALE_DAYS / days) ** (days < SCALE_DAYS ? shortPower : longPower);
  const size = direction * (direction === 1 ? up : down) * scale;
  const moved = unit === "relative" ? iv * (1 + size) : iv + size;
  return Math.max(moved, direction === 1 ? leastUp : 0);
}
