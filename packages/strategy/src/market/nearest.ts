/** The value nearest to a target, the lower of two as near, so that a choice does not depend on the order of rows. Undefined of none. */
export function nearest(values: readonly number[], target: number): number | undefined {
  let best: number | undefined;
  for (const value of values) {
    const distance = Math.abs(value - target);
    const bestDistance = best === undefined ? Infinity : Math.abs(best - target);
    const lower = distance === bestDistance && value < (best ?? Infinity);
    if (distance < bestDistance || lower) best = value;
  }
  return best;
}
