import * as fc from "fast-check";
import { ASK, BID, MAKER, TAKER } from "@aftershock/schema";
import { expect, test } from "vitest";
import { FILLS_BY_TRADES } from "../../src/venue/fillModel.ts";
import { day, play, type Day } from "./randomDay.ts";

const assertDays = (check: (played: Day) => void, numRuns = 200): void =>
  fc.assert(fc.property(day, check), { numRuns });

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

test("the position is the sum of the fills, and cash what they cost, to the last unit", () => {
  assertDays((played) => {
    const { desk } = play(played);
    const { position, cash } = desk.venue.account;
    expect(position).toBe(sumOf(desk.fills.map(({ side, size }) => side * size)));
    expect(cash + 0).toBe(sumOf(desk.fills.map(({ side, size, price }) => -side * size * price)));
  });
});

test("no order fills more than its size, and what is told of it adds up", () => {
  assertDays((played) => {
    const { desk, sent } = play(played);
    for (const [id, { order, amendments }] of sent) {
      const about = desk.heard.filter(({ orderId }) => orderId === id);
      const filled = sumOf(
        desk.fills.filter(({ orderId }) => orderId === id).map(({ size }) => size),
      );
      const largest = Math.max(order.size, ...amendments.map(({ size }) => size ?? 0));
      expect(filled).toBeLessThanOrEqual(largest);
      expect(
        Math.max(0, ...about.filter(({ kind }) => kind !== "refused").map((one) => one.filled)),
      ).toBe(filled);
      for (const one of about) expect(one.open).toBeGreaterThanOrEqual(0);
    }
  });
});

test("no fill is at a price worse than the limit", () => {
  assertDays((played) => {
    const { desk, sent } = play(played);
    for (const { orderId, price, side } of desk.fills) {
      const { order, amendments } = sent.get(orderId)!;
      if (order.price === undefined) continue;
      const limits = [order.price, ...amendments.flatMap((one) => one.price ?? [])];
      const loosest = side === 1 ? Math.max(...limits) : Math.min(...limits);
      expect((loosest - price) * side).toBeGreaterThanOrEqual(0);
    }
  });
});

test("a reduce-only order never makes the position larger, nor turns it", () => {
  assertDays((played) => {
    const { desk, sent } = play(played);
    let position = 0;
    for (const { orderId, side, size } of desk.fills) {
      const after = position + side * size;
      if (sent.get(orderId)?.order.reduceOnly === true) {
        expect(Math.abs(after)).toBeLessThan(Math.abs(position));
        expect(after * position).toBeGreaterThanOrEqual(0);
      }
      position = after;
    }
  });
});

test("post-only orders never take, ioc and fok orders only on arrival, and fok orders whole", () => {
  assertDays((played) => {
    const { desk, sent } = play(played);
    for (const [id, { order }] of sent) {
      const fills = desk.fills.filter(({ orderId }) => orderId === id);
      if (order.postOnly === true) for (const { liquidity } of fills) expect(liquidity).toBe(MAKER);
      if (order.price !== undefined && (order.timeInForce ?? "gtc") === "gtc") continue;
      expect(new Set(fills.map(({ at }) => at)).size).toBeLessThanOrEqual(1);
      for (const { liquidity } of fills) expect(liquidity).toBe(TAKER);
      if (order.timeInForce === "fok")
        expect([0, order.size]).toContain(sumOf(fills.map(({ size }) => size)));
    }
  });
});

