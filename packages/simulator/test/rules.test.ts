import type { RuleSet } from "@aftershock/cascade";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PRESETS, simulateTruth } from "../src/index.ts";
import { Market } from "../src/market/market.ts";

const { rules, market: config, traded, from } = PRESETS["crash-hour"];

/** The crash hour up to its low and a little beyond, on seed 1, under other rules. */
const under = (change: Partial<RuleSet>): ReturnType<typeof simulateTruth> =>
  simulateTruth({ seed: 1, minutes: 34, rules: change });
const base = under({});

/** When somebody was liquidated for the first time, µs. */
const first = ({ accounts }: typeof base): number =>
  Math.min(...accounts.map(({ triggeredAt }) => triggeredAt ?? Infinity));

/** The longest time between two forced orders, seconds. */
const longestPause = ({ forcedOrders }: typeof base): number =>
  Math.max(...forcedOrders.slice(1).map(({ at }, i) => (at - forcedOrders[i]!.at) / 1e6));

describe("other rules on the same seed", () => {
  test("liquidate sooner with more maintenance margin, later with less, and nobody where nobody is liquidated", () => {
    const more = under({ maintenanceFactor: 1.3 });
    expect(more.news).toEqual(base.news);
    expect(first(more)).toBeLessThan(first(base));
    expect(first(under({ maintenanceFactor: 0.7 }))).toBeGreaterThan(first(base));
    expect(under({ liquidates: false }).forcedOrders).toEqual([]);
  });

  test("pause forced selling by a breaker, and all but makers by one that stops trading", () => {
    const breaker = { move: 0.03, withinSeconds: 300, pauseSeconds: 400 } as const;
    expect(longestPause(under({ breaker: { ...breaker, stops: "liquidations" } }))).toBeGreaterThan(
      Math.max(399, longestPause(base)),
    );
    const halted = under({ breaker: { ...breaker, stops: "trading" } });
    expect(halted.minutes.soldUsd).toContain(0);
    expect(base.minutes.soldUsd).not.toContain(0);
  });

  test("an average of the mark is slower to liquidate", () => {
    expect(first(under({ markTwapSeconds: 120 }))).toBeGreaterThan(first(base));
  });

  test("sell a part of large positions first, and the rest after a pause", () => {
    const tranche = {
      kind: "tranche",
      // In the settle currency: positions of more than 32,000 USD or so.
      aboveNotional: 30_000,
      share: 0.2,
      cooldownSeconds: 30,
      inCooldown: "wait",
    } as const;
    const { steps } = rules.liquidation;
    const liquidation = { ...rules.liquidation, steps: [steps[0]!, tranche, ...steps.slice(1)] };
    /** How many accounts had 30 s or more between two of their forced orders. */
    const paused = ({ forcedOrders }: typeof base): number => {
      const last = new Map<string, number>();
      const found = new Set<string>();
      for (const { account, at } of forcedOrders) {
        if (at - (last.get(account) ?? at) >= 30e6) found.add(account);
        last.set(account, at);
      }
      return found.size;
    };
    // Accounts that are let go after a part was closed may be taken up again later.
    expect(paused(under({ liquidation }))).toBeGreaterThan(3 * paused(base));
  });

  test("an empty fund leaves losses to those who gained, by auto-deleveraging at the bankruptcy price", () => {
    const ioc = {
      ...rules.liquidation,
      steps: [{ kind: "ioc" }, { kind: "insurance" }, { kind: "adl" }] as const,
    };
    const [news] = config.value.news;
    const value = {
      ...config.value,
      news: [{ ...news!, minute: 2, minutes: 2, dropFrom: 0.25, dropTo: 0.3 }],
    };
    const truth = simulateTruth({
      seed: 1,
      minutes: 6,
      market: {
        value,
        accounts: { count: 600, medianUsd: 150_000 },
        makers: { sizeUsd: 3_000 },
      },
      rules: { insuranceFund: 0, liquidation: ioc },
    });
    expect(truth.deleveragedUsd).toBeGreaterThan(0);
    expect(truth.insuranceFund).toBeGreaterThanOrEqual(0);
    expect(truth.badDebt).toBe(0);
  });
});

describe("lots and money", () => {
  test("conserve at every step, under any of these rules, in any market of these", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.record({
          maintenanceFactor: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
          insuranceFund: fc.constantFrom(0, 1, 100),
          throttlePerSecond: fc.constantFrom(50_000, 400_000, undefined),
          markTwapSeconds: fc.constantFrom(0, 10),
          adlAllocation: fc.constantFrom("queue" as const, "proRata" as const),
          liquidation: fc.constantFrom<RuleSet["liquidation"]>(
            rules.liquidation,
            {
              ...rules.liquidation,
              steps: [{ kind: "ioc" }, { kind: "takeover" }, { kind: "adl" }],
            },
            {
              ...rules.liquidation,
              steps: [{ kind: "ioc" }, { kind: "insurance" }, { kind: "adl" }],
            },
          ),
        }),
        fc.double({ min: 0.05, max: 0.25, noNaN: true }),
        (seed, change, drop) => {
          const [news] = config.value.news;
          const value = {
            annualVolatility: 0.5,
            burstSigma: 0,
            news: [
              {
                ...news!,
                minute: 0.1,
                minutes: 1,
                headlines: 3,
                dropFrom: drop,
                dropTo: drop + 0.01,
              },
            ],
          };
          const market = new Market({
            seed,
            noiseSeed: seed,
            config: {
              ...config,
              warmUpSeconds: 0,
              value,
              accounts: { ...config.accounts, count: 300 },
            },
            rules: { ...rules, ...change },
            populationRules: rules,
            traded,
            from: from - 10e6,
            watchLevels: false,
            agents: [],
            isNudged: false,
          });
          for (let step = 0; step < 1_500; step += 1) {
            market.advance();
            market.ledger.check();
            market.spotLedger.check();
            expect(market.ledger.walletUnits(market.fundAccount)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});
