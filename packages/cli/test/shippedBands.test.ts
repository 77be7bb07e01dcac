import { describe, expect, it } from "vitest";
import { plantedBands } from "@aftershock/strategy";
import { parseBands, shippedBands } from "../src/shippedBands.ts";

const cell = {
  rule: "twap",
  metric: "low30",
  days: 80,
  quantiles: [-1, 0, 1],
  factor: 0.9,
  coverage50: 0.5,
  coverage90: 0.9,
};
const chance = { rule: "twap", middle: 0.5, width: 0.1, cases: 80 };
const measured = {
  positions: "snapshot",
  calibrationDays: 32,
  stepMillis: 100,
  planted: [{ rule: "twap", kind: "twap", name: "TWAP 10 min", parameters: { seconds: 600 } }],
};
const file = (cells: readonly unknown[], version = 5): string =>
  JSON.stringify({ version, tables: [{ ...measured, cells, chances: [chance] }] });

describe("the bands that come with the program", () => {
  it("are read with what they say of coverage, and of why there is none", () => {
    const none = { ...cell, metric: "path", none: "does not cover" };
    expect(parseBands("b.json", file([cell, none]))).toEqual([
      { ...measured, cells: [{ ...cell, none: undefined }, none], chances: [chance] },
    ]);
  });

  it("are refused with the place of what is wrong", () => {
    expect(() => parseBands("b.json", "{")).toThrow("b.json is no JSON");
    expect(() => parseBands("b.json", file([cell], 4))).toThrow("version 4");
    expect(() => parseBands("b.json", file([{ ...cell, coverage50: 2 }]))).toThrow(
      /b\.json.*coverage50/,
    );
    expect(() => parseBands("b.json", file([{ ...cell, quantiles: ["x"] }]))).toThrow(/quantiles/);
  });

  it("hold planted truth by kind and metric, and nothing for what was not planted", async () => {
    for (const positions of ["snapshot", "prints"] as const) {
      const table = await shippedBands(positions);
      const bands = plantedBands(table!);
      const of = (kind: string, parameters = {}) => ({ kind, parameters });
      const unknown = bands.band(of("hiddenLevels"), "low30", Float64Array.of(1), 1);
      expect(unknown).toHaveProperty("none", expect.stringContaining("hiddenLevels"));
      const known = bands.band(of("noLiquidations"), "low30", Float64Array.of(-0.05), -0.1);
      if ("none" in known) expect(known.none).toContain("no calibrated band");
      else {
        expect(known.low).toBeLessThanOrEqual(known.low50);
        expect(known.low50).toBeLessThan(known.high50);
        expect(known.high50).toBeLessThanOrEqual(known.high);
      }
      const weaker = bands.band(of("twap", { seconds: 45 }), "low30", Float64Array.of(0), -0.1);
      expect(weaker).toEqual({ none: expect.stringContaining("not at this strength") });
    }
  });
});
