import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MESSAGE_END, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import { BookSide } from "../src/book/bookSide.ts";
import { FastL2Book } from "../src/book/l2Book.fast.ts";
import { L2Book } from "../src/book/l2Book.ts";
import { StreamClock } from "../src/clock/streamClock.ts";
import { Ladder, WINDOW } from "../src/book/ladder.fast.ts";
import {
  emptySweep,
  imbalance,
  microprice,
  sizeOfTop,
  sizeThrough,
  sizeWithin,
  sweep,
  topLevels,
  type OrderBook,
} from "../src/index.ts";
import { price, recording, size } from "./anyBook.ts";
import { batchOf, testInstrument, type Row } from "./batchOf.ts";

/** Ticks of a window that random prices leave all the time. */
const SMALL_WINDOW = 1_024;

/** Everything that can be read of a book. */
function readings(book: OrderBook): unknown {
  const { bidSide, askSide } = book;
  const [prices, sizes] = [new Float64Array(5), new Float64Array(5)];
  const tops = [bidSide, askSide].map((side) => [
    topLevels(side, prices, sizes),
    [...prices],
    [...sizes],
    side.bestPrice,
    side.bestSize,
    side.depth,
    side.priceAfter(600_010),
    side.sizeAt(600_020),
    sizeThrough(side, 600_030),
    sizeWithin(side, 25),
    sizeOfTop(side, 3),
    { ...sweep(side, 20, emptySweep()) },
    { ...sweep(side, 20, emptySweep(), 600_025) },
  ]);
  return {
    at: book.at,
    valid: book.valid,
    updateId: book.updateId,
    best: [book.bestBid, book.bestAsk],
    top: [book.bids(4), book.asks(4)],
    tops,
    measures: [imbalance(bidSide, askSide, 3), microprice(bidSide, askSide)],
  };
}

/** What a handler sees of a book and its counts. */
const told = (book: OrderBook): unknown => [readings(book), book.counts];

