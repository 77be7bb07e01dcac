import { describe, expect, it } from "vitest";
import { BUY, NO_SIDE, PRICE_FILL, SELL, decimal } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { kraken } from "../src/sources/kraken/kraken.ts";
import { krakenPair } from "../src/sources/kraken/krakenPairs.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

async function read(name: string, content: unknown, hints: ReadHints = {}): Promise<MemorySink> {
  const memory = memorySink();
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await kraken.createReader(hints).read(fileOf(name, text), memory.sink);
  return memory;
}

const reply = (pair: string, ...trades: unknown[]): unknown => ({
  error: [],
  result: { [pair]: trades, last: "1762820035982277754" },
});
const TRADE = ["105433.60000", "0.00027625", 1_762_795_433.9717445, "b", "l", "", 10_218_208];
const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (content: unknown): boolean => {
  const text = typeof content === "string" ? content : JSON.stringify(content, undefined, 2);
  return kraken.recognises({ name: "x", text, bytes: Buffer.from(text) });
};

describe("kraken spot trades", () => {
  it("reads the taker's side, the id and the time to the µs, and writes the pair as the streams do", async () => {
    const memory = await read(
      "x.json",
      reply("XXBTZUSD", TRADE, ["1", "2", 1_381_095_255, "s", "m", ""]),
    );
    expect(memory.of("trades", "kraken:XBT-USD")).toEqual([
      {
        line: 1,
        tsEvent: 1_762_795_433_971_745,
        tradeId: "10218208",
        side: BUY,
        price: decimal("105433.6"),
        size: decimal("0.00027625"),
      },
      {
        line: 2,
        tsEvent: 1_381_095_255_000_000,
        side: SELL,
        price: decimal("1"),
        size: decimal("2"),
      },
    ]);
    expect(memory.datasets).toEqual(["trades"]);
  });

  it("writes pairs of known currencies with a dash, and leaves others as they are", () => {
    const names = ["XBTUSDT", "XETHZEUR", "XLTCXXBT", "SOLUSD", "XBT/USD", "WIFXYZ", "../x"];
    expect(names.map(krakenPair)).toEqual([
      "XBT-USDT",
      "ETH-EUR",
      "LTC-XBT",
      "SOL-USD",
      "XBT-USD",
      "WIFXYZ",
      undefined,
    ]);
  });

  it("quarantines bad trades, and refuses another document", async () => {
    const change = (place: number, value: unknown): unknown => TRADE.with(place, value as string);
    const memory = await read(
      "x.json",
      reply(
        "XBTUSDT",
        change(0, "0"),
        change(1, "-1"),
        change(2, 1_762_795_433_971),
        change(3, "x"),
        change(6, "id"),
        ["1", "2"],
        {},
      ),
    );
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      'price is "0", not a price above zero',
      'volume is "-1", not above zero',
      "the time is 1762795433971, not a time in seconds",
      'side is "x", not "b" or "s"',
      'the id is "id", not a whole number',
      "the trade has 2 values, not 6 or 7",
      "the record is no list of a trade's values",
    ]);
    await expect(read("x.json", { error: ["EGeneral"] })).rejects.toThrow(
      /x\.json: begins with .* which is no reply of Kraken's API that is read here/,
    );
    await expect(read("x.json", reply("XBTUSD", TRADE), { venue: "coinbase" })).rejects.toThrow(
      /is of kraken/,
    );
  });
});

