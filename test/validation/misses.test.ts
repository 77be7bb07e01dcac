import { bandOf } from "@aftershock/strategy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Comparison, correctedBy, missesOf } from "./counterfactual/misses.ts";

const log = fc.integer({ min: -300, max: 0 }).map((bips) => bips / 1_000);
const comparisons = fc.array(fc.record({ recorded: log, truth: log, mid: log }), {
  minLength: 1,
  maxLength: 40,
});

const absoluteError = (found: readonly Comparison[], factor: number): number =>
  found.reduce(
    (sum, { truth, mid, recorded }) => sum + Math.abs(truth - recorded - factor * (mid - recorded)),
    0,
  );

test("as much of the effect is told as makes absolute errors least", () => {
  fc.assert(
    fc.property(comparisons, (found) => {
      const { factor } = missesOf("extreme", found);
      const effects = found.filter(({ mid, recorded }) => mid !== recorded);
      // The least lies at one of the ratios, or at 0.
      const candidates = effects.map(({ truth, mid, recorded }) =>
        Math.max(0, (truth - recorded) / (mid - recorded)),
      );
      const least = Math.min(...candidates.map((one) => absoluteError(found, one)), Infinity);
      const size = effects.reduce((sum, { mid, recorded }) => sum + Math.abs(mid - recorded), 0);
      // It is kept to six digits.
      const rounding = 1e-5 * factor * size + 1e-12;
      if (effects.length === 0) expect(factor).toBe(1);
      else expect(absoluteError(found, factor)).toBeLessThanOrEqual(least + rounding);
    }),
    { numRuns: 300 },
  );
});

test("days with a large effect count for more than those with a small one", () => {
  const day = (effect: number, share: number): Comparison => ({
    recorded: 0,
    truth: share * effect,
    mid: effect,
  });
  const found = [day(-0.1, 0.5), day(0.001, 3), day(-0.002, 3), day(0.003, 3)];
  expect(missesOf("extreme", found).factor).toBe(0.5);
});

test("an estimate that always goes too far by a share of its effect is corrected", () => {
  const found = Array.from({ length: 9 }, (_, day) => {
    const truth = 100 + 10 * day;
    return { recorded: 100, truth, mid: truth + 0.5 * (truth - 100) };
  });
  const misses = missesOf("notional", found);
  expect(misses.factor).toBeCloseTo(2 / 3, 6);
  const [, first] = correctedBy("notional", misses, found);
  expect(first?.mid).toBe(bandOf({ ...misses, metric: "forcedNotional" }, 115, 100).mid);
});

test("days on which record and estimate are both nothing tell of no miss", () => {
  const nothing = { recorded: 0, truth: 0, mid: 0 };
  expect(missesOf("badDebt", [nothing]).factor).toBe(1);
  expect(missesOf("badDebt", [nothing, { recorded: 2, truth: 1, mid: 1 }]).factor).toBe(1);
});

test("an overshoot is missed by as much as a price is, also where there was none to speak of, and may be below 0", () => {
  const found = [-0.01, 0.01].map((truth) => ({ recorded: 0, truth, mid: 0 }));
  const misses = missesOf("overshoot", found);
  expect(misses).toEqual(missesOf("extreme", found));
  const { low, high } = bandOf({ ...misses, metric: "overshoot" }, 0, 0);
  expect([low, high]).toEqual([-0.01, 0.01]);
});
