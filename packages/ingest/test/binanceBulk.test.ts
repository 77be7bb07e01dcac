import { describe, expect, it } from "vitest";
import { binanceRaw } from "../src/sources/binance/binanceRaw.ts";
import { fileOf } from "./memorySink.ts";
import { stored, type Stored } from "./storedFiles.ts";

const T = 1_722_816_000_000;
const RECV = "1722816000001234567";

const line = (message: object | string): string =>
  `${RECV} ${typeof message === "string" ? message : JSON.stringify(message)}`;
const of = (stream: string, data: object): string => line({ stream, data });

/** The lines, read in bulk, after they have been found to come to the same when read plainly. */
async function both(lines: readonly string[]): Promise<Stored> {
  const file = fileOf("capture", `${lines.join("\n")}\n`);
  const bulk = await stored(binanceRaw, [file], "bulk");
  const plain = await stored(binanceRaw, [file], "plain");
  expect({ ...bulk, parsed: 0 }).toEqual({ ...plain, parsed: 0 });
  return bulk;
}

const usdmQuote = (u: number): string =>
  of("btcusdt@bookTicker", {
    e: "bookTicker",
    u,
    s: "BTCUSDT",
    b: "58160.10",
    B: "2.500",
    a: "58160.20",
    A: "0.040",
    T: T - 1,
    E: T,
  });
const coinmQuote = (u: number): string =>
  of("btcusd_perp@bookTicker", {
    u,
    e: "bookTicker",
    s: "BTCUSD_PERP",
    ps: "BTCUSD",
    b: "58160.1",
    B: "250",
    a: "58160.2",
    A: "7",
    T: T - 1,
    E: T,
  });
const spotQuote = (u: number): string =>
  of("btcusdt@bookTicker", {
    u,
    s: "BTCUSDT",
    b: "58160.10000000",
    B: "2.50000000",
    a: "58160.20000000",
    A: "0.04000000",
  });
const futuresTrade = (t: number): string =>
  of("btcusdt@trade", {
    e: "trade",
    E: T,
    T: T - 1,
    s: "BTCUSDT",
    t,
    p: "58160.10",
    q: "0.006",
    X: "MARKET",
    m: t % 2 === 0,
  });
const spotTrade = (t: number): string =>
  of("btcusdt@trade", {
    e: "trade",
    E: T,
    s: "BTCUSDT",
    t,
    p: "58160.10000000",
    q: "0.00600000",
    T: T - 1,
    m: t % 2 === 0,
    M: true,
  });
const aggTrade = (a: number): string =>
  of("btcusdt@aggTrade", {
    e: "aggTrade",
    E: T,
    a,
    s: "BTCUSDT",
    p: "58160.10",
    q: "0.006",
    f: 1,
    l: 2,
    T: T - 1,
    m: true,
  });

type Levels = readonly (readonly [string, string])[];
const BIDS: Levels = [
  ["58160.10", "2.500"],
  ["58150.00", "0.000"],
];
const ASKS: Levels = [["58160.20", "0.040"]];

const usdmDiff = (before: number, b: Levels = BIDS, a: Levels = ASKS): string =>
  of("btcusdt@depth@0ms", {
    e: "depthUpdate",
    E: T,
    T: T - 1,
    s: "BTCUSDT",
    U: before + 1,
    u: before + 5,
    pu: before,
    b,
    a,
  });
const spotDiff = (before: number): string =>
  of("btcusdt@depth@100ms", {
    e: "depthUpdate",
    E: T,
    s: "BTCUSDT",
    U: before + 1,
    u: before + 5,
    b: BIDS,
    a: ASKS,
  });
const coinmDiff = (before: number): string =>
  of("btcusd_perp@depth@0ms", {
    e: "depthUpdate",
    E: T,
    T: T - 1,
    s: "BTCUSD_PERP",
    ps: "BTCUSD",
    U: before + 1,
    u: before + 5,
    pu: before,
    b: BIDS,
    a: ASKS,
  });
