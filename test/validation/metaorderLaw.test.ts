import { CounterRandom } from "@aftershock/simulator";
import { describe, expect, it } from "vitest";
import { meanError, metaorderLaw, metaorderTable, type ScaledMetaorder } from "./metaorderLaw.ts";

const BASE = { parts: 3, from: 0, dailyDeviation: 0.02 } as const;

/** Metaorders whose move follows a law, with chance about it. */
function planted(exponent: number, noise: number): readonly ScaledMetaorder[] {
  const random = new CounterRandom(1, "planted metaorders");
  return Array.from({ length: 6_000 }, (_, index) => {
    random.at(index);
    const volumeShare = random.betweenLog(0, 1e-6, 1e-2);
    const move = 0.02 * volumeShare ** exponent + noise * random.normal(1);
    return { ...BASE, volumeShare, sizeUsd: volumeShare * 1e9, move, netMove: move };
  });
}

describe("the impact of metaorders", () => {
  it.each([0.5, 1])("has the exponent %d that it was made with, within its error", (exponent) => {
    const { exponent: found } = metaorderLaw(planted(exponent, 2e-5));
    expect(found!.error).toBeLessThan(0.05);
    expect(Math.abs(found!.mean - exponent)).toBeLessThan(3 * found!.error);
  });

  it("has no exponent where the price did not move the orders' way, or where metaorders are few", () => {
    const against = planted(0.5, 0).map((order) => ({ ...order, netMove: -order.netMove }));
    const { bins, exponent } = metaorderLaw(against);
    expect(exponent).toBeUndefined();
    expect(bins.length).toBeGreaterThan(3);
    expect(metaorderLaw(planted(0.5, 0).slice(0, 29)).bins).toEqual([]);
    expect(metaorderTable("seed 1", { bins })).toMatch(/cannot be told/u);
  });

  it("puts metaorders into bins by size, and tells means with their errors", () => {
    const { bins } = metaorderLaw(planted(0.5, 0));
    const sizes = bins.map(({ sizeUsd }) => sizeUsd);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(bins.reduce((sum, { orders }) => sum + orders, 0)).toBe(6_000);
    expect(meanError([1, 3])).toEqual({ mean: 2, error: 1 });
  });
});
