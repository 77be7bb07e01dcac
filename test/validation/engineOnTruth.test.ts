import { expect, test } from "vitest";
import { FAMILIES } from "./counterfactual/plantedRules.ts";
import { changedOutcome } from "./counterfactual/plantedStore.ts";

test("the engine on the true path closes what the simulated venue closed, when accounts are let go and have stops", () => {
  const family = FAMILIES.find(({ name }) => name === "squeeze");
  if (family === undefined) throw new Error("A family is missing");
  // A doubled margin lets most accounts go after a part has been closed.
  const outcome = changedOutcome(family, 2_009, { rule: "maintenance x2" });
  const { forcedSold, forcedBought, liquidated } = outcome.engine;
  expect(outcome.count).toBeGreaterThan(300);
  expect(Math.abs(liquidated / outcome.count - 1)).toBeLessThan(0.005);
  expect(Math.abs((forcedSold + forcedBought) / outcome.notional - 1)).toBeLessThan(0.01);
});
