import { BUY, micros, NO_SIDE, SELL } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { FEATURE_DOCS, featureBars, featureColumns, replay } from "../../src/index.ts";
import { streamOf, testInstrument } from "../batchOf.ts";
import { snapshot } from "../bookRows.ts";
import { featureRows, pick, type FeatureRow } from "./featureRows.ts";
import { SCRIPTED_BOOK } from "./scriptedBook.ts";

/** Ticks of 0.5 quote currency, lots of 10 of it. */
const INVERSE = testInstrument({
  symbol: "BTC-PERPETUAL",
  contract: "inverse",
  multiplier: 1,
  tick: { mantissa: 5, decimals: 1 },
  lot: { mantissa: 10, decimals: 0 },
});
const book = () => streamOf("book", SCRIPTED_BOOK);

describe("the columns", () => {
  test("are one for each number in the braces of their docs, and no name comes twice", () => {
    const names = featureColumns(2).map(({ name }) => name);
    expect(names.filter((name) => /^(imbalance|bidPrice|bidWithin)/.test(name))).toEqual([
      ...[1, 5, 10, 25, 50, 100].map((bps) => `bidWithin${bps}Bps`),
      "imbalance1",
      "imbalance2",
      "imbalance5",
      "bidPrice1",
      "bidPrice2",
    ]);
    expect(new Set(names).size).toBe(names.length);
    expect(featureColumns(5).filter(({ name }) => name.startsWith("imbalance"))).toHaveLength(2);
  });

  test("have a unit, a meaning and a word on when they are absent", () => {
    for (const { name, unit, meaning, absent } of FEATURE_DOCS) {
      expect([name, unit, meaning, absent].every((text) => text.length > 0)).toBe(true);
    }
  });
});

describe("trades in a bar", () => {
  const trades = streamOf("trades", [
    { tsRecv: 3, side: BUY, price: 1000, size: 500 },
    { tsRecv: 4, side: SELL, price: 1010, size: 250 },
    { tsRecv: 9, side: NO_SIDE, price: 990, size: 250 },
    { tsRecv: 30, side: BUY, price: 1000, size: 1000 },
  ]);

  test("are counted, summed by aggressor, and have open, high, low and close", async () => {
    const rows = await featureRows([trades], 10);
    expect(pick(rows, "trades", "buyVolume", "sellVolume", "unknownVolume")).toEqual([
      [3, 0.5, 0.25, 0.25],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 1, 0, 0],
    ]);
    expect(pick(rows, "notional", "vwap", "open", "high", "low", "close")).toEqual([
      [100, 100, 100, 101, 99, 99],
      [0, null, null, null, null, null],
      [0, null, null, null, null, null],
      [100, 100, 100, 100, 100, 100],
    ]);
  });

  test("of inverse contracts have their size as notional, and the mean price of a coin", async () => {
    // 10 contracts of 10 USD at 500, and 30 at 750: 0.2 and 0.4 coins.
    const rows = await featureRows(
      [
        streamOf(
          "trades",
          [
            { tsRecv: 1, side: BUY, price: 1000, size: 10 },
            { tsRecv: 2, side: SELL, price: 1500, size: 30 },
          ],
          { instrument: INVERSE },
        ),
      ],
      10,
    );
    expect(rows[0]).toMatchObject({ buyVolume: 100, sellVolume: 300, notional: 400 });
    expect(rows[0]?.["vwap"]).toBeCloseTo(400 / 0.6, 9);
  });

  test("with a multiplier have it in their notional, and not in their size", async () => {
    const instrument = testInstrument({ multiplier: 100 });
    const [row] = await featureRows(
      [streamOf("trades", [{ tsRecv: 1, side: BUY, price: 20, size: 3_000 }], { instrument })],
      10,
    );
    expect(row).toMatchObject({ buyVolume: 3, notional: 600, vwap: 2 });
  });
});

