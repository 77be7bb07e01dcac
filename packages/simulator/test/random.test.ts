import { ConfigError } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { Random, randomFor } from "../src/random.ts";

describe("random numbers", () => {
  test("are those of the reference implementation of xoshiro128** from state 1, 2, 3, 4", () => {
    const random = new Random([1, 2, 3, 4]);
    const first = Array.from({ length: 6 }, () => random.nextUint32());
    expect(first).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  test("repeat for one seed and purpose, and differ between seeds and between purposes", () => {
    const firstOf = (seed: number, purpose: string): number => randomFor(seed, purpose).uniform();
    expect(firstOf(7, "noise")).toBe(firstOf(7, "noise"));
    expect(firstOf(7, "noise")).not.toBe(firstOf(8, "noise"));
    expect(firstOf(7, "noise")).not.toBe(firstOf(7, "value"));
  });

  test("have the moments of their distributions", () => {
    const random = randomFor(1, "moments");
    const count = 100_000;
    const normals = Array.from({ length: count }, () => random.normal());
    const mean = normals.reduce((sum, x) => sum + x, 0) / count;
    const variance = normals.reduce((sum, x) => sum + x * x, 0) / count;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    const uniforms = Array.from({ length: count }, () => random.uniform());
    expect(Math.min(...uniforms.slice(0, 10_000))).toBeGreaterThan(0);
    expect(Math.abs(uniforms.reduce((sum, x) => sum + x, 0) / count - 0.5)).toBeLessThan(0.005);
  });

  test("draw whole numbers from both ends of a range", () => {
    const random = randomFor(1, "integers");
    const drawn = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([2, 3, 4]);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("refuse the seed %d", (seed) => {
    expect(() => randomFor(seed, "noise")).toThrow(ConfigError);
  });
});
