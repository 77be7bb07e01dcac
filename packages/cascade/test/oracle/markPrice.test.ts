import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkPrice, type MarkInput, type MarkOptions, type MarkRule } from "../../src/index.ts";
import { at, valueOf } from "../shipped.ts";

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;

const ruleAt = (venue: string, symbol: string, day: string): MarkRule =>
  valueOf(venue, { part: "mark", symbol, at: at(day) });

const markOf = (rule: MarkRule, options: Partial<MarkOptions> = {}): MarkPrice =>
  new MarkPrice(rule, { of: "v:X", ...options });

/** Tells a mark several inputs at one instant. */
function tell(mark: MarkPrice, inputs: Partial<Record<MarkInput, number>>, when: number): void {
  for (const [input, price] of Object.entries(inputs)) mark.update(input as MarkInput, price, when);
}

describe("Binance's mark", () => {
  it("was index × (1 + last funding × time left / 8 h) in early 2020", () => {
    const mark = markOf(ruleAt("binance-usdm", "BTCUSDT", "2020-03-12"));
    mark.update("index", 5_000, 0);
    expect(mark.read(0)).toMatchObject({ price: undefined, missing: ["funding"] });
    mark.updateFunding({ rate: 0.001, nextAt: 4 * HOUR }, 0);
    expect(mark.price(0)).toBeCloseTo(5_000 * 1.0005, 9);
    expect(mark.price(4 * HOUR)).toBe(5_000);
    expect(mark.price(5 * HOUR)).toBe(5_000);
  });

  it("is the median of that, index + 30 s average of mid − index, and last on 2025-10-10", () => {
    const mark = markOf(ruleAt("binance-usdm", "BTCUSDT", "2025-10-10"));
    expect(mark.assumptions).toEqual([]);
    mark.updateFunding({ rate: 0, nextAt: 8 * HOUR }, 0);
    tell(mark, { index: 100, bid: 98, ask: 100, last: 97 }, 0);
    expect(mark.price(29 * SECOND)).toBe(99);
    // 29 samples of −1 and one of −10.
    tell(mark, { bid: 89, ask: 91, last: 50 }, 30 * SECOND);
    expect(mark.read(30 * SECOND)).toEqual({
      price: 100 - 39 / 30,
      missing: [],
      components: [
        { name: "index and funding", price: 100 },
        { name: "index and average basis", price: 100 - 39 / 30 },
        { name: "last", price: 50 },
      ],
    });
    tell(mark, { last: 99.5 }, 30 * SECOND);
    expect(mark.price(30 * SECOND)).toBe(99.5);
  });

  it("looks back for as long as the rule of the day says: 150 s, 60 s, 30 s", () => {
    const basisAfter = (day: string, options: Partial<MarkOptions> = {}): number => {
      const mark = markOf(ruleAt("binance-usdm", "BTCUSDT", day), options);
      tell(mark, { index: 100, bid: 100, ask: 100 }, 0);
      tell(mark, { bid: 70, ask: 70 }, 1_000 * SECOND);
      return 100 - (mark.read(1_020 * SECOND).components[1]?.price ?? Number.NaN);
    };
    // After 20 s: samples every 5 s are 5 of 30, every second 21 of 60 and of 30.
    expect(basisAfter("2022-11-10")).toBeCloseTo((30 * 5) / 30, 9);
    expect(basisAfter("2024-08-05", { sampleSeconds: 1 })).toBeCloseTo((30 * 21) / 60, 9);
    expect(basisAfter("2025-10-10")).toBeCloseTo((30 * 21) / 30, 9);
  });

  it("is refused where samples are not known and no option says, and says what is assumed", () => {
    const rule = ruleAt("binance-usdm", "BTCUSDT", "2024-08-05");
    expect(() => markOf(rule)).toThrow(
      /the time between samples of the mark's average, in seconds, is not known/,
    );
    expect(() => markOf(rule, { sampleSeconds: 7 })).toThrow(/not a whole number of steps/);
    expect(markOf(rule, { sampleSeconds: "continuous" }).assumptions).toEqual([
      "v:X: the time between samples of the mark's average, in seconds, is not known and taken as continuous",
    ]);
    expect(() => markOf(rule, { averageSeconds: 30, sampleSeconds: 1 })).toThrow(
      /is 60 by the rule, and averageSeconds says 30/,
    );
  });
});

