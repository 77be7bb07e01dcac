import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MarkOptions } from "../../src/oracle/markComponents.ts";
import { MarkPrice } from "../../src/oracle/markPrice.ts";
import type { MarkRule } from "../../src/rules/markRule.ts";

const AVERAGE: MarkRule = { kind: "averageBasis", averageSeconds: 3 };
const RULES: readonly (readonly [MarkRule, MarkOptions["sampleSeconds"]])[] = [
  [AVERAGE, "continuous"],
  [AVERAGE, 1],
  [{ kind: "oracle" }, undefined],
  [{ kind: "emaBasis", emaSeconds: 2, bandRate: 0.01 }, undefined],
  [
    {
      kind: "medianWithVenues",
      emaSeconds: 3,
      thirdEmaSeconds: 1,
      venues: [{ name: "elsewhere", weight: 1 }],
    },
    undefined,
  ],
];

/** Times after the one before, µs, and prices of which few are different, so that a basis often comes back to what it was. */
const path = fc.array(
  fc.record({
    after: fc.constantFrom(0, 100_000, 250_000, 1_000_000),
    mid: fc.constantFrom(100.1, 100.2, 100.3),
    index: fc.constantFrom(100, 100.1, 100.2),
  }),
  { maxLength: 60 },
);

describe("a mark of one mid", () => {
  it("is that of the same prices taken one after the other, the index first, but for rounding", () => {
    fc.assert(
      fc.property(path, (moments) => {
        for (const [rule, sampleSeconds] of RULES) {
          const options: MarkOptions = {
            of: "v:B",
            ...(sampleSeconds === undefined ? {} : { sampleSeconds }),
          };
          const [once, oneByOne] = [new MarkPrice(rule, options), new MarkPrice(rule, options)];
          let at = 1e15;
          for (const { after, mid, index } of moments) {
            at += after;
            once.updateMid(mid, index, at);
            oneByOne.update("index", index, at);
            for (const input of ["impactBid", "impactAsk", "bid", "ask", "last"] as const) {
              oneByOne.update(input, mid, at);
            }
            const expected = oneByOne.price(at);
            if (Number.isNaN(expected)) expect(once.price(at)).toBeNaN();
            else expect(once.price(at)).toBeCloseTo(expected, 10);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("takes both prices or none of them", () => {
    const mark = new MarkPrice({ kind: "oracle" }, { of: "v:B" });
    mark.updateMid(100, 101, 1e15);
    for (const [mid, index] of [
      [Number.NaN, 102],
      [100, 0],
    ] as const) {
      expect(() => mark.updateMid(mid, index, 1e15 + 5)).toThrow(/has a price of/);
    }
    expect(() => mark.updateMid(100, 102, 1e15 - 1)).toThrow(/after one of/);
    expect(mark.price(1e15)).toBe(101);
    // The time of what was refused is not taken either.
    mark.updateMid(100, 103, 1e15 + 1);
    expect(mark.price(1e15 + 1)).toBe(103);
  });
});
