import { decimal, type Instrument, micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import { Counterfactual } from "../../src/counterfactual/counterfactual.ts";
import { DecisionMarket } from "../../src/counterfactual/decisionMarket.ts";
import {
  EngineRun,
  type OwnClosing,
  type Population,
  type PopulationSource,
} from "../../src/counterfactual/engineRun.ts";
import { checkStep } from "../../src/counterfactual/recordedStep.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import {
  type Holding,
  longs,
  PERPETUAL,
  populationOf,
  responses,
  RULES,
  STEP,
  stepsOf,
  TICK,
} from "./world.ts";

const FREE: RuleSet = {
  ...RULES,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0 }] },
  liquidationFee: { rate: 0, isMaximum: false, paidTo: "venue" },
  throttlePerSecond: undefined,
  insuranceFund: 1_000,
};
const INVERSE: Instrument = {
  ...PERPETUAL,
  id: "v:BTCUSD",
  symbol: "BTCUSD",
  contract: "inverse",
  quote: "USD",
  settle: "BTC",
  tick: decimal("0.5"),
  lot: decimal("1"),
};
const LONG: Holding = { lots: 1_000, entry: 10_000, leverage: 10 };
const SHORT: Holding = { ...LONG, lots: -1_000 };

const step = (count: number, price: number, ticksPerQuote = 10) => ({
  at: micros(count * STEP),
  mark: price,
  mid: price * ticksPerQuote,
  quoteMid: price,
  bidDepth: 1e12,
  askDepth: 1e12,
});

/** An engine on a population whose ledger is kept for the test to look at. */
function runOf(
  rules: Partial<RuleSet>,
  source: PopulationSource,
  closings: readonly OwnClosing[] = [],
) {
  const made: Population[] = [];
  const keep: PopulationSource = (given) => {
    const population = { ...source(given), closings };
    made.push(population);
    return population;
  };
  const run = new EngineRun({ ...FREE, ...rules }, keep, 10_000);
  const { ledger, world } = made[0]!;
  return { run, ledger, world, lotsOf: (account: number) => ledger.lots(account, 0) };
}

/** Inverse longs of so many dollars from 10,000 with so much coin. */
const inverseLongs =
  (all: readonly { lots: number; coins: number }[]): PopulationSource =>
  (rules) => {
    const ledger = new Ledger({ currency: new Currency("BTC"), instruments: [INVERSE] });
    const [world, fund, venue] = [ledger.open(), ledger.open(), ledger.open()];
    ledger.deposit(fund, ledger.currency.units(rules.insuranceFund));
    for (const { lots, coins } of all) {
      const id = ledger.open();
      ledger.exchange({ buyer: id, seller: world, instrument: 0, lots, price: 20_000 });
      ledger.deposit(id, ledger.currency.units(coins));
    }
    return { ledger, instrument: 0, fund, venue, world };
  };

