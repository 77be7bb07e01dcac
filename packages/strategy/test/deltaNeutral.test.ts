import { ConfigError, DataError, MICROS_PER_HOUR, MICROS_PER_SECOND } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  ShortInverse,
  defineStudy,
  deltaNeutral,
  runStudy,
  type DeltaNeutralOptions,
  type StudyResult,
} from "../src/index.ts";
import { chainStream, tickerStream, type MadeTicker } from "./syntheticMarket.ts";

/** 2026-02-05 00:00 UTC, µs. */
const START = 1_770_249_600_000_000;
const hour = (hours: number): number => START + hours * MICROS_PER_HOUR;

/** A chain whose only purpose is its snapshots: one at each hour with that index. */
const chainAt = (indexes: Readonly<Record<number, number>>) =>
  chainStream(
    "BTC",
    Object.entries(indexes).map(([hours, index]) => ({
      at: hour(Number(hours)),
      index,
      options: [
        { symbol: "BTC-27MAR26-1-P", right: -1, strike: 1, expiry: hour(1_000), ask: 0.001 },
      ],
    })),
  );

async function run(
  options: DeltaNeutralOptions,
  indexes: Readonly<Record<number, number>>,
  tickers: Readonly<Record<string, readonly MadeTicker[]>>,
): Promise<StudyResult> {
  const study = defineStudy({
    day: "2026-02-05",
    venue: "sim",
    portfolio: { BTC: 10 },
    hedges: [deltaNeutral(options)],
  });
  const streams = Object.entries(tickers).map(([symbol, rows]) => tickerStream(symbol, rows));
  return runStudy(study, [chainAt(indexes), ...streams]);
}

const marks = (prices: Readonly<Record<number, number>>, rest: Partial<MadeTicker> = {}) =>
  Object.entries(prices).map(([hours, mark]) => ({ at: hour(Number(hours)), mark, ...rest }));

describe("ShortInverse", () => {
  it("earns N(1/mark − 1/entry) coins", () => {
    const short = new ShortInverse();
    short.sell(100_000, 100_000);
    expect(short.pnlCoin(80_000)).toBeCloseTo(0.25, 15);
    expect(short.pnlCoin(125_000)).toBeCloseTo(-0.2, 15);
  });

  it("realises in proportion to what is bought back", () => {
    const short = new ShortInverse();
    short.sell(60_000, 100_000);
    short.sell(40_000, 80_000);
    const whole = short.pnlCoin(50_000);
    const realised = short.buyBack(25_000, 50_000);
    expect(realised).toBeCloseTo(whole / 4, 12);
    expect(short.pnlCoin(50_000)).toBeCloseTo((whole * 3) / 4, 12);
    expect(short.sizeUsd).toBe(75_000);
    expect(() => short.buyBack(80_000, 50_000)).toThrow(/Invariant/);
  });
});

