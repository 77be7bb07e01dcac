import { BUY, NO_SIDE, SELL } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FEATURE_DOCS, featureColumns, L2Book, type Level } from "../../src/index.ts";
import { batchOf, type Row, streamOf, testInstrument } from "../batchOf.ts";
import { snapshot, update } from "../bookRows.ts";
import { featureRows, type FeatureRow } from "./featureRows.ts";

const TICK = 0.1;
const LOT = 0.001;
const RUNS = { numRuns: 60 };

const level = fc.tuple(fc.integer({ min: 90, max: 110 }), fc.integer({ min: 0, max: 5_000 }));
const wait = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 8 }), weight: 9 },
  { arbitrary: fc.integer({ min: 0, max: 150 }), weight: 1 },
);
const message = fc.record({
  wait,
  kind: fc.constantFrom("update", "update", "update", "update", "snapshot", "gap"),
  bids: fc.array(level, { maxLength: 4 }),
  asks: fc.array(level, { maxLength: 4 }),
});

/** Rows of a book: chained messages, snapshots, and messages that do not follow. */
const bookRows = fc.array(message, { maxLength: 40 }).map((messages) => {
  let [at, id] = [0, 0];
  return messages.flatMap(({ wait: passed, kind, bids, asks }): readonly Row<"book">[] => {
    at += passed;
    const prev = kind === "gap" ? id + 1 : id;
    id += 5;
    return (kind === "snapshot" ? snapshot : update)({ at, id, prev, bids, asks });
  });
});

const side = fc.constantFrom(BUY, SELL, NO_SIDE);
const printed = fc.record({
  wait,
  side,
  price: fc.integer({ min: 1, max: 2_000 }),
  size: fc.integer({ min: 1, max: 50_000 }),
});
/** Rows of trades or liquidations. */
const prints = fc.array(printed, { maxLength: 60 }).map((rows) => {
  let at = 0;
  return rows.map(({ wait: passed, ...row }) => {
    at += passed;
    return { ...row, tsRecv: at, method: 1, priceKind: 1 };
  });
});

const figure = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: Number.NaN });
const tickerRows = fc
  .array(fc.record({ wait, markPrice: figure, fundingRate: figure, openInterest: figure }), {
    maxLength: 30,
  })
  .map((rows) => {
    let at = 0;
    return rows.map(({ wait: passed, ...row }) => {
      at += passed;
      return { ...row, tsRecv: at };
    });
  });

const cuts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 });
const day = fc.record({
  book: bookRows,
  trades: prints,
  forced: prints,
  tickers: tickerRows,
  cuts,
});

const streamsOf = (rows: Parameters<Parameters<typeof day.map>[0]>[0]) => [
  streamOf("book", rows.book, { cuts: rows.cuts }),
  streamOf("trades", rows.trades, { cuts: rows.cuts }),
  streamOf("liquidations", rows.forced),
  streamOf("tickers", rows.tickers, { cuts: rows.cuts }),
];

const number = (row: FeatureRow | undefined, name: string): number => Number(row?.[name]);
const sum = (rows: readonly FeatureRow[], name: string): number =>
  rows.reduce((total, row) => total + number(row, name), 0);

/** Columns whose sum over bars is that of the whole. */
const ADDITIVE = [
  "invalidMicros",
  "twoSidedMicros",
  "bookMessages",
  "bookUpdates",
  "crossedMessages",
  "lockedMessages",
  "gaps",
  "trades",
  "buyVolume",
  "sellVolume",
  "unknownVolume",
  "notional",
  ...["Buy", "Sell", "Unknown"].flatMap((who) =>
    ["Count", "Size", "Notional"].map((what) => `forced${who}${what}`),
  ),
];
/** Columns that are made of a bar's own parts in another way. */
const OTHERS = [
  "timeWeightedSpread",
  "timeWeightedSpreadBps",
  "vwap",
  "open",
  "high",
  "low",
  "start",
];
/** Columns of the state at the end of a bar, but `close`, which is absent without a trade. */
const LAST = featureColumns(3)
  .map(({ name }) => name)
  .filter((name) => ![...ADDITIVE, ...OTHERS, "close"].includes(name));

function expectClose(found: unknown, expected: number | null, what: string): void {
  if (expected === null || Number.isNaN(expected)) expect(found, `column ${what}`).toBe(null);
  else
    expect(Math.abs(Number(found) - expected), `column ${what}`).toBeLessThan(
      1e-9 * (1 + Math.abs(expected)),
    );
}

