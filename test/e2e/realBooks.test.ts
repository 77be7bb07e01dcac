import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import type { RawRow, RowSink, SourceLine } from "../../packages/ingest/src/source.ts";
import { binanceRaw } from "../../packages/ingest/src/sources/binance/binanceRaw.ts";
import { L2Book, type Level } from "../../packages/replay/src/index.ts";
import {
  MESSAGE_END,
  decimal,
  formatSteps,
  toSteps,
  type Batch,
  type Decimal,
  type Instrument,
} from "../../packages/schema/src/index.ts";

const SHARED = join(import.meta.dirname, "../../../shared");
const ORACLE = join(SHARED, "checks/binance_raw_oracle.py");
const fileAt = (name: string): string => join(SHARED, "data/orderbook/binance-raw", name);
const haveFiles = (names: readonly string[]): boolean =>
  names.every((name) => existsSync(fileAt(name)));
const havePython = existsSync(ORACLE) && spawnSync("python3", ["--version"]).status === 0;

/** What the source made of captures of one instrument. */
interface Ingested {
  readonly book: readonly RawRow<"book">[];
  readonly quotes: readonly RawRow<"quotes">[];
  readonly trades: number;
  readonly lines: number;
  readonly refused: readonly string[];
  readonly notes: ReadonlyMap<string, number>;
}

async function linesOf(name: string): Promise<readonly SourceLine[]> {
  const lines: SourceLine[] = [];
  for await (const some of (await openFile(fileAt(name))).lines()) lines.push(...some);
  return lines;
}

async function ingest(captures: readonly (readonly SourceLine[])[]): Promise<Ingested> {
  const book: RawRow<"book">[] = [];
  const quotes: RawRow<"quotes">[] = [];
  const refused: string[] = [];
  const notes = new Map<string, number>();
  let trades = 0;
  const sink: RowSink = {
    row: (stream, _venue, _symbol, row) => {
      if (stream === "book") book.push(row as RawRow<"book">);
      else if (stream === "quotes") quotes.push(row);
      else trades += 1;
    },
    quarantine: (line, reason) => refused.push(`${line.number}: ${reason}`),
    skip: (line, reason) => refused.push(`${line.number}: ${reason}`),
    note: (_stream, _venue, _symbol, what, count = 1) =>
      notes.set(what, (notes.get(what) ?? 0) + count),
    dataset: () => {},
  };
  const reader = binanceRaw.createReader({});
  for (const lines of captures) {
    await reader.read(
      {
        name: "capture",
        async *bytes() {},
        async *lines() {
          yield lines;
        },
      },
      sink,
    );
  }
  const lines = captures.reduce((sum, some) => sum + some.length, 0);
  return { book, quotes, trades, lines, refused, notes };
}

/** The instrument on the grid that the instrument table gives it. */
function instrumentOf(id: string, rows: readonly RawRow<"book">[]): Instrument {
  const [venue = "", symbol = ""] = id.split(":");
  const { kind, contract, multiplier, base, quote, settle, tick, lot } = binanceRaw.terms(
    venue,
    symbol,
    rows[0]?.tsRecv ?? Number.NaN,
  );
  if (tick === undefined || lot === undefined) throw new Error(`${id} has no grid in the table`);
  const terms = { kind, contract, multiplier, base, quote, settle, tick, lot };
  return { id, venue, symbol, ...terms, gridSource: "table" };
}

function batchOf(instrument: Instrument, rows: readonly RawRow<"book">[]): Batch<"book"> {
  const reals = (of: (row: RawRow<"book">, i: number) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row, i) => of(row, i) ?? Number.NaN);
  return {
    stream: "book",
    instrument,
    length: rows.length,
    columns: {
      tsEvent: reals((row) => row.tsEvent),
      tsRecv: reals((row) => row.tsRecv),
      seq: reals((_, i) => i),
      side: Int8Array.from(rows, (row) => row.side),
      price: reals((row) => toSteps(row.price, instrument.tick)),
      size: reals((row) => toSteps(row.size, instrument.lot)),
      flags: Int8Array.from(rows, (row) => row.flags),
      updateId: reals((row) => row.updateId),
      prevUpdateId: reals((row) => row.prevUpdateId),
    },
  };
}

