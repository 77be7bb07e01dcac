import { createHash } from "node:crypto";
import {
  type Batch,
  columnsOf,
  type Decimal,
  type EventStream,
  type Instrument,
  type StreamName,
} from "@aftershock/schema";
import type { InstrumentTerms, RawRow } from "../source.ts";
import { FileRows } from "./fileRows.ts";
import type { Lake } from "./lake.ts";
import { LakeWriter, type PartitionOutcome } from "./lakeWriter.ts";
import type { Manifest } from "./manifest.ts";

/** Who made rows that no file holds, and what they are told. */
interface MadeRows {
  readonly lake: Lake;
  /** Who made the rows. */
  readonly loader: Manifest["loader"];
  /** What made them: seed and settings; the same settings must give the same rows. */
  readonly simulated: Readonly<Record<string, number | string>>;
  /** Called after each batch: rows so far, and its last time by the recorder's clock, µs. */
  readonly onProgress?: (rows: number, at: number) => void;
}

/** Events that no file holds, to be stored. */
export interface StoreOptions extends MadeRows {
  readonly streams: readonly EventStream[];
}

/** Batches of any streams, to be stored as they come. */
export interface StoreBatchesOptions extends MadeRows {
  /** Those of one stream of one instrument in their order. */
  readonly batches: AsyncIterable<Batch> | Iterable<Batch>;
  /** All instruments that the batches are of. */
  readonly instruments: readonly Instrument[];
}

/** A reader of one column at a row, as a source would emit it. */
function rawReader(
  stream: StreamName,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  grid: { readonly tick: Decimal; readonly lot: Decimal },
): (row: number) => RawRow {
  const layout = columnsOf(stream).filter(([name]) => name !== "seq");
  const decimalOf = (step: Decimal, steps: number): Decimal => ({
    mantissa: steps * step.mantissa,
    decimals: step.decimals,
  });
  return (row) => {
    const raw: Record<string, unknown> = { line: 0 };
    for (const [name, { type }] of layout) {
      const value = columns[name]?.[row];
      if (value === undefined || Number.isNaN(value)) continue;
      if (type === "ticks") raw[name] = decimalOf(grid.tick, value as number);
      else if (type === "lots") raw[name] = decimalOf(grid.lot, value as number);
      else raw[name] = value;
    }
    return raw as unknown as RawRow;
  };
}

/** Each stream after the other. */
async function* batchesOf(streams: readonly EventStream[]): AsyncGenerator<Batch> {
  for (const source of streams) yield* source.batches();
}

/** Writes simulated events into a lake, by the way that recordings take, and marks every partition as simulated. */
export const storeStreams = (options: StoreOptions): Promise<readonly PartitionOutcome[]> =>
  storeBatches({
    ...options,
    batches: batchesOf(options.streams),
    instruments: options.streams.map(({ instrument }) => instrument),
  });

/** As `storeStreams`, of batches that come as they are made: all streams in one pass, and none of them held. */
export async function storeBatches(
  options: StoreBatchesOptions,
): Promise<readonly PartitionOutcome[]> {
  const { lake, loader, simulated, onProgress } = options;
  const settings = JSON.stringify([loader, simulated]);
  const identity = {
    name: `${loader.name} ${loader.version}`,
    sha256: createHash("sha256").update(settings).digest("hex"),
    bytes: Buffer.byteLength(settings),
    dataset: "",
  };
  const known = new Map(options.instruments.map((instrument) => [instrument.id, instrument]));
  const writer = await LakeWriter.open({
    lake,
    loader,
    simulated,
    terms: (venue, symbol) => known.get(`${venue}:${symbol}`) as InstrumentTerms,
    lineTexts: (_, lines) => Promise.resolve(lines.map(() => "")),
  });
  try {
    const rows = new FileRows();
    for await (const { stream, instrument, columns, length } of options.batches) {
      const read = rawReader(stream, columns, instrument);
      for (let row = 0; row < length; row++) {
        rows.add(stream, instrument.venue, instrument.symbol, read(row));
      }
      await writer.drain(0, rows);
      onProgress?.(rows.rows, columns.tsRecv[length - 1] ?? Number.NaN);
    }
    await writer.drain(0, rows, true);
    await writer.endFile(0, rows.summary());
    await writer.build([identity]);
    return await writer.commit();
  } finally {
    await writer.close();
  }
}
