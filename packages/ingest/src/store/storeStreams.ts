import { createHash } from "node:crypto";
import { columnsOf, type Decimal, type EventStream, type StreamName } from "@aftershock/schema";
import type { InstrumentTerms, RawRow } from "../source.ts";
import { FileRows } from "./fileRows.ts";
import type { Lake } from "./lake.ts";
import { LakeWriter, type PartitionOutcome } from "./lakeWriter.ts";
import type { Manifest } from "./manifest.ts";

/** Events that no file holds, to be stored. */
export interface StoreOptions {
  readonly lake: Lake;
  readonly streams: readonly EventStream[];
  /** Who made the rows. */
  readonly loader: Manifest["loader"];
  /** What made them: seed and settings; the same settings must give the same rows. */
  readonly simulated: Readonly<Record<string, number | string>>;
  readonly onProgress?: (rows: number) => void;
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

/** Writes simulated events into a lake, by the way that recordings take, and marks every partition as simulated. */
export async function storeStreams(options: StoreOptions): Promise<readonly PartitionOutcome[]> {
  const { lake, streams, loader, simulated, onProgress } = options;
  const settings = JSON.stringify([loader, simulated]);
  const identity = {
    name: `${loader.name} ${loader.version}`,
    sha256: createHash("sha256").update(settings).digest("hex"),
    bytes: Buffer.byteLength(settings),
    dataset: "",
  };
  const known = new Map(streams.map(({ instrument }) => [instrument.id, instrument]));
  const writer = await LakeWriter.open({
    lake,
    loader,
    simulated,
    terms: (venue, symbol) => known.get(`${venue}:${symbol}`) as InstrumentTerms,
    lineTexts: (_, lines) => Promise.resolve(lines.map(() => "")),
  });
  try {
    const rows = new FileRows();
    for (const source of streams) {
      const { stream, instrument } = source;
      for await (const batch of source.batches()) {
        const read = rawReader(stream, batch.columns, instrument);
        for (let row = 0; row < batch.length; row++) {
          rows.add(stream, instrument.venue, instrument.symbol, read(row));
        }
        await writer.drain(0, rows);
        onProgress?.(rows.rows);
      }
    }
    await writer.drain(0, rows, true);
    await writer.endFile(0, rows.summary());
    await writer.build([identity]);
    return await writer.commit();
  } finally {
    await writer.close();
  }
}
