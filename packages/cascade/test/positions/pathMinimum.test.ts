import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PathMinimum } from "../../src/positions/pathMinimum.ts";

describe("minima of a path", () => {
  it("are those of a plain scan", () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 2_000 });
    fc.assert(
      fc.property(
        values,
        fc.nat({ max: 2_100 }),
        fc.nat({ max: 2_100 }),
        fc.integer({ min: 0, max: 20 }),
        (path, a, b, level) => {
          const minimum = new PathMinimum(Float64Array.from(path));
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          expect(minimum.within(from, to)).toBe(Math.min(Infinity, ...path.slice(from, to + 1)));
          expect(minimum.before(Math.min(from, path.length))).toBe(
            Math.min(Infinity, ...path.slice(0, from)),
          );
          expect(minimum.lastAtOrBelow(from, level)).toBe(
            path.slice(0, from).findLastIndex((value) => value <= level),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
