import { existsSync } from "node:fs";
import {
  BUY,
  ConfigError,
  MAKER,
  MESSAGE_END,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  TAKER,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { SOURCES } from "../src/sources.ts";
import { hyperliquidRaw } from "../src/sources/hyperliquidRaw/hyperliquidRaw.ts";
import { messagesOf, plain, START } from "./captured.ts";
import { fileOf, type MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";
import { samples } from "./samples/hyperliquidRaw.ts";

const ID = "hyperliquid:ABC";
const LINES = String(samples[0]?.content);
const FRAME = String(samples[1]?.content);
const DATE = { date: "2023-11-14" };

const line = (millis: number, message: object): string =>
  `${1_700_000_000_000 + millis}000999 ${JSON.stringify(message)}\n`;
const read = (...more: readonly string[]): Promise<MemorySink> =>
  readText(hyperliquidRaw, "abc.gz", LINES + more.join(""));

const trade = (tid: number, time: number, changes: object = {}): object => ({
  coin: "ABC",
  px: "10.75",
  side: "A",
  sz: "1",
  tid,
  time,
  ...changes,
});

describe("hyperliquid-raw", () => {
  it("takes each l2Book as a snapshot, with both clocks to the µs", async () => {
    const memory = await read();
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [SNAPSHOT | SNAPSHOT_START, SNAPSHOT, SNAPSHOT],
        levels: ["bid 10.5 3.25", "bid 10.25 1", "ask 10.75 0.125"],
      },
    ]);
    expect(memory.of("book").at(-1)).toMatchObject({
      tsEvent: START - 100_000,
      tsRecv: START,
      flags: SNAPSHOT | MESSAGE_END,
    });
    expect(memory.quarantined).toEqual([]);
  });

  it("writes a trade as itself and as the fills of buyer and seller", async () => {
    const memory = await read();
    const common = { tsEvent: START + 400_000, price: 10.75, size: 0.5, tradeId: "71" };
    expect(memory.of("trades", ID).map(plain)).toMatchObject([{ ...common, side: BUY }]);
    expect(memory.of("fills", ID).map(plain)).toMatchObject([
      { ...common, account: `0x${"a".repeat(40)}`, side: BUY, liquidity: TAKER },
      { ...common, account: `0x${"b".repeat(40)}`, side: SELL, liquidity: MAKER },
    ]);
  });

  it("writes a trade without accounts as itself only", async () => {
    const memory = await read(
      line(900, { channel: "trades", data: [trade(72, 1_700_000_000_800)] }),
    );
    expect(memory.of("trades").map(({ side }) => side)).toEqual([BUY, SELL]);
    expect(memory.of("fills")).toHaveLength(2);
  });

  it("leaves out the trades that the first message of a coin brings from before, and counts them", async () => {
    const coin = { coin: "XYZ" };
    const first = [
      trade(1, 1_699_999_990_000, coin),
      trade(2, 1_699_999_999_999, coin),
      trade(3, 1_700_000_000_800, coin),
    ];
    const memory = await read(
      line(900, { channel: "trades", data: first }),
      line(950, { channel: "trades", data: [trade(4, 1_699_999_990_000, coin)] }),
    );
    expect(memory.of("trades", "hyperliquid:XYZ").map(({ tradeId }) => tradeId)).toEqual([
      "3",
      "4",
    ]);
    expect(notesOf(memory)).toEqual({ "trades hyperliquid:XYZ oldTrades": 2 });
    const all = await read(line(900, { channel: "trades", data: first.slice(0, 2) }));
    expect(skipsOf(all).at(-1)).toBe("6 trade from before the connection");
  });

  it("keeps trades that were on their way when a recording starts in the middle", async () => {
    const late = [trade(5, 1_699_999_999_800, { coin: "XYZ" })];
    const memory = await read(line(300, { channel: "trades", data: late }));
    expect(memory.of("trades", "hyperliquid:XYZ")).toHaveLength(1);
  });

  it("reads best prices, of which one side may be missing", async () => {
    const memory = await read();
    expect(memory.of("quotes", ID).map(plain)).toMatchObject([
      {
        tsEvent: START + 550_000,
        bidPrice: 10.5,
        bidSize: 3,
        askPrice: undefined,
        askSize: undefined,
      },
    ]);
  });

  it("reads the context of a named coin, a builder's with `-` for `:`", async () => {
    const memory = await read();
    const id = "hyperliquid:xyz-ABC";
    expect(memory.of("tickers", id)).toEqual([
      {
        tsEvent: undefined,
        tsRecv: START + 700_000,
        line: 4,
        markPrice: 10.5,
        indexPrice: 10.25,
        fundingRate: -0.000_012_5,
        openInterest: 250.5,
      },
    ]);
    expect(memory.of("measures", id).map(({ measure, value }) => [measure, value])).toEqual([
      ["premium", -0.0005],
      ["midPrice", 10.375],
      ["dayNotionalUsd", 100_000.25],
      ["impactBidPrice", 10.3],
      ["impactAskPrice", 10.4],
    ]);
  });

  it("reads a frame printed over many lines as one record, its perpetuals by their places", async () => {
    const memory = await readText(hyperliquidRaw, "contexts.json", FRAME, DATE);
    expect(memory.of("tickers").map(({ markPrice }) => markPrice)).toEqual([10.5, 20.5, 30.5]);
    expect(memory.rows.map(({ symbol }) => symbol).filter((s, i, all) => s !== all[i - 1])).toEqual(
      ["perp@0", "perp@1", "xyz-perp@0"],
    );
    expect(memory.of("measures", "hyperliquid:perp@1").map(({ measure }) => measure)).toEqual([
      "dayNotionalUsd",
    ]);
    expect(
      memory.rows.every(({ row }) => row.line === 1 && row.tsEvent === at("2023-11-14T00:00:00Z")),
    ).toBe(true);
    expect(notesOf(memory)).toMatchObject({ "tickers hyperliquid:perp@0 noClock": 1 });
    const records = [];
    for await (const batch of hyperliquidRaw.records?.(fileOf("x", FRAME)) ?? [])
      records.push(...batch);
    expect(records).toEqual([{ number: 1, text: FRAME }]);
  });

  it("asks for the day of a frame without a clock, and needs none where a line has one", async () => {
    const without = readText(hyperliquidRaw, "contexts.json", FRAME);
    await expect(without).rejects.toThrow(ConfigError);
    await expect(without).rejects.toThrow("contexts.json: its messages carry no time");
    const memory = await read(line(900, JSON.parse(FRAME) as object));
    expect(memory.of("tickers", "hyperliquid:perp@0")).toMatchObject([
      { tsEvent: undefined, tsRecv: START + 900_000 },
    ]);
    expect(notesOf(memory)).toEqual({});
  });

  it("skips other channels and blank lines", async () => {
    expect(skipsOf(await read("\n"))).toEqual(["5 channel pong", "6 blank line"]);
  });

  it.each([
    ["a receive time in ms", '1700000000000 {"channel":"pong"}\n', "the JSON is broken or cut"],
    [
      "a receive time of another century",
      '0000000000000000 {"channel":"pong"}\n',
      "the receive time",
    ],
    ["a message without a channel", line(900, {}), "channel is missing"],
    [
      "a book of one side",
      line(900, { channel: "l2Book", data: { coin: "ABC", time: 1, levels: [[]] } }),
      "levels is [[]]",
    ],
    [
      "a time in seconds",
      line(900, { channel: "l2Book", data: { coin: "ABC", time: 1, levels: [[], []] } }),
      "time is 1",
    ],
    [
      "a side in words",
      line(900, { channel: "trades", data: [trade(1, 1_700_000_000_000, { side: "buy" })] }),
      'side is "buy"',
    ],
    [
      "an account that is none",
      line(900, {
        channel: "trades",
        data: [trade(1, 1_700_000_000_000, { users: ["0x1", "0x2"] })],
      }),
      'the buyer is "0x1"',
    ],
    [
      "a coin that is a path",
      line(900, { channel: "trades", data: [trade(1, 1_700_000_000_000, { coin: "../x" })] }),
      "is not the name of a coin",
    ],
    [
      "contexts that are no list",
      line(900, { channel: "allDexsAssetCtxs", data: { ctxs: [["", 1]] } }),
      "an entry of ctxs",
    ],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await read(bad);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("knows what a place in a list is", () => {
    const terms = (symbol: string): unknown => hyperliquidRaw.terms("hyperliquid", symbol, START);
    expect(terms("perp@0")).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      settle: "USDC",
    });
    expect(terms("ABC")).toMatchObject({ kind: "perpetual", base: "ABC" });
    expect(terms("@107")).toMatchObject({ kind: "spot" });
  });

  it.each(samples)("is the only source to claim $name", ({ content }) => {
    const head = { name: "x", bytes: new Uint8Array(), text: String(content) };
    expect(SOURCES.filter((source) => source.recognises(head))).toEqual([hyperliquidRaw]);
  });
});