describe("Bybit's mark", () => {
  it("was index and funding on 2021-05-19, and by 2025-10-10 the median of three with a basis of 5 min", () => {
    const old = markOf(ruleAt("bybit", "BTCUSD", "2021-05-19"));
    const later = markOf(ruleAt("bybit", "BTCUSD", "2025-10-10"));
    for (const mark of [old, later]) {
      mark.updateFunding({ rate: 0.0008, nextAt: 8 * HOUR }, 0);
      tell(mark, { index: 100, bid: 99, ask: 99, last: 90 }, 0);
      tell(mark, { bid: 90, ask: 90 }, 4 * HOUR - 100 * SECOND);
    }
    expect(old.price(4 * HOUR)).toBeCloseTo(100 * 1.0004, 9);
    // 199 samples of −1 and 101 of −10.
    expect(later.price(4 * HOUR)).toBeCloseTo(100 - (199 + 1_010) / 300, 9);
  });
});

describe("BitMEX's fair price", () => {
  it("is index × (1 + funding rate × time left / 8 h)", () => {
    const rule = ruleAt("bitmex", "XBTUSD", "2020-03-12");
    expect(() => markOf(rule)).toThrow(/needs the period of the funding rate/);
    const mark = markOf(rule, { fundingPeriodSeconds: 28_800 });
    mark.update("index", 8_000, 0);
    mark.updateFunding({ rate: -0.00375, nextAt: 2 * HOUR }, 0);
    expect(mark.price(0)).toBeCloseTo(8_000 * (1 - 0.00375 / 4), 9);
  });
});

describe("Deribit's mark", () => {
  const rule = (): MarkRule => ruleAt("deribit", "BTC-PERPETUAL", "2025-10-10");

  it("is index + 30 s exponential average of (fair impact price − index)", () => {
    const mark = markOf(rule(), { bandRate: "none" });
    tell(mark, { index: 100, impactBid: 99, impactAsk: 101 }, 0);
    tell(mark, { impactBid: 89, impactAsk: 91 }, 1_000 * SECOND);
    expect(mark.price(1_030 * SECOND)).toBeCloseTo(100 - 10 * (1 - Math.exp(-1)), 8);
    expect(mark.assumptions).toEqual([
      "v:X: the band of the mark around the index is not known and taken as none",
    ]);
  });

  it("stays within a band around the index, where one is assumed", () => {
    const mark = markOf(rule(), { bandRate: 0.005, fairPrice: "mid" });
    tell(mark, { index: 100, bid: 79, ask: 81 }, 0);
    expect(mark.price(90 * SECOND)).toBe(99.5);
    expect(mark.assumptions).toHaveLength(2);
    expect(() => markOf(rule())).toThrow(/the band of the mark around the index is not known/);
  });
});

describe("OKX's mark", () => {
  it("needs the window of its average, which no source gives", () => {
    const rule = ruleAt("okx", "BTC-USDT-SWAP", "2025-10-10");
    expect(() => markOf(rule)).toThrow(
      /the window of the mark's average, in seconds, is not known/,
    );
    const mark = markOf(rule, { averageSeconds: 60, sampleSeconds: 1 });
    tell(mark, { index: 100, bid: 101, ask: 103 }, 0);
    expect([mark.price(0), mark.assumptions.length]).toEqual([102, 2]);
    mark.lose("bid", 1);
    expect(mark.read(1)).toMatchObject({ price: undefined, missing: ["bid"] });
  });
});

describe("dYdX's mark", () => {
  it("is the oracle price", () => {
    const mark = markOf(ruleAt("dydx-v4", "BTC-USD", "2025-10-10"));
    mark.update("index", 7, 0);
    expect(mark.price(9)).toBe(7);
    mark.lose("index", 10);
    expect(mark.price(10)).toBeNaN();
  });
});

