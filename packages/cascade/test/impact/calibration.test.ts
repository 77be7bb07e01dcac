import { describe, expect, it } from "vitest";
import {
  calibrateImpact,
  type CalibrationOptions,
} from "../../src/impact/calibration/calibrateImpact.ts";
import {
  fitExponential,
  fitMixture,
  fitPowerLaw,
} from "../../src/impact/calibration/fitResponse.ts";
import type { FlowDay } from "../../src/impact/calibration/flowDay.ts";
import { binSum, prefixSums } from "../../src/impact/calibration/lagBins.ts";

/** A uniform number of a seed and a counter: the finaliser of MurmurHash3 over both. */
function uniform(seed: number, slot: number): number {
  let word = Math.imul(seed + 1, 0x9e3779b9) ^ Math.imul(slot + 1, 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (((word ^ (word >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
const normal = (seed: number, slot: number): number =>
  Math.sqrt(-2 * Math.log(uniform(seed, 2 * slot))) *
  Math.cos(2 * Math.PI * uniform(seed, 2 * slot + 1));

const OPTIONS: CalibrationOptions = {
  horizonSeconds: 600,
  lagBins: 7,
  sizePower: 1,
  unit: 1e6,
  mostPermanent: 0,
  draws: 0,
  uniform,
};

/** A day in which forced flow moves the price by a known kernel, and others buy `reaction` of it back over the next steps, each unit moving the price by `otherSlope`. */
function plantedDay(
  seed: number,
  plant: {
    slope: number;
    tauSeconds: number;
    reaction: number;
    otherSlope: number;
    steps?: number;
  },
): FlowDay {
  const { slope, tauSeconds, reaction, otherSlope, steps = 8_000 } = plant;
  const stepSeconds = 5;
  const [returns, others, forced] = [
    new Float64Array(steps),
    new Float64Array(steps),
    new Float64Array(steps),
  ];
  const kept = Math.exp(-stepSeconds / tauSeconds);
  let [impact, waiting] = [0, 0];
  for (let t = 0; t < steps; t += 1) {
    const isBurst = uniform(seed, 9e6 + t) < 0.02;
    forced[t] = isBurst ? -1e6 * (0.5 + uniform(seed, 8e6 + t)) : 0;
    const bought = 0.05 * waiting;
    waiting = waiting - bought - reaction * (forced[t] ?? 0);
    others[t] = 3e5 * normal(seed, t) + bought;
    const before = impact;
    impact = impact * kept + slope * (forced[t] ?? 0);
    returns[t] = impact - before + otherSlope * (others[t] ?? 0) + 2e-4 * normal(seed, 5e6 + t);
  }
  const elsewhere = new Float64Array(steps);
  return { name: `planted ${seed}`, stepSeconds, returns, elsewhere, others, forced };
}

const days = (count: number, plant: Parameters<typeof plantedDay>[1]): readonly FlowDay[] =>
  Array.from({ length: count }, (_, seed) => plantedDay(seed, plant));

describe("calibrateImpact", () => {
  it("finds a planted exponential kernel where nobody reacts, and total and bare agree", () => {
    const plant = { slope: 2e-9, tauSeconds: 90, reaction: 0, otherSlope: 1e-10 };
    const { total, bare } = calibrateImpact(days(6, plant), OPTIONS);
    for (const { point } of [total, bare]) {
      expect(point.exponential?.slope).toBeGreaterThan(1.7e-9);
      expect(point.exponential?.slope).toBeLessThan(2.3e-9);
      expect(point.exponential?.tauSeconds).toBeGreaterThan(60);
      expect(point.exponential?.tauSeconds).toBeLessThan(130);
    }
  });

  it("carries others' reaction in the total response and leaves it out of the bare one", () => {
    const plant = { slope: 2e-9, tauSeconds: 400, reaction: 0.8, otherSlope: 1e-9 };
    const { total, bare } = calibrateImpact(days(6, plant), OPTIONS);
    // After ten minutes others have bought 0.8 units back at 1e-9 a unit: the total is lower by about that.
    const [late, lateBare] = [total.response.at(-1) ?? 0, bare.response.at(-1) ?? 0];
    expect(late).toBeLessThan(lateBare - 0.4e-9);
    expect(lateBare).toBeGreaterThan(0.2e-9);
    expect(total.response[0]).toBeCloseTo(bare.response[0] ?? 0, 9);
  });

  it("gives the same draws for the same numbers, around the point", () => {
    const plant = { slope: 2e-9, tauSeconds: 90, reaction: 0.2, otherSlope: 2e-10, steps: 3_000 };
    const run = () => calibrateImpact(days(5, plant), { ...OPTIONS, draws: 12 });
    const first = run();
    expect(run()).toEqual(first);
    const slopes = first.total.draws
      .map(({ exponential }) => exponential?.slope ?? 0)
      .toSorted((a, b) => a - b);
    expect(slopes).toHaveLength(12 - first.total.unstable);
    const point = first.total.point.exponential?.slope ?? 0;
    expect(slopes[0]).toBeLessThan(point);
    expect(slopes.at(-1)).toBeGreaterThan(point);
  });

  it("refuses days of different steps, without data or with numbers that are none", () => {
    const day = plantedDay(1, {
      slope: 1e-9,
      tauSeconds: 60,
      reaction: 0,
      otherSlope: 0,
      steps: 500,
    });
    expect(() => calibrateImpact([], OPTIONS)).toThrow(/no day/);
    expect(() => calibrateImpact([day, { ...day, stepSeconds: 1 }], OPTIONS)).toThrow(
      /steps of 1 s/,
    );
    expect(() =>
      calibrateImpact([{ ...day, returns: day.returns.slice(0, 130) }], OPTIONS),
    ).toThrow(/130 returns/);
    const short = {
      ...day,
      returns: day.returns.slice(0, 130),
      elsewhere: day.elsewhere.slice(0, 130),
      others: day.others.slice(0, 130),
      forced: day.forced.slice(0, 130),
    };
    expect(() => calibrateImpact([short], OPTIONS)).toThrow(/too few/);
    const broken = { ...day, others: day.others.with(7, Number.NaN) };
    expect(() => calibrateImpact([broken], OPTIONS)).toThrow(/no number at step 7/);
    expect(() => calibrateImpact([day], { ...OPTIONS, lagBins: 0 })).toThrow(/0 bins/);
  });
});

describe("fits of a response", () => {
  const stepSeconds = 2;
  const responseOf = (shape: (lag: number) => number): Float64Array =>
    Float64Array.from({ length: 200 }, (_, t) => shape((t + 0.5) * stepSeconds));

  it("find the exponential that made it", () => {
    const fit = fitExponential(
      responseOf((lag) => 3e-9 * (0.2 + 0.8 * Math.exp(-lag / 50))),
      { stepSeconds },
    );
    expect(fit?.slope).toBeCloseTo(3e-9, 10);
    expect(fit?.tauSeconds).toBeGreaterThan(45);
    expect(fit?.tauSeconds).toBeLessThan(55);
    expect(fit?.permanentShare).toBeGreaterThan(0.15);
    expect(fit?.permanentShare).toBeLessThan(0.25);
    expect(fit?.relativeError).toBeLessThan(0.02);
  });

  it("find the power law that made it, cut off at the response's length", () => {
    const fit = fitPowerLaw(
      responseOf((lag) => 3e-9 * (1 + lag / 10) ** -0.6 * Math.exp(-lag / 400)),
      { stepSeconds, sizePower: 0.5 },
    );
    expect(fit?.decayPower).toBeGreaterThan(0.55);
    expect(fit?.decayPower).toBeLessThan(0.65);
    expect(fit?.cutoffSeconds).toBe(400);
    expect(fit?.relativeError).toBeLessThan(0.03);
  });

  it("find the speeds that made it, and leave out what falls below 0", () => {
    // Of the times from half a step (1 s) to the response's length (400 s) the second and the fourth.
    const [fastest, slower] = [400 ** 0.25, 400 ** 0.75];
    const made = responseOf(
      (lag) => 4e-9 * (0.7 * Math.exp(-lag / fastest) + 0.3 * Math.exp(-lag / slower)),
    );
    const fit = fitMixture(made, { stepSeconds });
    expect(fit?.relativeError).toBeLessThan(0.001);
    expect(fit?.slope).toBeCloseTo(4e-9, 11);
    const fast = fit?.parts.find(({ tauSeconds }) => Math.abs(tauSeconds - fastest) < 1e-9);
    expect(fast?.share).toBeCloseTo(0.7, 2);
    const overshooting = responseOf((lag) => 4e-9 * Math.exp(-lag / 16) - 1e-9);
    expect(fitMixture(overshooting, { stepSeconds })?.parts.every(({ share }) => share > 0)).toBe(
      true,
    );
    expect(
      fitMixture(
        responseOf(() => -1e-9),
        { stepSeconds },
      ),
    ).toBeUndefined();
  });

  it("are none where the response is below 0", () => {
    const response = responseOf((lag) => -1e-9 * Math.exp(-lag / 50));
    expect(fitExponential(response, { stepSeconds, mostPermanent: 0 })).toBeUndefined();
    expect(fitPowerLaw(response, { stepSeconds })).toBeUndefined();
  });
});

describe("bins of lags", () => {
  it("add up the values at lags 1, 2–3, 4–7, and nothing from before the first", () => {
    const prefix = prefixSums(Float64Array.of(1, 10, 100, 1_000, 10_000));
    expect([0, 1, 2].map((bin) => binSum(prefix, 5, bin))).toEqual([10_000, 1_100, 11]);
    expect([0, 1].map((bin) => binSum(prefix, 1, bin))).toEqual([1, 0]);
  });
});
