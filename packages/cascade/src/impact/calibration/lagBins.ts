/** Bins of lags, each twice as wide as the one before: lags 1, 2–3, 4–7, … up to 2^count − 1 steps. */
export interface LagBins {
  readonly count: number;
  /** The largest lag, steps. */
  readonly reach: number;
}

export const lagBins = (count: number): LagBins => ({ count, reach: 2 ** count - 1 });

/** Sums up to each step: prefix[t] = values[0] + … + values[t − 1]. */
export function prefixSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  let sum = 0;
  values.forEach((value, t) => {
    sum += value;
    sums[t + 1] = sum;
  });
  return sums;
}

/** The sum of the values of bin `bin` before step t: those from t − 2^(bin+1) + 1 to t − 2^bin; steps before the first count 0. */
export function binSum(prefix: Float64Array, t: number, bin: number): number {
  const to = Math.max(0, t - 2 ** bin + 1);
  const from = Math.max(0, t - 2 ** (bin + 1) + 1);
  return (prefix[to] ?? 0) - (prefix[from] ?? 0);
}
