import * as fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import {
  ASK,
  BID,
  IntegrityError,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
} from "@aftershock/schema";
import { FastL3Book } from "../src/book/l3Book.fast.ts";
import { L3Book } from "../src/book/l3Book.ts";
import { NEAR, OrderMemory } from "../src/book/orderMemory.fast.ts";
import { LevelPlaces } from "../src/book/orderPlaces.fast.ts";
import { batchOf, testInstrument, withIdWords } from "./batchOf.ts";
import type { OrderRow } from "./l3Rows.ts";

/** Ticks of a window that some prices leave. */
const WINDOW = 4_096;

/** Prices close to each other, some that share a place among the near ones, some far from all. */
const price = fc.oneof(
  { arbitrary: fc.integer({ min: 995, max: 1_005 }), weight: 20 },
  { arbitrary: fc.integer({ min: 0, max: 2_000 }), weight: 6 },
  { arbitrary: fc.constantFrom(1_000 + NEAR, 1_000 - NEAR, 1_001 + 5 * NEAR), weight: 3 },
  { arbitrary: fc.constantFrom(0, -0, 2 ** 31, 2 ** 40, -(2 ** 50), 2 ** 53 - 1), weight: 1 },
);
const size = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 4 }), weight: 30 },
  { arbitrary: fc.constantFrom(0, -0, 2 ** 31, 2 ** 32 + 5, 2 ** 51 - 1, 2 ** 52), weight: 1 },
);
const change = fc.record({
  action: fc.constantFrom(ORDER_ADD, ORDER_ADD, ORDER_MODIFY, ORDER_CANCEL, ORDER_EXECUTE),
  number: fc.nat(24),
  side: fc.constantFrom(BID, ASK),
  price,
  size,
  ends: fc.boolean(),
});

/** How ids are written: as numbers of one word, of two, as texts, and as both. */
const writes: readonly ((number: number) => string)[] = [
  (number) => String(number),
  (number) => String(6_137_848_111_000_000_000n + BigInt(number) * 4_294_967_296n),
  (number) => `order-${number}`,
  (number) => (number % 3 === 0 ? `o${number}` : String(number)),
];

/** Rows that carry orders and nothing else, more than are taken one by one. */
const orders = fc
  .tuple(
    fc.array(change, { minLength: 20, maxLength: 400 }),
    fc.constantFrom(...writes),
    fc.boolean(),
  )
  .map(([changes, write, chained]) => {
    let id = 10;
    return changes.map(({ number, ends, ...row }, nth): OrderRow => {
      const ids = chained ? { updateId: id + 1, prevUpdateId: id } : {};
      const flags = ends || nth === changes.length - 1 ? MESSAGE_END : 0;
      if (flags !== 0) id += 1;
      const lots = row.action === ORDER_CANCEL ? 0 : row.size;
      return { ...row, size: lots, ...ids, orderId: write(number), flags, tsRecv: nth };
    });
  });
const cuts = fc.array(fc.nat(400), { maxLength: 4 });

type Book = Pick<FastL3Book, keyof FastL3Book>;

/** What can be told of a book after rows that are handed over up to each edge; `own` are the best prices that it told itself. */
function told(book: Book, rows: readonly OrderRow[], edges: readonly number[], words: boolean) {
  const made = batchOf("orders", rows);
  const batch = words ? withIdWords(made) : made;
  const own: unknown[] = [];
  for (const [nth, to] of edges.slice(1).entries()) {
    book.applyTouching(batch, edges[nth] ?? 0, to, (bids, asks, count) => {
      for (let at = 0; at < count; at++) own.push([bids[at], asks[at]]);
    });
  }
  const { digest, counts, rowsMixed, messages, orders: live } = book;
  return { digest, counts, rowsMixed, messages, live, own };
}

const edgesOf = (cut: readonly number[], length: number): readonly number[] =>
  [0, ...cut.map((at) => at % (length + 1)), length].toSorted((a, b) => a - b);

