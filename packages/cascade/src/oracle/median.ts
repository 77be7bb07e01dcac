/** Orders the first `count` prices from the lowest to the highest, with their weights: few at a time, so by insertion. */
export function sortWeighted(prices: Float64Array, weights: Float64Array, count: number): void {
  for (let i = 1; i < count; i += 1) {
    const price = prices[i] ?? 0;
    const weight = weights[i] ?? 0;
    let at = i;
    while (at > 0 && (prices[at - 1] ?? 0) > price) {
      prices[at] = prices[at - 1] ?? 0;
      weights[at] = weights[at - 1] ?? 0;
      at -= 1;
    }
    prices[at] = price;
    weights[at] = weight;
  }
}

const between = (low: number, high: number): number =>
  low === high ? low : low + (high - low) / 2;

/** The median of the first `count` of ordered prices: the middle one, or the mean of the two middle ones; NaN of none. */
export function medianOf(sorted: Float64Array, count: number): number {
  const low = sorted[Math.floor((count - 1) / 2)] ?? Number.NaN;
  return between(low, sorted[Math.floor(count / 2)] ?? Number.NaN);
}

/**
 * The weighted median of the first `count` of ordered prices: the first at which the weights up to it pass half of all; where they are
 * exactly half, the mean of that price and the next. With equal weights it is the median. NaN of none.
 */
export function weightedMedianOf(
  sorted: Float64Array,
  weights: Float64Array,
  count: number,
): number {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += weights[i] ?? 0;
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += weights[i] ?? 0;
    const price = sorted[i] ?? Number.NaN;
    if (sum * 2 === total) return between(price, sorted[i + 1] ?? price);
    if (sum * 2 > total) return price;
  }
  return Number.NaN;
}

/** The middle one of three prices; NaN where one is. */
export const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
