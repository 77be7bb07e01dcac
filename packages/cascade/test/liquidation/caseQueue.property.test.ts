import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CaseQueue,
  type LiquidationCase,
  openCase,
} from "../../src/liquidation/liquidationCase.ts";

const caseOf = (order: number): LiquidationCase =>
  openCase({ account: order, order, triggeredAt: micros(0), moved: [], lastInstrument: 0 });

/** Tells a case to be due at a time (undefined: Infinity), or takes the first out. */
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ order: fc.nat(9), at: fc.option(fc.nat(5), { nil: undefined }) }),
  },
  { weight: 2, arbitrary: fc.constant("pop" as const) },
);

describe("CaseQueue", () => {
  it("gives the cases that a search of all gives: the earliest time first, and at one time the one latched first", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const queue = new CaseQueue();
        const cases = Array.from({ length: 10 }, (_, order) => ({
          ...caseOf(order),
          dueAt: Number.NaN,
        }));
        const first = (): LiquidationCase | undefined =>
          cases
            .filter(({ dueAt }) => dueAt < Number.POSITIVE_INFINITY)
            .toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];
        for (const next of operations) {
          const expected = first();
          expect(queue.nextAt).toBe(expected?.dueAt ?? Number.POSITIVE_INFINITY);
          if (next === "pop") {
            expect(queue.pop()).toBe(expected);
            if (expected !== undefined) expect(expected.dueAt).toBeNaN();
          } else {
            const latched = cases[next.order]!;
            latched.dueAt = next.at ?? Number.POSITIVE_INFINITY;
            queue.push(latched);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
