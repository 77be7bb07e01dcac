import { micros, MICROS_PER_MINUTE } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { Ledger } from "../../src/account/ledger.ts";
import { DecisionMarket } from "../../src/counterfactual/decisionMarket.ts";
import { RemovedFraction } from "../../src/counterfactual/deSpike.ts";
import { EngineRun } from "../../src/counterfactual/engineRun.ts";
import { PathFigures } from "../../src/counterfactual/pathFigures.ts";
import { populationOf, RULES, STEP } from "./world.ts";

describe("DecisionMarket", () => {
  const market = (): DecisionMarket => {
    const { ledger, instrument, world } = populationOf([])(RULES);
    const created = new DecisionMarket({ ledger, instrument, world });
    created.begin({ mid: 100_000, quoteMid: 10_000, bidDepth: 1e6, askDepth: 2e6 });
    return created;
  };
  const order = (side: 1 | -1, lots: number, limitPrice?: number) => ({
    account: 5,
    instrument: 0,
    side,
    lots,
    limitPrice,
    fillOrKill: false,
    at: micros(0),
  });

  it("fills at half of what the order walks: 100,000 of 1 M within 25 bp is 1.25 bp", () => {
    const [fill] = market().take(order(-1, 10_000));
    expect(Math.log(fill!.price / 100_000) * 1e4).toBeCloseTo(-1.25, 9);
    const [bought] = market().take(order(1, 10_000));
    expect(Math.log(bought!.price / 100_000) * 1e4).toBeCloseTo(0.625, 9);
  });

  it("fills a limit order as far as its last lot reaches, and a fill-or-kill not at all where that is short", () => {
    const limit = 100_000 * Math.exp(-1e-4);
    const [part] = market().take(order(-1, 10_000, limit));
    // 1 bp of 25 is a twenty-fifth of a million: 40,000, or 4,000 lots.
    expect(part?.lots).toBeGreaterThanOrEqual(3_999);
    expect(part?.lots).toBeLessThanOrEqual(4_000);
    expect(market().take({ ...order(-1, 10_000, limit), fillOrKill: true })).toEqual([]);
    expect(market().take(order(-1, 10_000, 101_000))).toEqual([]);
  });

  it("refuses a quanto contract, of which no amount of quote currency is known", () => {
    const { ledger, world } = populationOf([])(RULES);
    const instruments = [{ ...ledger.instruments[0]!, contract: "quanto" as const }];
    const quanto = new Ledger({ currency: ledger.currency, instruments });
    expect(() => new DecisionMarket({ ledger: quanto, instrument: 0, world })).toThrow(
      /depth in quote currency: it is quanto/,
    );
    expect(() => new DecisionMarket({ ledger, instrument: 1, world })).toThrow(
      /none of the ledger/,
    );
  });

  it("counts what is bought and sold apart, and forgets it at the next step", () => {
    const both = market();
    both.take(order(-1, 1_000));
    both.take(order(1, 500));
    expect([both.sold, both.bought]).toEqual([10_000, 5_000]);
    both.begin({ mid: 100_000, quoteMid: 10_000, bidDepth: 1e6, askDepth: 2e6 });
    expect([both.sold, both.bought]).toEqual([0, 0]);
  });
});

describe("PathFigures", () => {
  it("knows the low, the lowest mean of 30 s, and the price at the end of each minute", () => {
    const path = new PathFigures(STEP);
    const steps = (3 * MICROS_PER_MINUTE) / STEP;
    for (let step = 1; step <= steps; step += 1)
      path.take(step * STEP, step > 700 && step <= 1_000 ? -1 : step === 200 ? -2 : 0);
    const { low, lowAt, low30, high30, minutes, firstMinute, last } = path.result;
    expect([low, lowAt, last]).toEqual([-2, 200 * STEP, 0]);
    expect(low30).toBeCloseTo(-1, 12);
    expect(high30).toBe(0);
    expect([firstMinute, minutes]).toEqual([MICROS_PER_MINUTE, [0, 0, 0]]);
  });

  it("takes steps that are left out as standing where the last one stood", () => {
    const [whole, holed] = [new PathFigures(STEP), new PathFigures(STEP)];
    for (let step = 1; step <= 1_300; step += 1) {
      const price = step < 400 ? 0 : step < 900 ? -1 : -0.5;
      whole.take(step * STEP, price);
      if (step <= 450 || step > 850) holed.take(step * STEP, price);
    }
    expect(holed.result).toEqual(whole.result);
    expect(whole.result.minutes).toEqual([-1, -0.5]);
  });

  it("has a mean of what there is where the path is shorter than 30 s", () => {
    const path = new PathFigures(STEP);
    path.take(STEP, -1);
    path.take(2 * STEP, -3);
    expect(path.result.low30).toBe(-2);
  });
});

describe("RemovedFraction", () => {
  it("is exactly 0 while the flows agree or more is forced, and the share that is gone otherwise", () => {
    const removed = new RemovedFraction(30);
    removed.add(0, -5, -5);
    expect(Object.is(removed.value, 0)).toBe(true);
    removed.add(1, -5, -9);
    expect(removed.value).toBe(0);
    const all = new RemovedFraction(30);
    all.add(0, -5, 0);
    expect(all.value).toBe(1);
    all.add(1e12, 4, 3);
    expect(all.value).toBeCloseTo(0.25, 9);
  });
});

describe("EngineRun", () => {
  const step = (at: number, price: number) => ({
    at: micros(at),
    mark: price,
    mid: price * 10,
    quoteMid: price,
    bidDepth: 1e7,
    askDepth: 1e7,
  });

  it("lets owners close what they closed, and the engine liquidate only what is left", () => {
    const population = populationOf([
      { lots: 1_000, entry: 10_000, leverage: 10 },
      { lots: 2_000, entry: 10_000, leverage: 10 },
    ]);
    const run = new EngineRun(
      { ...RULES, throttlePerSecond: undefined },
      (rules) => ({ ...population(rules), closings: [{ at: 2 * STEP, account: 3 }] }),
      10_000,
    );
    expect(run.step(step(STEP, 10_000))).toBe(0);
    expect(run.step(step(2 * STEP, 9_900))).toBe(0);
    const flow = run.step(step(3 * STEP, 9_000));
    expect(flow).toBeCloseTo(-2 * 9_000, 6);
    expect(run.figures.liquidated).toBe(1);
    expect(run.figures.forcedSold).toBeCloseTo(18_000, 6);
    expect(run.figures.pending).toBe(0);
  });

  it("tells of what a throttle leaves to be sold at the end", () => {
    const population = populationOf([{ lots: 10_000, entry: 10_000, leverage: 10 }]);
    const run = new EngineRun({ ...RULES, throttlePerSecond: 100_000 }, population, 10_000);
    run.step(step(STEP, 10_000));
    run.step(step(2 * STEP, 9_000));
    const { pending, pendingNotional, forcedSold } = run.figures;
    expect(pending).toBe(1);
    expect(forcedSold + pendingNotional).toBeCloseTo(90_000, 3);
    expect(forcedSold).toBeLessThanOrEqual(10_009);
  });
});