describe("liquidations in a bar", () => {
  test("are counted and summed by the side of the forced order", async () => {
    const print = { method: 1, priceKind: 1 };
    const liquidations = streamOf("liquidations", [
      { tsRecv: 5, side: SELL, price: 990, size: 2000, ...print },
      { tsRecv: 6, side: SELL, price: 980, size: 1000, ...print },
      { tsRecv: 15, side: BUY, price: 1010, size: 1000, ...print },
      { tsRecv: 16, side: NO_SIDE, price: 1000, size: 1, ...print },
    ]);
    const rows = await featureRows([liquidations], 10);
    const columns = (side: string): readonly string[] =>
      ["Count", "Size", "Notional"].map((what) => `forced${side}${what}`);
    expect(pick(rows, ...columns("Sell"))).toEqual([
      [2, 3, 296],
      [0, 0, 0],
    ]);
    expect(pick(rows, ...columns("Buy"))).toEqual([
      [0, 0, 0],
      [1, 1, 101],
    ]);
    expect(pick(rows, ...columns("Unknown"))).toEqual([
      [0, 0, 0],
      [1, 0.001, 0.1],
    ]);
  });
});

describe("what the venue tells", () => {
  test("holds until it tells something else, each figure by itself", async () => {
    const tickers = streamOf("tickers", [
      { tsRecv: 1, indexPrice: 4 },
      { tsRecv: 12, markPrice: 5, fundingRate: -0.0001 },
      { tsRecv: 13, indexPrice: 6, openInterest: 70 },
      { tsRecv: 25, markPrice: 0 },
    ]);
    const rows = await featureRows([tickers], 10);
    expect(pick(rows, "markPrice", "indexPrice", "fundingRate", "openInterest")).toEqual([
      [null, 4, null, null],
      [5, 6, -0.0001, 70],
      [0, 6, -0.0001, 70],
    ]);
  });
});

describe("what is absent", () => {
  const onlyOf = (row: FeatureRow | undefined): readonly string[] =>
    Object.entries(row ?? {}).flatMap(([name, value]) => (value === null ? [] : [name]));

  test("is null where a stream is not given, which is not zero", async () => {
    const quotes = streamOf("quotes", [{ tsRecv: 1 }]);
    const [row] = await featureRows([quotes], 10);
    expect(onlyOf(row)).toEqual(["instrument", "start", "simulated"]);
    const [traded] = await featureRows([quotes, streamOf("trades", [])], 10);
    expect(onlyOf(traded)).toEqual([
      "instrument",
      "start",
      "trades",
      "buyVolume",
      "sellVolume",
      "unknownVolume",
      "notional",
      "simulated",
    ]);
  });

  test("is null where a stream was not recorded, unless it told something all the same", async () => {
    const trades = streamOf("trades", [
      { tsRecv: 1, side: BUY, price: 1, size: 1 },
      { tsRecv: 35, side: BUY, price: 1, size: 1 },
    ]);
    const rows = await featureRows([trades, book()], 10, {
      to: micros(150),
      isRecorded: (stream, id, start) => {
        expect(id).toBe("test:BTCUSDT");
        return stream === "trades" ? start < 10 : start < 120;
      },
    });
    expect(pick(rows.slice(0, 5), "start", "trades", "buyVolume")).toEqual([
      [0, 1, 0.001],
      [10, null, null],
      [20, null, null],
      [30, 1, 0.001],
      [40, null, null],
    ]);
    expect(
      pick(rows.slice(9, 15), "start", "valid", "invalidMicros", "twoSidedMicros", "mid"),
    ).toEqual([
      [90, 0, 10, 0, null],
      [100, 1, 1, 9, 99.9],
      [110, 1, 0, 10, 99.95],
      [120, null, null, null, null],
      [130, 0, 5, 5, null],
      [140, 1, 1, 0, null],
    ]);
  });

  test("begins with the first bar of any instrument: all have a row in every bar", async () => {
    const other = testInstrument({ symbol: "ETHUSDT" });
    const rows = await featureRows(
      [
        streamOf("trades", [{ tsRecv: 1, side: BUY, price: 1, size: 1 }]),
        streamOf("trades", [{ tsRecv: 25, side: SELL, price: 2, size: 2 }], { instrument: other }),
        book(),
      ],
      10,
      { to: micros(30) },
    );
    expect(pick(rows, "start", "instrument", "trades", "valid")).toEqual([
      [0, "test:BTCUSDT", 1, 0],
      [0, "test:ETHUSDT", 0, null],
      [10, "test:BTCUSDT", 0, 0],
      [10, "test:ETHUSDT", 0, null],
      [20, "test:BTCUSDT", 0, 0],
      [20, "test:ETHUSDT", 1, null],
    ]);
  });
});

