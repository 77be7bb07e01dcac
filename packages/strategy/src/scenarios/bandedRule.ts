import type { RuleSet } from "@aftershock/cascade";
import { circuitBreaker } from "../mitigations/circuitBreaker.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import { noLiquidations } from "../mitigations/noLiquidations.ts";
import { scaledMaintenance } from "../mitigations/scaledMaintenance.ts";
import { throttledEngine } from "../mitigations/throttledEngine.ts";
import { trancheLiquidation } from "../mitigations/trancheLiquidation.ts";
import { twapOracle } from "../mitigations/twapOracle.ts";
import type { BandedRule } from "./bandModel.ts";

/** The mitigations that bands are measured for, by kind, from their parameters. */
const MEASURED: Readonly<Record<string, (of: (name: string) => number) => Mitigation>> = {
  noLiquidations: () => noLiquidations(),
  tranches: (of) =>
    trancheLiquidation({
      share: of("share"),
      cooldownSeconds: of("cooldownSeconds"),
      aboveNotional: of("aboveNotional"),
    }),
  twap: (of) => twapOracle({ seconds: of("seconds") }),
  breaker: (of) =>
    circuitBreaker({
      move: of("move"),
      withinSeconds: of("withinSeconds"),
      pauseSeconds: of("pauseSeconds"),
    }),
  throttle: (of) => throttledEngine({ notionalPerSecond: of("notionalPerSecond") }),
  higherMaintenance: (of) => scaledMaintenance({ factor: of("factor") }),
  lowerMaintenance: (of) => scaledMaintenance({ factor: of("factor") }),
};

/**
 * What bands are asked for of a mitigation that has changed `recorded` to `rules`: its kind and parameters, where it does what the mitigation of that kind does. A mitigation of one's own that takes the name of
 * a kind and does something else is of no kind that was measured.
 */
export function bandedRule(mitigation: Mitigation, rules: RuleSet, recorded: RuleSet): BandedRule {
  const { kind, parameters } = mitigation;
  const make = Object.hasOwn(MEASURED, kind) ? MEASURED[kind] : undefined;
  if (make === undefined) return { kind, parameters };
  const number = (name: string): number => {
    const value = parameters[name];
    return typeof value === "number" ? value : Number.NaN;
  };
  const isTheSame = (): boolean => {
    try {
      return JSON.stringify(make(number).apply(recorded)) === JSON.stringify(rules);
    } catch {
      // Parameters that the mitigation of that kind does not take.
      return false;
    }
  };
  return isTheSame() ? { kind, parameters } : { kind: `${kind} of one’s own`, parameters };
}
