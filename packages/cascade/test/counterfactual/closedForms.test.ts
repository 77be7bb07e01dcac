import { micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { lastingResponse } from "../../src/counterfactual/boundResponses.ts";
import { Counterfactual } from "../../src/counterfactual/counterfactual.ts";
import type { Population, PopulationSource } from "../../src/counterfactual/engineRun.ts";
import type { RecordedStep } from "../../src/counterfactual/recordedStep.ts";
import type { ResponseModel } from "../../src/counterfactual/answeredPath.ts";
import { BlockBookKernel } from "../../src/impact/blockBookKernel.ts";
import { ExponentialKernel } from "../../src/impact/exponentialKernel.ts";
import type { ImpactKernel } from "../../src/impact/impactKernel.ts";
import { PowerLawKernel } from "../../src/impact/powerLawKernel.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { type Holding, populationOf, RULES, STEP, TICK } from "./world.ts";

/** No fees, no throttle: what is triggered is sold whole in its step. */
const FREE: RuleSet = {
  ...RULES,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0 }] },
  liquidationFee: { rate: 0, isMaximum: false, paidTo: "venue" },
  throttlePerSecond: undefined,
};
/** A mark that is the index, and so does not move with the price where the index answers to nothing. */
const INDEXED: RuleSet = { ...FREE, mark: { kind: "oracle" } };
const NOBODY_LIQUIDATED: RuleSet = { ...INDEXED, liquidates: false };
const START = 10_000;
const LOT = 0.001;
const MAINTENANCE = 0.01;

/** A long of so many lots that is liquidated below a mark: its worth there is its maintenance margin. */
const longTo = (trigger: number, lots: number): Holding => ({
  lots,
  entry: START,
  leverage: 1 / (1 - ((1 - MAINTENANCE) * trigger) / START),
});

const stepAt = (at: number, price: number, mark = price, depth = 1e12): RecordedStep => ({
  at: micros(at),
  bid: Math.round(price / TICK) - 1,
  ask: Math.round(price / TICK) + 1,
  mark,
  index: mark,
  bidDepth: depth,
  askDepth: depth,
});

function counterfactualOf(
  population: PopulationSource,
  response: ResponseModel,
  { recorded, changed }: { readonly recorded: RuleSet; readonly changed: RuleSet },
): Counterfactual {
  return new Counterfactual({
    recorded,
    scenarios: [{ name: "changed", rules: changed }],
    draws: [{ population, response }],
    mark: { of: "v BTCUSDT", sampleSeconds: "continuous" },
    stepMicros: STEP,
    tick: TICK,
  });
}

const runOf = (counterfactual: Counterfactual) => counterfactual.finish().scenarios[0]!.runs[0]!;

describe("the cascade multiplier, in a closed loop", () => {
  const SHOCK = 0.02;
  const SLOPE = 1e-8;
  const ACCOUNTS = 2_000;
  /** How far down accounts reach, a logarithm: beyond what any of the cascades comes to. */
  const REACH = 0.04;
  /** Longs at even distances of the logarithm of their triggers, each worth as much at its own: `branching` = slope × what is sold a unit of the logarithm. */
  const crowd = (branching: number): readonly Holding[] => {
    const each = (branching / SLOPE) * (REACH / ACCOUNTS);
    return Array.from({ length: ACCOUNTS }, (_, i) => {
      const trigger = START * Math.exp((-REACH * (i + 0.5)) / ACCOUNTS);
      return longTo(trigger, Math.round(each / trigger / LOT));
    });
  };
  /** A fall by a logarithm within 40 steps, and 60 steps in which nothing more happens. */
  const fallBy = (total: number): readonly RecordedStep[] =>
    Array.from({ length: 100 }, (_, i) =>
      stepAt((i + 1) * STEP, START * Math.exp((-total * Math.min(i, 40)) / 40)),
    );
  const moveOf = (steps: readonly RecordedStep[], branching: number, recorded: RuleSet) => {
    const changed = recorded.liquidates ? NOBODY_LIQUIDATED : INDEXED;
    const source = populationOf(crowd(branching));
    const run = counterfactualOf(source, lastingResponse(SLOPE), { recorded, changed });
    for (const step of steps) run.step(step);
    return Math.log(START / TICK) - runOf(run).path.last;
  };

  it.each([
    { branching: 0.1, multiplier: 1.1111 },
    { branching: 0.2, multiplier: 1.25 },
    { branching: 0.4, multiplier: 1.6667 },
  ])(
    "carries a shock $multiplier times as far where each unit of fall sells what moves the price by $branching",
    ({ branching, multiplier }) => {
      const move = moveOf(fallBy(SHOCK), branching, NOBODY_LIQUIDATED);
      expect(Math.abs(move / SHOCK / multiplier - 1)).toBeLessThan(0.005);
    },
  );

  it.each([{ branching: 0.1 }, { branching: 0.2 }, { branching: 0.4 }])(
    "takes the same out of a record that has it in: what is left at $branching without liquidations is the shock",
    ({ branching }) => {
      const left = moveOf(fallBy(SHOCK / (1 - branching)), branching, INDEXED);
      expect(Math.abs(left / SHOCK - 1)).toBeLessThan(0.005);
    },
  );
});

