import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndexPrice, type IndexOptions, type IndexRule } from "../../src/index.ts";
import { at, valueOf } from "../shipped.ts";

const SECOND = 1_000_000;

const BARE: IndexRule = {
  sources: [],
  combination: "weightedMean",
  deviationLimit: undefined,
  ifSeveralDeviate: undefined,
  staleAfterSeconds: undefined,
  updateSeconds: undefined,
  minimumSources: undefined,
  minimumChange: undefined,
};

const sourcesOf = (count: number, weight?: number): IndexRule["sources"] =>
  Array.from({ length: count }, (_, i) => ({ name: `S${i}`, weight }));

const indexOf = (rule: Partial<IndexRule>, options: Partial<IndexOptions> = {}): IndexPrice =>
  new IndexPrice({ ...BARE, ...rule }, { of: "v:X", ...options });

/** Tells an index a price of each source, in their order. */
function tell(index: IndexPrice, prices: readonly number[], when = 0): void {
  for (const [i, price] of prices.entries()) index.update(i, price, when);
}

/** Binance's index of 2020, whose weights no source gives. */
const binance2020 = (options: Partial<IndexOptions> = {}): IndexPrice => {
  const asked = { part: "index", symbol: "BTCUSDT", at: at("2020-03-12") } as const;
  return new IndexPrice(valueOf("binance-usdm", asked), {
    of: "binance-usdm BTCUSDT",
    combination: "weightedMean",
    weights: "equal",
    ...options,
  });
};

describe("Binance's index of 2020", () => {
  it("gives a source more than 5 % off the median no weight", () => {
    const index = binance2020();
    tell(index, [5_000, 5_010, 5_020, 5_030, 5_040, 4_700]);
    expect(index.price(0)).toBe(5_020);
    expect(index.read(0).sources.map(({ name, state }) => [name, state])).toEqual([
      ["Bitfinex", "counts"],
      ["Binance", "counts"],
      ["Huobi", "counts"],
      ["OKEx", "counts"],
      ["Bittrex", "counts"],
      ["HitBTC", "deviates"],
    ]);
  });

  it("is the median where more than one is", () => {
    const index = binance2020();
    tell(index, [5_000, 5_010, 5_020, 5_030, 5_600, 4_700]);
    expect(index.price(0)).toBe(5_015);
    expect(index.read(0).fellBack).toBe(true);
  });

  it("forgets a source after 10 s without an update", () => {
    const index = binance2020();
    tell(index, [100, 101, 102, 103, 104, 105]);
    for (let source = 0; source < 5; source += 1) index.update(source, 100, 9 * SECOND);
    expect(index.price(10 * SECOND - 1)).toBeCloseTo(605 / 6, 10);
    expect(index.price(10 * SECOND)).toBe(100);
    expect(index.read(10 * SECOND).sources[5]).toEqual({
      name: "HitBTC",
      price: 105,
      state: "stale",
    });
    expect(index.read(19 * SECOND)).toMatchObject({
      price: undefined,
      reason: "0 of 6 sources are there, and 1 are needed",
    });
  });

  it("says what of it is assumed, and is refused where nothing says how sources are combined or weighed", () => {
    expect(binance2020().assumptions).toEqual([
      "binance-usdm BTCUSDT: how the index combines its sources is not known and taken as weightedMean",
      "binance-usdm BTCUSDT: the weights of the index are not known and taken as equal",
    ]);
    const rule = valueOf("binance-usdm", {
      part: "index",
      symbol: "BTCUSDT",
      at: at("2020-03-12"),
    });
    const of = "binance-usdm BTCUSDT";
    expect(() => new IndexPrice(rule, { of })).toThrow(
      /binance-usdm BTCUSDT: how the index combines/,
    );
    expect(() => new IndexPrice(rule, { of, combination: "weightedMean" })).toThrow(
      /binance-usdm BTCUSDT: the weight of Bitfinex in the index is not known/,
    );
  });

  it("counts a source at the limit where that is asked for", () => {
    const index = binance2020({ deviating: "clamped" });
    tell(index, [100, 100, 100, 100, 100, 80]);
    expect(index.price(0)).toBeCloseTo((500 + 95) / 6, 10);
    expect(index.read(0).sources[5]?.state).toBe("clamped");
  });
});

describe("dYdX's oracle price", () => {
  const dydx = (): IndexPrice => {
    const rule = valueOf("dydx-v4", { part: "index", symbol: "BTC-USD", at: at("2025-10-10") });
    return new IndexPrice(rule, { of: "dydx-v4 BTC-USD" });
  };

  it("needs three sources", () => {
    const index = dydx();
    tell(index, [100, 102]);
    expect(index.price(0)).toBeNaN();
    index.update(2, 101, 0);
    expect(index.price(0)).toBe(101);
  });

  it("does not take over a change below 0.1 %", () => {
    const index = dydx();
    tell(index, [1_000, 1_000, 1_000]);
    expect(index.price(1)).toBe(1_000);
    tell(index, [1_000.9, 1_000.9], 2);
    expect(index.price(3)).toBe(1_000);
    tell(index, [1_001, 1_001], 4);
    expect(index.price(5)).toBe(1_001);
  });
});

