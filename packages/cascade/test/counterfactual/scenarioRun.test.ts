import { StateHash } from "@aftershock/replay";
import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import type { SharedStep } from "../../src/counterfactual/answeredPath.ts";
import type { PopulationSource } from "../../src/counterfactual/engineRun.ts";
import { NO_ANSWER } from "../../src/counterfactual/pathAnswer.ts";
import { mixTouch, ScenarioRun } from "../../src/counterfactual/scenarioRun.ts";
import type { FlowPair, ImpactKernel } from "../../src/impact/impactKernel.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { populationOf, RULES, STEP, TICK } from "./world.ts";

/** A kernel that says what it is told to, whatever the flow, which it keeps. */
function stated(deltaAt: (at: number) => number, flows: FlowPair[] = []): ImpactKernel {
  return { name: "stated", add: (flow) => void flows.push({ ...flow }), delta: deltaAt };
}

/** One long of 1 BTC from 10,000 at 10x: liquidated below some 9,090. */
const ONE = populationOf([{ lots: 1_000, entry: 10_000, leverage: 10 }]);
const NOBODY = populationOf([]);
const FREE: RuleSet = {
  ...RULES,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0 }] },
  throttlePerSecond: undefined,
};

/** A run with the deltas of price and index stated, in 1e-10 of depth a unit of flow for the price and 1e-9 for the index. */
function runOf(options: {
  readonly price?: (at: number) => number;
  readonly index?: (at: number) => number;
  readonly population?: PopulationSource;
  readonly rules?: Partial<RuleSet>;
  readonly removesSpikes?: boolean;
  readonly isShown?: boolean;
}) {
  const { isShown = true } = options;
  const { price = () => 0, index = () => 0, population = NOBODY, removesSpikes = false } = options;
  const flows = { price: [] as FlowPair[], index: [] as FlowPair[] };
  const rules = { ...FREE, ...options.rules };
  const mark = { of: "v BTCUSDT", sampleSeconds: "continuous" } as const;
  const run = new ScenarioRun({
    rules,
    population,
    response: {
      name: "stated",
      price: () => stated(price, flows.price),
      index: () => stated(index, flows.index),
      priceSlope: (depth) => depth * 1e-10,
      indexSlope: (depth) => depth * 1e-9,
      removesSpikes,
    },
    mark,
    stepMicros: STEP,
    startPrice: 10_000,
    tick: TICK,
    isShown,
  });
  return { run, flows };
}

/** A step of the record with a mid in quote currency; bids are 1 M deep, asks 2 M. */
function step(count: number, mid = 10_000, changes: Partial<SharedStep> = {}): SharedStep {
  const ticks = mid * 10;
  return {
    at: micros(count * STEP),
    bid: ticks - 1,
    ask: ticks + 1,
    mark: mid,
    index: mid,
    bidDepth: 1e6,
    askDepth: 2e6,
    // Without a basis a mark of mid and index is the index.
    rebuiltMark: mid,
    mid: ticks,
    quoteMid: mid,
    logMid: Math.log(ticks),
    logMedian: Math.log(ticks),
    ...changes,
  };
}

