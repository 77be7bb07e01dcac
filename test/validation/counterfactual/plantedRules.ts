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

/** Rules whose truth is known by simulating them, one of a kind: those of all tables. */
const MAIN_MITIGATIONS = {
  none: noLiquidations(),
  tranches: trancheLiquidation({ share: 0.1, cooldownSeconds: 300 }),
  twap: twapOracle({ seconds: 600 }),
  breaker: circuitBreaker({ move: 0.02, withinSeconds: 300, pauseSeconds: 600 }),
  throttle: throttledEngine({ notionalPerSecond: 100_000 }),
  "maintenance x2": scaledMaintenance({ factor: 2 }),
  "maintenance x0.5": scaledMaintenance({ factor: 0.5 }),
} as const satisfies Readonly<Record<string, Mitigation>>;

/** The same kinds at other strengths, planted for their bands. */
const STRENGTHS = {
  "tranches 20 %": trancheLiquidation({ share: 0.2, cooldownSeconds: 60 }),
  "tranches 50 %": trancheLiquidation({ share: 0.5, cooldownSeconds: 30 }),
  "twap 5 min": twapOracle({ seconds: 300 }),
  "twap 1 min": twapOracle({ seconds: 60 }),
  "breaker 3 %": circuitBreaker({ move: 0.03, withinSeconds: 300, pauseSeconds: 300 }),
  "throttle by half": throttledEngine({ notionalPerSecond: 200_000 }),
  "maintenance x1.3": scaledMaintenance({ factor: 1.3 }),
  "maintenance x0.7": scaledMaintenance({ factor: 0.7 }),
} as const satisfies Readonly<Record<string, Mitigation>>;

/** Mitigations whose truth is known: those that a study lists, with the kinds and strengths that its bands go by. */
export const PLANTED_MITIGATIONS = { ...MAIN_MITIGATIONS, ...STRENGTHS } as const;

export type PlantedRuleName = keyof typeof PLANTED_MITIGATIONS;

/** Their names, in order. */
export const PLANTED_RULE_NAMES = Object.keys(PLANTED_MITIGATIONS) as readonly PlantedRuleName[];
/** Those of which there is one of a kind, and those of other strengths. */
export const MAIN_RULE_NAMES = Object.keys(MAIN_MITIGATIONS) as readonly PlantedRuleName[];
export const STRENGTH_NAMES = Object.keys(STRENGTHS) as readonly PlantedRuleName[];

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
