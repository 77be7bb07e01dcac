import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  NO_SIDE,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { bybit } from "../src/sources/bybit/bybit.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const TRADES =
  "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional";

async function read(
  name: string,
  lines: readonly string[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await bybit.createReader(hints).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (text: string): boolean =>
  bybit.recognises({ name: "x", text, bytes: Buffer.from(text) });

describe("bybit contract trades", () => {
  it("reads seconds with four decimals exactly, and the taker's side", async () => {
    const memory = await read("BTCUSDT2024-08-05.csv.gz", [
      `${TRADES},RPI`,
      "1722816000.1169,BTCUSDT,Sell,0.001,58000.10,MinusTick,id-1,5.8e+09,0.001,58.0001,0",
      "1722816000.1170,BTCUSDT,Buy,2,58000.20,PlusTick,id-2,1,2,116000.4,1",
    ]);
    expect(memory.of("trades", "bybit:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: 1_722_816_000_116_900,
        tradeId: "id-1",
        side: SELL,
        price: decimal("58000.1"),
        size: decimal("0.001"),
      },
      {
        line: 3,
        tsEvent: 1_722_816_000_117_000,
        tradeId: "id-2",
        side: BUY,
        price: decimal("58000.2"),
        size: decimal("2"),
      },
    ]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "trades bybit:BTCUSDT retailPriceImprovement": 1,
    });
  });

  const trade = (time: string, price: string, tick: string, id: string): string =>
    `${time},BTCUSD,Sell,10,${price},${tick},${id},1,10,1`;
  const ids = (memory: MemorySink): unknown => memory.of("trades").map(({ tradeId }) => tradeId);

  it("turns the trades of one instant round in a file that runs from the newest to the oldest", async () => {
    const memory = await read("BTCUSD2020-03-12.csv.gz", [
      TRADES,
      trade("1584057599.557895", "5000", "ZeroMinusTick", "e"),
      trade("1584057590", "5000", "ZeroMinusTick", "d"),
      trade("1584057590", "5000", "MinusTick", "c"),
      trade("1584057590", "5001", "MinusTick", "b"),
      trade("1584057580.5", "5002", "PlusTick", "a"),
    ]);
    expect(ids(memory)).toEqual(["e", "b", "c", "d", "a"]);
    expect(memory.of("trades").map(({ tsEvent }) => tsEvent)).toContain(1_584_057_599_557_895);
  });

  it("leaves the trades of one instant as they stand where their ticks say so, whatever the file's direction", async () => {
    const forward = [
      trade("1584057590", "5001", "MinusTick", "b"),
      trade("1584057590", "5000", "MinusTick", "c"),
      trade("1584057590", "4999", "MinusTick", "d"),
    ];
    const older = trade("1584057580", "5002", "PlusTick", "a");
    expect(ids(await read("x", [TRADES, ...forward, older]))).toEqual(["b", "c", "d", "a"]);
    expect(ids(await read("x", [TRADES, older, ...forward]))).toEqual(["a", "b", "c", "d"]);
  });

  it("quarantines bad cells and reads the rest", async () => {
    const memory = await read("x", [
      TRADES,
      trade("1584057590000", "5000", "PlusTick", "a"),
      trade("1584057590", "0", "PlusTick", "b"),
      trade("1584057590", "5000", "UpTick", "c"),
      trade("1584057590", "5000", "PlusTick", "d").replace("Sell", "SELL"),
      trade("1584057590", "5000", "PlusTick", "e").replace("BTCUSD", "BTC/USD"),
      trade("1584057590", "5000", "PlusTick", "f"),
    ]);
    expect(ids(memory)).toEqual(["f"]);
    expect(reasons(memory)).toEqual([
      'column timestamp: "1584057590000" is not a time in seconds',
      'column price: "0" is not above zero',
      'column tickDirection: "UpTick" is not one of PlusTick, MinusTick, ZeroPlusTick, ZeroMinusTick',
      'column side: "SELL" is not one of Buy, buy, Sell, sell',
      'column symbol: "BTC/USD" is not a symbol',
    ]);
  });
});

