import { cascadeChance } from "@aftershock/strategy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitChance } from "./counterfactual/fitChance.ts";

/** Cases at even reaches from −0.5 to 1.5, in each of which a cascade happens as often as the curve says. */
const casesOf = (curve: { readonly middle: number; readonly width: number }) =>
  Array.from({ length: 41 }, (_, i) => -0.5 + i / 20).flatMap((reach) =>
    Array.from({ length: 20 }, (_, k) => ({
      reach,
      happened: (k + 0.5) / 20 < cascadeChance(curve, reach),
    })),
  );

describe("the chance of a cascade that is fitted to planted days", () => {
  it("is the curve they were made by", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 0.3, noNaN: true }),
        (middle, width) => {
          const found = fitChance("twap", casesOf({ middle, width }));
          expect(Math.abs(found.middle - middle)).toBeLessThan(0.05);
          expect(found.width / width).toBeGreaterThan(0.7);
          expect(found.width / width).toBeLessThan(1.4);
          expect(found.cases).toBe(41 * 20);
        },
      ),
      { numRuns: 4 },
    );
  });

  it("is a narrow step where the reach tells all", () => {
    const found = fitChance(
      "twap",
      [0, 0.2, 0.4, 0.6, 0.8, 1].map((reach) => ({ reach, happened: reach > 0.5 })),
    );
    expect(found.width).toBeLessThan(0.05);
    expect(found.middle).toBeGreaterThan(0.4);
    expect(found.middle).toBeLessThan(0.6);
  });
});
