import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import type { RawRow } from "../../packages/ingest/src/source.ts";
import { cryptofeed } from "../../packages/ingest/src/sources/cryptofeed/cryptofeed.ts";
import { memorySink, type MemorySink } from "../../packages/ingest/test/memorySink.ts";
import {
  toSteps,
  type Batch,
  type Decimal,
  type EventStream,
  type Instrument,
} from "../../packages/schema/src/index.ts";

/** Reads captures of one ingest into memory. */
export async function readCaptures(paths: readonly string[]): Promise<MemorySink> {
  const memory = memorySink();
  const reader = cryptofeed.createReader({});
  for (const path of paths) await reader.read(await openFile(path), memory.sink);
  return memory;
}

/** The instruments of which a book was captured. */
export const bookIds = ({ rows }: MemorySink): readonly string[] => [
  ...new Set(
    rows.flatMap(({ stream, venue, symbol }) => (stream === "book" ? [`${venue}:${symbol}`] : [])),
  ),
];

/** The step of the finest decimal among some. */
const finest = (values: readonly Decimal[]): Decimal => ({
  mantissa: 1,
  decimals: values.reduce((most, { decimals }) => Math.max(most, decimals), 0),
});

function instrumentOf(id: string, rows: readonly RawRow<"book">[]): Instrument {
  const [venue = "", symbol = ""] = id.split(":");
  const { kind, contract, multiplier, base, quote, settle } = cryptofeed.terms(
    venue,
    symbol,
    rows[0]?.tsRecv ?? Number.NaN,
  );
  const terms = { kind, contract, multiplier, base, quote, settle };
  const tick = finest(rows.map(({ price }) => price));
  const lot = finest(rows.map(({ size }) => size));
  return { id, venue, symbol, ...terms, tick, lot, gridSource: "inferred" };
}

/** The book of one instrument as the lake would hand it over: in order of time, on the finest grid of its rows. */
export function bookStream(memory: MemorySink, id: string): EventStream<"book"> {
  const rows = memory.of("book", id).toSorted((a, b) => (a.tsRecv ?? 0) - (b.tsRecv ?? 0));
  const instrument = instrumentOf(id, rows);
  const reals = (of: (row: RawRow<"book">, i: number) => number | undefined): Float64Array =>
    Float64Array.from(rows, (row, i) => of(row, i) ?? Number.NaN);
  const batch: Batch<"book"> = {
    stream: "book",
    instrument,
    length: rows.length,
    columns: {
      tsEvent: reals((row) => row.tsEvent),
      tsRecv: reals((row) => row.tsRecv),
      seq: reals((_, i) => i),
      side: Int8Array.from(rows, (row) => row.side),
      price: reals((row) => toSteps(row.price, instrument.tick)),
      size: reals((row) => toSteps(row.size, instrument.lot)),
      flags: Int8Array.from(rows, (row) => row.flags),
      updateId: reals((row) => row.updateId),
      prevUpdateId: reals((row) => row.prevUpdateId),
    },
  };
  return {
    stream: "book",
    instrument,
    simulated: false,
    async *batches() {
      yield batch;
    },
  };
}
