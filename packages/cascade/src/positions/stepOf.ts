/** The last step that ends at or before an instant, of steps that end at ascending instants; −1 where there is none. */
export function stepOf(at: Float64Array, time: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? Number.NaN) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