describe("bybit spot trades", () => {
  it("takes the symbol from the name, and not the row's number for an id", async () => {
    const memory = await read("BTCUSDT_2024-08-05.csv.gz", [
      "id,timestamp,price,volume,side,rpi",
      "1,1722816000624,58000.8,0.00016,buy,0",
      "2,1722816001011,58000.7,0.000984,sell,1",
      "x,1722816001011,58000.7,0.000984,sell,1",
    ]);
    expect(memory.of("trades", "bybit-spot:BTCUSDT")).toEqual([
      {
        line: 2,
        tsEvent: 1_722_816_000_624_000,
        side: BUY,
        price: decimal("58000.8"),
        size: decimal("0.00016"),
      },
      {
        line: 3,
        tsEvent: 1_722_816_001_011_000,
        side: SELL,
        price: decimal("58000.7"),
        size: decimal("0.000984"),
      },
    ]);
    expect(reasons(memory)).toEqual(['column id: "x" is not a whole number']);
    expect(memory.notes.get("trades bybit-spot:BTCUSDT retailPriceImprovement")).toBe(1);
  });

  it("asks for the symbol where the name says none", async () => {
    const lines = ["id,timestamp,price,volume,side", "1,1722816000624,58000.8,0.00016,buy"];
    await expect(read("trades.csv", lines)).rejects.toThrow(/--symbol is needed/);
    const monthly = await read("ETHUSDT-2022-11.csv.gz", lines);
    const hinted = await read("trades.csv", lines, { symbol: "SOLUSDT" });
    expect([monthly.rows[0]?.symbol, hinted.rows[0]?.symbol]).toEqual(["ETHUSDT", "SOLUSDT"]);
  });
});

interface Message {
  readonly type?: string;
  readonly u: number;
  readonly b?: readonly (readonly string[])[];
  readonly a?: readonly (readonly string[])[];
  readonly symbol?: string;
  readonly depth?: number;
  readonly cts?: number | undefined;
}

function message(of: Message): string {
  const { type = "delta", u, b = [], a = [], symbol = "XRPUSDT", depth = 500 } = of;
  const cts = "cts" in of ? of.cts : 1_733_011_200_000 + u;
  return JSON.stringify({
    topic: `orderbook.${depth}.${symbol}`,
    type,
    ts: 1_733_011_200_100 + u,
    data: { s: symbol, b, a, u, seq: 7 },
    cts,
  });
}

