import { absentColumn, type Batch, type Instrument } from "@aftershock/schema";
import type { BookRows } from "../syntheticBook.ts";
import { BENCH_INSTRUMENT } from "./benchInstrument.ts";

/** Rows of a batch, as the tape has them. */
const BATCH_ROWS = 65_536;
/** How long an update was on its way, µs. */
const LATENCY_MICROS = 2_500;

/** A stream as batches like those of a tape. */
export function bookBatches(
  rows: BookRows,
  instrument: Instrument = BENCH_INSTRUMENT,
): readonly Batch<"book">[] {
  const { side, flags, tsRecv } = rows;
  // As the tape has them: a column without any value is none.
  const [updateId, prevUpdateId] = [rows.updateId, rows.prevUpdateId].map((ids) =>
    ids.every((id) => Number.isNaN(id)) ? undefined : ids,
  );
  const [price, size] = [Float64Array.from(rows.price), Float64Array.from(rows.size)];
  const tsEvent = tsRecv.map((at) => at - LATENCY_MICROS);
  const seq = tsRecv.map((_, row) => row);
  const batches: Batch<"book">[] = [];
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows.length);
    const columns = {
      tsEvent: tsEvent.subarray(from, to),
      tsRecv: tsRecv.subarray(from, to),
      seq: seq.subarray(from, to),
      side: side.subarray(from, to),
      price: price.subarray(from, to),
      size: size.subarray(from, to),
      flags: flags.subarray(from, to),
      updateId: updateId?.subarray(from, to) ?? absentColumn(to - from),
      prevUpdateId: prevUpdateId?.subarray(from, to) ?? absentColumn(to - from),
    };
    batches.push({ stream: "book", instrument, length: to - from, columns });
  }
  return batches;
}
