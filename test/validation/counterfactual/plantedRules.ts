import type { RuleSet } from "@aftershock/cascade";
import type { MarketChange, PresetName } from "@aftershock/simulator";
import {
  circuitBreaker,
  type Mitigation,
  noLiquidations,
  scaledMaintenance,
  trancheLiquidation,
  twapOracle,
} from "@aftershock/strategy";

/** Mitigations whose truth is known by simulating them: those that a study lists, with the kinds that its bands go by. */
export const PLANTED_MITIGATIONS = {
  none: noLiquidations(),
  tranches: trancheLiquidation({ share: 0.2, cooldownSeconds: 60, aboveNotional: 1 }),
  twap: twapOracle({ seconds: 300 }),
  breaker: circuitBreaker({ move: 0.03, withinSeconds: 300, pauseSeconds: 300 }),
  "maintenance -30 %": scaledMaintenance({ factor: 0.7 }),
  "maintenance +30 %": scaledMaintenance({ factor: 1.3 }),
} as const satisfies Readonly<Record<string, Mitigation>>;

/** Rule changes whose truth is known by simulating them. */
export const PLANTED_RULES: Readonly<Record<string, (rules: RuleSet) => RuleSet>> =
  Object.fromEntries(Object.entries(PLANTED_MITIGATIONS).map(([name, { apply }]) => [name, apply]));

/** A kind of market and news. */
export interface Family {
  readonly name: string;
  readonly preset: PresetName;
  readonly market?: MarketChange;
  readonly minutes?: number;
}

/** Markets that differ in news, direction and depth. */
export const FAMILIES: readonly Family[] = [
  { name: "crash", preset: "crash-hour" },
  {
    name: "thin crash",
    preset: "crash-hour",
    market: { makers: { sizeUsd: 6_000 }, accounts: { count: 1_800 } },
  },
  { name: "squeeze", preset: "short-squeeze" },
];