describe("EngineRun", () => {
  it("adds up what fund and venue pay over all accounts", () => {
    const steps = [{ kind: "market" }, { kind: "insurance" }] as const;
    const liquidation = { ...RULES.liquidation, steps };
    const { run } = runOf({ liquidation, insuranceFund: 600 }, populationOf([LONG, LONG, LONG]));
    run.step(step(1, 10_000));
    // Each lacks 250 at 8,750: the fund pays 250, 250 and 100.
    const flow = run.step(step(2, 8_750));
    expect(flow).toBeCloseTo(-3 * 8_750, 4);
    const { insurancePaid, badDebt, fund, liquidated, pending } = run.figures;
    expect([insurancePaid, badDebt, fund]).toEqual([
      expect.closeTo(600, 3),
      expect.closeTo(150, 3),
      0,
    ]);
    expect([liquidated, pending]).toEqual([3, 0]);
  });

  it("adds up what is taken over and deleveraged, at the mark of each, quote currency", () => {
    const by = (kind: "takeover" | "adl"): RuleSet["liquidation"] => ({
      ...RULES.liquidation,
      steps: [{ kind }],
    });
    const takeover = runOf({ liquidation: by("takeover") }, populationOf([LONG, LONG]));
    takeover.run.step(step(1, 9_050));
    expect(takeover.run.figures.takenOver).toBeCloseTo(2 * 9_050, 6);
    const strong = { lots: -4_000, entry: 10_000, leverage: 2 };
    const adl = runOf(
      { liquidation: by("adl"), insuranceFund: 0 },
      populationOf([LONG, LONG, strong]),
    );
    adl.run.step(step(1, 8_990));
    expect(adl.run.figures.deleveraged).toBeCloseTo(2 * 8_990, 6);
    expect([adl.run.figures.forcedSold, adl.run.figures.takenOver]).toEqual([0, 0]);
  });

  it("tells inverse contracts in quote currency: what is sold, owed and taken over", () => {
    const source = inverseLongs([
      { lots: 100_000, coins: 1 },
      { lots: 50_000, coins: 0.5 },
    ]);
    const throttled = runOf({ throttlePerSecond: 600_000 }, source).run;
    throttled.step(step(1, 10_000, 2));
    throttled.step(step(2, 8_800, 2));
    const { forcedSold, pendingNotional } = throttled.figures;
    expect(forcedSold + pendingNotional).toBeCloseTo(150_000, 0);
    // Six coins a second, a tenth of one in a tenth of a second: 0.6 × 0.1 × 8,800.
    expect(forcedSold).toBeGreaterThan(52_000);
    expect(forcedSold).toBeLessThanOrEqual(52_800);
    const liquidation: RuleSet["liquidation"] = {
      ...RULES.liquidation,
      steps: [{ kind: "takeover" }],
    };
    const taken = runOf({ liquidation }, source).run;
    taken.step(step(1, 9_120, 2));
    expect(taken.figures.takenOver).toBeCloseTo(150_000, 0);
  });

  it("lets owners close at their time, before the engine looks at the mark of then", () => {
    const closings = [
      { at: 2 * STEP, account: 3 },
      { at: 2 * STEP, account: 4 },
    ];
    const { run, ledger, lotsOf } = runOf({}, populationOf([LONG, SHORT, LONG]), closings);
    run.step(step(1, 10_000));
    expect(run.step(step(2, 8_900))).toBeCloseTo(-8_900, 4);
    expect([3, 4, 5].map(lotsOf)).toEqual([0, 0, 0]);
    expect(run.figures.liquidated).toBe(1);
    // At the mid: the long has 1,000 − 1,100, the short 1,000 + 1,100.
    expect([ledger.cash(3), ledger.cash(4)]).toEqual([-100e6, 2_100e6]);
    ledger.check();
  });

  it("leaves to the engine the position of an owner whom it has taken over by then", () => {
    const closings = [{ at: 3 * STEP, account: 3 }];
    const { run, lotsOf } = runOf({ throttlePerSecond: 30_000 }, populationOf([LONG]), closings);
    run.step(step(1, 10_000));
    run.step(step(2, 9_000));
    const left = lotsOf(3);
    expect(left).toBeGreaterThan(600);
    run.step(step(3, 9_000));
    expect(lotsOf(3)).toBeGreaterThan(300);
    run.step(step(4, 9_000));
    run.step(step(5, 9_000));
    expect(lotsOf(3)).toBe(0);
    expect(run.figures.forcedSold).toBeCloseTo(9_000, 4);
  });

  it("knows no closing of an owner whose orders it has cancelled, though it has let him go", () => {
    const closings = [{ at: 5 * STEP, account: 3 }];
    const left = (cancels: boolean): number => {
      const market = { kind: "market" } as const;
      const steps = cancels ? [{ kind: "cancel" } as const, market] : [market];
      const { run, lotsOf } = runOf(
        {
          release: "whenSafeAfterClose",
          throttlePerSecond: 30_000,
          liquidation: { trigger: RULES.liquidation.trigger, steps },
        },
        populationOf([LONG]),
        closings,
      );
      run.step(step(1, 10_000));
      run.step(step(2, 9_000));
      for (const count of [3, 4]) run.step(step(count, 10_000));
      expect(run.figures).toMatchObject({ liquidated: 1, pending: 0 });
      expect(lotsOf(3)).toBeGreaterThan(0);
      run.step(step(5, 10_000));
      return lotsOf(3);
    };
    expect(left(true)).toBeGreaterThan(0);
    expect(left(false)).toBe(0);
  });

  it("says whether its breaker has stopped liquidations or all trading", () => {
    for (const stops of ["liquidations", "trading"] as const) {
      const breaker = { move: 0.05, withinSeconds: 10, pauseSeconds: 30, stops };
      const { run } = runOf({ breaker }, populationOf([LONG]));
      run.step(step(1, 10_000));
      expect(run.isHalted).toBe(false);
      run.step(step(2, 9_000));
      expect([run.isHalted, run.figures.breakerOpened, run.figures.liquidated]).toEqual([
        true,
        1,
        0,
      ]);
    }
  });
});

