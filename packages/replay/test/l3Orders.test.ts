import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ASK,
  BID,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
} from "@aftershock/schema";
import { FastL3Book } from "../src/book/l3Book.fast.ts";
import { L3Book } from "../src/book/l3Book.ts";
import { ASKED, OrderIds, TEXT } from "../src/book/orderIds.fast.ts";
import { batchOf, testInstrument, withIdWords } from "./batchOf.ts";
import type { OrderRow } from "./l3Rows.ts";

/** Whole numbers below a limit from a seeded generator (xorshift32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A market of many orders: `idOf` names the nth one. */
function market(rows: number, idOf: (nth: number) => string): OrderRow[] {
  const random = seeded(7);
  const live: { orderId: string; side: 1 | -1; price: number }[] = [];
  let added = 0;
  return Array.from({ length: rows }, (_, i): OrderRow => {
    const common = { flags: MESSAGE_END, tsRecv: i };
    const dice = random(100);
    if (live.length < 3_000 || dice < 45) {
      const side = random(2) === 0 ? BID : ASK;
      const order = {
        orderId: idOf((added += 1)),
        side,
        price: 10_000 - side * (1 + random(400)),
      } as const;
      live.push(order);
      return { ...common, ...order, action: ORDER_ADD, size: 1 + random(50) };
    }
    const place = random(live.length);
    const order = live[place]!;
    if (dice < 55) return { ...common, ...order, action: ORDER_MODIFY, size: 1 + random(50) };
    if (dice < 62) {
      order.price += random(3) - 1;
      return { ...common, ...order, action: ORDER_MODIFY, size: 1 + random(50) };
    }
    if (dice < 70) return { ...common, ...order, action: ORDER_EXECUTE, size: 1 + random(3) };
    live[place] = live.at(-1)!;
    live.pop();
    return { ...common, ...order, action: ORDER_CANCEL, size: 0 };
  });
}

describe("many orders", () => {
  test.each([
    ["small numbers", 60_000, (nth: number) => String(nth)],
    [
      "numbers of 19 digits",
      30_000,
      (nth: number) => `64137848${String(nth * 7_919).padStart(11, "0")}`,
    ],
    ["numbers a power of two apart", 30_000, (nth: number) => String(nth * 65_536)],
    ["texts, more than are kept", 160_000, (nth: number) => `order-${nth.toString(36)}`],
  ])("with ids that are %s, leave the fast book equal to the plain one", (_, rows, idOf) => {
    const batch = batchOf("orders", market(rows, idOf));
    const [plain, fast] = [
      new L3Book(testInstrument(), { start: "empty" }),
      new FastL3Book(testInstrument(), { start: "empty" }, 1_024),
    ];
    const step = rows / 10;
    for (let from = 0; from < rows; from += step) {
      plain.apply(batch, from, from + step);
      fast.apply(batch, from, from + step);
      expect(fast.digest).toBe(plain.digest);
    }
    expect(fast.counts).toEqual(plain.counts);
    expect(fast.orders).toBe(plain.orders);
    expect(plain.orders).toBeGreaterThan(2_000);
    // Orders of this market that are executed whole are cancelled, modified or executed again by a later row.
    expect(plain.counts.unknownCancels).toBeGreaterThan(0);
    expect(plain.counts.unknownModifies).toBeGreaterThan(0);
  });
});

const idText = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map(String),
  fc.nat().map(String),
  fc.bigInt({ min: 10n ** 19n, max: 10n ** 30n }).map(String),
  fc.string(),
  fc.uuid(),
  fc.nat().map((number) => `0${number}`),
);

describe("the words of an id", () => {
  test("give back its text, and tell it apart from every other", () => {
    fc.assert(
      fc.property(fc.uniqueArray(idText, { maxLength: 60 }), (texts) => {
        const ids = new OrderIds();
        const plain = batchOf(
          "orders",
          texts.map((orderId) => ({ orderId, tsRecv: 0 })),
        );
        ids.convert(plain, 0, texts.length);
        const words = texts.map((_, i) => [ids.lo[i] ?? 0, ids.hi[i] ?? 0] as const);
        expect(words.map(([lo, hi]) => ids.textOf(lo, hi))).toEqual(texts);
        expect(new Set(words.map(String)).size).toBe(texts.length);
        for (const [i, text] of texts.entries()) {
          expect(ids.find(text)).toBe(true);
          expect([ids.lo[ASKED], ids.hi[ASKED]]).toEqual(words[i]);
        }
        const hashes = ids.hashes.slice(0, texts.length);
        ids.convert(withIdWords(plain), 0, texts.length);
        expect(texts.map((__, i) => [ids.lo[i], ids.hi[i]])).toEqual(words);
        expect(ids.hashes.slice(0, texts.length)).toEqual(hashes);
      }),
      { numRuns: 500 },
    );
  });

  test("are the 64 bits of a number", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }), (number) => {
        const ids = new OrderIds();
        ids.ask(String(number));
        const words = BigInt.asUintN(32, BigInt(ids.lo[ASKED] ?? 0));
        const high = BigInt.asUintN(32, BigInt(ids.hi[ASKED] ?? 0));
        expect((high << 32n) | words).toBe(number);
      }),
      { numRuns: 1_000 },
    );
  });

  test("of a text are known until its order is forgotten, and then another's", () => {
    const ids = new OrderIds();
    ids.ask("a");
    const first = ids.lo[ASKED] ?? 0;
    ids.ask("b");
    const second = ids.lo[ASKED] ?? 0;
    expect([ids.hi[ASKED], ids.isFull, ids.find("c")]).toEqual([TEXT, false, false]);
    ids.keepOnly(new Set([second]));
    expect([ids.find("a"), ids.find("b")]).toEqual([false, true]);
    ids.ask("c");
    expect([ids.lo[ASKED], ids.textOf(first, TEXT), ids.textOf(second, TEXT)]).toEqual([
      first,
      "c",
      "b",
    ]);
  });
});
