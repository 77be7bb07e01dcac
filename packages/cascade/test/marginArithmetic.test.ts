import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  baseRates,
  fundingBounds,
  fundingRate,
  initialMargin,
  maintenanceAmounts,
  maintenanceMargin,
  type MarginSchedule,
  marginTier,
} from "../src/index.ts";
import { draftVenue, entry, load } from "./draftVenue.ts";
import { at, valueOf } from "./shipped.ts";

const tiered = (schedule: MarginSchedule) => {
  if (schedule.kind !== "tiers") throw new Error(`these are ${schedule.kind}`);
  return schedule;
};

const BTC = (day: string) =>
  tiered(valueOf("binance-usdm", { part: "margin", symbol: "BTCUSDT", at: at(day) }));

describe("Binance's tiers", () => {
  /** Binance, "Leverage and Margin of USDⓈ-M Futures", BTCUSDT, an undated copy; the same as recorded by freqtrade on 2023-08-01. */
  const PUBLISHED = [
    [50_000, 125, 0.004, 0],
    [250_000, 100, 0.005, 50],
    [3_000_000, 50, 0.01, 1_300],
    [20_000_000, 20, 0.025, 46_300],
    [40_000_000, 10, 0.05, 546_300],
    [100_000_000, 5, 0.1, 2_546_300],
    [120_000_000, 4, 0.125, 5_046_300],
    [200_000_000, 3, 0.15, 8_046_300],
    [300_000_000, 2, 0.25, 28_046_300],
  ] as const;

  it("give the published amounts of BTCUSDT", () => {
    const { tiers } = BTC("2023-08-01");
    const amounts = maintenanceAmounts(tiers);
    const derived = tiers
      .slice(0, PUBLISHED.length)
      .map(({ cap, maxLeverage, maintenanceRate }, i) => [
        cap,
        maxLeverage,
        maintenanceRate,
        Number(amounts[i]!.toPrecision(12)),
      ]);
    expect(derived).toEqual(PUBLISHED);
  });

  it("charge notional × rate − amount", () => {
    const schedule = BTC("2021-05-19");
    // In the tiers of 2021-03-18 a position of 2 M USDT is in the fourth: 2.5 %, less 16,300.
    expect(marginTier(schedule, 2_000_000)).toMatchObject({
      maxLeverage: 20,
      maintenanceAmount: 16_300,
    });
    expect(maintenanceMargin(schedule, { size: 2_000_000 })).toBeCloseTo(33_700, 9);
    expect(initialMargin(schedule, { size: 2_000_000 })).toBeCloseTo(100_000, 9);
  });

  it("do not jump at a floor, and never fall with size", () => {
    const days = [
      "2021-05-19",
      "2021-09-07",
      "2022-04-16",
      "2022-11-08",
      "2023-08-17",
      "2024-08-05",
    ];
    for (const schedule of days.map(BTC)) {
      for (const { cap } of schedule.tiers.slice(0, -1)) {
        const [below, above] = [cap!, cap! * (1 + 1e-12)];
        expect(maintenanceMargin(schedule, { size: above })).toBeCloseTo(
          maintenanceMargin(schedule, { size: below }),
          2,
        );
      }
      const size = fc.double({ min: 0, max: schedule.tiers.at(-2)!.cap!, noNaN: true });
      fc.assert(
        fc.property(size, size, (a, b) => {
          const [small, large] = [Math.min(a, b), Math.max(a, b)].map((one) =>
            maintenanceMargin(schedule, { size: one }),
          );
          expect(large).toBeGreaterThanOrEqual(small! - 1e-6);
          expect(small).toBeGreaterThanOrEqual(0);
        }),
      );
    }
  });

  it("end: a position above the last tier, or above what is known, has no margin", () => {
    expect(() => maintenanceMargin(BTC("2021-05-19"), { size: 500_000_001 })).toThrow(
      /500000001 is above 500000000, the cap of the last tier/,
    );
    expect(maintenanceMargin(BTC("2020-03-12"), { size: 5_000_000 })).toBeCloseTo(108_700, 6);
    expect(() => maintenanceMargin(BTC("2020-03-12"), { size: 5_000_001 })).toThrow(
      /above 5000000, above which it is not known where the tier ends/,
    );
    expect(() => maintenanceMargin(BTC("2021-05-19"), { size: -1 })).toThrow(
      /a position of size -1 and notional -1 has no margin/,
    );
    expect(() => initialMargin(BTC("2024-03-01"), { size: 1 })).toThrow(/is not known/);
  });
});