const steps = (text: string, step: Decimal): number | undefined => toSteps(decimal(text), step);

interface Case {
  readonly id: string;
  readonly files: readonly string[];
  /** How many bookTicker rows have the id of a depth update, as the independent check counts them. */
  readonly quotes: number;
  /** Whether the levels are held against that check's as well: it takes some seconds. */
  readonly oracle?: boolean;
}

const CASES: readonly Case[] = [
  { id: "binance-usdm:BTCUSDT", files: ["usdm_btcusdt_20240808.gz"], quotes: 629, oracle: true },
  { id: "binance-usdm:ETHUSDT", files: ["usdm_ethusdt_20240808.gz"], quotes: 551 },
  { id: "binance:BTCUSDT", files: ["spot_btcusdt_20240808.gz"], quotes: 564 },
  {
    id: "binance:BTCUSDT",
    files: ["spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"],
    quotes: 1072,
    oracle: true,
  },
  {
    id: "binance:ETHUSDT",
    files: ["spot_ethusdt_20240808.gz", "spot_ethusdt_20240809.gz"],
    quotes: 1056,
  },
  {
    id: "binance-coinm:ETHUSD_PERP",
    files: ["cm_ethusd_perp_20240808.gz", "cm_ethusd_perp_20240809.gz"],
    quotes: 2278,
    oracle: true,
  },
  {
    id: "binance-usdm:BTCUSDT",
    files: ["usdm_btcusdt_20240718.gz", "usdm_btcusdt_20240719.gz"],
    quotes: 625,
  },
];

for (const { id, files, quotes, oracle = false } of CASES) {
  describe.skipIf(!haveFiles(files))(`the book of ${id} from ${files.join(" and ")}`, () => {
    let ingested: Ingested;
    let instrument: Instrument;
    let batch: Batch<"book">;

    beforeAll(async () => {
      ingested = await ingest(await Promise.all(files.map(linesOf)));
      instrument = instrumentOf(id, ingested.book);
      batch = batchOf(instrument, ingested.book);
    });

    it("has every line of the capture in it, and no gap in the chain of ids", () => {
      const messages = ingested.book.filter((row) => (row.flags & MESSAGE_END) !== 0).length;
      expect(ingested.refused).toEqual([]);
      expect(messages + ingested.quotes.length + ingested.trades).toBe(ingested.lines);
      expect(ingested.notes.get("sequenceGaps")).toBeUndefined();
      expect(
        ingested.book.every((row, i) => (row.tsRecv ?? 0) >= (ingested.book[i - 1]?.tsRecv ?? 0)),
      ).toBe(true);
    });

    it(`equals the best price and size of ${quotes} bookTicker rows with the same update id`, () => {
      const quoteOf = new Map(ingested.quotes.map((quote) => [quote.updateId, quote]));
      const book = new L2Book(instrument);
      const wrong: number[] = [];
      let compared = 0;
      book.apply(batch, 0, batch.length, () => {
        const quote = quoteOf.get(book.updateId);
        if (!book.valid || quote === undefined) return;
        compared += 1;
        const told = [quote.bidPrice, quote.askPrice].map(
          (price) => price && toSteps(price, instrument.tick),
        );
        const sizes = [quote.bidSize, quote.askSize].map(
          (size) => size && toSteps(size, instrument.lot),
        );
        const best = [book.bestBid, book.bestAsk];
        const equal = best.every(
          (level, i) => level?.price === told[i] && level?.size === sizes[i],
        );
        if (!equal) wrong.push(book.updateId);
      });
      expect({ compared, wrong }).toEqual({ compared: quotes, wrong: [] });
      expect(book.gaps).toEqual([]);
      expect(book.counts).toMatchObject({ snapshots: 1, crossed: { messages: 0 } });
    });

    if (!oracle) return;
    it.skipIf(!havePython)(
      "equals twenty snapshots of an independent rebuild (needs python3)",
      () => {
        const check = spawnSync(
          "python3",
          [ORACLE, ...files.map(fileAt), "--n", "20", "--depth", "5"],
          {
            encoding: "utf8",
          },
        );
        expect([check.status, check.stderr]).toEqual([0, ""]);
        interface Snapshot {
          readonly at: number;
          readonly bids: readonly (readonly [string, string])[];
          readonly asks: readonly (readonly [string, string])[];
        }
        const snapshots = new Map(
          check.stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Snapshot)
            .map((snapshot) => [snapshot.at, snapshot]),
        );
        expect(snapshots.size).toBeGreaterThanOrEqual(20);
        const book = new L2Book(instrument);
        const rebuilt = new Map<number, readonly (readonly Level[])[]>();
        book.apply(batch, 0, batch.length, (_, at) => {
          if (snapshots.has(at)) rebuilt.set(at, [book.bids(5), book.asks(5)]);
        });
        const read = (levels: Snapshot["bids"]): unknown =>
          levels.map(([price, size]) => ({
            price: steps(price, instrument.tick),
            size: steps(size, instrument.lot),
          }));
        for (const [at, { bids, asks }] of snapshots) {
          expect(rebuilt.get(at), `at ${at}`).toEqual([read(bids), read(asks)]);
        }
      },
    );
  });
}