describe("DecisionMarket", () => {
  const order = (side: 1 | -1, lots: number) => ({
    account: 5,
    instrument: 0,
    side,
    lots,
    limitPrice: undefined,
    fillOrKill: false,
    at: micros(0),
  });
  const marketOn = (depth: number, source: PopulationSource = populationOf([]), mid = 100_000) => {
    const { ledger, instrument, world } = source(FREE);
    const market = new DecisionMarket({ ledger, instrument, world });
    market.begin({ mid, quoteMid: 10_000, bidDepth: depth, askDepth: depth });
    return market;
  };
  const movedBps = (market: DecisionMarket, side: 1 | -1, lots: number, mid = 100_000): number =>
    Math.log((market.take(order(side, lots))[0]?.price ?? Number.NaN) / mid) * 1e4;

  it("reckons with a depth of 1,000 at least: 100 of an empty book is half of 2.5 bp", () => {
    expect(movedBps(marketOn(0), -1, 10)).toBeCloseTo(-1.25, 9);
    expect(movedBps(marketOn(2_000), -1, 10)).toBeCloseTo(-0.625, 9);
  });

  it("walks no further than a logarithm of 0.1", () => {
    expect(movedBps(marketOn(0), -1, 1e6)).toBeCloseTo(-1_000, 6);
    expect(movedBps(marketOn(0), 1, 1e6)).toBeCloseTo(1_000, 6);
  });

  it("fills what is to be filled whole or not at all, where it fits", () => {
    const limitPrice = 100_000 * Math.exp(-1e-4);
    const whole = { ...order(-1, 3_900), limitPrice, fillOrKill: true };
    expect(
      marketOn(1e6)
        .take(whole)
        .map(({ lots }) => lots),
    ).toEqual([3_900]);
    expect(marketOn(1e6).take({ ...whole, lots: 4_100 })).toEqual([]);
    expect(marketOn(1e6).take({ ...whole, fillOrKill: false, lots: 4_100 })[0]?.lots).toBeLessThan(
      4_001,
    );
  });

  it("fills nothing beyond a limit that is worse than the mid, on either side", () => {
    for (const side of [1, -1] as const) {
      const beyond = { ...order(side, 100), limitPrice: 100_000 * (1 - side * 0.01) };
      expect(marketOn(1e6).take(beyond)).toEqual([]);
      const within = { ...order(side, 100), limitPrice: 100_000 * (1 + side * 0.01) };
      expect(marketOn(1e6).take(within)[0]?.lots).toBe(100);
    }
  });

  it("counts a contract of a dollar as a dollar, whatever coin it is worth", () => {
    const inverse = marketOn(1e6, inverseLongs([]), 20_000);
    expect(movedBps(inverse, -1, 100_000, 20_000)).toBeCloseTo(-1.25, 9);
    expect(inverse.sold).toBeCloseTo(100_000, 6);
  });
});

describe("checkStep", () => {
  const [first] = stepsOf([100_000]);

  it("refuses prices that are none, books without a bid, and depth that is endless", () => {
    for (const changes of [
      { bid: 0 },
      { bid: -1 },
      { ask: Number.POSITIVE_INFINITY },
      { ask: first!.bid },
      { mark: 0 },
      { mark: Number.POSITIVE_INFINITY },
      { index: 0 },
      { index: Number.NaN },
      { index: Number.POSITIVE_INFINITY },
      { askDepth: Number.POSITIVE_INFINITY },
      { bidDepth: -1 },
    ]) {
      expect(() => checkStep({ ...first!, ...changes }, 0)).toThrow(/has bid/);
    }
    expect(() => checkStep(first!, first!.at)).toThrow(/after one that ends/);
    expect(() => checkStep({ ...first!, bidDepth: 0, askDepth: 0 }, 0)).not.toThrow();
  });
});

describe("Counterfactual", () => {
  function counterfactualOf(rules: Partial<RuleSet>, population: PopulationSource, draws = 1) {
    const [exponential] = responses(1e-30);
    return new Counterfactual({
      recorded: FREE,
      scenarios: [{ name: "changed", rules: { ...FREE, ...rules } }],
      draws: Array.from({ length: draws }, () => ({ population, response: exponential! })),
      mark: { of: "v BTCUSDT", sampleSeconds: 1 },
      stepMicros: STEP,
      tick: TICK,
    });
  }

  it("goes by the middle of the best prices, and counts its steps", () => {
    const counterfactual = counterfactualOf({}, populationOf([]));
    for (const each of stepsOf([100_000, 100_000]))
      counterfactual.step({ ...each, ask: each.ask + 8 });
    const { path, steps } = counterfactual.finish().record;
    expect([path.last, path.low, steps]).toEqual([Math.log(100_004), Math.log(100_004), 2]);
  });

  it("takes a path without its forced flow back to the median of the last 30 s", () => {
    const counterfactual = counterfactualOf({ liquidates: false }, populationOf(longs(20, 400)));
    // 40 s of 10,000, then 12 s of 9,000: the middle of the last 30 s is still the 10,000.
    const mids = Array.from({ length: 520 }, (_, i) => (i < 400 ? 100_000 : 90_000));
    for (const each of stepsOf(mids)) counterfactual.step(each);
    const { record, scenarios } = counterfactual.finish();
    const run = scenarios[0]!.runs[0]!;
    expect(record.path.last).toBeCloseTo(Math.log(90_000), 12);
    expect(record.engines[0]!.liquidated).toBeGreaterThan(0);
    expect(run.path.last).toBeCloseTo(Math.log(100_000), 6);
    expect(run.figures.liquidated).toBe(0);
  });

  it("runs the engine of the record once a step for all draws of one population", () => {
    const figures = [1, 3].map((draws) => {
      const counterfactual = counterfactualOf({}, populationOf([LONG, SHORT]), draws);
      for (const each of stepsOf([100_000, 89_000, 112_000])) counterfactual.step(each);
      return counterfactual.finish();
    });
    const [one, three] = figures;
    expect(three!.record.engines).toEqual(Array.from({ length: 3 }, () => one!.record.engines[0]));
    expect(three!.scenarios[0]!.runs.map(({ largestDelta }) => largestDelta)).toEqual([0, 0, 0]);
    expect(one!.record.engines[0]!.liquidated).toBe(2);
  });
});
