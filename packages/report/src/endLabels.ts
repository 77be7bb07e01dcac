/**
 * Moves labels that stand at `positions` (pixels) apart to at least `gap`, keeping their order and staying within `low` …
 * `high`; a label with room around it does not move. Positions come back in the order in which they were given. When there
 * are more labels than fit, they are evenly squeezed.
 */
export function spreadLabels(
  positions: readonly number[],
  gap: number,
  low: number,
  high: number,
): readonly number[] {
  const order = positions.map((_, index) => index).sort(byPosition(positions));
  const room = positions.length > 1 ? (high - low) / (positions.length - 1) : gap;
  const apart = Math.min(gap, room);
  const placed: number[] = [];
  for (const index of order) {
    const wanted = Math.max(positions[index] ?? low, low);
    placed.push(Math.max(wanted, (placed.at(-1) ?? -Infinity) + apart));
  }
  let ceiling = high;
  for (let n = placed.length - 1; n >= 0; n -= 1) {
    placed[n] = Math.min(placed[n] ?? high, ceiling);
    ceiling = (placed[n] ?? high) - apart;
  }
  const spread: number[] = [];
  for (const [rank, index] of order.entries()) spread[index] = placed[rank] ?? low;
  return spread;
}

const byPosition =
  (positions: readonly number[]) =>
  (a: number, b: number): number =>
    (positions[a] ?? 0) - (positions[b] ?? 0) || a - b;