/** Lines of depth only: a capture in which a diff is to be lost, and the diffs in it. */
interface DepthLines {
  readonly lines: readonly SourceLine[];
  readonly snapshot: {
    readonly index: number;
    readonly message: { readonly lastUpdateId: number };
  };
  /** Where in `lines` each diff is, with its `u`. */
  readonly diffs: readonly { readonly index: number; readonly u: number }[];
}

async function depthLines(name: string): Promise<DepthLines> {
  const isDepth = /"depthUpdate"|"lastUpdateId"/;
  const lines = (await linesOf(name)).filter((line) => isDepth.test(line.text));
  interface Body {
    readonly lastUpdateId?: number;
    readonly data?: { readonly u: number };
  }
  const bodies = lines.map(({ text }) => JSON.parse(text.slice(text.indexOf(" "))) as Body);
  const index = bodies.findIndex((body) => body.lastUpdateId !== undefined);
  const diffs = bodies.flatMap(({ data }, i) =>
    data === undefined ? [] : [{ index: i, u: data.u }],
  );
  const message = bodies[index] as { lastUpdateId: number };
  return { lines, snapshot: { index, message }, diffs };
}

/** Whole numbers below a limit from a seeded generator (xorshift32), so that the sample is the same in every run. */
function* seeded(seed: number, below: number): Generator<number> {
  let state = seed;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) % below;
  }
}

/**
 * The window around a lost diff, in diffs: it starts on a snapshot of the intact book so many before it; the snapshot that ends
 * the invalid book shows the intact book so many after it, its line comes some later, as REST is slow, and then the window ends.
 */
const BEFORE = 30;
const SHOWN = 20;
const ASKED = 25;
const AFTER = 40;
const LOSSES = 25;

const CAPTURES = [
  ["binance-usdm:BTCUSDT", "usdm_btcusdt_20240808.gz"],
  ["binance:BTCUSDT", "spot_btcusdt_20240808.gz"],
  ["binance-coinm:ETHUSD_PERP", "cm_ethusd_perp_20240808.gz"],
] as const;

