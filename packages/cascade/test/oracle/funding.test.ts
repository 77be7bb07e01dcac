import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dampenedRate,
  type FundingRule,
  impactPremium,
  midPremium,
  type PeriodicFunding,
  PremiumAverage,
  type PremiumAverageOptions,
} from "../../src/index.ts";
import { at, valueOf } from "../shipped.ts";
import { standing } from "./plainAverages.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const fundingAt = (venue: string, symbol: string, day: string): FundingRule =>
  valueOf(venue, { part: "funding", symbol, at: at(day) });

function periodic(rule: FundingRule): PeriodicFunding {
  if (rule.kind !== "periodic") throw new Error("not periodic");
  return rule;
}

const averageOf = (
  rule: PeriodicFunding,
  options: Partial<PremiumAverageOptions> = {},
): PremiumAverage => new PremiumAverage(rule, { of: "v:X", ...options });

describe("the impact premium", () => {
  it("is 0 while the index is between the impact prices, and their distance from it beyond", () => {
    expect(impactPremium({ impactBid: 99, impactAsk: 101, index: 100 })).toBe(0);
    expect(impactPremium({ impactBid: 101, impactAsk: 102, index: 100 })).toBe(0.01);
    expect(impactPremium({ impactBid: 97, impactAsk: 98, index: 100 })).toBe(-0.02);
    expect(midPremium(99, 100)).toBe(-0.01);
  });
});

describe("Binance's funding", () => {
  const binance = (day: string, options: Partial<PremiumAverageOptions> = {}): PremiumAverage =>
    averageOf(periodic(fundingAt("binance-usdm", "BTCUSDT", day)), {
      average: "linearWeights",
      sampleSeconds: 5,
      ...options,
    });

  it("is P + clamp(0.01 % − P, ±0.05 %)", () => {
    const rateOf = (premium: number): number => {
      const funding = binance("2021-05-19");
      funding.update(premium, 0);
      return funding.rate(8 * HOUR);
    };
    expect(rateOf(0)).toBeCloseTo(0.0001, 15);
    expect(rateOf(0.0004)).toBeCloseTo(0.0001, 15);
    expect(rateOf(0.002)).toBeCloseTo(0.0015, 15);
    expect(rateOf(-0.003)).toBeCloseTo(-0.0025, 15);
  });

  it("is divided by 8 / N where it is paid every N hours, since 2025-09-18", () => {
    const rule = periodic(fundingAt("binance-usdm", "BTCUSDT", "2025-10-10"));
    const hourly = { ...rule, intervalSeconds: 3_600, hoursUtc: undefined };
    const funding = averageOf(hourly, { average: "mean", sampleSeconds: 5 });
    funding.update(0.002, 0);
    expect(funding.rate(HOUR)).toBeCloseTo(0.0015 / 8, 15);
  });

  it("does not say how it averages, which has to be assumed", () => {
    const rule = periodic(fundingAt("binance-usdm", "BTCUSDT", "2021-05-19"));
    expect(() => averageOf(rule)).toThrow(/how funding averages its premium is not known/);
    expect(() => averageOf(rule, { average: "mean" })).toThrow(
      /the time between samples of the premium/,
    );
    expect(binance("2021-05-19").assumptions).toHaveLength(2);
  });
});

describe("Bybit's premium", () => {
  it("is Σ i·P / Σ i over the 480 minutes of a period", () => {
    const funding = averageOf(periodic(fundingAt("bybit", "BTCUSD", "2021-05-19")));
    expect(funding.assumptions).toEqual([]);
    funding.update(0, 0);
    funding.update(0.001, 4 * HOUR);
    // Minutes 240 … 480 of 1 … 480.
    const weights = (241 * (240 + 480)) / 2;
    expect(funding.average(8 * HOUR)).toBeCloseTo((0.001 * weights) / ((480 * 481) / 2), 15);
  });
});

describe("BitMEX's premium", () => {
  it("is the mean of the minutes since 04:00, 12:00 or 20:00", () => {
    const funding = averageOf(periodic(fundingAt("bitmex", "XBTUSD", "2020-03-12")));
    funding.update(0.001, 3 * HOUR);
    expect(funding.startOf(4 * HOUR)).toBe(-4 * HOUR);
    expect(funding.startOf(4 * HOUR + 1)).toBe(4 * HOUR);
    expect(funding.average(4 * HOUR)).toBe(0.001);
    funding.update(0.003, 8 * HOUR + 1);
    expect(funding.average(12 * HOUR)).toBeCloseTo(0.002, 15);
    expect(funding.average(12 * HOUR + MINUTE)).toBe(0.003);
    expect(funding.average(12 * HOUR + 1)).toBeNaN();
  });
});