describe("the loops over orders", () => {
  let WithoutLoops: typeof FastL3Book;
  let MemoryWithout: typeof OrderMemory;

  beforeAll(async () => {
    vi.stubGlobal("WebAssembly", undefined);
    vi.resetModules();
    ({ FastL3Book: WithoutLoops } = await import("../src/book/l3Book.fast.ts"));
    ({ OrderMemory: MemoryWithout } = await import("../src/book/orderMemory.fast.ts"));
    vi.unstubAllGlobals();
    // Files after this one load their own.
    vi.resetModules();
  });

  test("are there, unless there is no WebAssembly", () => {
    expect(new OrderMemory(WINDOW).loops).toBeDefined();
    expect(new MemoryWithout(WINDOW).loops).toBeUndefined();
  });

  test("do what is done row by row, also without WebAssembly, wherever rows are cut", () => {
    fc.assert(
      fc.property(orders, cuts, fc.boolean(), (rows, cut, words) => {
        const how = { start: "empty" } as const;
        const each = Array.from({ length: rows.length + 1 }, (_, row) => row);
        const edges = edgesOf(cut, rows.length);
        const whole = told(new FastL3Book(testInstrument(), how, WINDOW), rows, edges, words);
        const byRow = told(new FastL3Book(testInstrument(), how, WINDOW), rows, each, words);
        const without = told(new WithoutLoops(testInstrument(), how, WINDOW), rows, edges, words);
        expect(byRow).toEqual(whole);
        expect(without).toEqual(whole);
        const plain = new L3Book(testInstrument(), how);
        plain.apply(batchOf("orders", rows), 0, rows.length);
        expect([whole.digest, whole.counts]).toEqual([plain.digest, plain.counts]);
      }),
      { numRuns: 300 },
    );
  });

  test("hand every message over where its handler hears of all, or of those that move the best prices", () => {
    fc.assert(
      fc.property(orders, cuts, fc.constantFrom("message", "touch"), (rows, cut, wake) => {
        const heard = [FastL3Book, WithoutLoops].map((Book) => {
          const book = new Book(testInstrument(), { start: "empty" }, WINDOW);
          const batch = withIdWords(batchOf("orders", rows));
          const seen: unknown[] = [];
          const edges = edgesOf(cut, rows.length);
          for (const [nth, to] of edges.slice(1).entries()) {
            book.apply(
              batch,
              edges[nth] ?? 0,
              to,
              (own, at) => seen.push([at, own.digest, own.counts]),
              undefined,
              wake,
            );
          }
          return seen;
        });
        expect(heard[0]).toEqual(heard[1]);
      }),
      { numRuns: 150 },
    );
  });

  test("notice any row that is changed, left out or exchanged with another", () => {
    fc.assert(
      fc.property(orders, fc.nat(400), fc.nat(400), (rows, one, two) => {
        const sum = (all: readonly OrderRow[]): number =>
          told(new FastL3Book(testInstrument(), { start: "empty" }), all, [0, all.length], true)
            .rowsMixed;
        const [nth, other] = [one % rows.length, two % rows.length];
        const row = rows[nth]!;
        const whole = sum(rows);
        const part = { updateId: Number.NaN, prevUpdateId: Number.NaN };
        const free = rows.map((each) => ({ ...each, ...part }));
        expect(sum(free)).toBe(whole);
        expect(sum([...free, { ...rows.at(-1), ...part }])).not.toBe(whole);
        expect(sum(free.with(nth, { ...row, ...part, orderId: "77" }))).not.toBe(whole);
        expect(sum(free.with(nth, { ...row, ...part, price: row.price! - 1 }))).not.toBe(whole);
        const second = rows[other]!;
        // Of a price the sum has the lower 32 bits.
        const parts = (each: OrderRow) => [each.orderId, each.action, each.side, each.price! | 0];
        const differ = String(parts(row)) !== String(parts(second)) || row.size !== second.size;
        const turned = free
          .with(nth, { ...second, ...part, flags: row.flags! })
          .with(other, { ...row, ...part, flags: second.flags! });
        if (differ) expect(sum(turned)).not.toBe(whole);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ["an action of no meaning", { action: 5 + 1 }],
    ["no action", { action: 0 }],
    ["no id", { orderId: "" }],
    ["a cancel that leaves something", { action: ORDER_CANCEL, size: 2 }],
    ["a side of no meaning", { side: 2 }],
    ["a price off the grid", { price: 1.5 }],
    ["a price that is absent", { price: Number.NaN }],
    ["a size below nothing", { size: -1 }],
    ["a size off the grid", { size: 0.5 }],
    ["a size too large", { size: 2 ** 53 }],
  ])("leave a row with %s to be refused, after those before it were taken", (_name, part) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.boolean(), (odd, words) => {
        const rows = Array.from({ length: 100 }, (_, nth): OrderRow => {
          const usual = { action: ORDER_ADD, side: BID, price: 97, size: 1, tsRecv: nth };
          const row = { ...usual, orderId: String(nth), flags: MESSAGE_END };
          return nth === odd ? { ...row, ...part } : row;
        });
        const book = new FastL3Book(testInstrument(), { start: "empty" });
        const made = batchOf("orders", rows);
        const batch = words ? withIdWords(made) : made;
        expect(() => book.apply(batch, 0, rows.length)).toThrow(IntegrityError);
        expect([book.orders, book.messages]).toEqual([odd, odd]);
      }),
      { numRuns: 20 },
    );
  });

  test("go on in a memory that grows under them, with queues of one price and levels of many", () => {
    const rows = Array.from({ length: 120_000 }, (_, nth): OrderRow => {
      const removes = nth >= 70_000 && nth % 3 !== 0;
      const moves = !removes && nth % 4 === 1;
      const number = removes ? nth - 60_000 : nth - Number(moves);
      const own = number % 2 === 0 ? BID : ASK;
      const distance = 1 + ((nth * 7_919) % (nth % 5 === 0 ? 3 : 40_000));
      return {
        orderId: String(10n ** 12n + BigInt(number)),
        action: removes ? ORDER_CANCEL : moves ? ORDER_MODIFY : ORDER_ADD,
        side: own,
        price: 100_000 - own * distance,
        size: removes ? 0 : 1 + (number % 9),
        flags: MESSAGE_END,
        tsRecv: nth,
      };
    });
    const how = { start: "empty" } as const;
    const batch = batchOf("orders", rows);
    const books = [
      new L3Book(testInstrument(), how),
      new FastL3Book(testInstrument(), how),
      new WithoutLoops(testInstrument(), how),
    ];
    for (const book of books) book.apply(batch, 0, rows.length);
    const [plain, ...fast] = books.map(({ digest, counts, orders: live }) => [
      digest,
      counts,
      live,
    ]);
    expect(fast).toEqual([plain, plain]);
    expect(plain?.[2]).toBeGreaterThan(30_000);
  });
});

describe("the places of levels", () => {
  test("find each level by its side and price, also where many share a place", () => {
    const key = fc.tuple(
      fc.constantFrom(BID, ASK),
      fc.tuple(fc.nat(2), fc.integer({ min: -3, max: 3 })).map(([low, turn]) => low + turn * NEAR),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
        const memory = new OrderMemory(WINDOW);
        const places = new LevelPlaces(memory);
        const known = new Map<string, number>();
        for (const [nth, [side, at]] of keys.entries()) {
          const level = known.get(`${side} ${at}`);
          expect(places.find(side, at)).toBe(level ?? 0);
          if (level === undefined) {
            memory.arrays.values[(nth + 1) << 2] = at;
            places.put(side, at, nth + 1);
            known.set(`${side} ${at}`, nth + 1);
          } else {
            places.drop(side, at, level);
            known.delete(`${side} ${at}`);
          }
        }
        for (const [text, level] of known) {
          const [side = 0, at = 0] = text.split(" ").map(Number);
          expect(places.find(side, at)).toBe(level);
        }
        places.clear();
        for (const [side, at] of keys) expect(places.find(side, at)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
