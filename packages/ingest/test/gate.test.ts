import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
  decimalToNumber,
} from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { gate } from "../src/sources/gate/gate.ts";
import { addDecimals } from "../src/sources/gate/gateBook.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const MONTH = "BTC_USDT-202608.csv.gz";
const HOUR = "BTC_USDT-2026090100.csv.gz";

async function read(
  name: string,
  lines: readonly string[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const file = fileOf(name, `${lines.join("\n")}\n`);
  await gate.createReader(hints).read(file, memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);

describe("gate trades", () => {
  it("reads spot deals: 1 sold, 2 bought, times exact to the µs", async () => {
    const memory = await read(MONTH, [
      "1785542402.330460,214219192,62892.7,0.000159,1",
      "1785542402.330461,214219193,62892.8,0.5,2",
    ]);
    expect(memory.of("trades", "gate:BTC_USDT")).toEqual([
      {
        line: 1,
        tsEvent: 1_785_542_402_330_460,
        tradeId: "214219192",
        side: SELL,
        price: decimal("62892.7"),
        size: decimal("0.000159"),
      },
      {
        line: 2,
        tsEvent: 1_785_542_402_330_461,
        tradeId: "214219193",
        side: BUY,
        price: decimal("62892.8"),
        size: decimal("0.5"),
      },
    ]);
    expect(memory.datasets).toEqual(["trades"]);
  });

  it("reads futures trades: the sign of the size is the taker's side", async () => {
    const memory = await read(MONTH, [
      "1785542400.013040,802737548,62855,671",
      "1785542400.013041,802737549,62855,-3183",
      "1785542400.013042,802737550,62855,0",
    ]);
    expect(
      memory.of("trades", "gate-futures:BTC_USDT").map(({ side, size }) => [side, size]),
    ).toEqual([
      [BUY, decimal("671")],
      [SELL, decimal("3183")],
    ]);
    expect(reasons(memory)).toEqual(['column size: "0" is not other than zero']);
  });

  it("refuses a venue that the columns contradict", async () => {
    await expect(
      read(MONTH, ["1785542400.013040,802737548,62855,671"], { venue: "gate" }),
    ).rejects.toThrow(
      "--venue gate: BTC_USDT-202608.csv.gz is of gate-futures, as it shows itself",
    );
  });
});

describe("gate books", () => {
  const summary = (memory: MemorySink): unknown =>
    memory
      .of("book")
      .map(({ side, price, size, flags, updateId, prevUpdateId }) => [
        side,
        decimalToNumber(price),
        decimalToNumber(size),
        flags,
        updateId,
        prevUpdateId,
      ]);

  it("turns spot changes into what rests, one message a time, chained by the ids of its rows", async () => {
    const memory = await read(HOUR, [
      "1788220800,2,set,100.5,10.0000000000000000,50,0",
      "1788220800,1,set,101,4,50,0",
      "1788220800.1,2,take,100.5,2.5,51,1",
      "1788220800.1,2,make,100.4,1,52,3",
      "1788220800.2,1,take,101,4,55,1",
    ]);
    expect(summary(memory)).toEqual([
      [BID, 100.5, 10, SNAPSHOT | SNAPSHOT_START, 50, undefined],
      [ASK, 101, 4, SNAPSHOT | MESSAGE_END, 50, undefined],
      [BID, 100.5, 7.5, 0, 54, 50],
      [BID, 100.4, 1, MESSAGE_END, 54, 50],
      [ASK, 101, 0, MESSAGE_END, 55, 54],
    ]);
    expect(memory.of("book", "gate:BTC_USDT").map(({ tsEvent }) => tsEvent)).toEqual([
      1_788_220_800_000_000, 1_788_220_800_000_000, 1_788_220_800_100_000, 1_788_220_800_100_000,
      1_788_220_800_200_000,
    ]);
    expect(memory.notes).toEqual(new Map());
  });

  it("takes the side of futures levels from the sign of the contracts", async () => {
    const memory = await read(HOUR, [
      "1788739200,set,100,5.0,50,0",
      "1788739200,set,101,-7.0,50,0",
      "1788739200.1,make,101,-3,51,1",
      "1788739200.1,take,100,5,52,1",
    ]);
    expect(memory.rows[0]?.venue).toBe("gate-futures");
    expect(summary(memory)).toEqual([
      [BID, 100, 5, SNAPSHOT | SNAPSHOT_START, 50, undefined],
      [ASK, 101, 7, SNAPSHOT | MESSAGE_END, 50, undefined],
      [ASK, 101, 10, 0, 52, 50],
      [BID, 100, 0, MESSAGE_END, 52, 50],
    ]);
  });

  it("keeps the order of the ids where the clock steps back", async () => {
    const memory = await read(HOUR, [
      "1788220800,2,set,100,1,50,0",
      "1788220800.3,2,make,100,1,51,1",
      "1788220800.2,2,make,100,1,52,1",
      "1788220800.4,2,make,100,1,53,1",
    ]);
    expect(
      memory.of("book").map(({ tsEvent, updateId }) => [(tsEvent ?? 0) % 1_000_000, updateId]),
    ).toEqual([
      [0, 50],
      [300_000, 52],
      [300_000, 52],
      [400_000, 53],
    ]);
    expect(memory.notes.get("book gate:BTC_USDT clockStepsBack")).toBe(1);
  });

  it("says that the book is not known where an id is missing, more is taken than rests, or a row is bad", async () => {
    const memory = await read(HOUR, [
      "1788220800,2,set,100,1,50,0",
      "1788220800.1,2,make,100,1,52,1",
      "1788220800.2,2,take,99,1,53,1",
      "1788220800.3,2,make,100,x,54,1",
      "1788220800.4,2,make,100,1,55,1",
      "1788220800.5,2,make,100,1,56,0",
    ]);
    expect(memory.of("book").map(({ flags }) => flags & ROWS_LOST)).toEqual([
      0,
      ROWS_LOST,
      ROWS_LOST,
      ROWS_LOST,
    ]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "book gate:BTC_USDT sequenceGaps": 2,
      "book gate:BTC_USDT moreTakenThanRested": 1,
    });
    expect(reasons(memory)).toEqual([
      'column size: "x" is not a decimal number of at most 18 decimals that fits 2^53',
      'column merged: "0" is not the number of updates that the row sums up',
    ]);
  });

  it("starts anew with a second snapshot", async () => {
    const memory = await read(HOUR, [
      "1788220800,2,set,100,1,50,0",
      "1788224400,2,set,99,1,90,0",
      "1788224400.1,2,take,99,1,91,1",
    ]);
    expect(memory.of("book").map(({ flags }) => flags)).toEqual([
      SNAPSHOT | SNAPSHOT_START | MESSAGE_END,
      SNAPSHOT | SNAPSHOT_START | MESSAGE_END,
      MESSAGE_END,
    ]);
  });

  it("adds decimals exactly, or not at all", () => {
    expect(addDecimals(decimal("0.1"), decimal("0.2"), 1)).toEqual(decimal("0.3"));
    expect(addDecimals(decimal("10"), decimal("0.05"), -1)).toEqual(decimal("9.95"));
    expect(addDecimals(decimal("0.25"), decimal("0.25"), -1)).toEqual(decimal("0"));
    expect(addDecimals(decimal("9007199254740991"), decimal("1"), 1)).toBeUndefined();
    expect(addDecimals(decimal("1"), decimal("1e-17"), 1)).toBeUndefined();
  });
});

describe("gate candlesticks", () => {
  const bars = [
    "1785542400,12.5,105,110,90,100",
    "1785542460,1,106,107,104,105",
    "1785542520,1,106,0,104,105",
  ];

  it("reads bars, whose close stands first, with the length found in the file", async () => {
    const memory = await read(MONTH, bars, { venue: "gate-futures" });
    expect(memory.of("candles", "gate-futures:BTC_USDT")[0]).toEqual({
      line: 1,
      tsEvent: 1_785_542_400_000_000,
      intervalMicros: 60_000_000,
      open: decimal("100"),
      high: decimal("110"),
      low: decimal("90"),
      close: decimal("105"),
    });
    expect(memory.datasets).toEqual(["candlesticks-1m"]);
    expect(reasons(memory)).toEqual(['column high: "0" is not above zero']);
  });

  it("asks for the venue, as spot and futures look the same", async () => {
    await expect(read(MONTH, bars)).rejects.toThrow(/--venue is needed/);
  });
});

describe("gate files", () => {
  const recognised = (name: string, text: string): boolean =>
    gate.recognises({ name, text, bytes: Buffer.from(text) });

  it("are recognised by the archive's name together with the shape of their first row", () => {
    expect(recognised(MONTH, "1785542402.330460,214219192,62892.7,0.000159,1\n")).toBe(true);
    expect(recognised(HOUR, "1788220800,2,set,0.01,13717.4576400000000000,39510882245,0\n")).toBe(
      true,
    );
    expect(recognised("trades.csv", "1785542402.330460,214219192,62892.7,0.000159,1\n")).toBe(
      false,
    );
    expect(recognised(MONTH, "timestamp,price\n")).toBe(false);
  });

  it("need their market named, and are refused when they hold something else", async () => {
    await expect(read("x.csv", ["1785542400.013040,802737548,62855,671"])).rejects.toThrow(
      /--symbol is needed/,
    );
    await expect(read(MONTH, ["a,b"])).rejects.toThrow(
      /BTC_USDT-202608\.csv\.gz:1: "a,b" is no row of Gate's archive, whose files have no header; expected deals/,
    );
  });

  it("say what their instruments are as far as the name tells", () => {
    expect(gate.terms("gate", "PEPE_USDT", 0)).toMatchObject({ kind: "spot", base: "PEPE" });
    expect(gate.terms("gate-futures", "BTC_USD", 0)).toMatchObject({
      kind: "perpetual",
      contract: "unknown",
    });
  });
});