describe("deltaNeutral", () => {
  const crash = { 1: 100_000, 2: 70_000, 3: 50_000 };

  it("keeps the USD value through a crash, less the fee of entering", async () => {
    const { outcomes } = await run({ with: "perpetual" }, crash, { "BTC-PERPETUAL": marks(crash) });
    const { metrics, trades, costs, series } = outcomes[0]!;
    expect(trades).toMatchObject([
      { side: "sell", reason: "open", size: 1_000_000, sizeUnit: "usd", price: 100_000 },
    ]);
    expect(trades[0]!.feeCoin).toBeCloseTo(0.005, 12);
    // The fee's 0.005 coin are no longer there to fall.
    expect(metrics.pnlUsd).toBeCloseTo(-0.005 * 50_000, 6);
    expect(costs).toMatchObject({ premium: 0, spread: null, rebalancing: 0 });
    expect(costs.fees).toBeCloseTo(500, 6);
    expect(series[2]!.positions[0]).toMatchObject({ size: -1_000_000, priceKind: "mark" });
  });

  it("sizes in whole lots", async () => {
    const prices = { 1: 99_999.7 };
    const { outcomes } = await run({ with: "perpetual" }, prices, {
      "BTC-PERPETUAL": marks(prices),
    });
    expect(outcomes[0]!.trades[0]!.size).toBe(1_000_000);
    const coarse = await run({ with: "perpetual", lotUsd: 300_000 }, prices, {
      "BTC-PERPETUAL": marks(prices),
    });
    expect(coarse.outcomes[0]!.trades[0]!.size).toBe(900_000);
  });

  it("is rebalanced when it leaves its band by a lot, and never in an infinite one", async () => {
    // Steps of 300,000 USD leave 100,000 of the coins' 1,000,000 USD open: that part grows with the price.
    const options = { with: "perpetual", lotUsd: 300_000 } as const;
    const risen = { 1: 100_000, 2: 260_000 };
    const tickers = { "BTC-PERPETUAL": marks(risen) };
    const { outcomes } = await run({ ...options, band: 0.01 }, risen, tickers);
    const { trades, costs } = outcomes[0]!;
    expect(trades[1]).toMatchObject({ side: "sell", reason: "rebalance", size: 300_000 });
    expect(costs.rebalancing).toBeCloseTo(300_000 * 0.0005, 6);
    const never = await run({ ...options, band: Infinity }, risen, tickers);
    expect(never.outcomes[0]!.trades).toHaveLength(1);
  });

  it("buys back what funding has made too much, and realises its profit", async () => {
    // A rate of −40 % for one interval: the short pays 4 of its 10 coins.
    const { outcomes } = await run(
      { with: "perpetual" },
      { 1: 100_000, 9: 80_000 },
      {
        "BTC-PERPETUAL": [
          { at: hour(1), mark: 100_000, fundingRate: -0.4 },
          { at: hour(9), mark: 80_000, fundingRate: 0 },
        ],
      },
    );
    const [, buy] = outcomes[0]!.trades;
    // 10 − 0.005 − 4 coins, and 2.5 of profit: 8.495 coins at 80,000 USD, of 1,000,000 sold.
    expect(buy).toMatchObject({ side: "buy", reason: "rebalance", size: 320_400 });
    expect(buy!.amountCoin).toBeCloseTo(320_400 * (1 / 80_000 - 1 / 100_000), 9);
    expect(outcomes[0]!.series[1]!.positions[0]!.size).toBe(-679_600);
  });

  it("stays within a band that a lot does not leave", async () => {
    const risen = { 1: 100_000, 2: 130_000 };
    const { outcomes } = await run({ with: "perpetual", lotUsd: 300_000, band: 0.01 }, risen, {
      "BTC-PERPETUAL": marks(risen),
    });
    expect(outcomes[0]!.trades).toHaveLength(1);
  });

  it("receives recorded funding in coin for as long as each rate holds", async () => {
    const tickers = [
      { at: hour(0), mark: 100_000, fundingRate: 0.0008 },
      { at: hour(1), mark: 100_000 },
      { at: hour(3), mark: 50_000, fundingRate: -0.0004 },
    ];
    const { outcomes } = await run(
      { with: "perpetual", band: Infinity },
      { 1: 100_000, 5: 50_000 },
      {
        "BTC-PERPETUAL": tickers,
      },
    );
    const { costs, series, notes } = outcomes[0]!;
    const coin = 1e6 * ((0.0008 * (2 / 8)) / 100_000 + (-0.0004 * (2 / 8)) / 50_000);
    expect(series[1]!.balances["BTC"]).toBeCloseTo(10 - 0.005 + coin, 12);
    expect(costs.funding).toBeCloseTo(-coin * 50_000, 6);
    expect(notes.join("\n")).not.toContain("Funding");
  });

  it("does not open at a price of long ago, and does not rebalance at one", async () => {
    const old = { "BTC-PERPETUAL": [{ at: hour(0), mark: 100_000 }] };
    await expect(run({ with: "perpetual" }, { 1: 100_000, 5: 70_000 }, old)).rejects.toThrow(
      /No new price of sim:BTC-PERPETUAL/,
    );
    const once = { "BTC-PERPETUAL": [{ at: hour(1), mark: 100_000 }] };
    const { outcomes } = await run({ with: "perpetual", band: 0 }, { 1: 100_000, 5: 70_000 }, once);
    expect(outcomes[0]!.trades.map(({ at }) => at)).toEqual([hour(1)]);
    expect(outcomes[0]!.series[1]!.positions[0]!.stale).toBe(true);
  });

  it("says where funding is recorded for some of the time only", async () => {
    const tickers = [
      { at: hour(1), mark: 100_000 },
      { at: hour(4), mark: 100_000, fundingRate: 0.0008 },
    ];
    const { outcomes, warnings } = await run(
      { with: "perpetual", band: Infinity },
      { 1: 100_000, 5: 100_000 },
      { "BTC-PERPETUAL": tickers },
    );
    expect(outcomes[0]!.partialCosts).toEqual(["funding"]);
    expect(warnings.join("\n")).toContain("funding is recorded in part only");
  });

  it("holds a recorded rate until the next one, through tickers that carry none", async () => {
    const tickers = [
      { at: hour(1), mark: 100_000, fundingRate: 0.0008 },
      { at: hour(2), mark: 100_000 },
    ];
    const { outcomes } = await run(
      { with: "perpetual" },
      { 1: 100_000, 5: 100_000 },
      {
        "BTC-PERPETUAL": tickers,
      },
    );
    expect(outcomes[0]!.costs.funding).toBeCloseTo(-1e6 * 0.0008 * (4 / 8), 6);
  });

  it("says what funding would have meant where none is recorded", async () => {
    const prices = { 1: 100_000, 9: 100_000 };
    const result = await run({ with: "perpetual" }, prices, { "BTC-PERPETUAL": marks(prices) });
    expect(result.outcomes[0]!.costs.funding).toBeNull();
    expect(result.outcomes[0]!.notes.join("\n")).toContain(
      "A rate of 1 bp per 8 h throughout would have paid the short 100 USD.",
    );
    expect(result.warnings.join("\n")).toContain("funding is not recorded");
  });

  it("counts the hours for which the rate is not recorded", async () => {
    const tickers = [
      { at: hour(1), mark: 100_000 },
      { at: hour(3), mark: 100_000, fundingRate: 0.0001 },
    ];
    const { outcomes } = await run(
      { with: "perpetual" },
      { 1: 100_000, 4: 100_000 },
      {
        "BTC-PERPETUAL": tickers,
      },
    );
    expect(outcomes[0]!.notes.join("\n")).toContain("Funding is not recorded for 2 h");
    expect(outcomes[0]!.costs.funding).toBeCloseTo(-1e6 * 0.0001 * (1 / 8), 6);
  });

  it("trades at the last price where no mark is recorded, and says so", async () => {
    const last = [
      { at: hour(1), last: 100_000, tsEvent: hour(1) + 20 * MICROS_PER_SECOND },
      { at: hour(2), last: 90_000, tsEvent: hour(2) - 30 * MICROS_PER_SECOND },
    ];
    const result = await run(
      { with: "perpetual" },
      { 1: 100_000, 2: 90_000 },
      {
        "BTC-PERPETUAL": last,
      },
    );
    const notes = result.outcomes[0]!.notes.join("\n");
    expect(result.outcomes[0]!.trades[0]!.priceKind).toBe("last");
    expect(notes).toContain("In 2 of 2 snapshots no mark price is recorded");
    expect(notes).toContain(
      "up to 30 s from its snapshot by the venue's clock, in 1 of 2 snapshots after it",
    );
    expect(result.warnings.join("\n")).toContain("a last traded price stands in for a mark price");
  });

  it("carries a missing price forward, flagged and counted", async () => {
    const result = await run(
      { with: "perpetual" },
      { 1: 100_000, 2: 90_000 },
      {
        "BTC-PERPETUAL": marks({ 1: 100_000 }),
      },
    );
    expect(result.outcomes[0]!.series[1]!.positions[0]).toMatchObject({
      stale: true,
      price: 100_000,
    });
    expect(result.outcomes[0]!.notes.join("\n")).toContain(
      "In 1 of 2 snapshots the contract has no new price",
    );
  });

  it("does not look ahead: a ticker after a snapshot is not in it", async () => {
    const result = await run(
      { with: "perpetual" },
      { 1: 100_000, 3: 80_000 },
      {
        "BTC-PERPETUAL": [
          ...marks({ 1: 100_000 }),
          { at: hour(1) + 1, mark: 1 },
          ...marks({ 3: 80_000 }),
        ],
      },
    );
    expect(result.outcomes[0]!.series[0]!.positions[0]!.price).toBe(100_000);
    expect(result.outcomes[0]!.trades[0]!.price).toBe(100_000);
  });

  const futures = {
    "BTC-5FEB26": marks({ 1: 100_100, 2: 70_000 }),
    "BTC-27FEB26": marks({ 1: 100_500, 2: 70_200 }),
    "BTC-27MAR26": marks({ 1: 101_000, 2: 70_400 }),
    "BTC-6FEB26": marks({ 2: 70_000 }),
  };

  it("sells the first future that outlives the study and has a price, without funding", async () => {
    const { outcomes } = await run({ with: "future" }, { 1: 100_000, 2: 70_000 }, futures);
    expect(outcomes[0]!.trades[0]!.instrument).toBe("sim:BTC-27FEB26");
    expect(outcomes[0]!.costs.funding).toBe(0);
  });

  it("sells the future nearest to a tenor", async () => {
    const { outcomes } = await run({ with: "future", tenorDays: 60 }, { 1: 100_000 }, futures);
    expect(outcomes[0]!.trades[0]!.instrument).toBe("sim:BTC-27MAR26");
  });

  it("fails clearly without a price, a fitting future, a stream or an inverse contract", async () => {
    const late = run({ with: "perpetual" }, { 1: 100_000 }, { "BTC-PERPETUAL": marks({ 2: 1 }) });
    await expect(late).rejects.toThrow(/No new price of sim:BTC-PERPETUAL at the first snapshot/);
    const expiring = run({ with: "future" }, { 1: 100_000 }, { "BTC-5FEB26": marks({ 1: 1 }) });
    await expect(expiring).rejects.toThrow(DataError);
    await expect(run({ with: "perpetual" }, { 1: 100_000 }, {})).rejects.toThrow(
      /needs tickers of sim:BTC-PERPETUAL/,
    );
    const perpetual = tickerStream("BTC-PERPETUAL", marks({ 1: 100_000 }));
    const linear = { ...perpetual.instrument, contract: "linear" as const };
    const study = defineStudy({
      day: "2026-02-05",
      venue: "sim",
      portfolio: { BTC: 1 },
      hedges: [deltaNeutral({ with: "perpetual" })],
    });
    const stream = {
      ...perpetual,
      instrument: linear,
      async *batches() {
        for await (const batch of perpetual.batches()) yield { ...batch, instrument: linear };
      },
    };
    await expect(runStudy(study, [chainAt({ 1: 100_000 }), stream])).rejects.toThrow(ConfigError);
  });
});