describe("Hyperliquid's mark", () => {
  const hyperliquid = (): MarkPrice => markOf(ruleAt("hyperliquid", "BTC", "2025-10-10"));

  it("is the median of oracle + 150 s average, of bid, ask and last, and of other venues", () => {
    const mark = hyperliquid();
    tell(mark, { index: 100, bid: 97, ask: 99, last: 96 }, 0);
    for (const [name, mid] of [
      ["Binance", 95],
      ["OKX", 94],
      ["Bybit", 93],
    ] as const) {
      mark.updateVenue(mark.venueNumber(name), mid, 0);
    }
    // 98; 97; and 94, at which OKX's 2 on top of Bybit's 2 pass half of 7.
    expect(mark.read(0).components.map(({ price }) => price)).toEqual([98, 97, 94]);
    expect(mark.price(0)).toBe(97);
    expect(() => mark.venueNumber("Kraken")).toThrow(/does not look at Kraken/);
    expect(() => mark.updateVenue(9, 1, 0)).toThrow(/no venue number 9/);
  });

  it("takes oracle + 30 s average in the place of one that is missing, and has none without two", () => {
    const mark = hyperliquid();
    tell(mark, { index: 100, bid: 100, ask: 100, last: 96 }, 0);
    tell(mark, { bid: 80, ask: 80 }, 1_000 * SECOND);
    const when = 1_030 * SECOND;
    const long = 100 - 20 * (1 - Math.exp(-30 / 150));
    const short = 100 - 20 * (1 - Math.exp(-1));
    expect(long).toBeGreaterThan(short);
    expect(mark.price(when)).toBeCloseTo(short, 8);
    mark.lose("last", when);
    expect(mark.price(when)).toBeNaN();
    mark.updateVenue(0, 90, when);
    expect(mark.price(when)).toBe(90);
  });
});

describe("a mark", () => {
  const RULES: readonly (readonly [MarkRule, Partial<MarkOptions>])[] = [
    [{ kind: "indexAndFunding", periodSeconds: 100e-6 }, {}],
    [
      { kind: "medianOfThree", periodSeconds: 100e-6, averageSeconds: 20e-6, sampleSeconds: 2e-6 },
      {},
    ],
    [
      { kind: "averageBasis", averageSeconds: undefined },
      { averageSeconds: 15e-6, sampleSeconds: "continuous" },
    ],
    [{ kind: "emaBasis", emaSeconds: 10e-6, bandRate: 0.05 }, {}],
    [
      {
        kind: "medianWithVenues",
        emaSeconds: 20e-6,
        thirdEmaSeconds: 5e-6,
        venues: [{ name: "A", weight: 1 }],
      },
      {},
    ],
  ];
  const eventsArb = fc.array(
    fc.record({
      after: fc.nat(9),
      input: fc.constantFrom<MarkInput>("index", "bid", "ask", "impactBid", "impactAsk", "last"),
      price: fc.integer({ min: 90, max: 110 }),
    }),
    { minLength: 6, maxLength: 60 },
  );

  it("says the same whether it is read often or once, in any unit, and between its components", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RULES), eventsArb, ([rule, options], steps) => {
        const marks = [1, 1, 1 / 8].map((scale) => ({ scale, mark: markOf(rule, options) }));
        const [often, once, scaled] = marks.map(({ mark }) => mark);
        for (const { mark } of marks) mark.updateFunding({ rate: 0.01, nextAt: 200 }, 0);
        let now = 0;
        for (const { after, input, price } of steps) {
          for (let i = 0; i < after; i += 1) often!.price(now + i);
          now += after;
          for (const { mark, scale } of marks) mark.update(input, price * scale, now);
          often!.price(now);
        }
        for (const when of [now, now + 4, now + 50]) {
          const { price = Number.NaN, components } = often!.read(when);
          expect(once!.price(when)).toEqual(price);
          const eighth = scaled!.price(when);
          if (Number.isNaN(price)) expect(eighth).toBeNaN();
          else expect(eighth).toBeCloseTo(price / 8, 9);
          const parts = components.map((component) => component.price ?? Number.NaN);
          if (rule.kind !== "medianWithVenues" && !Number.isNaN(price)) {
            expect(price).toBeGreaterThanOrEqual(Math.min(...parts));
            expect(price).toBeLessThanOrEqual(Math.max(...parts));
          }
        }
      }),
    );
  });

  it("refuses bad inputs by name, and stays as it was", () => {
    const mark = markOf(
      { kind: "averageBasis", averageSeconds: 1 },
      { sampleSeconds: "continuous" },
    );
    tell(mark, { index: 100, bid: 100, ask: 102 }, 10);
    for (const bad of [0, -5, Number.NaN, Infinity]) {
      expect(() => mark.update("bid", bad, 11)).toThrow(/v:X: bid has a price of/);
    }
    expect(() => mark.update("bid", 99, 9)).toThrow(/v:X: a price of bid is of 9, after one of 10/);
    expect(() => mark.updateFunding({ rate: Number.NaN, nextAt: 12 }, 11)).toThrow(
      /funding rate of NaN/,
    );
    expect(() => mark.lose("ask", 9)).toThrow(/a loss of ask is of 9/);
    expect(mark.price(11)).toBe(101);
  });
});
