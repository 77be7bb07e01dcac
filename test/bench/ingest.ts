/**
 * The rate of an ingest against DuckDB's own `COPY (SELECT … FROM read_csv) TO parquet` of the same file with the same sort, each in a
 * process of its own, in turns; and the peak memory of an ingest of a tenth of the rows.
 *
 *     node --conditions=@aftershock/source test/bench/ingest.ts [--rows 20000000] [--runs 2] [--kind trades]
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { type SyntheticKind, writeSyntheticCsv } from "./syntheticCsv.ts";

const run = promisify(execFile);
const folder = join(tmpdir(), "aftershock-bench");

/** What a contender says of itself. */
interface Measured {
  readonly seconds: number;
  readonly peakMiB: number;
}

async function contend(mode: string, file: string, kind: SyntheticKind): Promise<Measured> {
  const { stdout } = await run(
    process.execPath,
    [
      "--conditions=@aftershock/source",
      join(import.meta.dirname, "ingestOnce.ts"),
      mode,
      file,
      kind,
    ],
    { maxBuffer: 1 << 26 },
  );
  return JSON.parse(stdout) as Measured;
}

async function fileOf(kind: SyntheticKind, rows: number): Promise<string> {
  const path = join(folder, `binance-futures_${kind}_${rows}.csv.gz`);
  if (!existsSync(path)) {
    process.stderr.write(`writing ${path}\n`);
    await writeSyntheticCsv(`${path}.part`, kind, rows);
    await (await import("node:fs/promises")).rename(`${path}.part`, path);
  }
  return path;
}

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "20000000" },
    runs: { type: "string", default: "2" },
    kind: { type: "string", default: "trades,incremental_book_L2" },
  },
});
await mkdir(folder, { recursive: true });
const rows = Number(values.rows);
process.stdout.write(
  `${cpus()[0]?.model ?? ""}, ${cpus().length} cores, Node ${process.version}\n`,
);
process.stdout.write(
  "kind                  rows        ours s  duckdb s  ratio  Mrows/s  peak MiB  peak at a tenth\n",
);
for (const kind of values.kind.split(",") as SyntheticKind[]) {
  const file = await fileOf(kind, rows);
  const tenth = await contend("ours", await fileOf(kind, Math.round(rows / 10)), kind);
  for (let i = 0; i < Number(values.runs); i++) {
    const ours = await contend("ours", file, kind);
    const theirs = await contend("duckdb", file, kind);
    process.stdout.write(
      `${kind.padEnd(20)} ${String(rows).padStart(9)} ${ours.seconds.toFixed(1).padStart(10)} ${theirs.seconds.toFixed(1).padStart(9)}  ${(theirs.seconds / ours.seconds).toFixed(2)}   ${(rows / ours.seconds / 1e6).toFixed(2)}     ${ours.peakMiB.toFixed(0)}      ${tenth.peakMiB.toFixed(0)}\n`,
    );
  }
}
await rm(join(folder, "lake"), { recursive: true, force: true });