/** A forced sale of so much quote currency at an instant. */
interface Sale {
  readonly at: number;
  readonly quote: number;
}

/** The marks at which sales are triggered lie so far apart, quote currency. */
const GAP = 1;

const answering = (make: () => ImpactKernel, slope: number): ResponseModel => ({
  name: "stated",
  price: make,
  index: () => ({ name: "none", add: () => undefined, delta: () => 0 }),
  priceSlope: () => slope,
  indexSlope: () => slope,
  removesSpikes: false,
});

/**
 * Holders who are liquidated one after another, as the mark (the index, which answers to nothing) falls by a gap at the time of each, while the mid of the record stands still: the engine's forced flow is then
 * the schedule, and every move of the path is the kernel's answer.
 */
function scheduled(
  sales: readonly Sale[],
  response: ResponseModel,
  options: { readonly depth?: number; readonly rules?: Partial<RuleSet> } = {},
) {
  const source = populationOf(
    sales.map(({ quote }, i) => longTo(START - (i + 0.5) * GAP, Math.round(quote / START / LOT))),
  );
  const made: Population[] = [];
  const keep: PopulationSource = (rules) => {
    const population = source(rules);
    made.push(population);
    return population;
  };
  const counterfactual = counterfactualOf(keep, response, {
    recorded: NOBODY_LIQUIDATED,
    changed: { ...INDEXED, ...options.rules },
  });
  const markAt = (at: number): number => START - GAP * sales.filter((sale) => sale.at <= at).length;
  return {
    /** Runs a step; gives Δ before what is sold in it. */
    step(at: number, mark = markAt(at)): number {
      counterfactual.step(stepAt(at, START, mark, options.depth));
      return runOf(counterfactual).lastDelta;
    },
    /** What was sold so far, quote currency. */
    get sold(): number {
      return runOf(counterfactual).figures.forcedSold;
    },
    /** By how much sellers got less than the recorded price, quote currency: what the rest of the world, who had sold to them at it, has gained. */
    get cost(): number {
      const { ledger, world } = made[1]!;
      return ledger.currency.amount(ledger.cash(world));
    },
  };
}

const seconds = (count: number): number => count * MICROS_PER_SECOND;