describe("ScenarioRun", () => {
  it("takes the slope of the bids' depth for what is sold net by the two, and of the asks' for what is bought", () => {
    const depths = (population: PopulationSource, mid: number, recordedFlow: number): unknown => {
      const { run, flows } = runOf({ population });
      run.step(step(1), 0);
      run.step(step(2, mid), recordedFlow);
      return [flows.price, flows.index].map((all) => all.at(-1)?.slope);
    };
    const [bids, asks] = [
      [1e-4, 1e-3],
      [2e-4, 2e-3],
    ];
    expect(depths(NOBODY, 10_000, -5)).toEqual(bids);
    expect(depths(NOBODY, 10_000, 5)).toEqual(asks);
    // The long sells 9,000: with 8,000 bought in the record more is sold than bought, with 10,000 less.
    expect(depths(ONE, 9_000, 8_000)).toEqual(bids);
    expect(depths(ONE, 9_000, 10_000)).toEqual(asks);
    const short = populationOf([{ lots: -1_000, entry: 10_000, leverage: 10 }]);
    expect(depths(short, 11_000, 0)).toEqual(asks);
  });

  it("hands both kernels the flow of the record and its own, at the end of the step", () => {
    const { run, flows } = runOf({ population: ONE });
    run.step(step(1), 0);
    run.step(step(2, 9_000), -4_000);
    for (const all of [flows.price, flows.index]) {
      expect(all.map(({ at, recorded, changed }) => [at, recorded, changed])).toEqual([
        [STEP, 0, 0],
        [2 * STEP, -4_000, expect.closeTo(-9_000, 6)],
      ]);
    }
  });

  it("shows quotes at Δ alone, with the mark of those, and a path from which the spikes of removed flow are taken", () => {
    const delta = (at: number): number => (at === 3 * STEP ? Math.log(1.02) : 0);
    const fall = { logMedian: Math.log(100_000) };
    const answers = [true, false].map((removesSpikes) => {
      const { run } = runOf({ price: delta, removesSpikes });
      run.step(step(1), 0);
      expect(run.answer).toEqual({ ...NO_ANSWER, index: 1 });
      // All that was sold by force in the record is not sold here: the mid of 9,900 goes to its median of 10,000.
      run.step(step(2), -1_000);
      run.step(step(3, 9_900, fall), 0);
      return { factor: run.factor, answer: run.answer };
    });
    const [spikeless, plain] = answers;
    expect(spikeless?.factor).toBeGreaterThan(1.025);
    expect(plain?.factor).toBeCloseTo(1.02, 12);
    expect(spikeless?.answer).toEqual(plain?.answer);
    expect(plain?.answer.price).toBe(Math.exp(Math.log(1.02)));
    expect(plain?.answer.mark).toBeGreaterThan(1);
  });

  it("refuses to answer where it is not shown, rather than to say that nothing differs", () => {
    const { run } = runOf({ price: () => Math.log(2), isShown: false });
    run.step(step(1), 0);
    expect(run.factor).toBeCloseTo(2, 12);
    expect(() => run.answer).toThrow(/only a run that is shown/);
  });

  it("hashes best prices that are never crossed nor alike, however far they are moved", () => {
    const { run } = runOf({ price: () => Math.log(0.5) });
    const recorded = new StateHash();
    mixTouch(recorded, 1, 2, 1);
    const expected = recorded.clone();
    run.step(step(1), 0);
    // Halved: 1.5 and 2 would both be 2; 2.5 and 4.5 are 3 and 5.
    run.touch(3, 4, micros(2), recorded);
    mixTouch(expected, 2, 3, 2);
    run.touch(5, 9, micros(3), recorded);
    mixTouch(expected, 3, 5, 3);
    expect(run.pathHash(recorded)).toBe(expected.hex);
  });

  it("has the record's hash until a price differs, and one of its own from then on, also where prices are the record's again", () => {
    const { run } = runOf({ price: (at) => (at === 2 * STEP ? Math.log(2) : 0) });
    const recorded = new StateHash();
    const touch = (bid: number, at: number): void => {
      run.touch(bid, bid + 1, micros(at), recorded);
      mixTouch(recorded, bid, bid + 1, at);
    };
    run.step(step(1), 0);
    touch(7, 1);
    expect([run.hasMoved, run.factor, run.pathHash(recorded)]).toEqual([false, 1, recorded.hex]);
    const expected = recorded.clone();
    run.step(step(2), 0);
    touch(8, 2);
    mixTouch(expected, 16, 18, 2);
    run.step(step(3), 0);
    touch(9, 3);
    mixTouch(expected, 9, 10, 3);
    expect([run.hasMoved, run.factor, run.pathHash(recorded)]).toEqual([true, 1, expected.hex]);
  });

  it("tells the largest distance with its sign, and the last", () => {
    const deltas = [0, 0.1, -0.2, 0.15, -0.05];
    const { run } = runOf({ price: (at) => deltas[at / STEP] ?? 0 });
    for (let count = 1; count < deltas.length; count += 1) run.step(step(count), 0);
    expect([run.result.largestDelta, run.result.lastDelta]).toEqual([-0.2, -0.05]);
  });

  it("diverges up and down at the same distance, of price or index, and stays as it was then", () => {
    for (const [delta, diverged] of [
      [1.099, false],
      [-1.099, false],
      [1.1, true],
      [-1.1, true],
    ] as const) {
      for (const which of ["price", "index"] as const) {
        const { run, flows } = runOf({ [which]: (at: number) => (at === 2 * STEP ? delta : 0) });
        run.step(step(1), 0);
        run.step(step(2), 0);
        const before = run.result;
        expect(before.diverged).toBe(diverged);
        run.step(step(3, 5_000), 0);
        expect(flows.price).toHaveLength(diverged ? 1 : 3);
        if (diverged) expect(run.result).toEqual(before);
        else expect(run.result.path.last).toBeCloseTo(Math.log(50_000), 12);
      }
    }
  });

  it("says that it diverges where a kernel goes beyond all prices in one step, and leaves that step out", () => {
    for (const delta of [1_000, -1_000, Number.POSITIVE_INFINITY, Number.NaN]) {
      const { run } = runOf({ price: (at) => (at === 2 * STEP ? delta : 0), population: ONE });
      run.step(step(1), 0);
      const { path, figures } = run.result;
      run.step(step(2, 9_000), 0);
      run.step(step(3, 8_000), 0);
      expect(run.result).toMatchObject({ diverged: true, path, figures });
      expect(run.factor).toBe(1);
    }
  });

  it("takes a spike back to its median by the share of the flow that is gone, where the model says so", () => {
    const lastOf = (removesSpikes: boolean, population: PopulationSource, recordedFlow: number) => {
      const { run } = runOf({ removesSpikes, population, price: () => 0.01 });
      run.step(step(1, 9_000), recordedFlow);
      run.step(step(2, 8_000, { logMedian: Math.log(88_000) }), 0);
      return run.result.path.last - Math.log(80_000);
    };
    const back = Math.log(88_000 / 80_000);
    expect(lastOf(true, NOBODY, -5_000)).toBeCloseTo(0.01 + back, 12);
    expect(lastOf(false, NOBODY, -5_000)).toBeCloseTo(0.01, 12);
    expect(lastOf(true, NOBODY, 0)).toBeCloseTo(0.01, 12);
    // At 9,000 e^0.01 a coin is sold, which is half of the record's.
    expect(lastOf(true, ONE, -2 * 9_000 * Math.exp(0.01))).toBeCloseTo(0.01 + back / 2, 9);
  });

  it("moves the mark with the index, by the index' own answer", () => {
    const figures = (index: number) => {
      const { run } = runOf({
        index: () => index,
        population: ONE,
        rules: { mark: { kind: "oracle" } },
      });
      run.step(step(1), 0);
      return run.result.figures;
    };
    expect(figures(0).liquidated).toBe(0);
    expect(figures(-0.2).liquidated).toBe(1);
    // The mid has not moved: the coin is sold at it.
    expect(figures(-0.2).forcedSold).toBeCloseTo(10_000, 6);
    expect(figures(0.2).liquidated).toBe(0);
  });

  it("moves mid and mark with the price's answer, and sells at the changed mid", () => {
    const { run } = runOf({ price: () => -0.2, population: ONE });
    for (let count = 1; count <= 5; count += 1) run.step(step(count), 0);
    const { figures, path } = run.result;
    expect(figures.liquidated).toBe(1);
    expect(figures.forcedSold).toBeCloseTo(10_000 * Math.exp(-0.2), 6);
    expect(path.last).toBeCloseTo(Math.log(100_000) - 0.2, 12);
  });
});
