import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimal,
  decimalToNumber,
  formatDecimal,
  formatSteps,
  parseDecimal,
  stepsToNumber,
  toSteps,
} from "../src/index.ts";

describe("parseDecimal", () => {
  it.each([
    ["61837.63000000", { mantissa: 6_183_763, decimals: 2 }],
    ["1e-7", { mantissa: 1, decimals: 7 }],
    ["-0.50", { mantissa: -5, decimals: 1 }],
    ["1.5E3", { mantissa: 1_500, decimals: 0 }],
    ["000.000", { mantissa: 0, decimals: 0 }],
    ["-0", { mantissa: 0, decimals: 0 }],
    [".5", { mantissa: 5, decimals: 1 }],
    ["7.", { mantissa: 7, decimals: 0 }],
    ["9007199254740991", { mantissa: 9_007_199_254_740_991, decimals: 0 }],
  ])("reads %s", (text, expected) => {
    expect(parseDecimal(text)).toEqual(expected);
    expect(Object.is(parseDecimal(text)?.mantissa, -0)).toBe(false);
  });

  it.each([
    "",
    ".",
    "-",
    "1,5",
    "0x10",
    "NaN",
    "Infinity",
    " 1",
    "1 ",
    "1e",
    "1.2.3",
    "9007199254740992",
    "1e400",
    "1e-99",
  ])("refuses %j", (text) => expect(parseDecimal(text)).toBeUndefined());
});

describe("steps", () => {
  it("count exactly where floats do not", () => {
    expect(toSteps(decimal("0.3"), decimal("0.1"))).toBe(3);
    expect(toSteps(decimal("61837.63"), decimal("0.01"))).toBe(6_183_763);
    expect(toSteps(decimal("63000.5"), decimal("0.5"))).toBe(126_001);
  });

  it("do not exist off the grid or beyond 2^53", () => {
    expect(toSteps(decimal("63000.3"), decimal("0.5"))).toBeUndefined();
    expect(toSteps(decimal("1.55"), decimal("0.1"))).toBeUndefined();
    expect(toSteps(decimal("9007199254740991"), decimal("0.1"))).toBeUndefined();
  });

  it("come back from text as they went, for any number and grid", () => {
    const step = fc.record({
      mantissa: fc.integer({ min: 1, max: 1_000 }),
      decimals: fc.integer({ min: 0, max: 12 }),
    });
    const count = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });
    fc.assert(
      fc.property(count, step, (steps, grid) => {
        const read = parseDecimal(formatSteps(steps, grid));
        expect(read).toBeDefined();
        if (read !== undefined) expect(toSteps(read, grid)).toBe(steps);
      }),
    );
  });

  it("print as decimals print, and as the nearest double", () => {
    expect(formatSteps(-5, decimal("0.01"))).toBe("-0.05");
    expect(formatSteps(618_376, decimal("0.1"))).toBe("61837.6");
    expect(formatDecimal(decimal("1e-8"))).toBe("0.00000001");
    expect(stepsToNumber(7, decimal("0.01"))).toBe(0.07);
  });

  it("are the nearest double at any number of decimals that can be read", () => {
    for (const text of ["1e-22", "1e-23", "-3e-30", "9007199254740991e-40", "1e-40"]) {
      expect(decimalToNumber(decimal(text))).toBe(Number(text));
    }
    expect(stepsToNumber(-7, decimal("3e-30"))).toBe(-2.1e-29);
    expect(toSteps(decimal("1"), decimal("1e-30"))).toBeUndefined();
    expect(toSteps(decimal("0"), decimal("1e-30"))).toBe(0);
    expect(toSteps(decimal("6e-30"), decimal("3e-30"))).toBe(2);
  });
});
