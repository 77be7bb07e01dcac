import {
  Counterfactual,
  type CounterfactualResult,
  depthSlope,
  type Draw,
  ExponentialKernel,
  type ImpactKernel,
  PowerLawKernel,
} from "@aftershock/cascade";
import {
  changedRules,
  circuitBreaker,
  compose,
  hiddenLevels,
  type Mitigation,
  noChange,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
  volatilityMargin,
} from "@aftershock/strategy";
import type { PresetName } from "@aftershock/simulator";
import { describe, expect, it } from "vitest";
import {
  type PlantedDay,
  plantedDay,
  recordedSteps,
  snapshotPopulation,
  STEP_MICROS,
  tickOf,
} from "../validation/counterfactual/plantedDay.ts";

const BREAKER = { move: 0.02, withinSeconds: 120, pauseSeconds: 300 } as const;

/** Changes that change nothing, by themselves and so together: their path is the record, bit for bit. */
const NOTHING: readonly Mitigation[] = [
  noChange(),
  compose(
    hiddenLevels(),
    circuitBreaker({ move: 0.9, withinSeconds: 60, pauseSeconds: 60 }),
    twapOracle({ seconds: 1e-6 }),
    scaledMaintenance({ factor: 1 }),
    volatilityMargin({ referenceVolatility: 1, least: 1, most: 1 }),
    throttledEngine({ notionalPerSecond: 400_000, name: "the pace of the rules" }),
  ),
];
/** Changes that do. */
const SOMETHING: readonly Mitigation[] = [
  circuitBreaker(BREAKER),
  circuitBreaker({ ...BREAKER, stops: "trading" }),
  trancheLiquidation({ share: 0.2, cooldownSeconds: 60 }),
];

const slope = depthSlope({ slope: 1.5e-8, referenceDepth: 1e6 });
/** A kernel for each day. */
const DAYS = [
  ["crash-hour", () => new ExponentialKernel({ tauSeconds: 90 })],
  [
    "short-squeeze",
    () => new PowerLawKernel({ scaleSeconds: 5, decayPower: 0.5, sizePower: 0.7, unit: 4e4 }),
  ],
] as const satisfies readonly (readonly [PresetName, () => ImpactKernel])[];

/** Runs all of them on a day, with one kernel. */
function run(day: PlantedDay, kernel: () => ImpactKernel): CounterfactualResult {
  const response: Draw["response"] = {
    name: "made",
    price: kernel,
    index: kernel,
    priceSlope: slope,
    indexSlope: slope,
    removesSpikes: true,
  };
  const counterfactual = new Counterfactual({
    recorded: day.rules,
    scenarios: [...NOTHING, ...SOMETHING].map((one) => ({
      name: one.name,
      rules: changedRules(one, day.rules),
    })),
    draws: [{ population: snapshotPopulation(day), response }],
    mark: { of: "the simulated venue", bandRate: "none", fairPrice: "mid" },
    stepMicros: STEP_MICROS,
    tick: tickOf(day),
  });
  for (const step of recordedSteps(day)) {
    counterfactual.step(step);
    counterfactual.touch(step.bid, step.ask, step.at);
  }
  return counterfactual.finish();
}

describe("mitigations on simulated days", () => {
  it.each(DAYS)(
    "of %s: those at their limits give the record bit for bit, the others do not, and a halt of all trading is one of liquidations there",
    (preset, kernel) => {
      const day = plantedDay({ preset, seed: 31, minutes: 32 });
      const { record, scenarios } = run(day, kernel);
      const same = scenarios.slice(0, NOTHING.length);
      expect(same.map(({ pathHash }) => pathHash)).toEqual(same.map(() => record.recordHash));
      for (const { runs } of same) expect(runs[0]?.figures).toEqual(record.engines[0]);
      const changed = scenarios.slice(NOTHING.length);
      for (const { name, pathHash } of changed) {
        expect([name, pathHash === record.recordHash]).toEqual([name, false]);
      }
      expect(changed[1]?.pathHash).toBe(changed[0]?.pathHash);
    },
    120_000,
  );
});