describe("Obizhaeva and Wang's schedule, forced through the engine: X = 100k, ρT = 2.231", () => {
  const [GAPS, DECAY] = [9, 2.231];
  const KEPT = Math.exp(-DECAY / GAPS);
  /** In thousands, so that lots are no coarse measure of it. */
  const UNIT = 1_000;
  const TOTAL = 100_000 * UNIT;
  const BLOCK = 26_621.0434 * UNIT;
  const WITHIN = 5_844.7391 * UNIT;
  /** A logarithm a unit of quote currency: so small that flow, which is worth what the changed price says, is the schedule. */
  const SLOPE = 1e-14;
  /** The depth of the band of 25 bp at which a walk into it has that slope. */
  const DEPTH = 0.0025 / SLOPE;
  /** By the time between two trades. */
  const kernels = {
    "the exponential kernel": (every: number) =>
      new ExponentialKernel({ tauSeconds: (every * GAPS) / DECAY }),
    "the block book": (every: number) =>
      new BlockBookKernel({
        refillSeconds: (every * GAPS) / DECAY,
        depthAt: () => ({ distances: [0.0025], volumes: [DEPTH] }),
      }),
  };
  const COST = (SLOPE * TOTAL * BLOCK * (1 + KEPT)) / 2;

  it.each(Object.entries(kernels))(
    "stands on a plateau between its blocks under %s, and costs λ·X·x₀·(1 + a)/2",
    (_, kernel) => {
      const sales = Array.from({ length: GAPS + 1 }, (_sale, i) => ({
        at: seconds(i + 1),
        quote: i === 0 || i === GAPS ? BLOCK : WITHIN,
      }));
      const run = scheduled(
        sales,
        answering(() => kernel(1), SLOPE),
        { depth: DEPTH },
      );
      const [first, ...later] = sales.map(({ at }) => run.step(at));
      expect(first).toBe(0);
      // Each trade within sells what has come back since the one before it: the price is the same ahead of each.
      for (const delta of later) expect(delta / SLOPE / -BLOCK).toBeCloseTo(KEPT, 5);
      expect(run.step(seconds(GAPS + 1) + 1) / SLOPE / -BLOCK).toBeCloseTo(1 + KEPT, 5);
      expect(run.step(seconds(GAPS + 2)) / SLOPE / -BLOCK).toBeCloseTo((1 + KEPT) * KEPT, 5);
      expect(run.sold / TOTAL).toBeCloseTo(1, 5);
      expect(run.cost / COST).toBeCloseTo(1, 5);
    },
  );

  it.each(Object.entries(kernels))(
    "comes of one position under %s too: a window's budget at once, a breaker's pace for eight windows, and the rest at once; an even pace costs more",
    (_, kernel) => {
      const response = answering(() => kernel(0.1), SLOPE);
      const all = [{ at: STEP, quote: TOTAL }];
      const breaker = {
        move: 1.5e-4,
        withinSeconds: 60,
        pauseSeconds: 0.8,
        stops: "throttle",
        throttleShare: WITHIN / BLOCK,
      } as const;
      const rules = { throttlePerSecond: BLOCK * 10, breaker };
      const run = scheduled(all, response, { depth: DEPTH, rules });
      // The first step is of a mark at which nobody is liquidated; the third sets the breaker off.
      run.step(STEP - STEP / 2, START);
      const deltas: number[] = [];
      const sold: number[] = [];
      for (let i = 1; i <= GAPS + 1; i += 1) {
        const before = run.sold;
        deltas.push(run.step(i * STEP, START - (i === 1 ? 1 : 2) * GAP) / SLOPE / -BLOCK);
        sold.push((run.sold - before) / TOTAL);
      }
      const expected = [BLOCK, ...Array.from({ length: GAPS - 1 }, () => WITHIN), BLOCK];
      for (const [i, one] of expected.entries()) expect(sold[i]).toBeCloseTo(one / TOTAL, 3);
      for (const delta of deltas.slice(1)) expect(delta).toBeCloseTo(KEPT, 3);
      expect(run.cost / COST).toBeCloseTo(1, 3);
      const even = scheduled(all, response, { depth: DEPTH, rules: { throttlePerSecond: TOTAL } });
      for (let i = 1; i <= GAPS + 2; i += 1) even.step(i * STEP);
      expect(even.sold / TOTAL).toBeCloseTo(1, 3);
      expect(even.cost / COST).toBeGreaterThan(1.02);
    },
  );
});

describe("the propagator's sums for G = (1 + l)^−½, forced through the engine", () => {
  const UNIT = 10_000_000;
  const SLOPE = 1e-14;
  const kernel = () => new PowerLawKernel({ scaleSeconds: 1, decayPower: 0.5 });
  const units = (delta: number): number => delta / SLOPE / UNIT;
  const sellingAt = (times: readonly number[]) =>
    scheduled(
      times.map((at) => ({ at: seconds(at + 1), quote: UNIT })),
      answering(kernel, SLOPE),
    );

  it("gives those of unit sales at 0, 1 and 2 s", () => {
    const run = sellingAt([0, 1, 2]);
    for (const at of [0, 1, 2]) run.step(seconds(at + 1));
    // A microsecond after the third sale: what is sold in a step moves the price of the next.
    expect(units(run.step(seconds(3) + 1))).toBeCloseTo(-2.2844570504, 4);
    expect(units(run.step(seconds(6)))).toBeCloseTo(-1.355461886, 4);
  });

  it("gives the peak of unit sales at 0, 5 and 10 s", () => {
    const run = sellingAt([0, 5, 10]);
    for (const at of [0, 5, 10]) run.step(seconds(at + 1));
    expect(units(run.step(seconds(11) + 1))).toBeCloseTo(-1.709759635, 4);
  });
});
