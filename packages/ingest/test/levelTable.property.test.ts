import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LevelTable } from "../src/sources/read/levelTable.fast.ts";

/** Few prices, near each other and far apart, so that they are set, deleted and met again. */
const price = fc.oneof(
  fc.record({ mantissa: fc.integer({ min: 1, max: 60 }), decimals: fc.nat(2) }),
  fc.record({
    mantissa: fc.integer({ min: 1, max: 40 }).map((n) => n * 2 ** 40),
    decimals: fc.constant(8),
  }),
  fc.record({ mantissa: fc.constant(Number.MAX_SAFE_INTEGER), decimals: fc.nat(18) }),
);

const step = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("set" as const), price, value: fc.nat() }), weight: 6 },
  { arbitrary: fc.record({ do: fc.constant("delete" as const), price }), weight: 5 },
  { arbitrary: fc.record({ do: fc.constant("clear" as const), price }), weight: 1 },
);

describe("a table of levels", () => {
  it("has what a map by the price's text has, whatever is set and deleted", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new LevelTable();
        const plain = new Map<string, number>();
        for (const one of steps) {
          const { mantissa, decimals } = one.price;
          const key = `${mantissa}e${decimals}`;
          if (one.do === "clear") {
            table.clear();
            plain.clear();
          } else if (one.do === "delete") {
            expect(table.delete(mantissa, decimals)).toBe(plain.delete(key));
          } else {
            expect(table.set(mantissa, decimals, one.value, -one.value)).toBe(plain.has(key));
            plain.set(key, one.value);
          }
          expect(table.size).toBe(plain.size);
        }
        for (const { price: asked } of steps) {
          const place = table.find(asked.mantissa, asked.decimals);
          const value = plain.get(`${asked.mantissa}e${asked.decimals}`);
          expect(place < 0 ? undefined : table.firstAt(place)).toBe(value);
          if (place >= 0) expect(table.secondAt(place)).toBe(-(value ?? Number.NaN));
        }
      }),
    );
  });
});
