/**
 * Shares whole units out by whole weights, exactly: shares sum to `total`, or to Σ weights where that is less, and none is above its weight.
 * What rounding leaves goes to the largest fractions, the earlier first.
 */
export function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (total >= sum) return [...weights];
  const exact = weights.map((weight) => total * (weight / sum));
  const shares = exact.map((share, i) => Math.min(Math.floor(share), weights[i] ?? 0));
  let left = total - shares.reduce((all, share) => all + share, 0);
  const byFraction = exact
    .map((share, i) => ({ i, fraction: share - (shares[i] ?? 0) }))
    .sort((a, b) => b.fraction - a.fraction || a.i - b.i);
  // Doubles may leave more than one unit for some: there is room for it, because total is below the sum of weights.
  while (left > 0) {
    for (const { i } of byFraction) {
      const share = shares[i] ?? 0;
      if (left === 0 || share >= (weights[i] ?? 0)) continue;
      shares[i] = share + 1;
      left -= 1;
    }
  }
  return shares;
}
