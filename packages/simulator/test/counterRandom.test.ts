import { ConfigError } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { CounterRandom, Philox } from "../src/counterRandom.ts";

/** Philox 4x32-10 of a counter and a key, in hexadecimal. */
function philox(counter: readonly number[], key: readonly number[]): readonly string[] {
  const words = new Philox();
  [words.a, words.b, words.c, words.d] = counter as [number, number, number, number];
  words.run(key[0]!, key[1]!);
  return [words.a, words.b, words.c, words.d].map((word) => word.toString(16).padStart(8, "0"));
}

describe("luck by counter", () => {
  test("is Philox 4x32-10 as its authors' known answers have it (Random123 1.14, kat_vectors)", () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    const ones = 0xffffffff;
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
      "408f276d",
      "41c83b0e",
      "a20bc7c6",
      "6d5451fd",
    ]);
    const digits = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    expect(philox(digits, [0xa4093822, 0x299f31d0])).toEqual([
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });

  test("depends on seed, name, slot and lane alone, whatever was drawn before", () => {
    const one = new CounterRandom(7, "noise");
    const first = one.at(5, 2).uniform(1);
    one.at(6).uniform(0);
    expect(one.at(5, 2).uniform(1)).toBe(first);
    expect(new CounterRandom(7, "noise").at(5, 2).uniform(1)).toBe(first);
    const others = [
      new CounterRandom(8, "noise").at(5, 2),
      new CounterRandom(7, "noisf").at(5, 2),
      new CounterRandom(7, "noise").at(4, 2),
      new CounterRandom(7, "noise").at(5, 3),
      new CounterRandom(7 + 2 ** 32, "noise").at(5, 2),
      new CounterRandom(7, "noise").at(5 + 2 ** 32, 2),
    ].map((random) => random.uniform(1));
    expect(new Set([first, ...others]).size).toBe(7);
  });

  test("has the moments of its distributions, between slots and between words", () => {
    const random = new CounterRandom(1, "moments");
    const count = 50_000;
    const normals = Array.from({ length: count }, (_, slot) => random.at(slot).normal(0));
    const seconds = Array.from({ length: count }, (_, slot) => random.at(slot).normal(1));
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, x) => sum + x, 0) / count;
    expect(Math.abs(mean(normals))).toBeLessThan(0.015);
    expect(Math.abs(mean(normals.map((x) => x * x)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(normals.map((x, i) => x * seconds[i]!)))).toBeLessThan(0.015);
    expect(Math.abs(mean(normals.map((x, i) => x * (normals[i - 1] ?? 0))))).toBeLessThan(0.015);
  });

  test("draws whole numbers from both ends of a range, and logarithms evenly", () => {
    const random = new CounterRandom(1, "integers");
    const drawn = new Set(
      Array.from({ length: 200 }, (_, slot) => random.at(slot).integer(3, 2, 4)),
    );
    expect([...drawn].sort((a, b) => a - b)).toEqual([2, 3, 4]);
    const logs = Array.from({ length: 4_000 }, (_, slot) => random.at(slot).betweenLog(2, 1, 100));
    const below = logs.filter((value) => value < 10).length / logs.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.03);
    expect(Math.min(...logs)).toBeGreaterThan(1);
    expect(Math.max(...logs)).toBeLessThan(100);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses the seed %d", (seed) => {
    expect(() => new CounterRandom(seed, "noise")).toThrow(ConfigError);
  });
});
