/** One contender of ingest.ts, in a process of its own: `ours|duckdb FILE KIND`. Prints its time and its peak memory. */
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingest, Lake, openDuck, SOURCES, sqlString } from "@aftershock/ingest";

const [mode = "", file = "", kind = ""] = process.argv.slice(2);
const folder = join(tmpdir(), "aftershock-bench", `lake-${process.pid}`);
await rm(folder, { recursive: true, force: true });

async function ours(): Promise<void> {
  const source = SOURCES.find(({ name }) => name === "tardis");
  if (source === undefined) throw new Error("no source");
  await ingest({ lake: new Lake(folder), source, paths: [file] });
}

/** What an analyst would write: the same columns, the same order, the same packing, nothing checked. */
async function duckdb(): Promise<void> {
  const duck = await openDuck({ spillFolder: `${folder}-spill` });
  const id = kind === "trades" ? "id::VARCHAR AS id, " : "is_snapshot, ";
  await duck.run(
    `COPY (SELECT timestamp, local_timestamp, ${id} side, price, amount FROM read_csv(${sqlString(file)})
     ORDER BY local_timestamp) TO ${sqlString(`${folder}.parquet`)} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)`,
  );
  duck.close();
}

const start = performance.now();
await (mode === "ours" ? ours() : duckdb());
const seconds = (performance.now() - start) / 1_000;
await rm(folder, { recursive: true, force: true });
await rm(`${folder}.parquet`, { force: true });
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, peakMiB: maxRSS / 1_024 }));