describe("the fast book", () => {
  it("is the plain book at every message end, wherever batches are cut, by either clock", () => {
    const cuts = fc.array(fc.nat(300), { maxLength: 60 });
    const clocks = fc.constantFrom("recv", "event");
    fc.assert(
      fc.property(recording, cuts, clocks, fc.boolean(), (rows, cut, clock, timed) => {
        const plain = new L2Book(testInstrument(), clock);
        const fast = new FastL2Book(testInstrument(), clock, SMALL_WINDOW);
        const seen: [unknown[], unknown[]] = [[], []];
        const edges = [0, ...cut.map((at) => at % (rows.length + 1)), rows.length];
        edges.sort((a, b) => a - b);
        const batch = batchOf("book", rows);
        const times = timed ? new StreamClock(clock).times(batch) : undefined;
        for (const [i, to] of edges.slice(1).entries()) {
          plain.apply(batch, edges[i]!, to, (book) => seen[0].push(readings(book)));
          fast.apply(batch, edges[i]!, to, (book) => seen[1].push(readings(book)), times);
          expect(fast.digest).toBe(plain.digest);
        }
        expect(seen[1]).toEqual(seen[0]);
        expect(fast.counts).toEqual(plain.counts);
        expect(fast.gaps).toEqual(plain.gaps);
        expect([fast.bids(), fast.asks()]).toEqual([plain.bids(), plain.asks()]);
      }),
      { numRuns: 600 },
    );
  });

  it("wakes, where asked to, at each move of the best prices and of its validity, and at nothing else", () => {
    const cuts = fc.array(fc.nat(300), { maxLength: 60 });
    fc.assert(
      fc.property(recording, cuts, fc.boolean(), (rows, cut, timed) => {
        const [every, moved] = [new FastL2Book(testInstrument()), new FastL2Book(testInstrument())];
        const edges = [0, ...cut.map((at) => at % (rows.length + 1)), rows.length];
        edges.sort((a, b) => a - b);
        const batch = batchOf("book", rows);
        const times = timed ? new StreamClock("recv").times(batch) : undefined;
        const [expected, heard]: [unknown[], unknown[]] = [[], []];
        let last = [NaN, NaN, false];
        for (const [i, to] of edges.slice(1).entries()) {
          const from = edges[i]!;
          every.apply(batch, from, to, (book) => {
            const now = [book.bidSide.bestPrice, book.askSide.bestPrice, book.valid];
            if (now.some((one, at) => !Object.is(one, last[at]))) expected.push(told(book));
            last = now;
          });
          moved.apply(batch, from, to, (book) => heard.push(told(book)), times, "touch");
        }
        expect(heard).toEqual(expected);
        expect(moved.digest).toBe(every.digest);
        expect(moved.counts).toEqual(every.counts);
      }),
      { numRuns: 400 },
    );
  });

  it("writes the best prices of each message end into columns, where asked to", () => {
    const cuts = fc.array(fc.nat(300), { maxLength: 4 });
    fc.assert(
      fc.property(recording, cuts, (rows, cut) => {
        const [called, written] = [
          new FastL2Book(testInstrument(), "recv", SMALL_WINDOW),
          new FastL2Book(testInstrument(), "recv", SMALL_WINDOW),
        ];
        const edges = [0, ...cut.map((at) => at % (rows.length + 1)), rows.length];
        edges.sort((a, b) => a - b);
        const batch = batchOf("book", rows);
        for (const [i, to] of edges.slice(1).entries()) {
          const expected: number[][] = [];
          const moves: number[][] = [];
          called.apply(batch, edges[i]!, to, ({ bidSide, askSide }, at) => {
            const touch = [bidSide.bestPrice, askSide.bestPrice];
            const last = expected.at(-1);
            if (touch.some((own, nth) => !Object.is(own, last?.[nth]))) {
              moves.push([...touch, bidSide.bestSize, askSide.bestSize, at]);
            }
            expected.push(touch);
          });
          const found: number[][] = [];
          const runs: number[][] = [];
          written.applyTouching(batch, edges[i]!, to, (all) => {
            const { count, messages, bids, asks, bidSizes, askSizes, firsts } = all;
            expect(firsts[0]).toBe(0);
            for (let nth = 0; nth < count; nth++) {
              const touch = [bids[nth]!, asks[nth]!];
              const last = runs.at(-1);
              if (touch.some((own, place) => !Object.is(own, last?.[place]))) {
                runs.push([...touch, bidSizes[nth]!, askSizes[nth]!, all.at(nth)]);
              }
              const after = nth + 1 < count ? firsts[nth + 1]! : messages;
              for (let each = firsts[nth]!; each < after; each++) found.push(touch);
            }
          });
          expect(found).toEqual(expected);
          expect(runs).toEqual(moves);
        }
        expect(written.digest).toBe(called.digest);
        expect(written.counts).toEqual(called.counts);
      }),
      { numRuns: 400 },
    );
  });

  it("goes on from an encoded state as the book that was encoded, and as the plain one, counts begun anew", () => {
    const cuts = fc.array(fc.nat(300), { maxLength: 4 });
    const clocks = fc.constantFrom("recv", "event");
    fc.assert(
      fc.property(recording, fc.nat(300), cuts, clocks, (rows, place, cut, clock) => {
        const middle = place % (rows.length + 1);
        const plain = new L2Book(testInstrument(), clock);
        const whole = new FastL2Book(testInstrument(), clock, SMALL_WINDOW);
        const resumed = new FastL2Book(testInstrument(), clock);
        const all = batchOf("book", rows);
        plain.apply(all, 0, middle);
        whole.apply(all, 0, middle);
        resumed.apply(all, 0, rows.length);
        resumed.restore(whole.encode());
        expect([readings(resumed), resumed.digest]).toEqual([readings(plain), plain.digest]);
        for (const book of [plain, whole, resumed]) book.resetCounts();
        const rest = batchOf("book", rows.slice(middle));
        plain.apply(rest, 0, rest.length);
        const edges = [0, ...cut.map((at) => at % (rest.length + 1)), rest.length];
        edges.sort((a, b) => a - b);
        const heard = [whole, resumed].map((book) => {
          const seen: unknown[] = [];
          const ends = book === whole ? [0, rest.length] : edges;
          for (const [i, to] of ends.slice(1).entries())
            book.apply(rest, ends[i]!, to, (own) => seen.push(told(own)), undefined, "touch");
          expect([told(book), book.gaps, book.digest]).toEqual([
            told(plain),
            plain.gaps,
            plain.digest,
          ]);
          return [seen, book.rowsMixed];
        });
        expect(heard[1]).toEqual(heard[0]);
      }),
      { numRuns: 400 },
    );
  });

  it("takes -0 for no size, however many rows come at once", () => {
    const good = { tsRecv: 1, side: 1, price: 90, size: 3, flags: MESSAGE_END };
    const rows: Row<"book">[] = [
      { ...good, flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END },
      ...Array.from({ length: 20 }, (_, nth) => ({ ...good, price: 80 + nth })),
      { ...good, price: 99, size: -0 },
    ];
    const batch = batchOf("book", rows);
    const [plain, fast] = [new L2Book(testInstrument()), new FastL2Book(testInstrument())];
    for (const book of [plain, fast]) book.apply(batch, 0, rows.length);
    expect(fast.bestBid).toEqual({ price: 98, size: 3 });
    expect(fast.digest).toBe(plain.digest);
  });

  it.each([
    ["a fraction of a tick", { side: 1, price: 600_000.5, size: 1 }],
    ["a fraction of a lot", { side: 1, price: 600_000, size: 0.5 }],
    ["a negative size", { side: -1, price: 600_000, size: -1 }],
    ["a size beyond 2^53", { side: -1, price: 600_000, size: 2 ** 54 }],
    ["no price", { side: -1, price: NaN, size: 1 }],
    ["no side of a book", { side: 2, price: 600_000, size: 1 }],
    ["no clock", { side: 1, price: 600_000, size: 1, tsRecv: NaN }],
  ])("refuses %s as the plain book does", (_, bad) => {
    const good = { tsRecv: 1, side: 1, price: 600_000, size: 1 };
    const rows: Row<"book">[] = [
      { ...good, flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END },
      { ...good, flags: MESSAGE_END },
      { tsRecv: 1, ...bad, flags: MESSAGE_END },
    ];
    const messages = [new L2Book(testInstrument()), new FastL2Book(testInstrument())].map(
      (book) => {
        try {
          book.apply(batchOf("book", rows), 0, 3);
        } catch (error) {
          return String(error);
        }
        return undefined;
      },
    );
    expect(messages[0]).toContain("Error");
    expect(messages[1]).toBe(messages[0]);
  });
});

