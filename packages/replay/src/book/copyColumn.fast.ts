/** Rows of a column to where a fast book looks at them. Plain twin: `into.set(column.subarray(from, to))`. Benchmark: test/bench/l3.ts. */

/** So many values are copied one by one, which makes no view. */
const FEW = 32;

/** Copies the values [from, to) of a column to the start of another. */
export function copyColumn<Column extends Int8Array | Int32Array | Float64Array>(
  into: Column,
  column: Column,
  from: number,
  to: number,
): void {
  if (to - from > FEW) into.set(column.subarray(from, to));
  else for (let row = from; row < to; row++) into[row - from] = column[row]!;
}
