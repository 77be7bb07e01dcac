import { ASK, BID, BUY, IntegrityError, SELL } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FastLimitOrderBook, LimitOrderBook, type ParticipantBook } from "../../src/index.ts";

type Step =
  | { readonly kind: "place"; owner: number; side: number; distance: number; lots: number }
  | { readonly kind: "cancel"; which: number }
  | { readonly kind: "take"; owner: number; side: number; lots: number; limit: number | undefined }
  | { readonly kind: "drain" };

const side = fc.constantFrom(BID, ASK);
const owner = fc.integer({ min: 0, max: 4 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("place" as const),
        owner,
        side,
        distance: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90_000 })),
        lots: fc.integer({ min: 1, max: 50 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("take" as const),
        owner,
        side,
        lots: fc.integer({ min: 1, max: 200 }),
        limit: fc.option(fc.integer({ min: 99_900, max: 100_100 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("drain" as const) }) },
  ),
  { maxLength: 300 },
);

const MIDDLE = 100_000;

/** Plays steps on a book; returns all that can be seen of it after each. */
function play(book: ParticipantBook, played: readonly Step[]): unknown[] {
  const ids: number[] = [];
  return played.map((step) => {
    const seen: unknown[] = [];
    if (step.kind === "place") {
      const price = MIDDLE - step.side * step.distance;
      try {
        ids.push(book.place(step.owner, step.side, price, step.lots));
      } catch (error) {
        seen.push(error instanceof IntegrityError ? error.message : "another error");
      }
    } else if (step.kind === "cancel") {
      const id = ids[step.which % Math.max(1, ids.length)];
      if (id !== undefined) seen.push(book.lotsOf(id), book.cancel(id), book.lotsOf(id));
    } else if (step.kind === "take") {
      seen.push(book.fillable(step.side, step.lots, step.limit));
      const matched: unknown[] = [];
      const onMatch = (by: number, price: number, lots: number, id: number): void => {
        matched.push([by, price, lots, ids.indexOf(id)]);
      };
      seen.push(book.take(step.owner, step.side, step.lots, step.limit, onMatch), matched);
    } else book.drainChanges((...level) => seen.push(level));
    for (const one of [BID, ASK]) {
      seen.push(book.best(one), book.total(one, book.best(one) ?? 0));
      book.eachLevel(one, (...level) => seen.push(level));
    }
    seen.push(
      book.resting,
      ids.map((id) => book.lotsOf(id)),
    );
    return seen;
  });
}

describe("a book of participants", () => {
  test("is the same in flat arrays as plainly, whatever is sent to it", () => {
    fc.assert(
      fc.property(steps, (played) => {
        const plain = play(new LimitOrderBook({ watchLevels: true }), played);
        expect(play(new FastLimitOrderBook({ watchLevels: true }), played)).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test("conserves lots: what was placed rests, was taken, or was cancelled; and is never crossed", () => {
    fc.assert(
      fc.property(steps, (played) => {
        const book = new FastLimitOrderBook();
        let placed = 0;
        let gone = 0;
        const ids: number[] = [];
        for (const step of played) {
          if (step.kind === "place") {
            const price = MIDDLE - step.side * step.distance;
            ids.push(book.place(step.owner, step.side, price, step.lots));
            placed += step.lots;
          } else if (step.kind === "cancel") {
            gone += book.cancel(ids[step.which % Math.max(1, ids.length)] ?? -1);
          } else if (step.kind === "take") {
            let own = 0;
            for (const id of ids) own += book.lotsOf(id);
            // An owner of no resting order, so that nothing is cancelled in its way.
            gone += book.take(9, step.side, step.lots, step.limit, () => undefined);
            let left = 0;
            for (const id of ids) left += book.lotsOf(id);
            expect(own - left).toBeLessThanOrEqual(step.lots);
          }
          const [bid, ask] = [book.best(BID), book.best(ASK)];
          expect(bid === undefined || ask === undefined || bid < ask).toBe(true);
          const resting = ids.reduce((sum, id) => sum + book.lotsOf(id), 0);
          expect(resting + gone).toBe(placed);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe.each([
  ["plain", (): ParticipantBook => new LimitOrderBook({ watchLevels: true })],
  ["fast", (): ParticipantBook => new FastLimitOrderBook({ watchLevels: true })],
])("the %s book", (_, make) => {
  test("fills the better price first, and at a price who came first", () => {
    const book = make();
    book.place(1, ASK, 102, 5);
    book.place(2, ASK, 101, 5);
    book.place(3, ASK, 101, 5);
    const fills: number[][] = [];
    const filled = book.take(7, BUY, 12, undefined, (by, price, lots) =>
      fills.push([by, price, lots]),
    );
    expect(filled).toBe(12);
    expect(fills).toEqual([
      [2, 101, 5],
      [3, 101, 5],
      [1, 102, 2],
    ]);
    expect(book.best(ASK)).toBe(102);
    expect(book.total(ASK, 102)).toBe(3);
  });

  test("stops at the limit, which need not be whole, and at the end of the book", () => {
    const book = make();
    book.place(1, BID, 100, 5);
    book.place(1, BID, 90, 5);
    expect(book.fillable(SELL, 20, 90.5)).toBe(5);
    expect(book.take(7, SELL, 20, 90.5, () => undefined)).toBe(5);
    expect(book.take(7, SELL, 20, undefined, () => undefined)).toBe(5);
    expect(book.best(BID)).toBeUndefined();
    expect(book.take(7, SELL, 20, undefined, () => undefined)).toBe(0);
  });

  test("cancels a resting order rather than match it with its owner", () => {
    const book = make();
    const own = book.place(7, ASK, 101, 5);
    book.place(2, ASK, 101, 5);
    expect(book.take(7, BUY, 4, undefined, () => undefined)).toBe(4);
    expect(book.lotsOf(own)).toBe(0);
    expect(book.total(ASK, 101)).toBe(1);
  });

  test("tells what changed since it was last asked, and nothing that changed back", () => {
    const book = make();
    const first = book.place(1, BID, 100, 5);
    book.place(1, ASK, 105, 4);
    const changes: number[][] = [];
    const collect = (...level: number[]): void => void changes.push(level);
    book.drainChanges(collect);
    expect(changes.splice(0)).toEqual([
      [BID, 100, 5],
      [ASK, 105, 4],
    ]);
    book.cancel(first);
    book.place(1, BID, 100, 5);
    book.place(1, BID, 99, 1);
    book.drainChanges(collect);
    expect(changes).toEqual([[BID, 99, 1]]);
  });

  test.each([
    ["crosses", BID, 105, 1],
    ["has no size", BID, 99, 0],
    ["is off the grid", BID, 99.5, 1],
    ["has a size that is not whole", ASK, 200, 1.5],
    ["has no price", ASK, Number.NaN, 1],
    ["is of no side", 0, 99, 1],
  ])("refuses an order that %s, and stays as it was", (_name, orderSide, price, lots) => {
    const book = make();
    book.place(1, ASK, 105, 4);
    expect(() => book.place(2, orderSide, price, lots)).toThrow(IntegrityError);
    expect(book.resting).toBe(1);
    expect(book.total(ASK, 105)).toBe(4);
  });
});
