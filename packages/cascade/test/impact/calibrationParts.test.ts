import { DataError } from "@aftershock/schema";
import { Matrix } from "ml-matrix";
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
import { lagBins } from "../../src/impact/calibration/lagBins.ts";
import {
  dayMoments,
  flowScales,
  impulseResponse,
  solveAutoregression,
} from "../../src/impact/calibration/vectorAutoregression.ts";
import { concave } from "../../src/impact/powerLawKernel.ts";

const stepSeconds = 2;
const responseOf = (shape: (lag: number) => number): Float64Array =>
  Float64Array.from({ length: 200 }, (_, t) => shape((t + 0.5) * stepSeconds));

describe("a fit of an exponential", () => {
  it("has no larger a permanent share than is allowed, and none below 0", () => {
    const lasting = responseOf((lag) => 3e-9 * (0.5 + 0.5 * Math.exp(-lag / 50)));
    const shareOf = (response: Float64Array, mostPermanent?: number) =>
      fitExponential(response, {
        stepSeconds,
        ...(mostPermanent === undefined ? {} : { mostPermanent }),
      })?.permanentShare;
    expect(shareOf(lasting)).toBeCloseTo(0.5, 2);
    expect(shareOf(lasting, 0.2)).toBe(0.2);
    expect(shareOf(lasting, 0)).toBe(0);
    const overshooting = responseOf((lag) => 3e-9 * (1.3 * Math.exp(-lag / 50) - 0.3));
    expect(shareOf(overshooting, 0.5)).toBe(0);
  });

  it("finds decay times up to four times the response's length", () => {
    const fit = fitExponential(
      responseOf((lag) => 3e-9 * Math.exp(-lag / 1_000)),
      { stepSeconds, mostPermanent: 0 },
    );
    expect(fit?.tauSeconds).toBeGreaterThan(900);
    expect(fit?.tauSeconds).toBeLessThan(1_100);
    expect(fit?.slope).toBeCloseTo(3e-9, 10);
  });

  it("measures lags from the middle of the first step: a slope that fell by e^−½ in it is found whole", () => {
    const fit = fitExponential(
      responseOf((lag) => 3e-9 * Math.exp(-lag / 4)),
      { stepSeconds, mostPermanent: 0 },
    );
    expect(Math.abs((fit?.slope ?? 0) / 3e-9 - 1)).toBeLessThan(0.02);
  });

  it("states its error as a root mean square over that of the response", () => {
    const exact = responseOf((lag) => 3e-9 * Math.exp(-lag / 50));
    const size = Math.sqrt(exact.reduce((sum, value) => sum + value * value, 0) / exact.length);
    const noisy = exact.map((value, t) => value + (t % 2 === 0 ? 0.2 : -0.2) * size);
    const fit = fitExponential(noisy, { stepSeconds, mostPermanent: 0 });
    // 0.2 of 1 beside each other: √(0.04 / 1.04).
    expect(fit?.relativeError).toBeCloseTo(Math.sqrt(0.04 / 1.04), 2);
  });
});

describe("a fit of a power law", () => {
  it("fades no slower than allows for no manipulation, nor not at all", () => {
    const slow = responseOf((lag) => 3e-9 * (1 + lag / 10) ** -0.2);
    const powerOf = (response: Float64Array, sizePower?: number) =>
      fitPowerLaw(response, { stepSeconds, ...(sizePower === undefined ? {} : { sizePower }) })
        ?.decayPower;
    expect(powerOf(slow, 0.5)).toBe(0.5);
    expect(powerOf(slow)).toBeLessThan(0.3);
    expect(powerOf(responseOf(() => 3e-9))).toBe(0.05);
  });
});

describe("a fit of a mixture", () => {
  it("has five speeds in even steps of the logarithm from half a step to the response's length, and shares above 0 that sum to 1", () => {
    for (const shape of [
      (lag: number) => 4e-9 * Math.exp(-lag / 16) - 1e-9,
      (lag: number) => 4e-9 * Math.exp(-lag / 30),
      (lag: number) => 1e-9 * (1 + lag / 10) ** -0.5,
    ]) {
      const { parts = [] } = fitMixture(responseOf(shape), { stepSeconds }) ?? {};
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      for (const { share, tauSeconds } of parts) {
        expect(share).toBeGreaterThan(0);
        const place = (4 * Math.log(tauSeconds / (stepSeconds / 2))) / Math.log(400);
        expect(place).toBeCloseTo(Math.round(place), 9);
        expect(Math.round(place)).toBeLessThanOrEqual(4);
      }
    }
  });
});

