import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowSink, SourceFile } from "../src/source.ts";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { FileRows } from "../src/store/fileRows.ts";
import { fileOf } from "./memorySink.ts";

const DAY = 1_722_816_000_000_000;

/** What a file comes to in the store, read with or without the bulk readers. */
async function stored(file: SourceFile, bulk: boolean): Promise<unknown> {
  const rows = new FileRows();
  const skipped: string[] = [];
  const quarantined: string[] = [];
  const sink: RowSink = {
    row: (stream, venue, symbol, row) => rows.add(stream, venue, symbol, row),
    quarantine: ({ number, text }, reason) => {
      quarantined.push(`${number} ${reason} ${text}`);
      rows.addBadLine({ file: file.name, line: number, reason, text });
    },
    skip: ({ number }, reason) => skipped.push(`${number} ${reason}`),
    note: (stream, venue, symbol, what, count = 1) => rows.note(stream, venue, symbol, what, count),
    dataset: () => {},
    ...(bulk ? { bulk: (stream, venue, symbol) => rows.of(stream, venue, symbol) } : {}),
  };
  await tardis.createReader({}).read(file, sink);
  const chunks = [...rows.take(true)].map(({ name, chunk }) => ({
    name,
    columns: chunk.columns.map((column) =>
      "short" in column
        ? [...column.short.subarray(0, chunk.rows * 4), ...column.long]
        : [...column.subarray(0, chunk.rows)],
    ),
  }));
  // A book's rows wait for the end of their message, so that a bad line may be told of beside another day's rows: sums are compared.
  const { parts, ...summary } = rows.summary();
  const notes = new Map<string, number>();
  for (const [what, count] of parts.flatMap(({ remarks }) => [...remarks.notes])) {
    notes.set(what, (notes.get(what) ?? 0) + count);
  }
  const byName = (a: { name: object }, b: { name: object }): number =>
    JSON.stringify(a.name) < JSON.stringify(b.name) ? -1 : 1;
  return {
    chunks: chunks.toSorted(byName),
    stats: parts.map(({ name, stats }) => ({ name, stats })).toSorted(byName),
    notes,
    badLines: parts.flatMap(({ remarks }) => remarks.badLines).toSorted((a, b) => a.line - b.line),
    duplicates: parts.reduce((sum, { remarks }) => sum + remarks.duplicates, 0),
    summary,
    skipped,
    quarantined,
  };
}

/** The same text in pieces of any size. */
function inPieces(name: string, text: string, pieces: readonly number[]): SourceFile {
  const bytes = Buffer.from(text);
  return {
    ...fileOf(name, text),
    async *bytes() {
      let at = 0;
      for (let i = 0; at < bytes.length; i++) {
        const size = pieces[i % pieces.length] ?? 1;
        yield bytes.subarray(at, at + size);
        at += size;
      }
    },
  };
}

/** Mostly what the files hold, now and then what they should not. */
const seldom = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: odd, weight: 1 });

const time = fc.integer({ min: 0, max: 5 }).map((at) => String(DAY + at * 43_200_000_000));
const number = seldom(
  fc.tuple(fc.nat(70_000), fc.nat(999)).map(([whole, rest]) => `${whole}.${rest}`),
  fc.constantFrom(
    "0",
    "0.0",
    "1e-7",
    "-3",
    "+2",
    "12345678901234567",
    "0.0000000000001",
    ".5",
    "7.",
    "",
    "x",
    "00012.50",
  ),
);
const exchange = seldom(
  fc.constant("binance-futures"),
  fc.constantFrom("bitmex", "deribit", "BAD"),
);
const symbol = seldom(fc.constant("BTCUSDT"), fc.constantFrom("ETH/USD", "ETHUSDT", "é"));
const localTime = seldom(time, fc.constantFrom("1722816000000", "", "99999999999999999"));

const trade = fc
  .tuple(
    exchange,
    symbol,
    seldom(time, fc.constant("")),
    localTime,
    seldom(fc.nat().map(String), fc.constantFrom("", "6a2f-11", "1234567890123456789")),
    seldom(fc.constantFrom("buy", "sell"), fc.constantFrom("unknown", "hold", "")),
    number,
    number,
  )
  .map((cells) => cells.join(","));

const level = fc
  .tuple(
    exchange,
    symbol,
    time,
    localTime,
    seldom(fc.constant("false"), fc.constantFrom("true", "maybe")),
    fc.constantFrom("bid", "ask"),
    number,
    number,
  )
  .map((cells) => cells.join(","));

const file = (header: string, line: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(seldom(line, fc.constantFrom("", " ", header, "a,b", "\u{1F600}")), {
        maxLength: 60,
      }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
    )
    .map(([lines, end, closed]) => [header, ...lines].join(end) + (closed ? end : ""));

const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });

describe("the bulk readers of Tardis", () => {
  it.each([
    ["trades", "exchange,symbol,timestamp,local_timestamp,id,side,price,amount", trade],
    [
      "incremental_book_L2",
      "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
      level,
    ],
  ])(
    "store of %s what the plain readers store, whatever the lines are",
    async (kind, header, line) => {
      const name = `binance-futures_${kind}_2024-08-05_BTCUSDT.csv`;
      await fc.assert(
        fc.asyncProperty(file(header, line), pieces, async (text, sizes) => {
          const plain = await stored(fileOf(name, text), false);
          expect(await stored(inPieces(name, text, sizes), true)).toEqual(plain);
        }),
        { numRuns: 3000 },
      );
    },
  );
});
