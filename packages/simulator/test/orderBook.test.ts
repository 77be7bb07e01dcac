import { ASK, BID, BUY, SELL } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OrderBook, type RestingOrder } from "../src/market/orderBook.ts";

const order = (owner: number, side: number, price: number, size: number): RestingOrder => ({
  owner,
  side,
  price,
  size,
});

describe("the order book", () => {
  test("fills the best price first, and at one price the oldest order", () => {
    const book = new OrderBook();
    book.place(order(1, ASK, 101, 5));
    book.place(order(2, ASK, 100, 3));
    book.place(order(3, ASK, 100, 4));
    const fills: (readonly number[])[] = [];
    const filled = book.take(BUY, 9, (resting, size) => {
      fills.push([resting.owner, resting.price, size]);
    });
    expect(filled).toBe(9);
    expect(fills).toEqual([
      [2, 100, 3],
      [3, 100, 4],
      [1, 101, 2],
    ]);
    expect(book.best(ASK)).toBe(101);
    expect(book.total(ASK, 101)).toBe(3);
    expect(book.total(ASK, 100)).toBe(0);
  });

  test("fills what there is and says how much when a side runs out", () => {
    const book = new OrderBook();
    book.place(order(1, BID, 99, 5));
    expect(book.take(SELL, 8, () => undefined)).toBe(5);
    expect(book.best(BID)).toBeUndefined();
    expect(book.take(SELL, 8, () => undefined)).toBe(0);
  });

  test("finds the next best price when the best order is cancelled, once", () => {
    const book = new OrderBook();
    const best = order(1, BID, 99, 5);
    book.place(best);
    book.place(order(1, BID, 90, 2));
    book.cancel(best);
    book.cancel(best);
    expect(book.best(BID)).toBe(90);
    expect(best.size).toBe(0);
    expect(book.prices(BID)).toEqual([90]);
  });

  test("refuses a resting order that would cross", () => {
    const book = new OrderBook();
    book.place(order(1, ASK, 100, 5));
    expect(() => book.place(order(2, BID, 100, 1))).toThrow(/Invariant/u);
    book.place(order(2, BID, 99, 1));
    expect(() => book.place(order(1, ASK, 98, 1))).toThrow(/Invariant/u);
  });

  test("tells each touched price once", () => {
    const book = new OrderBook();
    book.place(order(1, ASK, 100, 5));
    book.place(order(1, ASK, 100, 5));
    book.take(BUY, 1, () => undefined);
    expect(book.drainTouched(ASK)).toEqual([100]);
    expect(book.drainTouched(ASK)).toEqual([]);
  });

  test("loses and invents no lot, whatever is placed, cancelled and taken", () => {
    const action = fc.record({
      kind: fc.constantFrom("place", "cancel", "take"),
      side: fc.constantFrom(BID, ASK),
      distance: fc.integer({ min: 1, max: 20 }),
      size: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const book = new OrderBook();
        const placed: RestingOrder[] = [];
        let resting = 0;
        for (const { kind, side, distance, size } of actions) {
          if (kind === "place") {
            // Bids below 1,000 and asks above it never cross.
            const added = order(0, side, 1_000 - side * distance, size);
            book.place(added);
            placed.push(added);
            resting += size;
          } else if (kind === "cancel") {
            const cancelled = placed[distance % Math.max(1, placed.length)];
            resting -= cancelled?.size ?? 0;
            if (cancelled !== undefined) book.cancel(cancelled);
          } else {
            resting -= book.take(side, size, () => undefined);
          }
        }
        const levels = [BID, ASK].flatMap((side) =>
          book.prices(side).map((price) => book.total(side, price)),
        );
        expect(levels.reduce((sum, total) => sum + total, 0)).toBe(resting);
        expect(placed.reduce((sum, { size }) => sum + size, 0)).toBe(resting);
        expect(levels.every((total) => total > 0)).toBe(true);
        for (const side of [BID, ASK]) expect(book.best(side)).toBe(book.prices(side)[0]);
      }),
      { seed: 20_010_101 },
    );
  });
});