const mean = (rows: readonly FeatureRow[], name: string, weight: string): number => {
  const weighed = rows.filter((row) => row[name] !== null);
  const total = weighed.reduce((all, row) => all + number(row, name) * number(row, weight), 0);
  return total / sum(weighed, weight);
};

describe("sums over bars", () => {
  test("are the totals of the streams", async () => {
    await fc.assert(
      fc.asyncProperty(day, fc.integer({ min: 1, max: 30 }), async (rows, every) => {
        const bars = await featureRows(streamsOf(rows), every, { depth: 1 });
        const book = new L2Book(testInstrument());
        book.apply(batchOf("book", rows.book), 0, rows.book.length);
        const { counts } = book;
        const lots = (name: string): number => Math.round(sum(bars, name) / LOT);
        const lotsOf = (all: typeof rows.trades, own: number): number =>
          all.reduce((total, row) => total + (row.side === own ? row.size : 0), 0);
        const notionalOf = (all: typeof rows.trades): number =>
          all.reduce((total, { price, size }) => total + price * TICK * size * LOT, 0);
        expect(sum(bars, "trades")).toBe(rows.trades.length);
        expect(lots("buyVolume")).toBe(lotsOf(rows.trades, BUY));
        expect(lots("sellVolume")).toBe(lotsOf(rows.trades, SELL));
        expect(lots("unknownVolume")).toBe(lotsOf(rows.trades, NO_SIDE));
        expectClose(sum(bars, "notional"), notionalOf(rows.trades), "notional");
        for (const [name, own] of [
          ["Buy", BUY],
          ["Sell", SELL],
          ["Unknown", NO_SIDE],
        ] as const) {
          const forced = rows.forced.filter((row) => row.side === own);
          expect(sum(bars, `forced${name}Count`)).toBe(forced.length);
          expect(lots(`forced${name}Size`)).toBe(lotsOf(forced, own));
          expectClose(sum(bars, `forced${name}Notional`), notionalOf(forced), name);
        }
        expect(
          ["bookMessages", "bookUpdates", "crossedMessages", "lockedMessages", "gaps"].map((name) =>
            sum(bars, name),
          ),
        ).toEqual([
          counts.messages,
          counts.rows,
          counts.crossed.messages,
          counts.locked.messages,
          book.gaps.length,
        ]);
      }),
      RUNS,
    );
  });
});

describe("short bars", () => {
  test("make up the long ones", async () => {
    expect([...ADDITIVE, ...OTHERS, ...LAST, "close"].toSorted()).toEqual(
      featureColumns(3)
        .map(({ name }) => name)
        .toSorted(),
    );
    await fc.assert(
      fc.asyncProperty(day, fc.constantFrom(1, 3, 10), async (rows, every) => {
        const short = await featureRows(streamsOf(rows), every, { depth: 3 });
        const long = await featureRows(streamsOf(rows), 6 * every, { depth: 3 });
        const inBar = Map.groupBy(
          short,
          (row) => Math.floor(number(row, "start") / (6 * every)) * 6 * every,
        );
        expect(long.map(({ start }) => start)).toEqual([...inBar.keys()]);
        for (const row of long) {
          const parts = inBar.get(number(row, "start")) ?? [];
          const isPartly = parts.length < 6;
          for (const name of ADDITIVE) {
            // The first and the last long bar may have less than six short ones.
            if (isPartly && name.endsWith("Micros")) continue;
            expectClose(row[name], sum(parts, name), name);
          }
          for (const name of LAST)
            expect(row[name], `column ${name}`).toEqual(parts.at(-1)?.[name]);
          const traded = parts.filter(({ open }) => open !== null);
          expect([row["open"], row["close"]]).toEqual([
            traded[0]?.["open"] ?? null,
            traded.at(-1)?.["close"] ?? null,
          ]);
          const range = traded.flatMap((part) => [number(part, "high"), number(part, "low")]);
          expect([row["high"], row["low"]]).toEqual(
            range.length === 0 ? [null, null] : [Math.max(...range), Math.min(...range)],
          );
          const volume = ["buyVolume", "sellVolume", "unknownVolume"]
            .map((name) => sum(parts, name))
            .reduce((a, b) => a + b);
          expectClose(row["vwap"], sum(parts, "notional") / volume, "vwap");
          if (isPartly) continue;
          for (const name of ["timeWeightedSpread", "timeWeightedSpreadBps"]) {
            expectClose(row[name], mean(parts, name, "twoSidedMicros"), name);
          }
        }
      }),
      RUNS,
    );
  });
});