describe("kraken futures executions", () => {
  const execution = (
    orderType: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): unknown => ({
    uid: "element",
    timestamp: 1_790_422_737_272,
    event: {
      Execution: {
        execution: {
          uid: "execution",
          makerOrder: { direction: "Buy", orderType: "Limit", tradeable: "PF_XBTUSD" },
          takerOrder: { direction: "Sell", orderType, tradeable: "PF_XBTUSD" },
          timestamp: 1_790_422_737_272,
          quantity: "0.0120",
          price: "65000.5",
          markPrice: "65010.25",
          usdValue: "780",
          ...fields,
        },
        takerReducedQuantity: "",
      },
    },
  });

  it("reads the taker's side, and a liquidation as one", async () => {
    const memory = await read("x.json", {
      elements: [execution("IoC"), execution("Liquidation"), execution("Block")],
      len: 3,
      continuationToken: "x",
    });
    expect(memory.of("trades", "kraken-futures:PF_XBTUSD")).toHaveLength(2);
    expect(memory.of("trades")[0]).toEqual({
      line: 1,
      tsEvent: 1_790_422_737_272_000,
      tradeId: "execution",
      side: SELL,
      price: decimal("65000.5"),
      size: decimal("0.012"),
    });
    expect(memory.of("liquidations")).toMatchObject([
      {
        line: 2,
        side: SELL,
        liquidationId: "execution",
        priceKind: PRICE_FILL,
        markPrice: 65_010.25,
      },
    ]);
    expect(memory.of("tickers")).toMatchObject([{ markPrice: 65_010.25 }, { line: 2 }]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["trade off the book (Block)"]);
  });

  it("quarantines executions with bad fields", async () => {
    const memory = await read("x.json", {
      elements: [
        execution("Limit", { price: null }),
        execution("Limit", { quantity: "0" }),
        execution("Limit", {
          takerOrder: { direction: "Up", orderType: "Limit", tradeable: "PF_XBTUSD" },
        }),
        { event: {} },
        [],
      ],
    });
    expect(reasons(memory)).toEqual([
      "price is null, not a decimal number",
      'quantity is "0", not above zero',
      'direction is "Up", not "Buy" or "Sell" or "Unknown"',
      "execution is missing, not an object",
      "the record is no execution",
    ]);
  });
});

describe("kraken tables", () => {
  it("reads time and sales as trades of unknown side", async () => {
    const memory = await read("XBTUSD.csv", "1381095255,122.0,0.1\n1609459200.1234,29000.5,0.25\n");
    expect(memory.of("trades", "kraken:XBT-USD")).toEqual([
      {
        line: 1,
        tsEvent: 1_381_095_255_000_000,
        side: NO_SIDE,
        price: decimal("122"),
        size: decimal("0.1"),
      },
      {
        line: 2,
        tsEvent: 1_609_459_200_123_400,
        side: NO_SIDE,
        price: decimal("29000.5"),
        size: decimal("0.25"),
      },
    ]);
    expect(memory.datasets).toEqual(["trades"]);
  });

  it("reads bars whose length and pair stand in the name", async () => {
    const memory = await read("ETHEUR_60.csv", "1609459200,600,610,590.5,605,12.5,42\n");
    expect(memory.of("candles", "kraken:ETH-EUR")).toEqual([
      {
        line: 1,
        tsEvent: 1_609_459_200_000_000,
        intervalMicros: 3_600_000_000,
        open: decimal("600"),
        high: decimal("610"),
        low: decimal("590.5"),
        close: decimal("605"),
        volume: 12.5,
        trades: 42,
      },
    ]);
    expect(memory.datasets).toEqual(["bars-1h"]);
  });

  it("asks for the pair that no name says, quarantines bad cells, and refuses other tables", async () => {
    await expect(read("ohlc data.txt", "1609459200,1,1\n")).rejects.toThrow(/--symbol is needed/);
    const hinted = await read("x.txt", "1609459200,1,1\n", { symbol: "XBT-USD" });
    expect(hinted.rows[0]?.symbol).toBe("XBT-USD");
    const bad = await read(
      "XBTUSD.csv",
      "1609459200,1,1\n1609459200000,1,1\n1609459200,0,1\n1,1\n",
    );
    expect(reasons(bad)).toEqual([
      'column time: "1609459200000" is not a time in seconds',
      'column price: "0" is not above zero',
      "2 columns, not 3",
    ]);
    await expect(read("XBTUSD.csv", "time,price,volume\n")).rejects.toThrow(
      /is no row of Kraken's history; expected trades \(time,price,volume\) or bars/,
    );
  });
});

describe("kraken files", () => {
  it("are recognised as replies, and never as tables without a header", () => {
    expect(recognised(reply("XBTUSDT", TRADE))).toBe(true);
    expect(
      recognised('{"elements":[{"event":{"Execution":{"execution":{"makerOrder":{},"takerOrder":{'),
    ).toBe(true);
    expect(recognised("1381095255,122.0,0.1\n")).toBe(false);
    expect(recognised({ error: [], result: { XBTUSD: { a: [] } } })).toBe(false);
  });

  it("say what their instruments are", () => {
    expect(kraken.terms("kraken", "SOL-EUR", 0)).toMatchObject({
      kind: "spot",
      base: "SOL",
      quote: "EUR",
    });
    expect(kraken.terms("kraken-futures", "PI_XBTUSD", 0)).toMatchObject({
      contract: "inverse",
      settle: "XBT",
    });
    expect(kraken.terms("kraken-futures", "FF_XBTUSD_260925", 0)).toMatchObject({
      kind: "future",
      contract: "linear",
    });
  });
});
