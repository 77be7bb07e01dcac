import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ASK,
  BID,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { FastL3Book } from "../src/book/l3Book.fast.ts";
import { L3Book } from "../src/book/l3Book.ts";
import { StreamClock } from "../src/clock/streamClock.ts";
import type { OrdersBook } from "../src/book/ordersBook.ts";
import { batchOf, testInstrument, withIdWords } from "./batchOf.ts";
import type { OrderRow } from "./l3Rows.ts";

/** Ticks of a window that random prices leave all the time. */
const SMALL_WINDOW = 1_024;

const IDS = [
  "1 2 3 4 5 6 7 8 0 00 01 4294967297 8589934593 9007199254740993 9223372036854775807".split(" "),
  "9999999999999999999 10000000000000000000 18446744073709551617 -1 a A é __proto__".split(" "),
  "60de12d8-f80b-4848-adbc-2b17375a9216 60de12d8-f80b-4848-adbc-2b17375a9217".split(" "),
].flat();

const orderId = fc.oneof(
  { arbitrary: fc.constantFrom(...IDS.slice(0, 6)), weight: 4 },
  { arbitrary: fc.constantFrom(...IDS), weight: 1 },
);
const side = fc.constantFrom(BID, ASK);
const price = fc.oneof(
  { arbitrary: fc.integer({ min: -2, max: 2 }), weight: 30 },
  { arbitrary: fc.constant(-0), weight: 1 },
  { arbitrary: fc.integer({ min: -3_000, max: 3_000 }), weight: 3 },
  { arbitrary: fc.constantFrom(2 ** 32, 2 ** 32 + 1, 2 ** 40, -(2 ** 33), 2 ** 53 - 1), weight: 2 },
);
const size = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 20 },
  { arbitrary: fc.constantFrom(0, 2 ** 40), weight: 1 },
);
const order = fc.record({
  action: fc.constantFrom(
    ORDER_ADD,
    ORDER_ADD,
    ORDER_ADD,
    ORDER_MODIFY,
    ORDER_MODIFY,
    ORDER_CANCEL,
    ORDER_CANCEL,
    ORDER_EXECUTE,
  ),
  orderId,
  side,
  price,
  size,
});
const CLEAR = { action: ORDER_CLEAR, orderId: "", side: NO_SIDE, price: 0, size: 0 };
const NOTHING = { action: ORDER_ADD, orderId: "1", side: NO_SIDE, price: 0, size: 0 };

interface Change {
  readonly action: number;
  readonly orderId: string;
  readonly side: number;
  readonly price: number;
  readonly size: number;
}

const change: fc.Arbitrary<Change> = fc
  .oneof(
    { arbitrary: order, weight: 60 },
    { arbitrary: fc.constantFrom(CLEAR, NOTHING), weight: 1 },
  )
  .map((row) => (row.action === ORDER_CANCEL ? { ...row, size: 0 } : row));

/** Kinds of messages that do not simply follow. */
const KINDS = ["noChain", "noIds", "lost", "repeated", "snapshot", "rowsLost", "cut", "clear"];