describe("bars of features", () => {
  test("say that an instrument is simulated when any of its streams is", async () => {
    const other = testInstrument({ symbol: "ETHUSDT" });
    const rows = await featureRows(
      [
        book(),
        { ...streamOf("tickers", []), simulated: true },
        streamOf("trades", [], { instrument: other }),
      ],
      100,
    );
    expect(pick(rows, "instrument", "simulated")).toEqual([
      ["test:BTCUSDT", 1],
      ["test:ETHUSDT", 0],
    ]);
  });

  test("use the grid of each stream, where they differ", async () => {
    const coarse = testInstrument({ tick: { mantissa: 1, decimals: 0 } });
    const [row] = await featureRows(
      [
        streamOf("book", snapshot({ at: 1, bids: [[1000, 1]], asks: [[1001, 1]] })),
        streamOf("trades", [{ tsRecv: 2, side: BUY, price: 100, size: 1 }], { instrument: coarse }),
      ],
      10,
    );
    expect(row).toMatchObject({ bidPrice1: 100, close: 100 });
  });

  test("come in batches that are used again, also where nothing happens for very long", async () => {
    const trades = streamOf("trades", [
      { tsRecv: 5, side: BUY, price: 1, size: 1 },
      { tsRecv: 1_000_005, side: BUY, price: 1, size: 1 },
    ]);
    const batches: { readonly length: number; readonly first: number; readonly at: unknown }[] = [];
    await featureBars([trades], {
      every: micros(10),
      onBars: ({ length, values }) => {
        const starts = values[1];
        if (!(starts instanceof Float64Array)) throw new Error("no starts");
        batches.push({ length, first: starts[0] ?? Number.NaN, at: starts.buffer });
      },
    });
    expect(batches.length).toBeGreaterThan(2);
    expect(new Set(batches.map(({ at }) => at)).size).toBe(1);
    let bars = 0;
    for (const { first, length } of batches) {
      expect(first).toBe(bars * 10);
      bars += length;
    }
    expect(bars).toBe(100_001);
  });

  test("leave the replay and its hash as they are", async () => {
    const streams = [book(), streamOf("trades", [{ tsRecv: 2, side: BUY, price: 1, size: 1 }])];
    const result = await featureBars(streams, { every: micros(7), onBars: () => {} });
    expect(result).toEqual(await replay(streams));
  });

  test("end with what their taker throws, and close the streams", async () => {
    const trades = streamOf("trades", [{ tsRecv: 2, side: BUY, price: 1, size: 1 }]);
    const failing = featureBars([trades], {
      every: micros(10),
      onBars: () => {
        throw new Error("disk full");
      },
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(trades.closed).toBe(1);
  });

  test.each([0, -1, 1.5, 101, Number.NaN])(
    "are not possible with %d levels a side",
    async (depth) => {
      await expect(featureRows([book()], 10, { depth })).rejects.toThrow(/levels a side/);
    },
  );

  test.each([0, -1, 0.5])("are not possible with a length of %d µs", async (every) => {
    await expect(featureRows([book()], every)).rejects.toThrow(`An interval of ${every} µs`);
  });
});
