import { DataError } from "@aftershock/schema";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { FlowDay } from "./flowDay.ts";
import { binSum, type LagBins, prefixSums } from "./lagBins.ts";

/**
 * Which response to forced flow is estimated. `total`: what follows a unit, the reaction of all others included (they are endogenous). `bare`: with all other flow held
 * fixed, also that of the same step; it leaves out what others do about it, and explodes in a counterfactual.
 */
export type ResponseKind = "total" | "bare";

/** Sums of squares and products of the regression of a day: they add up over days, so that a bootstrap by day is a sum. */
export interface DayMoments {
  readonly steps: number;
  readonly xx: Matrix;
  /** A column for each of ENDOGENOUS. */
  readonly xy: Matrix;
}

/** What answers to forced flow and to its own past, in the order of the equations: the price, the same coin's price elsewhere, and what others trade. */
const ENDOGENOUS = ["returns", "elsewhere", "others"] as const;
const EQUATIONS = ENDOGENOUS.length;

/** The shape of a regression. */
export interface AutoregressionOptions {
  readonly kind: ResponseKind;
  readonly bins: LagBins;
}

/** Scales of the series, so that the sums are well conditioned: root mean squares over all days. */
export interface FlowScales {
  readonly returns: number;
  readonly elsewhere: number;
  readonly others: number;
  readonly forced: number;
}

function rootMeanSquare(all: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  for (const values of all) {
    for (const value of values) sum += value * value;
    count += values.length;
  }
  const scale = Math.sqrt(sum / Math.max(1, count));
  return scale > 0 ? scale : 1;
}

/** The scales of some days. */
export const flowScales = (days: readonly FlowDay[]): FlowScales => ({
  returns: rootMeanSquare(days.map(({ returns }) => returns)),
  elsewhere: rootMeanSquare(days.map(({ elsewhere }) => elsewhere)),
  others: rootMeanSquare(days.map(({ others }) => others)),
  forced: rootMeanSquare(days.map(({ forced }) => forced)),
});

/** Regressors: constant; bins of each endogenous series and of forced flow; forced now; for the bare response what else is held fixed, now. */
const width = ({ kind, bins }: AutoregressionOptions): number =>
  2 + (EQUATIONS + 1) * bins.count + (kind === "bare" ? EQUATIONS - 1 : 0);

/** The sums of one day. The first `reach` steps serve as lags only. */
export function dayMoments(
  day: FlowDay,
  scales: FlowScales,
  options: AutoregressionOptions,
): DayMoments {
  const { kind, bins } = options;
  const k = width(options);
  const endogenous = ENDOGENOUS.map((name) => day[name].map((value) => value / scales[name]));
  const forced = day.forced.map((value) => value / scales.forced);
  const sums = [...endogenous, forced].map(prefixSums);
  const xx = new Float64Array(k * k);
  const xy = new Float64Array(k * EQUATIONS);
  const row = new Float64Array(k);
  for (let t = bins.reach; t < forced.length; t += 1) {
    row[0] = 1;
    let at = 1;
    for (const prefix of sums)
      for (let bin = 0; bin < bins.count; bin += 1) row[at++] = binSum(prefix, t, bin);
    row[at++] = forced[t] ?? 0;
    if (kind === "bare") for (const held of endogenous.slice(1)) row[at++] = held[t] ?? 0;
    for (let i = 0; i < k; i += 1) {
      const value = row[i] ?? 0;
      if (value === 0) continue;
      for (let j = 0; j <= i; j += 1) xx[i * k + j] = (xx[i * k + j] ?? 0) + value * (row[j] ?? 0);
      for (const [equation, series] of endogenous.entries()) {
        const place = i * EQUATIONS + equation;
        xy[place] = (xy[place] ?? 0) + value * (series[t] ?? 0);
      }
    }
  }
  for (let i = 0; i < k; i += 1)
    for (let j = i + 1; j < k; j += 1) xx[i * k + j] = xx[j * k + i] ?? 0;
  return {
    steps: Math.max(0, forced.length - bins.reach),
    xx: Matrix.from1DArray(k, k, xx),
    xy: Matrix.from1DArray(k, EQUATIONS, xy),
  };
}

/** What a day counts in an estimate: 1, or how often a bootstrap drew it. */
export interface WeightedMoments {
  readonly moments: DayMoments;
  readonly weight: number;
}

/** A share of the mean square added to each regressor's own, so that one that never moves (a day without forced flow) has the coefficient 0. */
const RIDGE = 1e-9;

/** The coefficients by least squares over weighted days, in scaled units; columns as of `xy`. Throws DataError where there are fewer steps than coefficients. */
export function solveAutoregression(days: readonly WeightedMoments[]): Matrix {
  const [first] = days;
  const steps = days.reduce((sum, { moments, weight }) => sum + weight * moments.steps, 0);
  const k = first?.moments.xx.rows ?? 0;
  if (first === undefined || steps <= k) {
    throw new DataError(`${steps} steps are too few for ${k} coefficients`, {
      hints: ["Calibrate on more or longer days, or with fewer lags."],
    });
  }
  const xx = Matrix.zeros(k, k);
  const xy = Matrix.zeros(k, EQUATIONS);
  for (const { moments, weight } of days) {
    if (weight === 0) continue;
    xx.add(Matrix.mul(moments.xx, weight));
    xy.add(Matrix.mul(moments.xy, weight));
  }
  for (let i = 0; i < k; i += 1) xx.set(i, i, xx.get(i, i) * (1 + RIDGE) + RIDGE * steps);
  const cholesky = new CholeskyDecomposition(xx);
  if (!cholesky.isPositiveDefinite()) {
    throw new DataError("The days do not identify the response to forced flow", {
      hints: ["Some series never moves, or moves with another: calibrate on other days."],
    });
  }
  return cholesky.solve(xy);
}

/**
 * How far the price has moved, a logarithm, by the end of each step after a unit of forced flow (quote currency) in step 0: the response of an autoregression, cumulated.
 * In the `bare` one others' flow and the price elsewhere stay 0.
 */
export function impulseResponse(
  coefficients: Matrix,
  scales: FlowScales,
  options: AutoregressionOptions & { readonly steps: number },
): Float64Array {
  const { kind, bins, steps } = options;
  const sums = ENDOGENOUS.map(() => new Float64Array(steps + 1));
  const forcedSums = new Float64Array(steps + 1).fill(1, 1);
  const response = new Float64Array(steps);
  const forcedNow = 1 + (EQUATIONS + 1) * bins.count;
  const regressors = [...sums, forcedSums];
  const valueAt = (t: number, equation: number): number => {
    let value = t === 0 ? coefficients.get(forcedNow, equation) : 0;
    regressors.forEach((prefix, which) => {
      for (let bin = 0; bin < bins.count; bin += 1)
        value += coefficients.get(1 + which * bins.count + bin, equation) * binSum(prefix, t, bin);
    });
    return value;
  };
  for (let t = 0; t < steps; t += 1) {
    for (const [equation, prefix] of sums.entries()) {
      const value = kind === "bare" && equation > 0 ? 0 : valueAt(t, equation);
      prefix[t + 1] = (prefix[t] ?? 0) + value;
    }
    response[t] = ((sums[0]?.[t + 1] ?? 0) * scales.returns) / scales.forced;
  }
  return response;
}
