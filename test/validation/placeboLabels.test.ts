import fc from "fast-check";
import { expect, test } from "vitest";
import { placeboFlow, placeboShare, relabelled } from "./counterfactual/placeboLabels.ts";
import type { PlantedDay } from "./counterfactual/plantedDay.ts";

const flows = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -20, max: 20 })), {
    minLength: 1,
    maxLength: 1_300,
  })
  .map((pairs) => ({
    others: Float64Array.from(pairs, ([flow]) => flow),
    forced: Float64Array.from(pairs, ([, flow]) => flow),
  }));

const pseudo = (step: number): number => ((step * 7_919) % 1_009) / 1_009;
const notional = (flow: Float64Array): number => flow.reduce((sum, q) => sum + Math.abs(q), 0);

test("a placebo is a part of others' flow, of each minute no more than was forced in it", () => {
  fc.assert(
    fc.property(flows, fc.constantFrom("same" as const, "either" as const), (day, side) => {
      const placebo = placeboFlow(day, { side, uniform: pseudo });
      placebo.forEach((flow, step) => {
        const other = day.others[step] ?? 0;
        expect(Math.abs(flow)).toBeLessThanOrEqual(Math.abs(other));
        expect(flow * other).toBeGreaterThanOrEqual(0);
      });
      for (let from = 0; from < placebo.length; from += 600) {
        const [own, forced] = [placebo, day.forced].map((all) => all.subarray(from, from + 600));
        expect(notional(own ?? placebo)).toBeLessThanOrEqual(notional(forced ?? placebo));
      }
    }),
    { numRuns: 40 },
  );
});

test("a placebo reaches all of the forced notional where others traded as much", () => {
  const others = Float64Array.from({ length: 1_200 }, (_, step) => (step % 2 === 0 ? 10 : -10));
  const forced = Float64Array.from({ length: 1_200 }, (_, step) => (step % 3 === 0 ? -3 : 0));
  const placebo = placeboFlow({ others, forced }, { side: "same", uniform: pseudo });
  expect(placeboShare({ forced }, placebo)).toBe(1);
  expect(placebo.every((flow) => flow <= 0)).toBe(true);
});

test("labels exchanged leave all flow together as it was", () => {
  const day = {
    others: new Float64Array([5, -3, 0, 2]),
    forced: new Float64Array([-2, 0, -1, 0]),
  } as PlantedDay;
  const placebo = placeboFlow(day, { side: "either", uniform: pseudo });
  const changed = relabelled(day, placebo);
  expect(changed.others.map((flow, step) => flow + (changed.forced[step] ?? 0))).toEqual(
    new Float64Array([3, -3, -1, 2]),
  );
});
