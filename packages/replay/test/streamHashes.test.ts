import type { Batch } from "@aftershock/schema";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReplayedBook } from "../src/replayedBook.ts";
import { RowHash } from "../src/rowHash.fast.ts";
import { StateHash } from "../src/stateHash.ts";
import { TouchHash } from "../src/touchHash.fast.ts";
import { batchOf, type Row } from "./batchOf.ts";

const hexOf = (part: { mixInto(hash: StateHash): void }): string => {
  const hash = new StateHash();
  part.mixInto(hash);
  return hash.hex;
};

const trade: fc.Arbitrary<Row<"trades">> = fc.record({
  tsRecv: fc.integer({ min: 0, max: 9 }),
  tsEvent: fc.constantFrom(0, -0, Number.NaN, 5),
  tradeId: fc.constantFrom(undefined, "", "1", "é", "😀"),
  side: fc.constantFrom(1, -1, 0),
  price: fc.oneof(fc.integer(), fc.constantFrom(2 ** 32, 2 ** 40, 2 ** 53 - 1)),
  size: fc.integer({ min: 0 }),
});
const trades = fc.array(trade, { minLength: 1, maxLength: 12 });

function hashOfRows(batch: Batch<"trades">, edges: readonly number[]): string {
  const hash = new RowHash("trades");
  for (const [nth, to] of edges.slice(1).entries())
    hash.take(batch, edges[nth] ?? 0, to, batch.columns.tsRecv);
  return hexOf(hash);
}

describe("the hash of rows", () => {
  test("is the same however rows are cut, with -0 as 0", () => {
    fc.assert(
      fc.property(trades, fc.array(fc.nat(12)), (rows, cuts) => {
        const batch = batchOf("trades", rows);
        const whole = hashOfRows(batch, [0, rows.length]);
        const edges = [0, ...cuts.map((cut) => cut % (rows.length + 1)), rows.length];
        expect(
          hashOfRows(
            batch,
            edges.toSorted((a, b) => a - b),
          ),
        ).toBe(whole);
        const plus = rows.map((row) => ({ ...row, tsEvent: (row.tsEvent ?? 0) + 0 }));
        expect(hashOfRows(batchOf("trades", plus), [0, rows.length])).toBe(whole);
      }),
    );
  });

  test("is another when any one value is another, or two rows change places", () => {
    fc.assert(
      fc.property(trades, fc.nat(11), trade, (rows, place, other) => {
        const nth = place % rows.length;
        const whole = hashOfRows(batchOf("trades", rows), [0, rows.length]);
        for (const [column, value] of Object.entries(other)) {
          const own = rows[nth]?.[column as keyof Row<"trades">];
          const same = Object.is(own, value) || own === value;
          const changed = rows.with(nth, { ...rows[nth], [column]: value });
          const hash = hashOfRows(batchOf("trades", changed), [0, rows.length]);
          expect([column, hash === whole]).toEqual([column, same]);
        }
        const key = (row: Row<"trades"> | undefined): string => JSON.stringify(row);
        const [first, last] = [rows[0], rows.at(-1)];
        if (first === undefined || last === undefined || key(first) === key(last)) return;
        const turned = rows.with(0, last).with(rows.length - 1, first);
        const hash = hashOfRows(batchOf("trades", turned), [0, rows.length]);
        expect(hash === whole).toBe(turned.every((row, i) => key(row) === key(rows[i])));
      }),
    );
  });
});

describe("the hash of best prices", () => {
  const side = (bestPrice: number, bestSize: number) => ({ bestPrice, bestSize });
  const book = (changes: object = {}): ReplayedBook =>
    ({
      valid: true,
      messages: 3,
      bidSide: side(100, 5),
      askSide: side(101, 7),
      ...changes,
    }) as unknown as ReplayedBook;
  const hashOf = (...moves: readonly (readonly [ReplayedBook, number])[]): string => {
    const hash = new TouchHash();
    for (const [own, at] of moves) hash.take(own, at);
    return hexOf(hash);
  };

  test("is another for any one part, also beyond 32 bits", () => {
    const others = [
      hashOf([book(), 9]),
      hashOf([book(), 9 + 2 ** 32]),
      hashOf([book({ valid: false }), 9]),
      hashOf([book({ messages: 4 }), 9]),
      hashOf([book({ bidSide: side(100 - 2 ** 40, 5) }), 9]),
      hashOf([book({ bidSide: side(100, 5 + 2 ** 32) }), 9]),
      hashOf([book({ askSide: side(101, 8) }), 9]),
      hashOf([book({ askSide: side(102, 7) }), 9]),
      hashOf([book({ askSide: side(Number.NaN, 0) }), 9]),
      hashOf([book({ askSide: side(0, 0) }), 9]),
      hashOf([book({ bidSide: side(101, 7), askSide: side(100, 5) }), 9]),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test("takes nothing while both best prices stay", () => {
    const later = [book({ messages: 9, bidSide: side(100, 6) }), 12] as const;
    expect(hashOf([book(), 9], later)).toBe(hashOf([book(), 9]));
  });
});
