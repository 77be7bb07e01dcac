import type { LiquidationStep, RuleSet } from "@aftershock/cascade";
import type { MarketChange, PresetName } from "@aftershock/simulator";

/** Rule changes whose truth is known by simulating them. */
export const PLANTED_RULES: Readonly<Record<string, (rules: RuleSet) => RuleSet>> = {
  none: (rules) => ({ ...rules, liquidates: false }),
  tranches: (rules) => ({
    ...rules,
    liquidation: {
      ...rules.liquidation,
      steps: rules.liquidation.steps.flatMap((step): readonly LiquidationStep[] =>
        step.kind === "market"
          ? [{ kind: "tranche", aboveNotional: 1, share: 0.2, cooldownSeconds: 60 }, step]
          : [step],
      ),
    },
  }),
  twap: (rules) => ({ ...rules, markTwapSeconds: 300 }),
  breaker: (rules) => ({
    ...rules,
    breaker: { move: 0.03, withinSeconds: 300, pauseSeconds: 300, stops: "liquidations" },
  }),
  "maintenance -30 %": (rules) => ({ ...rules, maintenanceFactor: 0.7 * rules.maintenanceFactor }),
  "maintenance +30 %": (rules) => ({ ...rules, maintenanceFactor: 1.3 * rules.maintenanceFactor }),
};

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
