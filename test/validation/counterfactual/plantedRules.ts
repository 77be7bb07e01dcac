import type { RuleSet } from "@aftershock/cascade";
import { type MarketChange, type PresetName, presetOf } from "@aftershock/simulator";
import {
  circuitBreaker,
  type Mitigation,
  noLiquidations,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
} from "@aftershock/strategy";

/** Mitigations whose truth is known by simulating them: those that a study lists, with the kinds that its bands go by. */
export const PLANTED_MITIGATIONS = {
  none: noLiquidations(),
  tranches: trancheLiquidation({ share: 0.1, cooldownSeconds: 300 }),
  twap: twapOracle({ seconds: 600 }),
  breaker: circuitBreaker({ move: 0.02, withinSeconds: 300, pauseSeconds: 600 }),
  throttle: throttledEngine({ notionalPerSecond: 100_000 }),
  "maintenance x2": scaledMaintenance({ factor: 2 }),
  "maintenance x0.5": scaledMaintenance({ factor: 0.5 }),
} as const satisfies Readonly<Record<string, Mitigation>>;

export type PlantedRuleName = keyof typeof PLANTED_MITIGATIONS;

/** Their names, in order. */
export const PLANTED_RULE_NAMES = Object.keys(PLANTED_MITIGATIONS) as readonly PlantedRuleName[];

/** Rule changes whose truth is known by simulating them. */
export const PLANTED_RULES: Readonly<Record<string, (rules: RuleSet) => RuleSet>> =
  Object.fromEntries(Object.entries(PLANTED_MITIGATIONS).map(([name, { apply }]) => [name, apply]));

/** A kind of market and news. */
export interface Family {
  readonly name: string;
  readonly preset: PresetName;
  readonly market?: MarketChange;
  readonly minutes?: number;
  /** Whether the price is squeezed upwards. Default false. */
  readonly isUpward?: boolean;
  /** Whether nobody is deleveraged and the fund begins empty, so that losses which it cannot pay are bad debt. Default false. */
  readonly isWithoutAdl?: boolean;
}

/** News that comes out over half an hour, in many headlines. */
const SLOW_NEWS = {
  minute: 12,
  minutes: 25,
  headlines: 16,
  headlineSeconds: 40,
  dropFrom: 0.07,
  dropTo: 0.085,
  volatilityFactor: 4,
  doubtFadeMinutes: 20,
};

/** Markets that differ in news, direction and depth; two have auto-deleveraging and a fund, two have bad debt. */
export const FAMILIES: readonly Family[] = [
  { name: "crash", preset: "crash-hour" },
  {
    name: "slow",
    preset: "crash-hour",
    market: { value: { news: [SLOW_NEWS] }, accounts: { count: 3_600 } },
  },
  {
    name: "thin",
    preset: "crash-hour",
    isWithoutAdl: true,
    market: { makers: { sizeUsd: 6_000 }, accounts: { count: 2_000 } },
  },
  { name: "squeeze", preset: "short-squeeze", isUpward: true, isWithoutAdl: true },
];

/** The rules that days of a family are recorded under. */
export function rulesOf({ preset, isWithoutAdl = false }: Family): RuleSet {
  const { rules } = presetOf(preset).preset;
  if (!isWithoutAdl) return rules;
  const { liquidation } = rules;
  const steps = liquidation.steps.filter(({ kind }) => kind !== "adl");
  return { ...rules, insuranceFund: 0, liquidation: { ...liquidation, steps } };
}