describe("bybit books", () => {
  it("reads a snapshot and deltas that chain by u, with the matching engine's clock", async () => {
    const memory = await read("2024-12-01_XRPUSDT_ob500.data.zip", [
      message({
        type: "snapshot",
        u: 20,
        b: [["1.95", "10"]],
        a: [
          ["1.96", "3"],
          ["1.97", "4"],
        ],
      }),
      message({ u: 21, b: [["1.95", "0"]] }),
      message({ u: 22 }),
    ]);
    const rows = memory.of("book", "bybit:XRPUSDT");
    expect(
      rows.map(({ side, size, flags, updateId, prevUpdateId }) => [
        side,
        size.mantissa,
        flags,
        updateId,
        prevUpdateId,
      ]),
    ).toEqual([
      [BID, 10, SNAPSHOT_START | SNAPSHOT, 20, undefined],
      [ASK, 3, SNAPSHOT, 20, undefined],
      [ASK, 4, SNAPSHOT | MESSAGE_END, 20, undefined],
      [BID, 0, MESSAGE_END, 21, 20],
      [NO_SIDE, 0, MESSAGE_END, 22, 21],
    ]);
    expect(rows[3]?.tsEvent).toBe(1_733_011_200_021_000);
    expect(rows[3]?.tsRecv).toBeUndefined();
  });

  it("takes the time of sending where there is no cts, and counts a message that stands there twice", async () => {
    const early = message({ u: 21, b: [["1.95", "0"]], cts: undefined });
    const memory = await read("x", [early, early]);
    expect(memory.of("book").map(({ tsEvent }) => tsEvent)).toEqual([1_733_011_200_121_000]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["duplicate message"]);
  });

  it("starts anew with a snapshot of u 1 after a restart of the service", async () => {
    const memory = await read("x", [
      message({ u: 21, b: [["1.95", "1"]] }),
      message({ type: "snapshot", u: 1, b: [["1.94", "1"]] }),
      message({ u: 2, b: [["1.94", "2"]] }),
    ]);
    expect(memory.of("book").map(({ updateId, prevUpdateId }) => [updateId, prevUpdateId])).toEqual(
      [
        [21, 20],
        [1, undefined],
        [2, 1],
      ],
    );
  });

  it("finds the venue by depth and symbol, and asks where both markets have the book", async () => {
    const venueOf = async (of: Partial<Message>, hints?: ReadHints): Promise<unknown> =>
      (await read("x", [message({ u: 5, ...of })], hints)).rows[0]?.venue;
    expect(await venueOf({ symbol: "BTCUSD", depth: 200 })).toBe("bybit");
    expect(await venueOf({ symbol: "BTCUSDH25", depth: 200 })).toBe("bybit");
    expect(await venueOf({ symbol: "BTCPERP", depth: 200 })).toBe("bybit");
    expect(await venueOf({ symbol: "BTC-27DEC24", depth: 200 })).toBe("bybit");
    expect(await venueOf({ symbol: "BTC-11SEP26-58000-C-USDT", depth: 25 })).toBe("bybit-options");
    expect(await venueOf({ depth: 200 }, { venue: "bybit-spot" })).toBe("bybit-spot");
    await expect(venueOf({ depth: 200 })).rejects.toThrow(
      /the book of XRPUSDT could be of Bybit's perpetuals or of spot.*--venue is needed/,
    );
    await expect(venueOf({ depth: 500 }, { venue: "bybit-spot" })).rejects.toThrow(
      "--venue bybit-spot: x is of bybit, as it shows itself",
    );
    await expect(venueOf({}, { venue: "okex" })).rejects.toThrow(/a file of Bybit's archive/);
  });

  it("quarantines broken messages whole, naming the field", async () => {
    const good = message({ u: 5, b: [["1.95", "1"]] });
    const memory = await read("x", [
      good,
      good.slice(0, -5),
      message({ type: "ping", u: 6 }),
      message({ u: 6, b: [["1.95", "-1"]], a: [["1.96", "1"]] }),
      message({ u: 6, b: [["1.95"]] }),
      message({ u: 0 }),
      good.replace('"s":"XRPUSDT"', '"s":"BTCUSDT"'),
      good.replace('"b":[', '"b":[null,'),
      good.replace('"data":{', '"data":[],"x":{'),
      "[1,2]",
      "",
    ]);
    expect(memory.of("book")).toHaveLength(1);
    expect(reasons(memory)).toEqual([
      "the JSON is broken or cut",
      'type is "ping", not "snapshot" or "delta"',
      'a size in b is "-1", not zero or more',
      "b holds a level that is no pair of price and size",
      "u is 0, not an update id",
      's is "BTCUSDT", not XRPUSDT',
      "b holds a level that is no pair of price and size",
      "data is [], not an object",
      "the line is no JSON object",
    ]);
  });
});

describe("bybit files", () => {
  it("are recognised by their messages or header, where BitMEX's has another form of time", () => {
    expect(recognised(message({ u: 5 }))).toBe(true);
    expect(recognised("id,timestamp,price,volume,side\n")).toBe(true);
    expect(recognised(`${TRADES},RPI\n1722816000.1169,BTCUSDT,Sell,1,1,PlusTick,a,1,1,1,0\n`)).toBe(
      true,
    );
    expect(
      recognised(`${TRADES}\n2018-12-05D00:00:25.948313000,XBTUSD,Sell,1,1,PlusTick,a,1,1,1\n`),
    ).toBe(false);
    expect(recognised(`${TRADES}\n`)).toBe(false);
    expect(recognised('{"topic":"trade.BTCUSDT"}')).toBe(false);
  });

  it("are refused when they hold something else", async () => {
    await expect(read("t.csv", ["a,b,c"])).rejects.toThrow(
      /t\.csv:1: "a,b,c" is no message of Bybit's order book stream and no header of its trades; expected derivative trades \(timestamp,symbol,/,
    );
    const pings = Array.from({ length: 30 }, () => '{"op":"ping"}');
    await expect(read("t.json", pings)).rejects.toThrow(
      "t.json:1: topic is missing, not text; expected messages of Bybit's order book stream",
    );
    await expect(read("t.csv", [TRADES], { venue: "bybit-spot" })).rejects.toThrow(/is of bybit/);
  });

  it("say what their instruments are, where the venue's naming leaves no doubt", () => {
    const of = (venue: string, symbol: string): unknown => bybit.terms(venue, symbol, 0);
    expect(of("bybit", "XRPUSDT")).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      base: "XRP",
    });
    expect(of("bybit", "BTCPERP")).toMatchObject({ contract: "linear", quote: "USDC" });
    expect(of("bybit", "XRPUSD")).toMatchObject({
      contract: "inverse",
      multiplier: 1,
      settle: "XRP",
    });
    expect(of("bybit", "BTCUSDM25")).toMatchObject({ kind: "future", contract: "inverse" });
    expect(of("bybit", "BTC-27DEC24")).toMatchObject({ kind: "future", quote: "USDC" });
    expect(of("bybit-spot", "USDEUSDT")).toMatchObject({
      kind: "spot",
      base: "USDE",
      quote: "USDT",
    });
  });
});
