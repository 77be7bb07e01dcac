import { DataError, MICROS_PER_DAY, MICROS_PER_HOUR, type EventStream } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  black76,
  defineStudy,
  deltaNeutral,
  inversePremium,
  protectivePut,
  runStudy,
  unhedged,
  type Hedge,
} from "../src/index.ts";
import { chainStream, tickerStream, type MadeOption } from "./syntheticMarket.ts";

/** 2001-01-01 00:00 UTC, µs. */
const START = 978_307_200_000_000;
const hour = (hours: number): number => START + hours * MICROS_PER_HOUR;
const STRIKES = [0.001, 60_000, 80_000, 90_000, 100_000];

/** One hour of a made-up market. */
interface Hour {
  /** Index over the one before. */
  readonly change: number;
  readonly iv: number;
  readonly basis: number;
  readonly fundingRate: number | undefined;
  readonly bids: boolean;
}

const anyHour: fc.Arbitrary<Hour> = fc.record({
  change: fc.double({ min: 0.8, max: 1.2, noNaN: true }),
  iv: fc.double({ min: 0.2, max: 3, noNaN: true }),
  basis: fc.double({ min: 0.99, max: 1.01, noNaN: true }),
  fundingRate: fc.option(fc.double({ min: -0.001, max: 0.001, noNaN: true }), { nil: undefined }),
  bids: fc.boolean(),
});

/** Puts at all strikes, one set expiring within the day and one in a month, at Black-76 with a spread. */
function putsAt(at: number, index: number, { iv, bids }: Hour): readonly MadeOption[] {
  return [12 * MICROS_PER_HOUR, 30 * MICROS_PER_DAY].flatMap((life) =>
    STRIKES.filter(() => START + life > at).map((strike) => {
      const expiry = START + life;
      const years = (expiry - at) / (365 * MICROS_PER_DAY);
      const value = black76({ right: -1, underlying: index, strike, years, volatility: iv });
      const mark = inversePremium(value, index);
      const tick = Math.floor(mark * 10_000) / 10_000;
      const option = { right: -1 as const, strike, expiry, mark, iv, ask: tick + 0.0002 };
      const symbol = `BTC-${life}-${strike}-P`;
      return bids && tick > 0 ? { ...option, symbol, bid: tick } : { ...option, symbol };
    }),
  );
}

function market(hours: readonly Hour[]): readonly EventStream[] {
  let index = 100_000;
  const rows = hours.map((one, i) => {
    index *= i === 0 ? 1 : one.change;
    return { one, at: hour(i + 1), index };
  });
  return [
    chainStream(
      "BTC",
      rows.map(({ one, at, index: i }) => ({ at, index: i, options: putsAt(at, i, one) })),
    ),
    tickerStream(
      "BTC-PERPETUAL",
      rows.map(({ one, at, index: i }) => ({
        at,
        mark: i * one.basis,
        ...(one.fundingRate === undefined ? {} : { fundingRate: one.fundingRate }),
      })),
    ),
  ];
}

const studyOf = (hedges: readonly Hedge[]) =>
  defineStudy({ day: "2001-01-01", venue: "sim", portfolio: { BTC: 10 }, hedges });

const HEDGES: readonly Hedge[] = [
  unhedged(),
  protectivePut({ tenorDays: 30, moneyness: 0.9 }),
  protectivePut({ tenorDays: 0.5, moneyness: 1, roll: true }),
  protectivePut({ tenorDays: 0.5, moneyness: 0.8, coverage: 0.5 }),
  deltaNeutral({ with: "perpetual", band: 0 }),
  deltaNeutral({ with: "perpetual", lotUsd: 70_000 }),
  deltaNeutral({ with: "perpetual", band: Infinity }),
];

/** No NaN, no infinity and no undefined anywhere: what JSON gives back is what was there. */
const isPlain = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every(isPlain);
};

