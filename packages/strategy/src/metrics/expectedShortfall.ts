/**
 * The mean of the worst (1 − level) of some changes, as a loss: positive when money was lost. With n changes the worst
 * (1 − level)·n of them count, the last one by its fraction; where that is less than one change, the worst change is returned.
 * `level` is between 0 and 1, e.g. 0.95. Undefined without changes.
 *
 * The changes are those between consecutive snapshots, which are hours apart and few: this describes the recorded days and
 * is no forecast. Source: C. Acerbi and D. Tasche, "On the coherence of expected shortfall", 2002, definition 2.6.
 */
export function expectedShortfall(changes: readonly number[], level: number): number | undefined {
  const sorted = changes.toSorted((a, b) => a - b);
  const worst = sorted[0];
  if (worst === undefined) return undefined;
  // Rounded to 1e-9 of a change: 1 − 0.95 is not exactly 0.05 in a double.
  const tail = Math.max(Math.round((1 - level) * sorted.length * 1e9) / 1e9, 1);
  const whole = Math.floor(tail);
  const partial = (tail - whole) * (sorted[whole] ?? 0);
  const sum = sorted.slice(0, whole).reduce((total, change) => total + change, 0);
  // Not plain negation, which would make −0 of a curve that never moves.
  return 0 - (sum + partial) / tail;
}
