import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECKSUM_MATCHED, MESSAGE_END, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import { FastL2Book } from "../src/book/l2Book.fast.ts";
import { L2Book } from "../src/book/l2Book.ts";
import { batchOf, testInstrument, type Row } from "./batchOf.ts";

/** Ticks of a window that the prices below leave now and then. */
const SMALL_WINDOW = 1_024;

/** Where the market is, ticks: usual ones, and about the ends of what the loops take sixteen at once. */
const market = fc.constantFrom(
  600_000,
  3_000,
  700,
  0,
  2 ** 28,
  2 ** 28 + 900_000,
  2 ** 31,
  2 ** 32,
);

/** How far from it, ticks. */
const distance = fc.oneof(
  { arbitrary: fc.integer({ min: -40, max: 40 }), weight: 60 },
  { arbitrary: fc.integer({ min: -700, max: 700 }), weight: 20 },
  { arbitrary: fc.integer({ min: -90_000, max: 90_000 }), weight: 6 },
  // As far as the keys of the loops reach, and again: they must not be taken for what lies near.
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(2 ** 28, 2 ** 29, 2 ** 31, 2 ** 32, -(2 ** 28) + 900),
        fc.integer({ min: -9, max: 9 }),
      )
      .map(([turn, steps]) => turn + steps),
    weight: 1,
  },
);
const size = fc.oneof(
  { arbitrary: fc.constant(0), weight: 60 },
  { arbitrary: fc.integer({ min: 1, max: 9 }), weight: 120 },
  { arbitrary: fc.constantFrom(2 ** 32 - 1, 2 ** 31, 2 ** 31 - 1), weight: 10 },
  { arbitrary: fc.constantFrom(2 ** 32, 2 ** 53 - 1, -0), weight: 1 },
);
const level = fc.record({
  side: fc.oneof(
    { arbitrary: fc.constantFrom(1, -1), weight: 400 },
    { arbitrary: fc.constant(0), weight: 1 },
  ),
  distance,
  size,
  flags: fc.constantFrom(0, 0, MESSAGE_END, MESSAGE_END, MESSAGE_END | CHECKSUM_MATCHED),
});

/** Long stretches of rows of which nearly all can be taken as they stand, in a market that may go far away in their midst. */
const stretch = fc
  .tuple(
    market,
    fc.array(level, { minLength: 30, maxLength: 400 }),
    fc.integer({ min: 0, max: 40 }),
    // Of what comes after the first level, which the keys are counted from.
    fc.constantFrom(0, 900),
  )
  .map(([at, levels, drift, below]) => {
    const rows = levels.map((one, nth): Row<"book"> => {
      const steps = one.distance + drift * nth - below;
      return {
        tsRecv: 1_000 + nth,
        side: one.side,
        price: at + steps,
        size: one.size,
        flags: one.flags,
      };
    });
    const first = { tsRecv: 999, side: 1, price: at, size: 5 };
    return [{ ...first, flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END }, ...rows];
  });

describe("rows that can be taken as they stand, many at once", () => {
  it("give the book, the counts and the sum that they give few by few, and those of the plain book", () => {
    fc.assert(
      fc.property(stretch, fc.integer({ min: 1, max: 11 }), (rows, few) => {
        const batch = batchOf("book", rows);
        const plain = new L2Book(testInstrument());
        const [whole, cut] = [SMALL_WINDOW, SMALL_WINDOW].map(
          (window) => new FastL2Book(testInstrument(), "recv", window),
        );
        plain.apply(batch, 0, rows.length);
        whole!.apply(batch, 0, rows.length);
        for (let from = 0; from < rows.length; from += few)
          cut!.apply(batch, from, Math.min(from + few, rows.length));
        for (const fast of [whole!, cut!]) {
          expect([fast.bids(), fast.asks()]).toEqual([plain.bids(), plain.asks()]);
          expect([fast.digest, fast.counts]).toEqual([plain.digest, plain.counts]);
        }
        expect(whole!.rowsMixed).toBe(cut!.rowsMixed);
      }),
      { numRuns: 400 },
    );
  });

  it("are not taken for levels near an origin that is none of the usual prices", () => {
    const bid = { tsRecv: 1, side: 1, size: 5, flags: MESSAGE_END };
    const rows: Row<"book">[] = [
      { ...bid, price: 2 ** 28, flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END },
      ...Array.from({ length: 47 }, (_, nth) => ({ ...bid, price: 2 ** 28 - 900 + nth })),
      ...Array.from({ length: 16 }, (_, nth) => ({ ...bid, price: 7 + nth })),
    ];
    const batch = batchOf("book", rows);
    const [plain, fast] = [new L2Book(testInstrument()), new FastL2Book(testInstrument())];
    for (const book of [plain, fast]) book.apply(batch, 0, rows.length);
    expect(fast.bids()).toEqual(plain.bids());
  });

  it("keep levels below the window, and move it when most of what comes lies there", () => {
    const far = fc.array(fc.record({ step: fc.integer({ min: 0, max: 60 }), size }), {
      minLength: 700,
      maxLength: 1_500,
    });
    fc.assert(
      fc.property(far, fc.constantFrom(1, -1), (levels, side) => {
        const start = { tsRecv: 1, side, price: 900_000, size: 5 };
        const rows: Row<"book">[] = [
          { ...start, flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END },
          ...levels.map(({ step, size: lots }, nth): Row<"book"> => {
            const price = 900_000 - side * (2_000 + 30 * step + (nth >> 1));
            return { tsRecv: 2, side, price, size: lots, flags: nth % 9 === 0 ? MESSAGE_END : 0 };
          }),
          { ...start, size: 0, flags: MESSAGE_END },
        ];
        const batch = batchOf("book", rows);
        const plain = new L2Book(testInstrument());
        const fast = new FastL2Book(testInstrument(), "recv", SMALL_WINDOW);
        for (const book of [plain, fast]) book.apply(batch, 0, rows.length);
        expect([fast.bids(), fast.asks()]).toEqual([plain.bids(), plain.asks()]);
        expect([fast.digest, fast.counts]).toEqual([plain.digest, plain.counts]);
      }),
      { numRuns: 60 },
    );
  });
});