for (const [id, file] of CAPTURES) {
  describe.skipIf(!haveFiles([file]))(`losing one diff line of ${file}`, () => {
    let capture: DepthLines;
    let instrument: Instrument;
    let lost: readonly number[];
    /** Of the intact book, by update id: the snapshot that REST would have given, and the state hash. */
    const snapshots = new Map<number, string>();
    const digests = new Map<number, string>();

    const uAt = (diff: number): number => capture.diffs[diff]?.u ?? Number.NaN;
    const lineAt = (diff: number): number => capture.diffs[diff]?.index ?? Number.NaN;

    function snapshotText(book: L2Book): string {
      const text = (levels: readonly Level[]): readonly (readonly string[])[] =>
        levels.map(({ price, size }) => [
          formatSteps(price, instrument.tick),
          formatSteps(size, instrument.lot),
        ]);
      const { message } = capture.snapshot;
      const levels = { bids: text(book.bids()), asks: text(book.asks()) };
      return JSON.stringify({ ...message, lastUpdateId: book.updateId, ...levels });
    }

    /** The line of a snapshot of the intact book after one diff, received when another was. */
    function snapshotLine(after: number, receivedWith: number): SourceLine {
      const clock = capture.lines[lineAt(receivedWith)]?.text.split(" ", 1)[0] ?? "";
      return { number: 0, text: `${clock} ${snapshots.get(uAt(after)) ?? ""}` };
    }

    const linesBetween = (first: number, last: number): readonly SourceLine[] =>
      capture.lines.slice(lineAt(first), lineAt(last) + 1);

    async function bookOf(
      lines: readonly SourceLine[],
    ): Promise<{ book: L2Book; invalid: number; noted: number }> {
      const { book: rows, notes } = await ingest([lines]);
      const book = new L2Book(instrument);
      let invalid = 0;
      book.apply(batchOf(instrument, rows), 0, rows.length, () => {
        if (!book.valid) invalid += 1;
      });
      return { book, invalid, noted: notes.get("sequenceGaps") ?? 0 };
    }

    beforeAll(async () => {
      capture = await depthLines(file);
      const first =
        capture.diffs.findIndex(({ index }) => index > capture.snapshot.index) + BEFORE + 1;
      const numbers = seeded(20240808, capture.diffs.length - AFTER - first);
      lost = Array.from({ length: LOSSES }, () => first + (numbers.next().value ?? 0));
      const { book: rows } = await ingest([capture.lines]);
      instrument = instrumentOf(id, rows);
      const shown = new Set(lost.flatMap((diff) => [uAt(diff - BEFORE), uAt(diff + SHOWN)]));
      const ends = new Set(lost.map((diff) => uAt(diff + AFTER)));
      new L2Book(instrument).apply(batchOf(instrument, rows), 0, rows.length, (book) => {
        if (shown.has(book.updateId)) snapshots.set(book.updateId, snapshotText(book));
        if (ends.has(book.updateId)) digests.set(book.updateId, book.digest);
      });
    });

    it(`is found at the next update id, and invalidates the book until the next snapshot: ${LOSSES} losses`, async () => {
      for (const diff of lost) {
        const { book, invalid, noted } = await bookOf([
          snapshotLine(diff - BEFORE, diff - BEFORE),
          ...linesBetween(diff - BEFORE + 1, diff - 1),
          ...linesBetween(diff + 1, diff + ASKED),
          snapshotLine(diff + SHOWN, diff + ASKED),
          ...linesBetween(diff + ASKED + 1, diff + AFTER),
        ]);
        expect(book.gaps, `lost ${uAt(diff)}`).toMatchObject([
          { updateId: uAt(diff + 1), expected: uAt(diff - 1), found: uAt(diff) },
        ]);
        expect([noted, invalid]).toEqual([1, SHOWN]);
        expect([book.valid, book.digest]).toEqual([true, digests.get(uAt(diff + AFTER))]);
      }
    });

    it("stays invalid to the end when no snapshot comes", async () => {
      const diff = lost[0] ?? 0;
      const lines = capture.lines.filter((_, index) => index !== lineAt(diff));
      const { book, noted } = await bookOf(lines);
      expect(book.gaps).toMatchObject([{ updateId: uAt(diff + 1), found: uAt(diff) }]);
      expect([noted, book.valid, book.bestBid, book.bestAsk]).toEqual([
        1,
        false,
        undefined,
        undefined,
      ]);
    });
  });
}