describe("a vector autoregression", () => {
  const bins = lagBins(1);
  const scales = { returns: 2, elsewhere: 16, others: 8, forced: 4 };

  it("follows returns, the price elsewhere and others' flow from one to the other, in the units of the data", () => {
    // Rows: constant, a lag of returns, of the price elsewhere, of others, of forced flow, forced flow now. Columns: returns, elsewhere, others.
    const coefficients = new Matrix([
      [9, 9, 9],
      [0.5, 0.3, 0.25],
      [0.2, 0.1, 0.05],
      [0.1, 0.15, 0.2],
      [0.03, 0.02, 0.04],
      [1, 0.5, 3],
    ]);
    const moved = [1, 0, 0, 0];
    const abroad = [0.5, 0, 0, 0];
    const bought = [3, 0, 0, 0];
    for (let t = 1; t < 4; t += 1) {
      const forced = t === 1 ? 1 : 0;
      const [r, e, o] = [moved[t - 1]!, abroad[t - 1]!, bought[t - 1]!];
      moved[t] = 0.5 * r + 0.2 * e + 0.1 * o + 0.03 * forced;
      abroad[t] = 0.3 * r + 0.1 * e + 0.15 * o + 0.02 * forced;
      bought[t] = 0.25 * r + 0.05 * e + 0.2 * o + 0.04 * forced;
    }
    let sum = 0;
    const expected = moved.map((each) => ((sum += each) * scales.returns) / scales.forced);
    const response = impulseResponse(coefficients, scales, { kind: "total", bins, steps: 4 });
    expect([...response]).toEqual(expected.map((each) => expect.closeTo(each, 12)));
    const bare = impulseResponse(coefficients, scales, { kind: "bare", bins, steps: 3 });
    const alone = [1, 1 + 0.5 + 0.03, 1 + 0.53 + 0.265].map((each) => each / 2);
    expect([...bare]).toEqual(alone.map((each) => expect.closeTo(each, 12)));
  });

  it("uses the first steps of a day as lags alone: 3 with lags up to 3", () => {
    expect([1, 2, 3].map((count) => lagBins(count).reach)).toEqual([1, 3, 7]);
    const short: FlowDay = {
      name: "short",
      stepSeconds: 1,
      returns: Float64Array.of(1, 2, 3, 4, 5),
      elsewhere: Float64Array.of(0, 0, 0, 5, 7),
      others: Float64Array.of(1, 1, 1, 1, 1),
      forced: Float64Array.of(0, 0, 0, 0, 1),
    };
    const unit = { returns: 1, elsewhere: 1, others: 1, forced: 1 };
    const { steps, xx, xy } = dayMoments(short, unit, { kind: "total", bins: lagBins(2) });
    expect(steps).toBe(2);
    // The constant with itself, with the lag of returns (3 and 4) and with lags 2 and 3 (2 + 1 and 3 + 2).
    expect([0, 1, 2].map((column) => xx.get(0, column))).toEqual([2, 7, 8]);
    expect([0, 1, 2].map((row) => xx.get(row, 0))).toEqual([2, 7, 8]);
    expect([0, 1, 2].map((equation) => xy.get(0, equation))).toEqual([9, 12, 2]);
  });

  it("takes series that never move as of scale 1, and refuses as many coefficients as steps", () => {
    const still: FlowDay = {
      name: "still",
      stepSeconds: 1,
      returns: new Float64Array(6),
      elsewhere: new Float64Array(6),
      others: new Float64Array(6),
      forced: Float64Array.of(0, 3, 0, 0, -3, 0),
    };
    expect(flowScales([still])).toEqual({
      returns: 1,
      elsewhere: 1,
      others: 1,
      forced: Math.sqrt(3),
    });
    // Six steps, one of them a lag alone: five for the six coefficients of a total response.
    const moments = dayMoments(still, flowScales([still]), { kind: "total", bins });
    expect(() => solveAutoregression([{ moments, weight: 1 }])).toThrow(DataError);
    expect(solveAutoregression([{ moments, weight: 2 }]).rows).toBe(6);
  });
});

