/** Grown when a longer one is asked for; every value is NaN, and nobody writes to it. */
let absent: Float64Array<ArrayBuffer> = new Float64Array(65_536).fill(Number.NaN);
const buffers = new WeakSet<ArrayBufferLike>([absent.buffer]);

/** A column of numbers of which no row has a value: NaN throughout. All of them share their memory; nobody may write to them. */
export function absentColumn(length: number): Float64Array {
  if (length > absent.length) {
    absent = new Float64Array(length).fill(Number.NaN);
    buffers.add(absent.buffer);
  }
  return absent.subarray(0, length);
}

/** Whether a column is one of `absentColumn`, so that nobody needs to look at its rows. */
export const isAbsentColumn = (column: Float64Array): boolean => buffers.has(column.buffer);
