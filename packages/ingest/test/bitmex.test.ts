import { describe, expect, it } from "vitest";
import { BUY, NO_SIDE, SELL, decimal } from "@aftershock/schema";
import { bitmex } from "../src/sources/bitmex/bitmex.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const TRADES =
  "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional";
const QUOTES = "timestamp,symbol,bidSize,bidPrice,askPrice,askSize";
const AT = "2020-03-12D10:45:25.948313999";
const AT_MICROS = Date.parse("2020-03-12T10:45:25.948Z") * 1_000 + 313;

async function read(...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf("20200312.csv.gz", `${lines.join("\n")}\n`);
  await bitmex.createReader({}).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (text: string): boolean =>
  bitmex.recognises({ name: "x", text, bytes: Buffer.from(text) });

describe("bitmex trades", () => {
  it("reads all instruments of a day, times cut to the µs, prices with exponents exactly", async () => {
    const memory = await read(
      TRADES,
      `${AT},XBTUSD,Sell,422,3978.5,MinusTick,id-1,10606970,0.1060697,422`,
      `${AT},ADAH20,Buy,166774,9.54e-06,PlusTick,id-2,159102396,166774,1.591024`,
      `${AT},XBTUSD,,1,3978.5,ZeroMinusTick,00000000-0000-0000-0000-000000000000,1,1,1`,
    );
    expect(memory.of("trades", "bitmex:XBTUSD")).toEqual([
      {
        line: 2,
        tsEvent: AT_MICROS,
        tradeId: "id-1",
        side: SELL,
        price: decimal("3978.5"),
        size: decimal("422"),
      },
      {
        line: 4,
        tsEvent: AT_MICROS,
        tradeId: undefined,
        side: NO_SIDE,
        price: decimal("3978.5"),
        size: decimal("1"),
      },
    ]);
    expect(memory.of("trades", "bitmex:ADAH20")).toMatchObject([
      { side: BUY, price: decimal("0.00000954") },
    ]);
  });

  it("puts indices into tickers under a name of their own", async () => {
    const memory = await read(
      `${TRADES},trdType`,
      `${AT},.BXBT,Buy,0,3980.12,PlusTick,00000000-0000-0000-0000-000000000000,,,,Referential`,
    );
    expect(memory.of("tickers", "bitmex:BXBT@index")).toEqual([
      { line: 2, tsEvent: AT_MICROS, indexPrice: 3_980.12 },
    ]);
    expect(bitmex.terms("bitmex", "BXBT@index", 0)).toMatchObject({ kind: "index" });
  });

  it("skips what happened off the book, by its type", async () => {
    const memory = await read(
      `${TRADES},trdType`,
      `${AT},XBTH20,Buy,5,3980,PlusTick,id,1,1,1,Settlement`,
      `${AT},XBTH20,Buy,5,3980,PlusTick,id,1,1,1,Regular`,
      `${AT},XBTH20,Buy,5,3980,PlusTick,id,1,1,1,`,
    );
    expect(memory.rows).toHaveLength(1);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "header",
      "trade off the book (Settlement)",
    ]);
    expect(reasons(memory)).toEqual(['column trdType: "" is not a type of trade']);
  });

  it("quarantines bad cells", async () => {
    const row = `${AT},XBTUSD,Sell,422,3978.5,MinusTick,id-1,1,1,1`;
    const memory = await read(
      TRADES,
      row.replace(AT, "1584009925.9483"),
      row.replace(AT, "2020-02-30D10:45:25"),
      row.replace("Sell", "sell"),
      row.replace(",422,", ",0,"),
      row.replace("3978.5", "NaN"),
      row.replace("XBTUSD", "XBT:USD"),
    );
    expect(reasons(memory)).toEqual([
      'column timestamp: "1584009925.9483" is not a time YYYY-MM-DDDHH:MM:SS.fffffffff',
      'column timestamp: "2020-02-30D10:45:25" is not a time YYYY-MM-DDDHH:MM:SS.fffffffff',
      'column side: "sell" is not one of Buy, Sell, ',
      'column size: "0" is not above zero',
      'column price: "NaN" is not a decimal number of at most 18 decimals that fits 2^53',
      'column symbol: "XBT:USD" is not a symbol',
    ]);
  });
});

describe("bitmex quotes", () => {
  it("reads both sides, whose columns are not in the same order, and leaves an empty side out", async () => {
    const memory = await read(
      QUOTES,
      `${AT},XBTUSD,256081,3978.5,3979,544060`,
      `${AT},XBTUSD,,,3979,544060`,
      `${AT},XBTUSD,0,3978.5,3979,544060`,
      `${AT},XBTUSD,,3978.5,3979,544060`,
    );
    expect(memory.of("quotes", "bitmex:XBTUSD")).toEqual([
      {
        line: 2,
        tsEvent: AT_MICROS,
        bidPrice: decimal("3978.5"),
        bidSize: decimal("256081"),
        askPrice: decimal("3979"),
        askSize: decimal("544060"),
      },
      { line: 3, tsEvent: AT_MICROS, askPrice: decimal("3979"), askSize: decimal("544060") },
      { line: 4, tsEvent: AT_MICROS, askPrice: decimal("3979"), askSize: decimal("544060") },
    ]);
    expect(reasons(memory)).toEqual(['column bidSize: "" is not a size']);
  });
});

describe("bitmex files", () => {
  it("are recognised by their header, and where Bybit has the same by the form of the first time", () => {
    expect(recognised(`${QUOTES}\n`)).toBe(true);
    expect(recognised(`${TRADES},trdType\n`)).toBe(true);
    expect(recognised(`${TRADES}\n${AT},XBTUSD,Sell`)).toBe(true);
    expect(recognised(`${TRADES}\n1584009925.9483,BTCUSD,Sell`)).toBe(false);
    expect(recognised(`${TRADES}\n`)).toBe(false);
  });

  it("are refused for another header, or another venue named", async () => {
    await expect(read("a,b")).rejects.toThrow(
      /20200312\.csv\.gz:1: unknown header "a,b"; expected trades \(/,
    );
    const memory = memorySink();
    const file = fileOf("q.csv", `${QUOTES}\n`);
    await expect(bitmex.createReader({ venue: "bybit" }).read(file, memory.sink)).rejects.toThrow(
      "--venue bybit: q.csv is of bitmex, as it shows itself",
    );
  });

  it("say what kind their instruments are where the name shows it", () => {
    const kind = (symbol: string): unknown => bitmex.terms("bitmex", symbol, 0).kind;
    expect(["XBTUSD", "XBTZ18", "SOLUSDT", "XBT_USDT", "XBT7D_U110"].map(kind)).toEqual([
      "perpetual",
      "future",
      "perpetual",
      "spot",
      "unknown",
    ]);
  });
});