/** A number in −1 … 1 by counter: enough of chance for a planted day. */
const wobble = (seed: number, t: number): number => {
  const value = Math.sin((t + 1) * 12.9898 + seed * 78.233) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
};

const OPTIONS: CalibrationOptions = {
  horizonSeconds: 300,
  lagBins: 4,
  sizePower: 1,
  unit: 1e6,
  mostPermanent: 0,
  draws: 0,
  uniform: () => 0.5,
};

/** A day on which forced flow of very different sizes moves the price by `impact` and it stays, or goes on by `persistence` of each return. */
function day(
  seed: number,
  {
    impact,
    persistence = 0,
    steps = 2_000,
  }: {
    readonly impact: (flow: number) => number;
    readonly persistence?: number;
    readonly steps?: number;
  },
): FlowDay {
  const [returns, elsewhere, others, forced] = [0, 1, 2, 3].map(() => new Float64Array(steps));
  for (let t = 0; t < steps; t += 1) {
    forced![t] = t % 7 === seed % 7 ? 1e6 * wobble(seed, t) ** 5 : 0;
    others![t] = 1e5 * wobble(seed + 50, t);
    returns![t] =
      impact(forced![t]!) + persistence * (returns![t - 1] ?? 0) + 1e-5 * wobble(seed + 100, t);
  }
  return {
    name: `day ${seed}`,
    stepSeconds: 5,
    returns: returns!,
    elsewhere: elsewhere!,
    others: others!,
    forced: forced!,
  };
}

describe("calibrateImpact", () => {
  const straight = (flow: number): number => 2e-9 * flow;

  it("gives the exponential no larger a permanent share than its options allow, and follows it for the horizon", () => {
    const all = [1, 2].map((seed) => day(seed, { impact: straight }));
    for (const mostPermanent of [0, 0.25]) {
      const { total } = calibrateImpact(all, { ...OPTIONS, mostPermanent });
      expect(total.point.exponential?.permanentShare).toBe(mostPermanent);
      expect(total.response).toHaveLength(60);
    }
  });

  it("fits the power law to the response to bent flow, and the others to that of the flow as it is", () => {
    const all = [1, 2].map((seed) => day(seed, { impact: straight }));
    const bent = all.map((each) => ({
      ...each,
      forced: each.forced.map((flow) => concave(flow, 0.5, 1e6)),
    }));
    const concaved = calibrateImpact(all, { ...OPTIONS, sizePower: 0.5 });
    const plain = calibrateImpact(all, OPTIONS);
    const ofBent = calibrateImpact(bent, OPTIONS);
    for (const kind of ["total", "bare"] as const) {
      const { point, response } = concaved[kind];
      const terms = { stepSeconds: 5, sizePower: 0.5 };
      expect(point.powerLaw).toEqual(fitPowerLaw(ofBent[kind].response, terms));
      expect(point.powerLaw).not.toEqual(fitPowerLaw(plain[kind].response, terms));
      expect(response).toEqual(plain[kind].response);
      expect(point.exponential).toEqual(plain[kind].point.exponential);
      expect(point.mixture).toEqual(plain[kind].point.mixture);
    }
  });

  it("draws each day as often as its numbers say, the first and the last among them", () => {
    const all = [1, 2, 3].map((seed) => day(seed, { impact: (flow) => seed * straight(flow) }));
    const slopes = [0.01, 0.5, 0.99].map((number) => {
      const { total } = calibrateImpact(all, { ...OPTIONS, draws: 1, uniform: () => number });
      return (total.draws[0]?.exponential?.slope ?? 0) / 2e-9;
    });
    slopes.forEach((slope, i) => expect(Math.abs(slope / (i + 1) - 1)).toBeLessThan(0.2));
  });

  it("says nothing of a response that explodes, up or down, and counts the draws that do", () => {
    for (const sign of [1, -1]) {
      const impact = (flow: number): number => sign * straight(flow);
      const bursting = day(1, { impact, persistence: 1.02, steps: 500 });
      const { total } = calibrateImpact([bursting], {
        ...OPTIONS,
        lagBins: 1,
        horizonSeconds: 5_000,
        draws: 3,
      });
      expect(total.point).toEqual({
        exponential: undefined,
        powerLaw: undefined,
        mixture: undefined,
      });
      expect([total.response.length, total.draws.length, total.unstable]).toEqual([0, 0, 3]);
    }
  });
});