describe("Deribit's rate", () => {
  it("is 0 within ±0.025 % of premium and what is beyond it outside", () => {
    const rule = fundingAt("deribit", "BTC-PERPETUAL", "2025-10-10");
    if (rule.kind !== "continuous") throw new Error("not continuous");
    expect(dampenedRate(rule, 0.0002)).toBeCloseTo(0, 15);
    expect(dampenedRate(rule, 0.001)).toBeCloseTo(0.00075, 15);
    expect(dampenedRate(rule, -0.001)).toBeCloseTo(-0.00075, 15);
    expect(() => dampenedRate({ ...rule, dampenerRate: undefined }, 0)).toThrow(/dampener/);
  });
});

describe("an averaged premium", () => {
  const BASE = periodic(fundingAt("bybit", "BTCUSD", "2021-05-19"));
  const eventsArb = fc
    .array(
      fc.record({ after: fc.nat(400), premium: fc.double({ min: -0.01, max: 0.01, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 25,
      },
    )
    .map((steps) => {
      let now = 0;
      return steps.map(({ after, premium }) => ({ at: (now += after * SECOND), price: premium }));
    });

  it("equals that of all samples one by one, whenever it is read, of any period", () => {
    fc.assert(
      fc.property(
        eventsArb,
        fc.constantFrom("mean" as const, "linearWeights" as const),
        fc.nat(6_000),
        (updates, average, cut) => {
          const rule = {
            ...BASE,
            average,
            intervalSeconds: 3_600,
            sampleSeconds: 60,
            hoursUtc: undefined,
          };
          const funding = averageOf(rule);
          for (const [i, update] of updates.entries()) {
            funding.update(update.price, update.at);
            const next = updates[i + 1]?.at ?? update.at + cut * SECOND;
            for (const now of [update.at, Math.floor((update.at + next) / 2), next - 1]) {
              if (now < update.at) continue;
              const start = (Math.ceil(now / HOUR) - 1) * HOUR;
              let [sum, weight] = [0, 0];
              for (let k = 1; start + k * MINUTE <= now; k += 1) {
                const premium = standing(updates.slice(0, i + 1), start + k * MINUTE);
                const w = average === "mean" ? 1 : k;
                if (!Number.isNaN(premium)) [sum, weight] = [sum + premium * w, weight + w];
              }
              if (weight === 0) expect(funding.average(now)).toBeNaN();
              else expect(funding.average(now)).toBeCloseTo(sum / weight, 14);
            }
          }
        },
      ),
    );
  });

  it("looks back over its window where it moves, which has to be known", () => {
    const okx = periodic(fundingAt("okx", "BTC-USDT-SWAP", "2023-03-11"));
    expect(() => averageOf(okx)).toThrow(/the window of the premium's average/);
    const funding = averageOf(okx, { averageSeconds: 600 });
    funding.update(0.001, 0);
    funding.update(0.002, 5 * MINUTE + 1);
    expect(funding.average(10 * MINUTE)).toBeCloseTo((6 * 0.001 + 5 * 0.002) / 11 - 0, 3);
    expect(funding.average(20 * MINUTE)).toBe(0.002);
  });

  it("leaves out what it did not see", () => {
    const funding = averageOf({ ...BASE, average: "mean" });
    funding.update(0.001, 0);
    funding.lose(HOUR);
    funding.update(0.003, 7 * HOUR + 1);
    // 59 minutes at 0.1 %, and 60 at 0.3 %.
    expect(funding.average(8 * HOUR)).toBeCloseTo((59 * 0.001 + 60 * 0.003) / 119, 15);
  });

  it("refuses hours and samples that do not fit", () => {
    expect(() => averageOf({ ...BASE, hoursUtc: [0, 8] })).toThrow(/does not fit the hours 0,8/);
    expect(() => averageOf({ ...BASE, sampleSeconds: 7 })).toThrow(/samples 7 s apart do not fit/);
    const funding = averageOf(BASE);
    funding.update(0, 5);
    expect(() => funding.update(0, 4)).toThrow(/is of 4, after one of 5/);
    expect(() => funding.update(Number.NaN, 6)).toThrow(/A funding premium is NaN/);
  });
});
