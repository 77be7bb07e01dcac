import { describe, expect, it } from "vitest";
import { RULES } from "./world.ts";
import {
  circuitBreaker,
  compose,
  type Mitigation,
  noLiquidations,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
} from "../../src/index.ts";
import { bandedRule } from "../../src/scenarios/bandedRule.ts";

const ruleOf = (mitigation: Mitigation) => bandedRule(mitigation, mitigation.apply(RULES), RULES);

describe("the rule that bands are asked for", () => {
  it.each([
    noLiquidations(),
    trancheLiquidation({ share: 0.1, cooldownSeconds: 300 }),
    twapOracle({ seconds: 600 }),
    circuitBreaker({ move: 0.02, withinSeconds: 300, pauseSeconds: 600 }),
    throttledEngine({ notionalPerSecond: 100_000 }),
    scaledMaintenance({ factor: 2 }),
    scaledMaintenance({ factor: 0.5 }),
  ])("is the mitigation's own kind and strength: $name", (mitigation) => {
    const { kind, parameters } = mitigation;
    expect(ruleOf({ ...mitigation, name: "of another name" })).toEqual({ kind, parameters });
  });

  it("is of no kind that was measured where a mitigation of one's own does something else", () => {
    const apply = noLiquidations().apply;
    const fakes: readonly Mitigation[] = [
      { ...noLiquidations(), apply: (rules) => ({ ...rules, insuranceFund: 0 }) },
      { ...twapOracle({ seconds: 600 }), apply },
      { ...twapOracle({ seconds: 600 }), parameters: { seconds: 300 } },
      { ...twapOracle({ seconds: 600 }), parameters: { seconds: "long" } },
    ];
    for (const fake of fakes) expect(ruleOf(fake).kind).toBe(`${fake.kind} of one’s own`);
  });

  it("is that of a composition as it says itself", () => {
    const both = compose(noLiquidations(), twapOracle({ seconds: 600 }));
    expect(ruleOf(both).kind).toBe("noLiquidations+twap");
  });
});
