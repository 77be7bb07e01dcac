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
  /** Two columns: of returns and of others' flow. */
  readonly xy: Matrix;
}

/** The shape of a regression. */
export interface AutoregressionOptions {
  readonly kind: ResponseKind;
  readonly bins: LagBins;
}

/** Scales of the three series, so that the sums are well conditioned: root mean squares over all days. */
export interface FlowScales {
  readonly returns: number;
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
  others: rootMeanSquare(days.map(({ others }) => others)),
  forced: rootMeanSquare(days.map(({ forced }) => forced)),
});

/** Regressors: constant; bins of returns; bins of others; forced now and its bins; for the bare response others now. */
const width = ({ kind, bins }: AutoregressionOptions): number =>
  2 + 3 * bins.count + (kind === "bare" ? 1 : 0);

/** The sums of one day. The first `reach` steps serve as lags only. */
export function dayMoments(
  day: FlowDay,
  scales: FlowScales,
  options: AutoregressionOptions,
): DayMoments {
  const { kind, bins } = options;
  const k = width(options);
  const returns = day.returns.map((value) => value / scales.returns);
  const others = day.others.map((value) => value / scales.others);
  const forced = day.forced.map((value) => value / scales.forced);
  const sums = [prefixSums(returns), prefixSums(others), prefixSums(forced)];
  const xx = new Float64Array(k * k);
  const xy = new Float64Array(k * 2);
  const row = new Float64Array(k);
  for (let t = bins.reach; t < returns.length; t += 1) {
    row[0] = 1;
    let at = 1;
    for (const prefix of sums)
      for (let bin = 0; bin < bins.count; bin += 1) row[at++] = binSum(prefix, t, bin);
    row[at++] = forced[t] ?? 0;
    if (kind === "bare") row[at] = others[t] ?? 0;
    for (let i = 0; i < k; i += 1) {
      const value = row[i] ?? 0;
      if (value === 0) continue;
      for (let j = 0; j <= i; j += 1) xx[i * k + j] = (xx[i * k + j] ?? 0) + value * (row[j] ?? 0);
      xy[i * 2] = (xy[i * 2] ?? 0) + value * (returns[t] ?? 0);
      xy[i * 2 + 1] = (xy[i * 2 + 1] ?? 0) + value * (others[t] ?? 0);
    }
  }
  for (let i = 0; i < k; i += 1)
    for (let j = i + 1; j < k; j += 1) xx[i * k + j] = xx[j * k + i] ?? 0;
  return {
    steps: Math.max(0, returns.length - bins.reach),
    xx: Matrix.from1DArray(k, k, xx),
    xy: Matrix.from1DArray(k, 2, xy),
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
  const xy = Matrix.zeros(k, 2);
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
 * In the `bare` one others' flow stays 0.
 */
export function impulseResponse(
  coefficients: Matrix,
  scales: FlowScales,
  options: AutoregressionOptions & { readonly steps: number },
): Float64Array {
  const { kind, bins, steps } = options;
  const returns = new Float64Array(steps);
  const others = new Float64Array(steps);
  const [returnSums, otherSums] = [new Float64Array(steps + 1), new Float64Array(steps + 1)];
  const forcedSums = new Float64Array(steps + 1).fill(1, 1);
  const response = new Float64Array(steps);
  const forcedNow = 1 + 3 * bins.count;
  let moved = 0;
  for (let t = 0; t < steps; t += 1) {
    for (const [equation, series] of [returns, others].entries()) {
      let value = t === 0 ? coefficients.get(forcedNow, equation) : 0;
      [returnSums, otherSums, forcedSums].forEach((prefix, which) => {
        for (let bin = 0; bin < bins.count; bin += 1) {
          value +=
            coefficients.get(1 + which * bins.count + bin, equation) * binSum(prefix, t, bin);
        }
      });
      series[t] = equation === 1 && kind === "bare" ? 0 : value;
    }
    returnSums[t + 1] = (returnSums[t] ?? 0) + (returns[t] ?? 0);
    otherSums[t + 1] = (otherSums[t] ?? 0) + (others[t] ?? 0);
    moved += returns[t] ?? 0;
    response[t] = (moved * scales.returns) / scales.forced;
  }
  return response;
}
