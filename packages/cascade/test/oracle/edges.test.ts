import { ContractValue } from "@aftershock/replay";
import { decimal, type Instrument } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  bestLag,
  ExponentialAverage,
  impactPrice,
  IndexPrice,
  type IndexRule,
  LastPrice,
  ManipulatedFeed,
  MarkPrice,
} from "../../src/index.ts";
import { weightedMedianOf } from "../../src/oracle/median.ts";

const SECOND = 1_000_000;

const INDEX: IndexRule = {
  sources: [1, 2, 5].map((weight) => ({ name: `of ${weight}`, weight })),
  combination: "weightedMean",
  deviationLimit: 0.05,
  ifSeveralDeviate: "median",
  staleAfterSeconds: undefined,
  updateSeconds: undefined,
  minimumSources: undefined,
  minimumChange: undefined,
};
const indexOf = (prices: readonly number[], rule: Partial<IndexRule> = {}): IndexPrice => {
  const index = new IndexPrice({ ...INDEX, ...rule }, { of: "v:X" });
  for (const [i, price] of prices.entries()) index.update(i, price, 0);
  return index;
};

describe("an index", () => {
  it("keeps each source's own weight when one below or above them is left out", () => {
    expect(indexOf([80, 100, 101]).price(0)).toBeCloseTo((2 * 100 + 5 * 101) / 7, 10);
    expect(indexOf([100, 101, 130]).price(0)).toBeCloseTo((100 + 2 * 101) / 3, 10);
    expect(indexOf([100, 130, 101]).price(0)).toBeCloseTo((100 + 5 * 101) / 6, 10);
    expect(indexOf([80, 100, 101], { combination: "weightedMedian" }).price(0)).toBe(101);
  });

  it("falls back to the median only for as long as several deviate", () => {
    const index = indexOf([80, 100, 130]);
    expect(index.read(0)).toMatchObject({ price: 100, fellBack: true });
    index.update(0, 99, SECOND);
    expect(index.read(SECOND)).toMatchObject({ fellBack: false });
    expect(index.price(SECOND)).toBeCloseTo((99 + 2 * 100) / 3, 10);
    expect(index.read(SECOND).sources.map(({ state }) => state)).toEqual([
      "counts",
      "counts",
      "deviates",
    ]);
  });
});

describe("a weighted median", () => {
  it("is between two prices where the weights up to the first are exactly half", () => {
    const of = (prices: readonly number[], weights: readonly number[]): number =>
      weightedMedianOf(Float64Array.from(prices), Float64Array.from(weights), prices.length);
    expect(of([10, 20, 30], [3, 1, 2])).toBe(15);
    expect(of([10, 20, 30], [1, 2, 3])).toBe(25);
    expect(of([10, 20, 30], [2, 1, 2])).toBe(20);
    expect(of([10, 20], [1, 1])).toBe(15);
    expect(of([10], [4])).toBe(10);
    expect(of([], [])).toBeNaN();
  });
});

