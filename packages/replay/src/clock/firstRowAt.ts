/**
 * The first row of [from, to) whose time is at or after `at`, µs; `to` when there is none. `times` must be ascending: a
 * binary search. For "after `at`", ask for `at + 1`: times are whole.
 */
export function firstRowAt(times: Float64Array, from: number, to: number, at: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.NaN) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