describe.each([1, -1] as const)("the side %s of a ladder", (side) => {
  it("is the plain side, whatever is set, deleted and cleared", () => {
    const step = fc.oneof(
      { arbitrary: fc.tuple(price, size), weight: 60 },
      { arbitrary: fc.constant("clear"), weight: 1 },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const [plain, ladder] = [new BookSide(side), new Ladder(SMALL_WINDOW)];
        const fast = side === 1 ? ladder.bids : ladder.asks;
        for (const one of steps) {
          if (typeof one === "string") {
            plain.clear();
            ladder.clear();
            continue;
          }
          expect(ladder.set(side, ...one)).toBe(plain.set(...one));
          expect([fast.best, fast.depth]).toEqual([plain.best, plain.depth]);
          expect(fast.priceAfter(one[0])).toBe(plain.priceAfter(one[0]));
        }
        expect(fast.levels(1_000)).toEqual(plain.levels(1_000));
      }),
      { numRuns: 400 },
    );
  });

  it.each([SMALL_WINDOW, 8_192, WINDOW])(
    "of a window of %d follows a market that leaves it, past a level that nobody deletes and an outlier",
    (window) => {
      const [plain, ladder] = [new BookSide(side), new Ladder(window)];
      const fast = side === 1 ? ladder.bids : ladder.asks;
      const both = (at: number, lots: number): void => {
        expect(ladder.set(side, at, lots)).toBe(plain.set(at, lots));
      };
      both(900_000, 5);
      both(1_500_000_000, 1);
      both(7, 1);
      for (let step = 0; step < 60_000; step++) {
        const at = 900_000 - 20 * step * (step < 40_000 ? 1 : -1);
        both(at, (step % 7) + 1);
        if (step > 40) both(at + 20 * 40, 0);
        if (step % 997 === 0) expect(fast.levels(60)).toEqual(plain.levels(60));
      }
      expect(fast.levels(200)).toEqual(plain.levels(200));
    },
  );
});
