import {
  ASK,
  BID,
  type Batch,
  CHECKSUM_FAILED,
  columnsOf,
  type Instrument,
  MESSAGE_END,
  micros,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { L2Book } from "@aftershock/replay";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BookInWindow } from "../src/export/bookInWindow.ts";
import { type BookMessage, BookMessages } from "../src/export/bookMessages.ts";
import type { Rows } from "../src/export/rowsInWindow.ts";

const INSTRUMENT: Instrument = {
  id: "test:BTC",
  venue: "test",
  symbol: "BTC",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: { mantissa: 1, decimals: 1 },
  lot: { mantissa: 1, decimals: 3 },
  gridSource: "table",
};

interface BookRow {
  readonly at: number;
  readonly side: number;
  readonly price: number;
  readonly size: number;
  readonly flags: number;
  readonly id: number;
  readonly prev: number;
}

function rowsOf(rows: readonly BookRow[]): Rows {
  const column = (name: string, type: string): Float64Array | Int8Array => {
    const from: Readonly<Record<string, keyof BookRow>> = {
      tsEvent: "at",
      tsRecv: "at",
      updateId: "id",
      prevUpdateId: "prev",
    };
    const key = from[name] ?? (name as keyof BookRow);
    const values = rows.map((row, i) => (name === "seq" ? i : row[key]));
    return type === "code" ? Int8Array.from(values) : Float64Array.from(values);
  };
  const columns = columnsOf("book").map(([name, { type }]) => [name, column(name, type)]);
  return { length: rows.length, columns: Object.fromEntries(columns) as Rows["columns"] };
}

const batchOf = (rows: readonly BookRow[]): Batch<"book"> => ({
  stream: "book",
  instrument: INSTRUMENT,
  ...(rowsOf(rows) as unknown as Pick<Batch<"book">, "length" | "columns">),
});

/** What another program makes of the messages: levels by side and price. */
class Reader {
  readonly sides = new Map<number, Map<number, number>>([
    [BID, new Map<number, number>()],
    [ASK, new Map<number, number>()],
  ]);

  take({ clears, levels }: BookMessage): void {
    if (clears) for (const side of this.sides.values()) side.clear();
    for (const { side, price, size } of levels) {
      if (size === 0) this.sides.get(side)!.delete(price);
      else this.sides.get(side)!.set(price, size);
    }
  }

  levels(): unknown {
    const sorted = (side: 1 | -1): unknown =>
      [...this.sides.get(side)!].toSorted(([a], [b]) => (b - a) * side);
    return { bids: sorted(BID), asks: sorted(ASK) };
  }
}

const levelsOf = (book: L2Book): unknown => ({
  bids: book.bids().map(({ price, size }) => [price, size]),
  asks: book.asks().map(({ price, size }) => [price, size]),
});

const level = fc.record({
  side: fc.constantFrom(BID, ASK),
  price: fc.integer({ min: -6, max: 6 }),
  size: fc.nat(3),
});

/** A recording with snapshots old and new, snapshots in parts, lost and repeated messages, failed checksums and messages cut off. */
const recording = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        "next",
        "next",
        "next",
        "lost",
        "repeated",
        "snapshot",
        "snapshotPart",
        "noIds",
      ),
      levels: fc.array(level, { maxLength: 4 }),
      step: fc.integer({ min: 1, max: 3 }),
      lead: fc.integer({ min: -6, max: 3 }),
      broken: fc.constantFrom(0, 0, 0, 0, 0, ROWS_LOST, CHECKSUM_FAILED),
      cutOff: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 40 },
  )
  .map((plan) => {
    let id = 50;
    return plan.flatMap(({ kind, levels, step, lead, broken, cutOff }, at): BookRow[] => {
      let [own, prev, base] = [id, Number.NaN, 0];
      if (kind === "snapshot") [own, base] = [id + lead, SNAPSHOT];
      else if (kind === "snapshotPart") base = SNAPSHOT;
      else if (kind === "noIds") own = Number.NaN;
      else if (kind === "repeated") prev = id - step;
      else {
        prev = kind === "lost" ? id + 1 : id;
        id = prev + step;
        own = id;
      }
      const some = levels.length === 0 ? [{ side: 0, price: 0, size: 0 }] : levels;
      const rows = some.map((one, i) => {
        const start = kind === "snapshot" && i === 0 ? SNAPSHOT_START : 0;
        const end = i === some.length - 1 ? MESSAGE_END | broken : 0;
        return { ...one, at, id: own, prev, flags: base | start | end };
      });
      // A message of which only the beginning was recorded; the next one goes on, or a snapshot starts.
      return cutOff === 0 ? rows.slice(0, -1) : rows;
    });
  });

describe("the messages of an exported book", () => {
  it("make, at every message's end, the very book that a replay has", () => {
    fc.assert(
      fc.property(recording, fc.array(fc.nat(100), { maxLength: 5 }), (rows, cuts) => {
        const book = new L2Book(INSTRUMENT);
        const expected = new Map<number, unknown>();
        book.apply(batchOf(rows), 0, rows.length, (now, at) => {
          expected.set(at, levelsOf(now));
        });
        const edges = [0, ...cuts.map((cut) => cut % (rows.length + 1)), rows.length];
        const sorted = edges.toSorted((a, b) => a - b);
        const messages = new BookMessages();
        const found = sorted
          .slice(1)
          .flatMap((to, i) => messages.take(rowsOf(rows.slice(sorted[i], to))));
        const reader = new Reader();
        for (const [at, levels] of expected) {
          for (const message of found.filter((one) => one.tsRecv === at)) reader.take(message);
          expect(reader.levels()).toEqual(levels);
        }
        expect(messages.notes.gaps).toBe(book.gaps.length);
      }),
      { numRuns: 500 },
    );
  });

  it("make the same book where a window begins later, from there on", () => {
    fc.assert(
      fc.property(recording, fc.nat(40), fc.nat(40), (rows, start, length) => {
        const book = new L2Book(INSTRUMENT);
        const expected: [number, unknown][] = [];
        book.apply(batchOf(rows), 0, rows.length, (now, at) => expected.push([at, levelsOf(now)]));
        const [from, to] = [start, start + length];
        const window = new BookInWindow({ from: micros(from), to: micros(to) });
        const found = [...window.take(new BookMessages().take(rowsOf(rows))), ...window.end()];
        expect(found.every(({ tsRecv }) => tsRecv >= from && tsRecv < Math.max(to, from + 1))).toBe(
          true,
        );
        const reader = new Reader();
        let next = 0;
        for (const [at, levels] of expected.filter((one) => one[0] >= from && one[0] < to)) {
          while ((found[next]?.tsRecv ?? Infinity) <= at) reader.take(found[next++]!);
          expect(reader.levels()).toEqual(levels);
        }
        // Where nothing changes in the window, its beginning alone tells the book.
        const quiet = expected.every(([at]) => at < from || at >= to);
        const before = expected.findLast(([at]) => at < from)?.[1];
        if (quiet && before !== undefined && to > from) {
          for (const message of found) reader.take(message);
          expect(reader.levels()).toEqual(before);
        }
      }),
      { numRuns: 500 },
    );
  });
});
