import type { Estimate } from "./impactTruth.ts";

/** Decay times between which the best one is sought, seconds, and how much one differs from the next, a factor. */
const DECAY_SECONDS = { from: 1, to: 100_000, factor: 1.01 } as const;

/** The mean of numbers; NaN of none. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * A figure of a sample, and its standard error by the jackknife: how much it changes as each draw in turn is left out. Undefined where the figure is, for the whole
 * sample or without any one draw. Two draws at least.
 * Source: B. Efron and C. Stein, "The jackknife estimate of variance", Annals of Statistics 9 (1981).
 */
export function jackknife<T>(
  draws: readonly T[],
  figure: (draws: readonly T[]) => number | undefined,
): Estimate | undefined {
  const value = figure(draws);
  const without = draws.flatMap((_, out) => {
    const left = figure(draws.filter((__, index) => index !== out));
    return left === undefined ? [] : [left];
  });
  if (value === undefined || without.length < draws.length || draws.length < 2) return undefined;
  const centre = meanOf(without);
  const squares = without.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  return { value, standardError: Math.sqrt(((draws.length - 1) / draws.length) * squares) };
}

/** The exponent of y ∝ x^exponent by least squares on logarithms; undefined where not all numbers are above 0. Two different x at least. */
export function exponentOf(x: readonly number[], y: readonly number[]): number | undefined {
  if (![...x, ...y].every((value) => value > 0)) return undefined;
  const [logX, logY] = [x.map(Math.log), y.map(Math.log)];
  const [centreX, centreY] = [meanOf(logX), meanOf(logY)];
  let [xx, xy] = [0, 0];
  logX.forEach((own, index) => {
    xx += (own - centreX) ** 2;
    xy += (own - centreX) * ((logY[index] ?? Number.NaN) - centreY);
  });
  return xy / xx;
}

/**
 * τ of A·e^(−t/τ), t from the first of the lags, by least squares, all lags counting alike. Undefined for fewer than five lags, and where no τ from a second to a day is
 * best: the response does not fall, or is gone at once.
 */
export function decayOf(
  lagSeconds: readonly number[],
  responses: readonly number[],
): number | undefined {
  const [first = 0] = lagSeconds;
  if (lagSeconds.length < 5) return undefined;
  const errorOf = (tau: number): number => {
    const shape = lagSeconds.map((lag) => Math.exp((first - lag) / tau));
    const along = shape.reduce((sum, own, index) => sum + own * (responses[index] ?? 0), 0);
    const height = along / shape.reduce((sum, own) => sum + own * own, 0);
    return shape.reduce((sum, own, i) => sum + ((responses[i] ?? 0) - height * own) ** 2, 0);
  };
  const { from, to, factor } = DECAY_SECONDS;
  let best: number = from;
  let least = errorOf(from);
  for (let tau = from * factor; tau <= to; tau *= factor) {
    const error = errorOf(tau);
    if (error >= least) continue;
    best = tau;
    least = error;
  }
  return best === from || best * factor > to ? undefined : best;
}