test("nothing happens to an order before it arrives, and nothing is heard before it travelled", () => {
  assertDays((played) => {
    const { desk, sent } = play(played);
    const { orderMicros, responseMicros } = played.latency;
    for (const { orderId, at, heardAt, kind } of desk.heard) {
      const order = sent.get(orderId);
      // A request about an order may be refused before the order was sent.
      if (order !== undefined && kind !== "refused")
        expect(at).toBeGreaterThanOrEqual(order.sentAt + orderMicros);
      expect(heardAt).toBe(at + responseMicros);
    }
    const times = desk.heard.map(({ heardAt }) => heardAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

test("an order that has ended never fills again", () => {
  assertDays((played) => {
    const { desk } = play(played);
    const ended = new Set<string>();
    for (const heard of desk.heard) {
      if (heard.kind === "filled") expect(ended).not.toContain(heard.orderId);
      if (heard.kind === "cancelled" || heard.kind === "rejected") ended.add(heard.orderId);
    }
  });
});

test("an iceberg shows no more than its slice, and no order more than is open", () => {
  assertDays((played) => {
    play(played, ({ venue }) => {
      for (let index = 0; index < played.steps.length; index += 1) {
        const order = venue.order(`o${index}`);
        if (order?.state !== "resting") continue;
        const step = played.steps[index];
        const terms = step?.kind === "submit" ? step.request : {};
        const slice = "displaySize" in terms ? Number(terms.displaySize) : order.open;
        expect(order.displayed).toBeLessThanOrEqual(slice);
        expect(order.displayed).toBeLessThanOrEqual(order.open);
        expect(order.displayed).toBeGreaterThan(0);
        expect(order.ahead).toBeGreaterThanOrEqual(0);
      }
    });
  });
});

test("each lot of a recorded trade fills one order once, of the other side, at its price or a better one for the trade", () => {
  assertDays((played) => {
    const trades = new Map(
      played.steps.flatMap((step, index) =>
        step.kind === "trade" ? [[(1 + index) * 10, step] as const] : [],
      ),
    );
    const { desk } = play(played);
    const used = new Map<number, number>();
    for (const { at, side, price, size, by, liquidity } of desk.fills) {
      if (by !== "trade") continue;
      const trade = trades.get(at);
      expect([trade?.side, liquidity]).toEqual([-side, MAKER]);
      expect((price - (trade?.price ?? Number.NaN)) * side).toBeGreaterThanOrEqual(0);
      used.set(at, (used.get(at) ?? 0) + size);
    }
    for (const [at, lots] of used) expect(lots).toBeLessThanOrEqual(trades.get(at)?.size ?? 0);
  });
});

test("from a level the study takes no more than what rested at its first take and what was added since", () => {
  assertDays((played) => {
    interface Taken {
      shown: number;
      size: number;
      taken: number;
    }
    const levels = new Map<string, Taken>();
    let counted = 0;
    const count = (desk: ReturnType<typeof play>["desk"]): void => {
      for (const { side, price, size, by } of desk.fills.slice(counted)) {
        if (by !== "book") continue;
        const bookSide = side === 1 ? ASK : BID;
        const shown = desk.book.sizeAt(bookSide, price);
        const key = `${bookSide} ${price}`;
        const level = levels.get(key) ?? { shown, size: shown, taken: 0 };
        level.taken += size;
        levels.set(key, level);
        expect(level.taken).toBeLessThanOrEqual(level.shown);
      }
      counted = desk.fills.length;
    };
    // Without latency, what an order does on arrival is heard before the next message changes the book.
    const atOnce = {
      ...played,
      fills: FILLS_BY_TRADES,
      latency: { orderMicros: 0, responseMicros: 0 },
    };
    play(atOnce, (desk, at, step) => {
      desk.venue.finish(at);
      if (step.kind === "snapshot" || step.kind === "gap") levels.clear();
      for (const [key, level] of levels) {
        const [bookSide = "", price = ""] = key.split(" ");
        const size = desk.book.sizeAt(Number(bookSide) === 1 ? 1 : -1, Number(price));
        level.shown += Math.max(0, size - level.size);
        level.size = size;
        if (size === 0) levels.delete(key);
      }
      count(desk);
    });
  });
});

test("nothing is filled while the book is not valid", () => {
  assertDays((played) => {
    let lostAt = Number.NaN;
    const invalid: [number, number][] = [];
    const { desk } = play(played, ({ book }, at) => {
      if (book.valid && !Number.isNaN(lostAt)) {
        invalid.push([lostAt, at]);
        lostAt = Number.NaN;
      } else if (!book.valid && Number.isNaN(lostAt)) lostAt = at;
    });
    if (!Number.isNaN(lostAt)) invalid.push([lostAt, Number.POSITIVE_INFINITY]);
    for (const { at } of desk.fills) {
      for (const [from, to] of invalid) expect(at >= from && at < to).toBe(false);
    }
  });
});

test("the same day gives the same answers", () => {
  assertDays((played) => {
    expect(play(played).desk.heard).toEqual(play(played).desk.heard);
  }, 50);
});