const coinmSnapshot = (lastUpdateId: number): string =>
  line({ lastUpdateId, E: T, T, symbol: "BTCUSD_PERP", pair: "BTCUSD", bids: BIDS, asks: ASKS });
const usdmSnapshot = (lastUpdateId: number): string =>
  line({ lastUpdateId, E: T, T, bids: BIDS, asks: ASKS });
const spotSnapshot = (lastUpdateId: number): string =>
  line({ lastUpdateId, bids: BIDS, asks: ASKS });

const CHARACTERS = [
  "0",
  "1",
  "9",
  ".",
  ",",
  '"',
  "\\",
  "-",
  "e",
  " ",
  "}",
  "]",
  "[",
  "é",
  "\u0001",
];

/** Each change of one character of a text of so many: one less, another one in its place, one more. */
function* edits(length: number): Generator<(text: string) => string> {
  for (let at = 0; at < length; at++) {
    yield (text) => text.slice(0, at) + text.slice(at + 1);
    for (const character of CHARACTERS) {
      yield (text) => text.slice(0, at) + character + text.slice(at + 1);
      yield (text) => text.slice(0, at) + character + text.slice(at);
    }
  }
}

describe("the bulk reader of Binance captures", () => {
  it.each([
    ["USD-M quotes", usdmQuote],
    ["COIN-M quotes", coinmQuote],
    ["spot quotes", spotQuote],
    ["futures trades", futuresTrade],
    ["spot trades", spotTrade],
    ["older spot trades", (t: number) => spotTrade(t).replace('"T":', '"b":7,"a":9,"T":')],
    ["aggregate trades", aggTrade],
    ["bare spot quotes", (u: number) => spotQuote(u).replace(/\{.*"data":(.*)\}/, "$1")],
  ])("takes all %s but the first from their bytes", async (_, message) => {
    const { rows, parsed, files } = await both([message(11), message(12), message(13)]);
    expect([rows, parsed]).toEqual([3, 1]);
    expect(files).toMatchObject([{ remarks: [], summary: { rows: 3 } }]);
  });

  it.each([
    ["USD-M", usdmSnapshot, usdmDiff],
    ["COIN-M", coinmSnapshot, coinmDiff],
    ["spot", spotSnapshot, spotDiff],
  ])("takes depth updates of %s in sync from their bytes", async (_, snapshot, diff) => {
    const lines = [snapshot(10), diff(10), diff(15), diff(20), diff(25)];
    const { rows, parsed } = await both(lines);
    expect([rows, parsed]).toEqual([3 + 4 * 3, 2]);
  });

  it("takes depth updates that wait for a snapshot from their bytes, and lets them go as it comes", async () => {
    const { rows, parsed, files } = await both([
      usdmDiff(10),
      usdmDiff(15),
      usdmDiff(20),
      usdmSnapshot(17),
      usdmDiff(25),
    ]);
    expect([rows, parsed]).toEqual([3 + 4 * 3, 2]);
    expect(files).toMatchObject([
      { summary: { parts: [{ remarks: { notes: new Map([["synchronisedLate", 2]]) } }] } },
    ]);
  });

  it("lets depth updates go at the end of the file when no snapshot came", async () => {
    const { rows, parsed } = await both([usdmDiff(10), usdmDiff(15), usdmDiff(20)]);
    expect([rows, parsed]).toEqual([9, 1]);
  });

  it("skips repeated depth updates and trades of the other feed, as text", async () => {
    const repeat = usdmDiff(15);
    const lines = [
      usdmSnapshot(10),
      usdmDiff(10),
      repeat,
      repeat,
      futuresTrade(1),
      aggTrade(2),
      aggTrade(3),
    ];
    const { files } = await both(lines);
    expect(files).toMatchObject([
      {
        remarks: [
          `4 skipped: duplicate depth update: ${repeat}`,
          `6 skipped: aggTrade of an instrument whose trade is stored: ${aggTrade(2)}`,
          `7 skipped: aggTrade of an instrument whose trade is stored: ${aggTrade(3)}`,
        ],
      },
    ]);
  });

  it("reads messages with more levels than it has room for at first", async () => {
    const many = Array.from({ length: 700 }, (_, i) => [`${50_000 - i}.10`, `${i}.5`] as const);
    const { rows, parsed } = await both([
      usdmSnapshot(10),
      usdmDiff(10),
      usdmDiff(15, many, ASKS),
      usdmDiff(20, BIDS, many),
    ]);
    expect([rows, parsed]).toEqual([3 + 3 + 701 + 702, 2]);
  });

  it("takes messages of one stream name for the market that they show", async () => {
    const turns = [1, 2, 3, 4].flatMap((id) => [
      futuresTrade(id),
      spotTrade(id),
      usdmQuote(id),
      spotQuote(id),
    ]);
    const { rows, parsed } = await both(turns);
    expect([rows, parsed]).toEqual([16, 4]);
  });

  it("leaves messages with a key that it does not know to the plain reader", async () => {
    const more = (t: number): string => futuresTrade(t).replace('"m":', '"zz":1,"m":');
    const { rows, parsed } = await both([more(1), more(2)]);
    expect([rows, parsed]).toEqual([2, 2]);
  });

  it("does not take from a message without a price that quotes have none", async () => {
    const quote = (bidSize: string): string =>
      of("btcusdt@bookTicker", { u: 1, s: "BTCUSDT", B: bidSize, a: "2.00", A: "1.00" });
    const { rows, files } = await both([spotQuote(1), quote("0.00"), quote("3.00")]);
    expect(rows).toBe(2);
    expect(files).toMatchObject([
      { remarks: [expect.stringContaining("3 quarantined: b is missing")] },
    ]);
  });

  it("writes bids before asks where the message has them the other way round", async () => {
    const turned = (before: number): string =>
      of("btcusdt@depth", {
        e: "depthUpdate",
        E: T,
        s: "BTCUSDT",
        U: before + 1,
        u: before + 5,
        a: ASKS,
        b: BIDS,
      });
    const { rows } = await both([turned(10), turned(15), turned(20)]);
    expect(rows).toBe(9);
  });

  it("leaves receive times outside of what can be recorded to the plain reader", async () => {
    const short = spotQuote(2).slice(RECV.length);
    const times = ["0012345678901234", "9007199254740992", "99999999999999991", "1722816000001234"];
    const { rows } = await both([spotQuote(1), ...times.map((time) => time + short)]);
    expect(rows).toBe(2);
  });

  it.each([
    ["USD-M quotes", () => [usdmQuote(11)]],
    ["COIN-M quotes", () => [coinmQuote(11)]],
    ["spot quotes", () => [spotQuote(11)]],
    ["futures trades", () => [futuresTrade(11)]],
    ["spot trades", () => [spotTrade(11)]],
    ["aggregate trades", () => [aggTrade(11)]],
    // A snapshot that says whose it is: with another symbol in the file, a nameless one could not be given to any.
    ["depth updates", (id: number) => [coinmSnapshot(id), coinmDiff(id), coinmDiff(id + 5)]],
  ])("reads %s with any one character changed as the plain reader does", async (_, messages) => {
    // Ids of the same length throughout; a good message first, so that all are of a known shape.
    let id = 1_000_000;
    const lines = messages(id);
    for (const edit of edits(lines.at(-1)?.length ?? 0)) {
      id += 100;
      const fresh = messages(id);
      lines.push(...fresh.slice(0, -1), edit(fresh.at(-1) ?? ""));
    }
    expect(lines.length).toBeGreaterThan(3_000);
    const { error } = await both(lines);
    expect(error).toBeUndefined();
  });
});
