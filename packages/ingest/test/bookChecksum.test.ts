import { crc32 } from "node:zlib";
import { ASK, BID, CHECKSUM_FAILED, CHECKSUM_MATCHED } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CrcBook } from "../src/sources/read/bookChecksum.fast.ts";
import {
  ChecksummedBook,
  type ChecksumRule,
  MAX_LEVEL_TEXT,
  type TextLevel,
} from "../src/sources/read/bookChecksum.ts";
import { parseJsonLongTexts, parseJsonTexts } from "../src/sources/read/jsonNumberTexts.ts";

const PAIRS: ChecksumRule = { depth: 2, form: "pairs", signed: false };
const DIGITS: ChecksumRule = { depth: 2, form: "digits", signed: false };

const bid = (price: string, size: string): TextLevel => ({ side: BID, price, size });
const ask = (price: string, size: string): TextLevel => ({ side: ASK, price, size });

function take(book: ChecksummedBook | CrcBook, levels: readonly TextLevel[]): void {
  for (const level of levels) book.set(level);
}

describe.each([
  ["plain", ChecksummedBook],
  ["fast", CrcBook],
])("a checksummed book, %s", (_, Book) => {
  it("covers the best levels of each side, in the venue's own words, and none beyond", () => {
    const book = new Book(PAIRS);
    book.clear();
    take(book, [bid("9.50", "1"), bid("10", "2.0"), bid("9", "3"), ask("11", "4")]);
    // CRC32 of "10:2.0:11:4:9.50:1", by Python's zlib.
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_MATCHED);
    take(book, [bid("9", "8")]);
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_MATCHED);
    take(book, [bid("10", "2")]);
    expect(book.verify(0x4e7fa3d3)).toBe(CHECKSUM_FAILED);
  });

  it("sums the digits of asks, then bids, where the venue does", () => {
    const book = new Book(DIGITS);
    book.clear();
    take(book, [bid("0.05000", "0.00500000"), ask("0.05010", "10.00"), ask("0.05005", "2")]);
    expect(book.verify(crc32("50052501010005000500000"))).toBe(CHECKSUM_MATCHED);
  });

  it("is signed where the venue sends a signed number", () => {
    const book = new Book({ ...PAIRS, signed: true });
    book.clear();
    take(book, [bid("10", "2"), ask("11", "5")]);
    const sum = crc32("10:2:11:5");
    expect(sum).toBeGreaterThan(2 ** 31);
    expect(book.verify(sum)).toBe(CHECKSUM_FAILED);
    expect(book.verify(sum - 2 ** 32)).toBe(CHECKSUM_MATCHED);
  });

  it("takes a level away however its zero is written, and ignores the delete of one that is not there", () => {
    const book = new Book(PAIRS);
    book.clear();
    take(book, [bid("10", "2"), bid("9", "3"), ask("11", "4")]);
    take(book, [bid("10", "0.000"), ask("12", "0")]);
    expect(book.verify(crc32("9:3:11:4"))).toBe(CHECKSUM_MATCHED);
  });

  it("says nothing before the first snapshot, or of a message without a checksum", () => {
    const book = new Book(PAIRS);
    take(book, [bid("10", "2")]);
    expect(book.verify(crc32("10:2"))).toBe(0);
    book.clear();
    expect(book.verify(undefined)).toBe(0);
    expect(book.verify(crc32(""))).toBe(CHECKSUM_MATCHED);
  });

  it("gives back what it cuts off as deletes, best of each side first", () => {
    const book = new Book(PAIRS);
    book.clear();
    take(book, [bid("7", "1"), bid("8", "1"), bid("9", "1"), bid("10", "1")]);
    take(book, [ask("12", "1"), ask("11", "1")]);
    expect(book.cut(2)).toEqual([bid("8", "0"), bid("7", "0")]);
    expect(book.cut(1)).toEqual([bid("9", "0"), ask("12", "0")]);
    expect(book.cut(1)).toEqual([]);
    expect(book.verify(crc32("10:1:11:1"))).toBe(CHECKSUM_MATCHED);
  });
});

describe("the fast book", () => {
  const text = (most: number): fc.Arbitrary<string> =>
    fc.integer({ min: 1, max: most }).map((ticks) => (ticks / 20).toFixed(ticks % 2 === 0 ? 1 : 8));
  const level = fc.record({
    side: fc.constantFrom(BID, ASK),
    price: fc.integer({ min: 1, max: 200 }).map((ticks) => (ticks / 8).toFixed(3)),
    size: fc.oneof(
      fc.constantFrom("0", "0.000", "5.825e-05", "1".repeat(MAX_LEVEL_TEXT)),
      text(1_000),
    ),
  });
  const message = fc.record({ clear: fc.boolean(), levels: fc.array(level, { maxLength: 60 }) });
  const rule = fc.record({
    depth: fc.constantFrom(1, 10, 25),
    form: fc.constantFrom("digits", "pairs"),
    signed: fc.boolean(),
  });

  it("says of every message what the plain one says", () => {
    fc.assert(
      fc.property(
        rule,
        fc.array(message, { maxLength: 12 }),
        fc.integer({ min: 25, max: 80 }),
        (sum, messages, depth) => {
          const [fast, plain] = [new CrcBook(sum), new ChecksummedBook(sum)];
          for (const { clear, levels } of messages) {
            for (const book of [fast, plain]) {
              if (clear) book.clear();
              take(book, levels);
            }
            const priced = (one: TextLevel) => ({ ...one, price: Number(one.price) });
            expect(fast.cut(depth).map(priced)).toEqual(plain.cut(depth).map(priced));
            const own = plain.checksum;
            expect(fast.verify(own)).toBe(plain.verify(own));
            expect(fast.verify(own === undefined ? 1 : own + 1)).toBe(
              plain.verify(own === undefined ? 1 : own + 1),
            );
          }
        },
      ),
    );
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

describe("JSON with its long numbers as text", () => {
  it("keeps what a double does not hold, and no other", () => {
    const long = '{"time": 1579070387000000123, "price": [1.5, 900719925474099], "name": "5"}';
    expect(parseJsonLongTexts(long)).toEqual({
      time: "1579070387000000123",
      price: [1.5, 900_719_925_474_099],
      name: "5",
    });
  });

  it("keeps long decimals", () => {
    const long = { a: "0.12345678901234567", b: "-1.2345678901234567e-5" };
    expect(parseJsonLongTexts(JSON.stringify(long).replaceAll(/"(-?\d.*?)"/g, "$1"))).toEqual(long);
  });

  it("reads all numbers as text where quotes would not do", () => {
    const json = '{"a": "x: 1579070387000000123,", "b": 2}';
    expect(parseJsonLongTexts(json)).toEqual({ a: "x: 1579070387000000123,", b: "2" });
  });

  it.each(["{1579070387000000123: 1}", '{"a": 01579070387000000123}', '{"a": 1579070387000000123'])(
    "says that %s is broken",
    (json) => expect(() => parseJsonLongTexts(json)).toThrow("the JSON is broken or cut"),
  );
});
