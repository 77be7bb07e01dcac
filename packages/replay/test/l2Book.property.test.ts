import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BID } from "@aftershock/schema";
import { L2Book } from "../src/index.ts";
import { batchOf, testInstrument } from "./batchOf.ts";
import { snapshot, update, type MessageText } from "./bookRows.ts";

interface Message extends Required<Pick<MessageText, "at" | "bids" | "asks" | "id" | "prev">> {
  readonly isSnapshot: boolean;
}

const level = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.nat(3));
const side = fc.array(level, { maxLength: 4 });

/** A recording: ids that mostly chain, with snapshots before, at and after the chain's id, lost and repeated messages. */
const recording = fc
  .array(
    fc.record({
      kind: fc.constantFrom("next", "next", "next", "lost", "repeated", "snapshot", "noIds"),
      bids: side,
      asks: side,
      step: fc.integer({ min: 1, max: 3 }),
      lead: fc.integer({ min: -6, max: 3 }),
    }),
    { maxLength: 40 },
  )
  .map((plan) => {
    let id = 50;
    return plan.map(({ kind, bids, asks, step, lead }, at): Message => {
      const base = { at, bids, asks, isSnapshot: false };
      if (kind === "snapshot") return { ...base, id: id + lead, prev: NaN, isSnapshot: true };
      if (kind === "noIds") return { ...base, id: NaN, prev: NaN };
      if (kind === "repeated") return { ...base, id, prev: id - step };
      const prev = kind === "lost" ? id + 1 : id;
      id = prev + step;
      return { ...base, id, prev };
    });
  });

const rowsOf = (message: Message) => (message.isSnapshot ? snapshot(message) : update(message));

function bookFrom(rows: ReturnType<typeof update>, cuts: readonly number[] = []): L2Book {
  const book = new L2Book(testInstrument());
  const batch = batchOf("book", rows);
  const edges = [0, ...cuts.map((cut) => cut % (rows.length + 1)), rows.length].toSorted(
    (a, b) => a - b,
  );
  for (const [index, to] of edges.slice(1).entries()) book.apply(batch, edges[index]!, to);
  return book;
}

/** The rules in other words: walks the messages, keeps whole sides as plain Maps, and looks for the best by trying all. */
function recompute(messages: readonly Message[]) {
  let sides: { bids: Map<number, number>; asks: Map<number, number> } | undefined;
  let last = NaN;
  let fresh = false;
  let gaps = 0;
  let stale = 0;
  for (const { isSnapshot, id, prev, bids, asks } of messages) {
    if (isSnapshot) {
      if (sides !== undefined && id < last) continue;
      sides = { bids: new Map(), asks: new Map() };
      [last, fresh] = [id, !Number.isNaN(id)];
    } else if (sides === undefined) continue;
    else if (!Number.isNaN(id)) {
      if (fresh && id <= last) {
        stale += 1;
        continue;
      }
      const isGap = !Number.isNaN(last) && (fresh ? prev > last : prev !== last);
      if (isGap) {
        gaps += 1;
        sides = undefined;
        last = NaN;
        continue;
      }
      [last, fresh] = [id, false];
    } else fresh = false;
    for (const [levels, changes] of [
      [sides.bids, bids],
      [sides.asks, asks],
    ] as const) {
      for (const [price, size] of changes) {
        if (size === 0) levels.delete(price);
        else levels.set(price, size);
      }
    }
  }
  const list = (levels: Map<number, number> | undefined, sign: number) =>
    [...(levels ?? [])]
      .toSorted((a, b) => sign * (a[0] - b[0]))
      .map(([price, size]) => ({ price, size }));
  return {
    valid: sides !== undefined,
    bids: list(sides?.bids, -1),
    asks: list(sides?.asks, 1),
    gaps,
    stale,
  };
}

test("a book equals one recomputed from plain Maps, after any prefix of any recording", () => {
  fc.assert(
    fc.property(recording, (messages) => {
      const book = new L2Book(testInstrument());
      for (const [index, message] of messages.entries()) {
        const rows = rowsOf(message);
        book.apply(batchOf("book", rows), 0, rows.length);
        const expected = recompute(messages.slice(0, index + 1));
        expect({
          valid: book.valid,
          bids: book.bids(),
          asks: book.asks(),
          gaps: book.gaps.length,
          stale: book.counts.staleMessages,
        }).toEqual(expected);
        expect(book.bestBid).toEqual(expected.bids[0]);
        expect(book.bestAsk).toEqual(expected.asks[0]);
        for (const { price, size } of expected.bids) expect(book.sizeAt(BID, price)).toBe(size);
      }
    }),
    { numRuns: 300 },
  );
});

test("where a recording is cut changes nothing: a then b is a and b at once", () => {
  fc.assert(
    fc.property(recording, fc.array(fc.nat(200), { maxLength: 10 }), (messages, cuts) => {
      const rows = messages.flatMap(rowsOf);
      const [whole, inParts] = [bookFrom(rows), bookFrom(rows, cuts)];
      expect(inParts.digest).toBe(whole.digest);
      expect(inParts.counts).toEqual(whole.counts);
      expect(inParts.gaps).toEqual(whole.gaps);
    }),
  );
});

test("every row is accounted for, and every message has one outcome", () => {
  fc.assert(
    fc.property(recording, (messages) => {
      const rows = messages.flatMap(rowsOf);
      const { counts } = bookFrom(rows);
      expect([counts.rows, counts.messages]).toEqual([rows.length, messages.length]);
    }),
  );
});

test("the digest tells books apart that differ in one size, one price or validity", () => {
  fc.assert(
    fc.property(side, side, (bids, asks) => {
      const digest = (changed: MessageText) =>
        bookFrom(snapshot({ bids, asks, id: 1, ...changed })).digest;
      const other = digest({ bids: [...bids, [7, 1]] });
      expect(other).not.toBe(digest({}));
      expect(digest({ bids: [...bids, [7, 2]] })).not.toBe(other);
      expect(digest({ bids: [...bids, [8, 1]] })).not.toBe(other);
      expect(digest({ asks: [...asks, [7, 1]] })).not.toBe(other);
      expect(digest({ id: 2 })).not.toBe(digest({}));
    }),
  );
});