/** What the book was after a message. */
interface State {
  readonly at: number;
  readonly valid: boolean;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

function statesOf(rows: readonly Row<"book">[]): readonly State[] {
  const states: State[] = [];
  new L2Book(testInstrument()).apply(batchOf("book", rows), 0, rows.length, (book, at) => {
    states.push({ at, valid: book.valid, bids: book.bids(), asks: book.asks() });
  });
  return states;
}

const NOTHING: State = { at: -1, valid: false, bids: [], asks: [] };

/** Columns of the book in one bar, as they are defined, from all its levels. */
function plainRow(states: readonly State[], start: number, every: number): FeatureRow {
  const end = start + every;
  const { valid, bids, asks } = states.findLast(({ at }) => at < end) ?? NOTHING;
  const spans = Array.from({ length: every }, (_, i) => start + i).map(
    (micro) => states.findLast(({ at }) => at <= micro) ?? NOTHING,
  );
  const both = spans.filter((state) => state.bids.length > 0 && state.asks.length > 0);
  const touch = (state: State): readonly [number, number] => [
    state.bids[0]?.price ?? Number.NaN,
    state.asks[0]?.price ?? Number.NaN,
  ];
  const average = (of: (bid: number, ask: number) => number): number =>
    both.reduce((total, state) => total + of(...touch(state)), 0) / both.length;
  const [bid, ask] = touch({ at: 0, valid, bids, asks });
  const mid = (bid + ask) / 2;
  const within = (levels: readonly Level[], sign: number, bps: number): number =>
    levels
      .filter(({ price }) => (mid - price) * sign * 10_000 <= mid * bps)
      .reduce((total, { size }) => total + size, 0) * LOT;
  const top = (levels: readonly Level[], count: number): number =>
    levels.slice(0, count).reduce((total, { size }) => total + size, 0);
  const imbalance = (count: number): number => {
    const [b, a] = [top(bids, count), top(asks, count)];
    return (b - a) / (b + a);
  };
  const [bidSize, askSize] = [top(bids, 1), top(asks, 1)];
  const bands = Number.isNaN(mid)
    ? []
    : [1, 5, 10, 25, 50, 100].flatMap((bps) => [
        [`bidWithin${bps}Bps`, within(bids, 1, bps)],
        [`askWithin${bps}Bps`, within(asks, -1, bps)],
      ]);
  const levels = [1, 2, 3].flatMap((n) => [
    [`bidPrice${n}`, (bids[n - 1]?.price ?? Number.NaN) * TICK],
    [`bidSize${n}`, (bids[n - 1]?.size ?? Number.NaN) * LOT],
    [`askPrice${n}`, (asks[n - 1]?.price ?? Number.NaN) * TICK],
    [`askSize${n}`, (asks[n - 1]?.size ?? Number.NaN) * LOT],
  ]);
  return {
    valid: Number(valid),
    invalidMicros: spans.filter((state) => !state.valid).length,
    twoSidedMicros: both.length,
    mid: mid * TICK,
    spread: (ask - bid) * TICK,
    spreadBps: ((ask - bid) / mid) * 10_000,
    microprice: ((bid * askSize + ask * bidSize) / (bidSize + askSize)) * TICK,
    timeWeightedSpread: average((b, a) => a - b) * TICK,
    timeWeightedSpreadBps: average((b, a) => (2 * (a - b)) / (a + b)) * 10_000,
    imbalance1: imbalance(1),
    imbalance3: imbalance(3),
    imbalance5: imbalance(5),
    bookMessages: states.filter(({ at }) => at >= start && at < end).length,
    ...Object.fromEntries([...bands, ...levels]),
  };
}

describe("the columns of the book", () => {
  test("are those of the plain book, level by level and microsecond by microsecond", async () => {
    await fc.assert(
      fc.asyncProperty(
        bookRows.filter((rows) => rows.length > 0),
        fc.integer({ min: 1, max: 25 }),
        cuts,
        async (rows, every, cut) => {
          const bars = await featureRows([streamOf("book", rows, { cuts: cut })], every, {
            depth: 3,
          });
          const states = statesOf(rows);
          const names = featureColumns(
            3,
            FEATURE_DOCS.filter(({ name }) => /^(bid|ask)Within/.test(name)),
          ).map(({ name }) => name);
          for (const bar of bars) {
            const plain = plainRow(states, number(bar, "start"), every);
            for (const [name, value] of Object.entries(plain)) {
              expectClose(bar[name], Number(value), `${name} at ${bar["start"]}`);
            }
            if (plain["mid"] === null || Number.isNaN(plain["mid"])) {
              expect(names.map((name) => bar[name])).toEqual(names.map(() => null));
            }
          }
        },
      ),
      RUNS,
    );
  });
});