describe("runStudy", () => {
  const hours = fc.array(anyHour, { minLength: 1, maxLength: 22 });

  it("conserves money: the parts of every P&L add up to it", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (some) => {
        const { outcomes } = await runStudy(studyOf(HEDGES), market(some));
        for (const { metrics, attribution, costs, series } of outcomes) {
          const { coinsUsd, hedgeUsd, costsUsd, revaluationUsd } = attribution;
          const parts = coinsUsd + hedgeUsd - costsUsd + revaluationUsd;
          expect(Math.abs(parts - metrics.pnlUsd)).toBeLessThan(1e-9 * metrics.startUsd);
          const listed = Object.values(costs).reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
          expect(Math.abs(listed - costsUsd)).toBeLessThan(1e-9 * metrics.startUsd);
          const { equityUsd, indexPrices, balances, positions } = series.at(-1)!;
          const coins = positions.reduce((sum, p) => sum + p.valueCoin, balances["BTC"]!);
          expect(Math.abs(coins * indexPrices["BTC"]! - equityUsd)).toBeLessThan(
            1e-9 * metrics.startUsd,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leaves the coins bare when the put's strike goes to 0, but for what it cost", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (some) => {
        const hedges = [unhedged(), protectivePut({ tenorDays: 30, moneyness: 1e-9 })];
        const { outcomes } = await runStudy(studyOf(hedges), market(some));
        const [bare, put] = [outcomes[0]!, outcomes[1]!];
        const { amountCoin, feeCoin, instrument } = put.trades[0]!;
        expect(instrument).toContain("-0.001-P");
        const spent = feeCoin - amountCoin;
        for (const [i, point] of put.series.entries()) {
          const { equityUsd, indexPrices } = bare.series[i]!;
          expect(point.equityUsd).toBeCloseTo(equityUsd - spent * indexPrices["BTC"]!, 2);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("trades once in an infinite band, and not at all when unhedged", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (some) => {
        const { outcomes } = await runStudy(studyOf(HEDGES), market(some));
        expect(outcomes[0]!.trades).toEqual([]);
        expect(outcomes[6]!.trades).toHaveLength(1);
        expect(outcomes[6]!.costs.rebalancing).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("is causal: cutting the data off later changes nothing before", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (some) => {
        const whole = await runStudy(studyOf(HEDGES), market(some));
        const cut = await runStudy(
          studyOf(HEDGES),
          market(some.slice(0, Math.ceil(some.length / 2))),
        );
        for (const [i, { series }] of cut.outcomes.entries()) {
          expect(whole.outcomes[i]!.series.slice(0, series.length)).toEqual(series);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("gives the same plain JSON every time, whatever the order of the streams", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (some) => {
        const streams = market(some);
        const once = await runStudy(studyOf(HEDGES), streams);
        const again = await runStudy(studyOf(HEDGES), streams.toReversed());
        expect(isPlain(once)).toBe(true);
        expect(JSON.stringify(again)).toBe(JSON.stringify(once));
      }),
      { numRuns: 20 },
    );
  });

  const CALM: Hour = { change: 0.97, iv: 0.6, basis: 1, fundingRate: 0.0001, bids: true };

  it("sums up every chain snapshot, and agrees with marks made by Black-76", async () => {
    const { chain, simulated, stateHash, configHash } = await runStudy(
      studyOf(HEDGES),
      market([CALM, CALM]),
    );
    expect(chain).toHaveLength(2);
    expect(chain[0]).toMatchObject({
      at: hour(1),
      coin: "BTC",
      index: 100_000,
      options: 10,
      atmIv: 0.6,
    });
    expect(chain[1]!.medianMarkError).toBeLessThan(1e-12);
    expect(simulated).toBe(true);
    expect(stateHash).toMatch(/^[0-9a-f]{16}$/);
    expect(configHash).toMatch(/^[0-9a-f]{16}$/);
  });

  it("values several coins together, at the instants at which all have a chain", async () => {
    const option = { symbol: "P", right: -1 as const, strike: 1, expiry: hour(999), ask: 0.001 };
    const chains = [
      chainStream("BTC", [
        { at: hour(1), index: 100, options: [option] },
        { at: hour(2), index: 90, options: [option] },
      ]),
      chainStream("ETH", [
        { at: hour(2), index: 10, options: [option] },
        { at: hour(3), index: 8, options: [option] },
      ]),
    ];
    const study = defineStudy({
      day: "2001-01-01",
      venue: "sim",
      portfolio: { BTC: 1, ETH: 5 },
      hedges: [unhedged()],
    });
    const { outcomes, chain, warnings } = await runStudy(study, chains);
    expect(outcomes[0]!.series).toMatchObject([
      { at: hour(2), equityUsd: 140, indexPrices: { BTC: 90, ETH: 10 } },
    ]);
    expect(chain.map(({ coin, at }) => [coin, at])).toEqual([
      ["BTC", hour(2)],
      ["ETH", hour(2)],
    ]);
    expect(warnings.join("\n")).toContain("2 snapshots were left out");
  });

  it("leaves out streams that the study does not read", async () => {
    const streams = market([CALM]);
    const study = studyOf([unhedged()]);
    const foreign = tickerStream("ETH-PERPETUAL", [{ at: hour(1), mark: 1 }]);
    expect(await runStudy(study, [...streams, foreign])).toEqual(await runStudy(study, streams));
  });

  it("fails clearly without the chain and without any snapshot in the window", async () => {
    const study = studyOf([unhedged()]);
    await expect(runStudy(study, [])).rejects.toThrow(DataError);
    await expect(runStudy(study, [])).rejects.toThrow(/needs options of sim:BTC-OPTIONS/);
    const later = defineStudy({
      day: "2001-02-01",
      venue: "sim",
      portfolio: { BTC: 10 },
      hedges: [unhedged()],
    });
    await expect(runStudy(later, market([CALM]))).rejects.toThrow(/No complete snapshot/);
  });
});
