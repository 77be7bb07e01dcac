import { crc32 } from "node:zlib";
import { ASK, BID, CHECKSUM_FAILED, CHECKSUM_MATCHED } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ChecksummedBook,
  interleaved,
  type ChecksumRule,
  type TextLevel,
} from "../src/sources/read/bookChecksum.ts";
import { parseJsonTexts } from "../src/sources/read/jsonNumberTexts.ts";

const RULE: ChecksumRule = {
  depth: 2,
  levelText: (price, size) => `${price}:${size}`,
  sum: (bids, asks) => crc32(interleaved(bids, asks)),
};

const bid = (price: string, size: string): TextLevel => ({ side: BID, price, size });
const ask = (price: string, size: string): TextLevel => ({ side: ASK, price, size });

describe("a checksummed book", () => {
  it("covers the best levels of each side, in the venue's own words, and none beyond", () => {
    const book = new ChecksummedBook(RULE);
    const levels = [bid("9.50", "1"), bid("10", "2.0"), bid("9", "3"), ask("11", "4")];
    book.apply(levels, { snapshot: true });
    // CRC32 of "10:2.0:11:4:9.50:1", by Python's zlib.
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_MATCHED);
    book.apply([bid("9", "8")], { snapshot: false });
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_MATCHED);
    book.apply([bid("10", "2")], { snapshot: false });
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_FAILED);
  });

  it("takes a level away however its zero is written, and ignores the delete of one that is not there", () => {
    const book = new ChecksummedBook(RULE);
    book.apply([bid("10", "2"), bid("9", "3"), ask("11", "4")], { snapshot: true });
    book.apply([bid("10", "0.000"), ask("12", "0")], { snapshot: false });
    expect(book.verify(crc32("9:3:11:4"))).toBe(CHECKSUM_MATCHED);
  });

  it("says nothing before the first snapshot, or of a message without a checksum", () => {
    const book = new ChecksummedBook(RULE);
    book.apply([bid("10", "2")], { snapshot: false });
    expect(book.verify(crc32("10:2"))).toBe(0);
    book.apply([], { snapshot: true });
    expect(book.verify(undefined)).toBe(0);
    expect(book.verify(crc32(""))).toBe(CHECKSUM_MATCHED);
  });

  it("gives back what it cuts off as deletes, worst of each side", () => {
    const book = new ChecksummedBook(RULE);
    const levels = [bid("8", "1"), bid("9", "1"), bid("10", "1"), ask("12", "1"), ask("11", "1")];
    book.apply(levels, { snapshot: true });
    expect(book.cut(2)).toEqual([bid("8", "0")]);
    expect(book.cut(1)).toEqual([bid("9", "0"), ask("12", "0")]);
    expect(book.verify(crc32("10:1:11:1"))).toBe(CHECKSUM_MATCHED);
  });

  it("agrees with a book that is sorted anew for every message", () => {
    const level = fc.record({
      side: fc.constantFrom(BID, ASK),
      price: fc.integer({ min: 1, max: 30 }).map((ticks) => (ticks / 2).toFixed(1)),
      size: fc.integer({ min: 0, max: 3 }).map(String),
    });
    const message = fc.record({
      snapshot: fc.boolean(),
      levels: fc.array(level, { maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        const book = new ChecksummedBook(RULE);
        const plain = new Map<string, TextLevel>();
        for (const { snapshot, levels } of [{ snapshot: true, levels: [] }, ...messages]) {
          book.apply(levels, { snapshot });
          if (snapshot) plain.clear();
          for (const one of levels) {
            const key = `${one.side} ${one.price}`;
            if (one.size === "0") plain.delete(key);
            else plain.set(key, one);
          }
          const top = (side: number): string[] =>
            [...plain.values()]
              .filter((one) => one.side === side)
              .toSorted((a, b) => (Number(b.price) - Number(a.price)) * side)
              .slice(0, 2)
              .map(({ price, size }) => `${price}:${size}`);
          expect(book.verify(crc32(interleaved(top(BID), top(ASK))))).toBe(CHECKSUM_MATCHED);
        }
      }),
    );
  });
});

describe("the text of both sides in turn", () => {
  it("goes on with the longer side alone", () => {
    expect(interleaved(["b1", "b2", "b3"], ["a1"])).toBe("b1:a1:b2:b3");
    expect(interleaved([], ["a1", "a2"])).toBe("a1:a2");
    expect(interleaved([], [])).toBe("");
  });
});

describe("JSON with its numbers as text", () => {
  it("keeps every digit, point and exponent as it was sent", () => {
    expect(
      parseJsonTexts('{"a": [28.0, 5.825e-05, -3], "b": "28.0", "c": null, "d": true}'),
    ).toEqual({
      a: ["28.0", "5.825e-05", "-3"],
      b: "28.0",
      c: null,
      d: true,
    });
  });

  it("says that it is broken", () => {
    expect(() => parseJsonTexts('{"a": 1')).toThrow("the JSON is broken or cut");
  });
});
