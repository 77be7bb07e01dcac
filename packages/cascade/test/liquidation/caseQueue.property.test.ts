import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaseQueue, openCase } from "../../src/liquidation/liquidationCase.ts";

describe("CaseQueue", () => {
  it("gives whoever is due first, of the same time who was latched first, however often their times were changed", () => {
    const act = fc.record({
      who: fc.nat(29),
      dueAt: fc.oneof(fc.nat(60), fc.constant(Number.POSITIVE_INFINITY)),
      pops: fc.nat(3).map((number) => number === 0),
    });
    fc.assert(
      fc.property(fc.array(act, { minLength: 20, maxLength: 120 }), (acts) => {
        const queue = new CaseQueue();
        const cases = Array.from({ length: 30 }, (_, order) =>
          openCase({
            account: 10 + order,
            order,
            triggeredAt: micros(0),
            moved: [],
            lastInstrument: 0,
          }),
        );
        for (const one of cases) one.dueAt = Number.NaN;
        const first = () =>
          cases
            .filter(({ dueAt }) => Number.isFinite(dueAt))
            .toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];
        for (const { who, dueAt, pops } of acts) {
          const one = cases[who]!;
          one.dueAt = dueAt;
          queue.push(one);
          const expected = first();
          expect(queue.nextAt).toBe(expected?.dueAt ?? Number.POSITIVE_INFINITY);
          if (!pops) continue;
          expect(queue.pop()).toBe(expected);
          if (expected !== undefined) expect(expected.dueAt).toBeNaN();
        }
        for (let expected = first(); expected !== undefined; expected = first())
          expect(queue.pop()).toBe(expected);
        expect(queue.pop()).toBeUndefined();
      }),
    );
  });
});