describe("a mark", () => {
  it("stays within its band above the index as below", () => {
    for (const [price, marked] of [
      [120, 105],
      [80, 95],
      [103, 103],
      [97, 97],
    ] as const) {
      const mark = new MarkPrice(
        { kind: "emaBasis", emaSeconds: 10, bandRate: 0.05 },
        { of: "v:X" },
      );
      mark.update("index", 100, 0);
      mark.update("impactBid", price - 1, 0);
      mark.update("impactAsk", price + 1, 0);
      expect(mark.price(SECOND)).toBeCloseTo(marked, 10);
    }
  });

  it("has no price once the funding or the other venues that it needs are lost", () => {
    const funded = new MarkPrice({ kind: "indexAndFunding", periodSeconds: 100 }, { of: "v:X" });
    funded.update("index", 100, 0);
    funded.updateFunding({ rate: 0.01, nextAt: 50 * SECOND }, 0);
    expect(funded.price(0)).toBeCloseTo(100.5, 10);
    funded.lose("funding", SECOND);
    expect(funded.read(SECOND)).toMatchObject({ price: undefined, missing: ["funding"] });
    const venues = new MarkPrice(
      {
        kind: "medianWithVenues",
        emaSeconds: 100,
        thirdEmaSeconds: 10,
        venues: [{ name: "A", weight: 1 }],
      },
      { of: "v:X" },
    );
    for (const input of ["index", "bid", "ask", "last"] as const) venues.update(input, 100, 0);
    venues.updateVenue(0, 90, 0);
    expect(venues.read(0).components.map(({ price }) => price)).toEqual([100, 100, 90]);
    venues.lose("venues", SECOND);
    expect(venues.read(SECOND)).toMatchObject({ price: 100, missing: ["venues"] });
    expect(venues.read(SECOND).components[2]?.price).toBeUndefined();
  });

  it("leaves the time without a book out of its average of the basis", () => {
    const mark = new MarkPrice(
      { kind: "averageBasis", averageSeconds: 20 },
      { of: "v:X", sampleSeconds: 1 },
    );
    mark.update("index", 100, 0);
    const quote = (mid: number, at: number): void => {
      mark.update("bid", mid, at * SECOND);
      mark.update("ask", mid, at * SECOND);
    };
    quote(101, 0);
    mark.lose("bid", 5 * SECOND);
    expect(mark.price(6 * SECOND)).toBeNaN();
    quote(103, 16);
    // Of the samples at 1 … 20 four are of 1 and five of 3; those between have no book.
    expect(mark.price(20 * SECOND)).toBeCloseTo(100 + (4 * 1 + 5 * 3) / 9, 10);
  });
});

describe("an exponential average", () => {
  it("knows nothing of a price that stood for no time", () => {
    const average = new ExponentialAverage({ timeMicros: 10 });
    average.update(5, 0);
    average.lose(0);
    expect([average.price(0), average.price(100)]).toEqual([Number.NaN, Number.NaN]);
    average.update(7, 100);
    expect(average.price(101)).toBe(7);
  });
});

describe("a manipulated feed", () => {
  it("does not bring a lost price back when the path goes on", () => {
    const moved = new ManipulatedFeed(new LastPrice(), [{ at: 100, factor: 5 }, { at: 200 }]);
    moved.update(10, 50);
    moved.lose(150);
    expect([moved.price(150), moved.price(200), moved.price(300)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});

describe("an impact price", () => {
  it("is there where the side holds exactly what is asked for", () => {
    const instrument: Instrument = {
      id: "v:X",
      venue: "v",
      symbol: "X",
      kind: "perpetual",
      contract: "linear",
      multiplier: 1,
      base: "BTC",
      quote: "USDT",
      settle: "USDT",
      tick: decimal("1"),
      lot: decimal("1"),
      gridSource: "table",
    };
    const contract = new ContractValue(instrument);
    const levels = new Map([
      [100, 2],
      [110, 3],
    ]);
    const prices = [...levels.keys()];
    const side = {
      side: -1 as const,
      depth: 2,
      bestPrice: 100 as never,
      bestSize: 2 as never,
      sizeAt: (price: number) => (levels.get(price) ?? 0) as never,
      priceAfter: (price: number) => (prices.find((at) => at > price) ?? Number.NaN) as never,
    };
    expect(impactPrice(side, contract, 530)).toBeCloseTo(106, 10);
    expect(impactPrice(side, contract, 531)).toBeNaN();
  });
});

describe("the best lag", () => {
  it("is the first of those that fit alike", () => {
    const flat = { at: Float64Array.of(0, 10), price: Float64Array.of(100, 100) };
    const told = { at: Float64Array.of(20, 30), price: Float64Array.of(101, 101) };
    expect(bestLag(flat, told, [5, 0, 3]).lagMicros).toBe(5);
  });
});