const BOOK = "orderbook/hyperliquid/btcusd_20250126.gz";
const CONTEXTS = "orderbook/hyperliquid/ws_all_dexs_asset_ctxs.json.gz";

describe.skipIf(!existsSync(recording(BOOK)))(`recorded messages ${BOOK}`, () => {
  it("holds 46 books of forty levels, 34 trades and their fills; thirty trades are older", async () => {
    const memory = await readPath(hyperliquidRaw, recording(BOOK));
    expect(memory.quarantined).toEqual([]);
    expect(skipsOf(memory)).toEqual(["3 trade from before the connection"]);
    expect(memory.of("book", "hyperliquid:BTC")).toHaveLength(46 * 40);
    expect(memory.of("trades", "hyperliquid:BTC")).toHaveLength(64 - 30);
    expect(memory.of("fills", "hyperliquid:BTC")).toHaveLength(2 * 34);
    expect(memory.rows[0]?.row.tsRecv).toBe(1_737_918_843_893_903);
    expect(memory.rows.at(-1)?.row.tsRecv).toBe(1_737_918_869_246_864);
  });

  it("is claimed by this source only", async () => {
    const head = await fileHead(await openFile(recording(BOOK)));
    expect(SOURCES.filter((source) => source.recognises(head))).toEqual([hyperliquidRaw]);
  });
});

describe.skipIf(!existsSync(recording(CONTEXTS)))(`recorded frame ${CONTEXTS}`, () => {
  it("holds 230 perpetuals of the venue and 182 of builders, 78 of them without a mid price", async () => {
    const memory = await readPath(hyperliquidRaw, recording(CONTEXTS), { date: "2026-01-01" });
    expect(memory.quarantined).toEqual([]);
    const symbols = memory.rows.flatMap(({ stream, symbol }) =>
      stream === "tickers" ? symbol : [],
    );
    expect(new Set(symbols).size).toBe(412);
    expect(symbols.filter((symbol) => symbol.startsWith("perp@"))).toHaveLength(230);
    expect(memory.of("measures").filter(({ measure }) => measure === "midPrice")).toHaveLength(334);
    expect(memory.of("tickers", "hyperliquid:perp@0")).toMatchObject([
      { markPrice: 77_562, indexPrice: 77_605 },
    ]);
  });

  it("is claimed by this source only", async () => {
    const head = await fileHead(await openFile(recording(CONTEXTS)));
    expect(SOURCES.filter((source) => source.recognises(head))).toEqual([hyperliquidRaw]);
  });
});
