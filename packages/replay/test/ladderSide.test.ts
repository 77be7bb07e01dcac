import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BookSide } from "../src/book/bookSide.ts";
import { LadderSide } from "../src/book/ladderSide.fast.ts";

/** Prices about the touch, far from it, and where 32 bits do not reach. */
const price = fc.oneof(
  { arbitrary: fc.integer({ min: 600_000, max: 600_080 }), weight: 12 },
  { arbitrary: fc.integer({ min: 500_000, max: 900_000 }), weight: 4 },
  { arbitrary: fc.integer({ min: 1, max: 2_000_000_000 }), weight: 1 },
  { arbitrary: fc.integer({ min: 2 ** 40, max: 2 ** 53 - 1 }), weight: 1 },
  { arbitrary: fc.integer({ min: -600_000, max: 0 }), weight: 1 },
);
const update = fc.tuple(price, fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })));

describe.each([1, -1] as const)("a ladder of side %s", (side) => {
  it("is the plain side, whatever is set, deleted and cleared", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { arbitrary: update, weight: 60 },
            { arbitrary: fc.constant("clear"), weight: 1 },
          ),
          { maxLength: 300 },
        ),
        (steps) => {
          const [plain, fast] = [new BookSide(side), new LadderSide(side)];
          for (const step of steps) {
            if (typeof step === "string") {
              plain.clear();
              fast.clear();
              continue;
            }
            expect(fast.set(...step)).toBe(plain.set(...step));
            expect(fast.best).toEqual(plain.best);
            expect(fast.bestPrice).toBe(plain.best?.price ?? Number.NaN);
            expect(fast.depth).toBe(plain.depth);
          }
          expect(fast.levels(1_000)).toEqual(plain.levels(1_000));
          for (const step of steps) {
            if (typeof step !== "string") expect(fast.sizeAt(step[0])).toBe(plain.sizeAt(step[0]));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("follows a market that leaves its window, past a level that nobody deletes and an outlier", () => {
    const [plain, fast] = [new BookSide(side), new LadderSide(side)];
    const both = (at: number, size: number): void => {
      expect(fast.set(at, size)).toBe(plain.set(at, size));
    };
    both(900_000 * side, 5);
    both(1_500_000_000, 1);
    both(7, 1);
    for (let step = 0; step < 60_000; step++) {
      const at = 900_000 - 20 * step;
      both(at, (step % 7) + 1);
      if (step > 40) both(at + 20 * 40, 0);
      if (step % 997 === 0) expect(fast.levels(60)).toEqual(plain.levels(60));
    }
    expect(fast.levels(200)).toEqual(plain.levels(200));
  });
});