/** Messages of any kind, whole and cut, chained and not, with clocks that come and go and run back. */
const recording = fc
  .array(
    fc.record({
      kind: fc.oneof(
        { arbitrary: fc.constant("next"), weight: 25 },
        { arbitrary: fc.constantFrom(...KINDS), weight: 9 },
      ),
      rows: fc.array(change, { minLength: 1, maxLength: 5 }),
      step: fc.integer({ min: 1, max: 3 }),
      lead: fc.integer({ min: -4, max: 2 }),
      clock: fc.constantFrom("both", "recv", "event"),
      back: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((plan) => {
    let id = 50;
    return plan.flatMap(({ kind, rows, step, lead, clock, back }, nth): OrderRow[] => {
      const snapshot = kind === "snapshot";
      let ids = { updateId: id, prevUpdateId: id };
      if (kind === "noIds") ids = { updateId: Number.NaN, prevUpdateId: Number.NaN };
      else if (snapshot) ids = { updateId: id + lead, prevUpdateId: Number.NaN };
      else if (kind === "repeated") ids.prevUpdateId = id - step;
      else {
        const prev = kind === "lost" ? id + 1 : id;
        id = prev + step;
        ids = { updateId: id, prevUpdateId: kind === "noChain" ? Number.NaN : prev };
      }
      const own = kind === "clear" ? [CLEAR, ...rows] : rows;
      return own.map((row, i) => ({
        ...row,
        ...ids,
        flags:
          (snapshot ? SNAPSHOT : 0) |
          (snapshot && i === 0 ? SNAPSHOT_START : 0) |
          (kind === "rowsLost" && i === 0 ? ROWS_LOST : 0) |
          (i === own.length - 1 && kind !== "cut" ? MESSAGE_END : 0),
        ...(clock === "event" ? {} : { tsRecv: 1_000 + nth * 2 - back }),
        ...(clock === "recv" ? {} : { tsEvent: 900 + nth * 2 - 2 * back }),
      }));
    });
  });

/** Everything that can be read of a book. */
function readings(book: OrdersBook): unknown {
  const levels = [...book.bids(), ...book.asks()];
  const prices = [...levels.map((level) => level.price), 0, 1, 2];
  return {
    at: book.at,
    valid: book.valid,
    updateId: book.updateId,
    best: [book.bestBid, book.bestAsk],
    levels: [book.bids(), book.asks()],
    sides: [book.bidSide, book.askSide].map((own) => [
      own.bestPrice,
      own.bestSize,
      own.depth,
      own.priceAfter(0),
      own.sizeAt(1),
    ]),
    orders: book.orders,
    queues: prices.flatMap((at) => [book.ordersAt(BID, at), book.ordersAt(ASK, at)]),
    lengths: prices.flatMap((at) => [book.orderCount(BID, at), book.orderCount(ASK, at)]),
    ids: IDS.map((id) => [book.order(id), book.queueAhead(id)]),
    digest: book.digest,
    counts: book.counts,
    gaps: book.gaps,
  };
}

const edgesOf = (cuts: readonly number[], length: number): readonly number[] =>
  [0, ...cuts.map((cut) => cut % (length + 1)), length].toSorted((a, b) => a - b);

function play(
  book: L3Book | FastL3Book,
  rows: readonly OrderRow[],
  cuts: readonly number[],
): unknown[] {
  const seen: unknown[] = [];
  const batch = batchOf("orders", rows);
  const edges = edgesOf(cuts, rows.length);
  for (const [i, to] of edges.slice(1).entries()) {
    book.apply(batch, edges[i] ?? 0, to, () => seen.push(readings(book)));
    seen.push(book.digest);
  }
  return [...seen, readings(book)];
}

const cuts = fc.array(fc.nat(300), { maxLength: 6 });
const options = fc.record({
  clock: fc.constantFrom("recv", "event"),
  start: fc.constantFrom("snapshot", "empty"),
});

test("the fast book of orders is the plain one at every message end, wherever batches are cut", () => {
  fc.assert(
    fc.property(recording, cuts, options, (rows, cut, how) => {
      const plain = play(new L3Book(testInstrument(), how), rows, cut);
      const fast = play(new FastL3Book(testInstrument(), how, SMALL_WINDOW), rows, cut);
      expect(fast).toEqual(plain);
    }),
    { numRuns: 400 },
  );
});

test("a handler that sleeps while the best prices stay is called where the plain book shows others", () => {
  fc.assert(
    fc.property(recording, cuts, options, (rows, cut, how) => {
      const plain = new L3Book(testInstrument(), how);
      const fast = new FastL3Book(testInstrument(), how, SMALL_WINDOW);
      const batch = batchOf("orders", rows);
      const times = new StreamClock(how.clock).times(batch);
      const [expected, called]: [unknown[], unknown[]] = [[], []];
      let shown = [Number.NaN, Number.NaN, Number(plain.valid)];
      plain.apply(
        batch,
        0,
        rows.length,
        (book) => {
          const now = [book.bidSide.bestPrice, book.askSide.bestPrice, Number(book.valid)];
          if (now.every((part, i) => Object.is(part, shown[i]))) return;
          shown = now;
          expected.push(readings(book));
        },
        times,
      );
      const edges = edgesOf(cut, rows.length);
      for (const [i, to] of edges.slice(1).entries()) {
        const onMessage = (book: OrdersBook): unknown => called.push(readings(book));
        fast.apply(batch, edges[i] ?? 0, to, onMessage, times, "touch");
      }
      expect(called).toEqual(expected);
      expect(readings(fast)).toEqual(readings(plain));
    }),
    { numRuns: 300 },
  );
});

test("the best prices of each message end come as columns, where asked for, also with ids as numbers", () => {
  fc.assert(
    fc.property(recording, cuts, options, fc.boolean(), (rows, cut, how, timed) => {
      const plain = new L3Book(testInstrument(), how);
      const fast = new FastL3Book(testInstrument(), how, SMALL_WINDOW);
      const batch = batchOf("orders", rows);
      const times = timed ? new StreamClock(how.clock).times(batch) : undefined;
      const [expected, told]: [unknown[], unknown[]] = [[], []];
      plain.apply(batch, 0, rows.length, ({ bidSide, askSide }) => {
        expected.push([bidSide.bestPrice, askSide.bestPrice]);
      });
      const edges = edgesOf(cut, rows.length);
      for (const [i, to] of edges.slice(1).entries()) {
        const own = withIdWords(batch);
        fast.applyTouching(
          own,
          edges[i] ?? 0,
          to,
          (bids, asks, count) => {
            for (let nth = 0; nth < count; nth++) told.push([bids[nth], asks[nth]]);
          },
          times,
        );
      }
      expect(told).toEqual(expected);
      expect(readings(fast)).toEqual(readings(plain));
    }),
    { numRuns: 300 },
  );
});

test("a book that goes on from an encoded state is the one that was encoded, whatever comes after", () => {
  fc.assert(
    fc.property(recording, fc.nat(300), cuts, options, (rows, place, cut, how) => {
      const batch = batchOf("orders", rows);
      const middle = place % (rows.length + 1);
      const whole = new FastL3Book(testInstrument(), how, SMALL_WINDOW);
      whole.apply(batch, 0, middle);
      const resumed = new FastL3Book(testInstrument(), how);
      resumed.apply(batch, 0, rows.length);
      resumed.restore(whole.encode());
      const state = { counts: undefined, gaps: undefined };
      expect({ ...(readings(resumed) as object), ...state }).toEqual({
        ...(readings(whole) as object),
        ...state,
      });
      const plain = new L3Book(testInstrument(), how);
      plain.apply(batch, 0, middle);
      for (const book of [plain, whole, resumed]) book.resetCounts();
      const rest = batchOf("orders", rows.slice(middle));
      plain.apply(rest, 0, rest.length);
      const heard = [whole, resumed].map((book) => {
        const seen: unknown[] = [];
        const edges = edgesOf(book === whole ? [] : cut, rest.length);
        for (const [i, to] of edges.slice(1).entries()) {
          book.apply(rest, edges[i] ?? 0, to, (own) => seen.push(own.digest), undefined, "touch");
        }
        expect(readings(book)).toEqual(readings(plain));
        return [seen, book.rowsMixed];
      });
      expect(heard[1]).toEqual(heard[0]);
    }),
    { numRuns: 300 },
  );
});

describe.each([
  ["plain", L3Book],
  ["fast", FastL3Book],
])("the %s book of orders", (_, Book) => {
  test("does not depend on where the recording is cut: a then b is a and b at once", () => {
    fc.assert(
      fc.property(recording, cuts, (rows, cut) => {
        const [whole, inParts] = [new Book(testInstrument()), new Book(testInstrument())];
        play(whole, rows, []);
        play(inParts, rows, cut);
        expect(readings(inParts)).toEqual(readings(whole));
      }),
    );
  });
});

/** The rules of orders in other words: one list of all orders in the order of their priority, searched from its start. */
function recompute(changes: readonly Change[]): readonly Change[] {
  let list: readonly Change[] = [];
  for (const row of changes) {
    const { action, orderId: id, side: own, price: at, size: lots } = row;
    const known = list.find((other) => other.orderId === id);
    const others = list.filter((other) => other.orderId !== id);
    const inPlace = (left: number): readonly Change[] =>
      list.map((other) => (other.orderId === id ? { ...other, size: left } : other));
    if (action === ORDER_CLEAR) list = [];
    else if (own === NO_SIDE) continue;
    else if (action === ORDER_ADD) list = [...others, row];
    else if (action === ORDER_CANCEL) list = others;
    else if (action === ORDER_EXECUTE) list = known ? inPlace(known.size - lots) : list;
    else {
      const stays = known?.side === own && known.price === at && known.size >= lots;
      list = stays ? inPlace(lots) : [...others, row];
    }
    list = list.filter((other) => other.size > 0);
  }
  return list;
}

test("a book of orders equals one recomputed from a list, and its levels are sums of its orders", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const book = new L3Book(testInstrument(), { start: "empty" });
      const rows = changes.map((row) => ({ ...row, flags: MESSAGE_END, tsRecv: 0 }));
      book.apply(batchOf("orders", rows), 0, rows.length);
      const list = recompute(changes);
      expect(book.orders).toBe(list.length);
      for (const own of [BID, ASK] as const) {
        const queueAt = (level: number): readonly Change[] =>
          list.filter((other) => other.side === own && other.price === level);
        const prices = [...new Set(list.filter((o) => o.side === own).map((o) => o.price + 0))];
        const levels = prices
          .toSorted((a, b) => own * (b - a))
          .map((level) => ({
            price: level,
            size: queueAt(level).reduce((sum, other) => sum + other.size, 0),
          }));
        expect(own === BID ? book.bids() : book.asks()).toEqual(levels);
        for (const level of prices) {
          const queue = queueAt(level);
          expect(book.ordersAt(own, level).map(({ id, size: left }) => [id, left])).toEqual(
            queue.map((other) => [other.orderId, other.size]),
          );
          for (const [place, { orderId: id }] of queue.entries()) {
            const sizeAhead = queue.slice(0, place).reduce((sum, other) => sum + other.size, 0);
            expect(book.queueAhead(id)).toEqual({ sizeAhead, ordersAhead: place });
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});
