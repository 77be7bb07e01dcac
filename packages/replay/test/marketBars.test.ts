import { micros, type Instrument } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { marketBars, replay } from "../src/index.ts";
import { streamOf, testInstrument } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

const INVERSE = testInstrument({
  symbol: "BTC-PERPETUAL",
  contract: "inverse",
  multiplier: 1,
  tick: { mantissa: 5, decimals: 1 },
  lot: { mantissa: 10, decimals: 0 },
});
const BOOK = [
  ...snapshot({
    at: 101,
    id: 1,
    bids: [
      [999, 1000],
      [900, 7],
    ],
    asks: [[1001, 2000]],
  }), // mid 1000 ticks
  ...update({
    at: 103,
    id: 2,
    prev: 1,
    bids: [
      [999, 0],
      [997, 1000],
    ],
  }), // mid 999
  ...update({
    at: 112,
    id: 3,
    prev: 2,
    asks: [
      [1002, 3000],
      [1001, 0],
    ],
  }), // mid 999.5
  ...update({ at: 135, id: 9, prev: 8, bids: [[1, 1]] }), // gap
  ...snapshot({ at: 141, id: 20, bids: [[500, 1]] }), // one-sided
];
const EVERY = micros(10);
const barsOf = async (instrument: Instrument = testInstrument()) =>
  (await marketBars([streamOf("book", BOOK, { instrument })], { every: EVERY, bandBps: 30 })).bars;

describe("market bars", () => {
  test("carry the mid from bar to bar, and leave no bar out", async () => {
    const bars = await barsOf();
    expect(bars.map(({ at, open, high, low, close }) => [at, open, high, low, close])).toEqual([
      [100, 100, 100, 99.9, 99.9],
      [110, 99.9, 99.95, 99.9, 99.95],
      [120, 99.95, 99.95, 99.95, 99.95],
      [130, 99.95, 99.95, 99.95, undefined],
      [140, undefined, undefined, undefined, undefined],
    ]);
  });

  test("say where the book was not valid at the end, or lacked a side", async () => {
    const bars = await barsOf();
    expect(bars.map(({ valid }) => valid)).toEqual([true, true, true, false, true]);
    expect(bars.map(({ spreadBps }) => spreadBps)).toEqual([
      (4 / 999) * 10_000,
      (5 / 999.5) * 10_000,
      (5 / 999.5) * 10_000,
      undefined,
      undefined,
    ]);
  });

  test("count depth inside the band only, in base currency", async () => {
    const [first] = await barsOf();
    expect([first?.bidDepth, first?.askDepth]).toEqual([1, 2]);
    // 1000 lots of 10 USD at 997 ticks of 0.5 USD.
    const [inverse] = await barsOf(INVERSE);
    expect([inverse?.bidDepth, inverse?.askDepth]).toEqual([10_000 / 498.5, 20_000 / 500.5]);
    const narrow = await marketBars([streamOf("book", BOOK)], { every: EVERY, bandBps: 1 });
    expect([narrow.bars[0]?.bidDepth, narrow.bars[0]?.askDepth]).toEqual([0, 0]);
  });

  test("sum trades by aggressor and liquidations by who was liquidated", async () => {
    const trades = streamOf("trades", [
      { tsRecv: 3, side: 1, price: 1000, size: 500 },
      { tsRecv: 4, side: -1, price: 1000, size: 250 },
      { tsRecv: 9, side: 0, price: 1000, size: 125 },
      { tsRecv: 10, side: 1, price: 1000, size: 1000 },
    ]);
    const liquidations = streamOf("liquidations", [
      { tsRecv: 5, side: -1, price: 990, size: 2000, method: 1, priceKind: 1 },
      { tsRecv: 15, side: 1, price: 1010, size: 1000, method: 1, priceKind: 1 },
    ]);
    const { bars, prints } = await marketBars([trades, liquidations], { every: EVERY });
    expect(bars.map((bar) => [bar.buyVolume, bar.sellVolume, bar.unknownVolume])).toEqual([
      [0.5, 0.25, 0.125],
      [1, 0, 0],
    ]);
    expect(bars.map((bar) => [bar.longLiquidations, bar.shortLiquidations])).toEqual([
      [198, 0],
      [0, 101],
    ]);
    expect(prints).toEqual([
      { at: 5, side: -1, price: 99, sizeUsd: 198 },
      { at: 15, side: 1, price: 101, sizeUsd: 101 },
    ]);
  });

  test("turn sizes of inverse contracts into base currency, and leave their notional as it is", async () => {
    const row = { tsRecv: 3, side: -1, price: 1000, size: 50 };
    const streams = [
      streamOf("trades", [row], { instrument: INVERSE }),
      streamOf("liquidations", [row], { instrument: INVERSE }),
    ];
    const { bars } = await marketBars(streams, { every: EVERY });
    expect([bars[0]?.sellVolume, bars[0]?.longLiquidations]).toEqual([1, 500]);
  });

  test("carry the last mark, and ignore rows without one", async () => {
    const tickers = streamOf("tickers", [
      { tsRecv: 1, indexPrice: 4 },
      { tsRecv: 12, markPrice: 5 },
      { tsRecv: 13, indexPrice: 6 },
      { tsRecv: 25, indexPrice: 6 },
    ]);
    const { bars } = await marketBars([tickers], { every: EVERY });
    expect(bars.map(({ markPrice }) => markPrice)).toEqual([undefined, 5, 5]);
  });

  test("are absent where a stream was not given, which is not zero", async () => {
    const { bars } = await marketBars([streamOf("tickers", [{ tsRecv: 1, markPrice: 2 }])], {
      every: EVERY,
    });
    expect(bars).toEqual([{ at: 0, markPrice: 2, valid: false }]);
    expect(bars[0]?.buyVolume).toBe(undefined);
  });

  test("of a window start with the book that was built before it", async () => {
    const { bars, replay: result } = await marketBars([streamOf("book", BOOK)], {
      every: EVERY,
      from: micros(112),
      to: micros(130),
    });
    expect(bars).toMatchObject([{ at: 110, close: 99.95, valid: true }]);
    expect(result.warmUpEvents).toBe(5);
  });

  test("do not change the replay", async () => {
    const streams = [streamOf("book", BOOK)];
    const { replay: result } = await marketBars(streams, { every: EVERY });
    expect(result).toEqual(await replay(streams));
  });

  test("are of one instrument", async () => {
    const mixed = [streamOf("trades", []), streamOf("book", [], { instrument: INVERSE })];
    await expect(marketBars(mixed, { every: EVERY })).rejects.toThrow(
      "the streams are of test:BTCUSDT, test:BTC-PERPETUAL",
    );
  });
});