describe("Hyperliquid's oracle price", () => {
  const hyperliquid = (): IndexPrice => {
    const rule = valueOf("hyperliquid", { part: "index", symbol: "BTC", at: at("2025-10-10") });
    return new IndexPrice(rule, { of: "hyperliquid BTC" });
  };

  it("is the weighted median: Binance's 3 and OKX's 2 are 5 of 12, with Bybit's 2 they pass half", () => {
    const index = hyperliquid();
    tell(index, [100, 101, 102, 103, 104, 105, 106, 107], 3 * SECOND);
    expect(index.price(3 * SECOND)).toBe(102);
    expect(index.sourceNumber("Kraken")).toBe(3);
    expect(() => index.sourceNumber("FTX")).toThrow(/hyperliquid BTC: FTX is no source/);
  });

  it("changes every 3 s", () => {
    const index = hyperliquid();
    tell(index, [100, 100, 100], 3 * SECOND);
    tell(index, [90, 90, 90], 3 * SECOND + 1);
    expect(index.price(3 * SECOND + 2)).toBe(100);
    expect(index.price(6 * SECOND - 1)).toBe(100);
    expect(index.price(6 * SECOND)).toBe(90);
  });
});

describe("an index", () => {
  const ruleArb = fc.record({
    combination: fc.constantFrom("weightedMean", "median", "weightedMedian"),
    deviationLimit: fc.constantFrom(undefined, 0.05, 0.3),
    ifSeveralDeviate: fc.constantFrom(undefined, "median"),
    staleAfterSeconds: fc.constantFrom(undefined, 10e-6),
    updateSeconds: fc.constantFrom(undefined, 7e-6),
    minimumSources: fc.constantFrom(undefined, 2),
    minimumChange: fc.constantFrom(undefined, 0.05),
    sources: fc.array(
      fc.record({ name: fc.constant("S"), weight: fc.integer({ min: 1, max: 5 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
  }) as fc.Arbitrary<IndexRule>;
  const eventsArb = fc.array(
    fc.record({ after: fc.nat(8), source: fc.nat(5), price: fc.integer({ min: 80, max: 120 }) }),
    { minLength: 1, maxLength: 40 },
  );

  it("lies between its sources, and says the same whether it is read often or once, and in any unit", () => {
    fc.assert(
      fc.property(ruleArb, eventsArb, (rule, steps) => {
        const scaled = indexOf(rule);
        const often = indexOf(rule);
        const once = indexOf(rule);
        let now = 0;
        let [low, high] = [Infinity, 0];
        for (const { after, source, price } of steps) {
          for (let i = 0; i < after; i += 1) often.price(now + i);
          now += after;
          const number = source % rule.sources.length;
          [low, high] = [Math.min(low, price), Math.max(high, price)];
          often.update(number, price, now);
          often.price(now);
          once.update(number, price, now);
          scaled.update(number, price / 4, now);
        }
        for (const when of [now, now + 3, now + 9, now + 30]) {
          const price = often.price(when);
          expect(once.price(when)).toEqual(price);
          expect(scaled.price(when)).toEqual(price / 4);
          if (Number.isNaN(price)) continue;
          expect(price).toBeGreaterThanOrEqual(low * (1 - 1e-12));
          expect(price).toBeLessThanOrEqual(high * (1 + 1e-12));
        }
      }),
    );
  });

  it("of equal prices is that price, bit for bit", () => {
    const index = indexOf({ sources: sourcesOf(7, 0.1) });
    tell(
      index,
      Array.from({ length: 7 }, () => 4_321.37),
    );
    expect(index.price(0)).toBe(4_321.37);
  });

  it("refuses bad prices, sources, times and options by name, and stays as it was", () => {
    const index = indexOf({ sources: sourcesOf(2, 1) });
    tell(index, [10, 20], 5);
    for (const bad of [0, -1, Number.NaN, Infinity]) {
      expect(() => index.update(1, bad, 6)).toThrow(/v:X: S1 has a price of/);
    }
    expect(() => index.update(2, 10, 6)).toThrow(/no source number 2/);
    expect(() => index.lose(2, 6)).toThrow(/no source number 2/);
    expect(() => index.update(0, 10, 4)).toThrow(/v:X: a price of S0 is of 4, after one of 5/);
    expect(index.price(6)).toBe(15);
    index.lose(0, 7);
    expect(index.price(7)).toBe(20);
    expect(() => indexOf({ sources: sourcesOf(2) }, { weights: [1] })).toThrow(
      /1 weights for 2 sources/,
    );
    expect(() => indexOf({ sources: sourcesOf(2, 1) }, { weights: "equal" })).toThrow(
      /weights of its own/,
    );
    expect(() => indexOf({ sources: sourcesOf(2, 1) }, { combination: "median" })).toThrow(
      /is weightedMean by the rule, and combination says median/,
    );
  });

  it("has no price where every source deviates and no rule says what then", () => {
    const index = indexOf({ sources: sourcesOf(2, 1), deviationLimit: 0.05 });
    tell(index, [100, 150]);
    expect(index.read(0)).toMatchObject({ price: undefined, reason: "every source deviates" });
  });
});
