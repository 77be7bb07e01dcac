import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Batch,
  columnsOf,
  type EventStream,
  type Instrument,
  type StreamName,
} from "@aftershock/schema";
import { ingest } from "../src/ingest.ts";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { Lake } from "../src/store/lake.ts";
import { storeStreams } from "../src/store/storeStreams.ts";

/** 2026-02-05T00:00:00Z, µs. */
export const DAY = 1_770_249_600_000_000;

/** A lake in a folder of its own. */
export interface TestLake {
  readonly folder: string;
  readonly lake: Lake;
  /** Ingests a Tardis file; `head` are its columns after the first four. */
  add(name: string, head: string, lines: readonly string[]): Promise<void>;
  /** Stores rows as simulated ones. */
  simulate(
    stream: StreamName,
    instrument: Instrument,
    rows: readonly Readonly<Record<string, number | string>>[],
  ): Promise<void>;
  remove(): Promise<void>;
}

function batchOf<S extends StreamName>(
  stream: S,
  instrument: Instrument,
  rows: readonly Readonly<Record<string, number | string>>[],
): Batch<S> {
  const columns = columnsOf(stream).map(([name, { type }]) => {
    const values = rows.map((row) => row[name]);
    if (type === "text") return [name, values];
    if (type === "code") return [name, Int8Array.from(values, (value) => Number(value ?? 0))];
    return [name, Float64Array.from(values, (value) => Number(value ?? Number.NaN))];
  });
  return {
    stream,
    instrument,
    length: rows.length,
    columns: Object.fromEntries(columns) as Batch<S>["columns"],
  };
}

/** Makes an empty lake. The caller removes it. */
export async function testLake(): Promise<TestLake> {
  const folder = await mkdtemp(join(tmpdir(), "aftershock-export-"));
  const lake = new Lake(join(folder, "lake"));
  return {
    folder,
    lake,
    async add(name, head, lines) {
      const path = join(folder, name);
      const first = `exchange,symbol,timestamp,local_timestamp,${head}`;
      await writeFile(path, `${[first, ...lines].join("\n")}\n`);
      await ingest({ lake, source: tardis, paths: [path], workers: 0 });
    },
    async simulate(stream, instrument, rows) {
      const source: EventStream = {
        stream,
        instrument,
        simulated: true,
        async *batches() {
          yield await Promise.resolve(batchOf(stream, instrument, rows));
        },
      };
      await storeStreams({
        lake,
        streams: [source],
        loader: { name: "test", version: 1 },
        simulated: { seed: 7 },
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A simulated perpetual with steps of 0.5 and 10. */
export const SIMULATED: Instrument = {
  id: "sim:BTC-PERPETUAL",
  venue: "sim",
  symbol: "BTC-PERPETUAL",
  kind: "perpetual",
  contract: "inverse",
  multiplier: 1,
  base: "BTC",
  quote: "USD",
  settle: "BTC",
  tick: { mantissa: 5, decimals: 1 },
  lot: { mantissa: 10, decimals: 0 },
  gridSource: "simulated",
};
