import {
  type Batch,
  type ColumnsOf,
  columnsOf,
  type EventStream,
  type Instrument,
  type StreamName,
} from "@aftershock/schema";

/** A row by its columns; those that are not given are absent, or 0 for codes and `seq`. `at` is both clocks, µs. */
export type Row = Readonly<Record<string, number | string | undefined>> & { readonly at: number };

function batchOf<S extends StreamName>(
  stream: S,
  instrument: Instrument,
  rows: readonly Row[],
): Batch<S> {
  const columns = columnsOf(stream).map(([name, { type }]) => {
    if (type === "text") return [name, rows.map((row) => row[name])];
    const values = rows.map((row, i) => {
      if (name === "tsEvent" || name === "tsRecv") return row.at;
      if (name === "seq") return i;
      return row[name] ?? (type === "code" ? 0 : Number.NaN);
    });
    return [
      name,
      type === "code" ? Int8Array.from(values as number[]) : Float64Array.from(values as number[]),
    ];
  });
  return {
    stream,
    instrument,
    length: rows.length,
    columns: Object.fromEntries(columns) as ColumnsOf<S>,
  };
}

/** A stream of rows in batches of at most `size`. */
export function streamOf<S extends StreamName>(
  stream: S,
  instrument: Instrument,
  rows: readonly Row[],
  size: number = Infinity,
): EventStream<S> {
  return {
    stream,
    instrument,
    simulated: true,
    async *batches() {
      for (let from = 0; from < rows.length; from += Math.min(size, rows.length)) {
        yield batchOf(stream, instrument, rows.slice(from, from + Math.min(size, rows.length)));
      }
    },
  };
}
