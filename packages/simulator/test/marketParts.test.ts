import { describe, expect, test } from "vitest";
import { MarkPrice } from "../src/market/markPrice.ts";
import { drawValuePath } from "../src/market/valuePath.ts";
import { Volatility } from "../src/market/volatility.ts";
import { DEFAULT_MARKET, marketWith } from "../src/marketConfig.ts";
import { randomFor } from "../src/random.ts";
import { Connection } from "../src/recording/connection.ts";

describe("the value path", () => {
  const steps = 40_000;
  const options = { steps, warmUpSteps: 1_200, startUsd: 64_000 };

  test("has no news before their minute, and all of them when they are over", () => {
    const path = drawValuePath(DEFAULT_MARKET.value, randomFor(3, "value"), options);
    expect(path.newsFrom).toBe(1_200 + 20 * 600);
    expect(path.news.slice(0, path.newsFrom + 1).every((share) => Math.abs(share) === 0)).toBe(
      true,
    );
    expect(path.news[path.newsTo]).toBeCloseTo(Math.log(1 - path.newsDrop), 12);
    expect(path.newsDrop).toBeGreaterThan(DEFAULT_MARKET.value.newsDropFrom);
    expect(path.newsDrop).toBeLessThan(DEFAULT_MARKET.value.newsDropTo);
  });

  test("walks as widely as it is told to in calm", () => {
    const config = { ...DEFAULT_MARKET.value, newsVolatilityFactor: 1 };
    const { ordinary } = drawValuePath(config, randomFor(3, "value"), options);
    const squares = ordinary.slice(1).map((value, step) => (value - (ordinary[step] ?? 0)) ** 2);
    const perStep = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    const annual = Math.sqrt(perStep * 365 * 86_400 * 10);
    expect(annual / config.annualVolatility).toBeCloseTo(1, 1);
  });
});

describe("index and mark", () => {
  const logStart = Math.log(64_000);
  const settle = (logMid: number, steps: number): MarkPrice => {
    const price = new MarkPrice(DEFAULT_MARKET.mark, 64_000);
    for (let step = 0; step < steps; step += 1) {
      price.update({ logMid: logStart + logMid, logOrdinary: logStart, logNews: 0 });
    }
    return price;
  };

  test("stand at the value while the perpetual does", () => {
    const price = settle(0, 100);
    expect(price.index).toBeCloseTo(64_000, 6);
    expect(price.mark).toBeCloseTo(64_000, 6);
    expect(price.fundingRate).toBe(0);
  });

  test("follow a perpetual that leaves the value: the index most of the way, the mark all of it", () => {
    const price = settle(-0.05, 6_000);
    const weight = DEFAULT_MARKET.mark.spotFollows;
    expect(Math.log(price.index) - logStart).toBeCloseTo(-0.05 * weight, 6);
    expect(Math.log(price.mark) - logStart).toBeCloseTo(-0.05, 6);
  });

  test("let the mark lag: half a minute after a jump it has gone most of the way, at once it has not", () => {
    expect(Math.log(settle(-0.05, 1).mark) - logStart).toBeGreaterThan(-0.005);
    expect(Math.log(settle(-0.05, 300).mark) - logStart).toBeLessThan(-0.04);
  });

  test("charge no funding within the dampener, and never more than the cap", () => {
    expect(settle(0.001, 6_000).fundingRate).toBe(0);
    expect(settle(-0.1, 6_000).fundingRate).toBe(-DEFAULT_MARKET.mark.fundingCap);
    expect(settle(0.01, 6_000).fundingRate).toBeGreaterThan(0.001);
  });
});

describe("volatility", () => {
  test("settles at the size of one-second moves", () => {
    const volatility = new Volatility({ halfLifeSeconds: 5, startAnnual: 0.4 });
    const logMidAt = (step: number): number => (Math.floor(step / 10) % 2) * 5e-4;
    for (let step = 0; step < 5_000; step += 1) volatility.update(step, logMidAt);
    expect(volatility.bps).toBeCloseTo(5, 6);
    expect(volatility.annual).toBeCloseTo(5e-4 * Math.sqrt(365 * 86_400), 6);
  });
});

describe("the connection", () => {
  test("delivers in order, 1 to 8 ms late", () => {
    const connection = new Connection(randomFor(1, "latency"));
    let last = 0;
    for (let sent = 0; sent < 1_000_000; sent += 100) {
      const received = connection.receive(sent);
      expect(received).toBeGreaterThanOrEqual(last);
      expect(received - sent).toBeGreaterThanOrEqual(1_000);
      expect(received - sent).toBeLessThanOrEqual(8_000);
      expect(Number.isInteger(received)).toBe(true);
      last = received;
    }
  });
});

describe("a changed market", () => {
  test("keeps what is not changed", () => {
    const market = marketWith({ startUsd: 30_000, makers: { count: 3 } });
    expect(market.startUsd).toBe(30_000);
    expect(market.makers).toEqual({ ...DEFAULT_MARKET.makers, count: 3 });
    expect(market.accounts).toEqual(DEFAULT_MARKET.accounts);
  });
});