describe("margin elsewhere", () => {
  it("is Deribit's published example: 25 BTC at 100,000 USD", () => {
    // Deribit support 25944826427293: 2 % + 0.005 % a BTC, and 1 % + 0.005 % a BTC.
    const schedule = valueOf("deribit", {
      part: "margin",
      symbol: "BTC-PERPETUAL",
      at: at("2025-10-10"),
    });
    const position = { size: 25, notional: 2_500_000 };
    expect(initialMargin(schedule, position)).toBeCloseTo(53_125, 9);
    expect(maintenanceMargin(schedule, position)).toBeCloseTo(28_125, 9);
  });

  it("grows at BitMEX with each step begun above the risk limit", () => {
    const schedule = valueOf("bitmex", { part: "margin", symbol: "XBTUSD", at: at("2020-03-12") });
    const rate = (size: number): number => maintenanceMargin(schedule, { size }) / size;
    expect(rate(200)).toBeCloseTo(0.005, 12);
    expect(rate(201)).toBeCloseTo(0.01, 12);
    expect(rate(300)).toBeCloseTo(0.01, 12);
    expect(rate(301)).toBeCloseTo(0.015, 12);
    expect(initialMargin(schedule, { size: 301 }) / 301).toBeCloseTo(0.02, 12);
    const eth = valueOf("bitmex", { part: "margin", symbol: "ETHUSD", at: at("2020-03-12") });
    expect(() => maintenanceMargin(eth, { size: 51 })).toThrow(/steps are not known/);
  });

  it("is half of the initial margin at Hyperliquid, with a deduction above the first tier", () => {
    const schedule = valueOf("hyperliquid", {
      part: "margin",
      symbol: "BTC",
      at: at("2026-10-01"),
    });
    for (const { maxLeverage, maintenanceRate } of tiered(schedule).tiers) {
      expect(maintenanceRate).toBeCloseTo(1 / maxLeverage! / 2, 15);
    }
    expect(maintenanceMargin(schedule, { size: 1_000_000 })).toBeCloseTo(12_500, 9);
    // The deduction of the second tier: 150 M × (2.5 % − 1.25 %).
    expect(maintenanceMargin(schedule, { size: 200_000_000 })).toBeCloseTo(5e6 - 1.875e6, 6);
  });

  it("is not guessed above the first tier where it is not known how that is charged", () => {
    const tiers = [
      { floor: 0, cap: 100, maintenanceRate: 0.01 },
      { floor: 100, cap: 200, maintenanceRate: 0.02 },
    ];
    const margin = (charge: object): MarginSchedule => {
      const value = { kind: "tiers", unit: "contracts", tiers, ...charge };
      const rule = load(draftVenue({ margin: { A: [entry("2024-01-01", value)] } })).parts.margin[
        "A"
      ]![0]!;
      if (!("value" in rule)) throw new Error("a gap");
      return rule.value;
    };
    expect(maintenanceMargin(margin({}), { size: 100 })).toBeCloseTo(1, 12);
    expect(() => maintenanceMargin(margin({}), { size: 150 })).toThrow(/is charged is not known/);
    expect(maintenanceMargin(margin({ charge: "whole" }), { size: 150 })).toBeCloseTo(3, 12);
    expect(maintenanceMargin(margin({ charge: "marginal" }), { size: 150 })).toBeCloseTo(2, 12);
  });
});

describe("bounds of funding", () => {
  const bounds = (venue: string, symbol: string, day: string) => {
    const cap = valueOf(venue, { part: "fundingCap", symbol, at: at(day) });
    return fundingBounds(cap, baseRates(valueOf(venue, { part: "margin", symbol, at: at(day) })));
  };

  it("are those of BitMEX's announcement of 2020-04-17", () => {
    const expected = [
      ["XBTUSD", "2020-03-12", 0.00375, 0.00375],
      ["XBTUSD", "2020-05-06", 0.0045, 0.003],
      ["ETHUSD", "2021-05-19", 0.00375, 0.00375],
    ] as const;
    for (const [symbol, day, rate, change] of expected) {
      const found = bounds("bitmex", symbol, day);
      expect(found.rate).toBeCloseTo(rate, 12);
      expect(found.change).toBeCloseTo(change, 12);
    }
  });

  it("are six times initial less maintenance margin at dYdX, and a rate at Hyperliquid", () => {
    expect(bounds("dydx-v4", "BTC-USD", "2024-08-05").rate).toBeCloseTo(6 * 0.02, 12);
    expect(bounds("hyperliquid", "BTC", "2026-10-01")).toEqual({ rate: 0.04, change: undefined });
  });
});

describe("funding rates", () => {
  const rule = (venue: string, symbol: string) => {
    const funding = valueOf(venue, { part: "funding", symbol, at: at("2025-10-10") });
    if (funding.kind !== "periodic") throw new Error("not periodic");
    return funding;
  };

  it("tend to the interest within the clamp", () => {
    const binance = rule("binance-usdm", "BTCUSDT");
    expect(fundingRate(binance, { premium: 0 })).toBeCloseTo(0.0001, 15);
    expect(fundingRate(binance, { premium: 0.0006 })).toBeCloseTo(0.0001, 15);
    expect(fundingRate(binance, { premium: 0.001 })).toBeCloseTo(0.0005, 15);
    expect(fundingRate(binance, { premium: -0.001 })).toBeCloseTo(-0.0005, 15);
    // Since 2025-09-18 divided by 8 h / interval.
    expect(fundingRate(binance, { premium: 0.001, intervalSeconds: 14_400 })).toBeCloseTo(
      0.00025,
      15,
    );
  });

  it("are an eighth an hour at Hyperliquid, and not made up where interest is not stated", () => {
    expect(fundingRate(rule("hyperliquid", "BTC"), { premium: 0 })).toBeCloseTo(0.0000125, 15);
    expect(() => fundingRate(rule("dydx-v4", "BTC-USD"), { premium: 0 })).toThrow(/does not state/);
  });
});
