/**
 * A whole made-up BTC day, from the vendor's files to the end of a replay: what each step takes in time and memory, each in a process of its
 * own; and hftbacktest on the same day, whose best prices must be the same after each message and at each trade.
 *
 *     test/bench/peers/install.sh
 *     node --conditions=@aftershock/source test/bench/syntheticDay.ts [--updates 80000000] [--trades 2000000] [--convert] [--keep]
 *
 * `--convert` runs hftbacktest's own converter of Tardis files too, which holds the day in memory some times over. At full size the files
 * take 20 GB under the temporary folder; `--keep` leaves the made-up day there for the next run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { notInstalled, PEERS } from "./peers/contend.ts";
import { type DayFileKind, writeDayFile } from "./peers/dayFiles.ts";
import type { DayStep } from "./peers/dayStep.ts";
import { machine, printTable } from "./peers/printTable.ts";

const { values } = parseArgs({
  options: {
    updates: { type: "string", default: "80000000" },
    trades: { type: "string", default: "2000000" },
    convert: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const size = { updates: Number(values.updates), trades: Number(values.trades) };
const folder = join(tmpdir(), "aftershock-bench", `day-${size.updates}-${size.trades}`);
const work = join(folder, "work");
const lake = join(work, "lake");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

/** Bytes of a file, or of all files below a folder. */
function bytesOf(path: string): number {
  if (!existsSync(path)) return 0;
  const { size: own } = statSync(path);
  if (!statSync(path).isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

async function dayFile(kind: DayFileKind): Promise<string> {
  const path = join(folder, `binance-futures_${kind}_2024-08-05_BTCUSDT.csv.gz`);
  if (!existsSync(path)) {
    process.stderr.write(`writing ${path}\n`);
    await writeDayFile(`${path}.part`, kind, size);
    renameSync(`${path}.part`, path);
  }
  return path;
}

const rows: string[][] = [];

/** Runs a step and puts it into the table; `made` is what it makes. */
function measure(name: string, command: readonly string[], made?: string): DayStep | undefined {
  const [program = "", ...parameters] = command;
  process.stderr.write(`${name}\n`);
  try {
    const output = execFileSync(program, parameters, { encoding: "utf8", maxBuffer: 1 << 26 });
    const step = JSON.parse(output.trim().split("\n").at(-1) ?? "") as DayStep;
    rows.push([
      name,
      step.seconds.toFixed(1),
      step.cpuSeconds.toFixed(1),
      (step.rows / step.seconds / 1e6).toFixed(2),
      step.peakMiB.toFixed(0),
      made === undefined ? "" : (bytesOf(made) / 1e6).toFixed(0),
      `${step.rows} rows${step.touch === undefined ? "" : `, best prices ${step.touch}`}`,
    ]);
    return step;
  } catch (error) {
    rows.push([name, "-", "-", "-", "-", "-", `failed: ${String(error).split("\n")[0] ?? ""}`]);
    return undefined;
  }
}

const ours = (...parameters: readonly string[]): readonly string[] => [
  process.execPath,
  "--conditions=@aftershock/source",
  join(PEERS, "dayStep.ts"),
  ...parameters,
];
const python = (...parameters: readonly string[]): readonly string[] => [
  join(PEERS, ".venv/bin/python"),
  "-W",
  "ignore",
  join(PEERS, "hftbacktest_day.py"),
  ...parameters,
];

const trades = await dayFile("trades");
const book = await dayFile("incremental_book_L2");
const events = join(work, "day.npz");
const converted = join(work, "converted.npz");

measure("ours: ingest", ours("ingest", lake, trades, book), lake);
measure("ours: compile the tape", ours("tape", lake), lake);
const replayed = measure("ours: replay, a callback a message", ours("replay", lake));
const again = measure("ours: replay again", ours("replay", lake));
const read = measure("ours: read the tape, nothing else", ours("read", lake));
measure("ours: export for hftbacktest", ours("export", lake, events), events);
const missing = notInstalled(".venv");
const theirs =
  missing === undefined
    ? measure("hftbacktest: replay, ROIVector", python("replay", events))
    : undefined;
if (missing !== undefined) rows.push(["hftbacktest", "-", "-", "-", "-", "-", missing]);
if (values.convert && missing === undefined) {
  measure("hftbacktest: its own converter", python("convert", converted, trades, book), converted);
}

process.stdout.write(
  `${machine()}\nA made-up day: ${size.updates} updates, ${size.trades} trades; ${((bytesOf(book) + bytesOf(trades)) / 1e6).toFixed(0)} MB of csv.gz\n\n`,
);
printTable(["step", "s", "CPU s", "M rows/s", "peak MiB", "MB made", ""], rows);
if (again !== undefined && theirs !== undefined) {
  const over = (part: "seconds" | "cpuSeconds" | "peakMiB"): string =>
    (theirs[part] / again[part]).toFixed(2);
  process.stdout.write(
    `replay, hftbacktest over ours: time ${over("seconds")}, CPU time ${over("cpuSeconds")}, peak memory ${over("peakMiB")}\n`,
  );
}
if (read?.mainSeconds !== undefined && again?.mainSeconds !== undefined) {
  const share = (100 * read.mainSeconds) / again.mainSeconds;
  process.stdout.write(
    `main thread, CPU time: reading ${read.mainSeconds.toFixed(2)} s, replay ${again.mainSeconds.toFixed(2)} s: reading is ${share.toFixed(0)} % of it\n`,
  );
}
const failed = rows.some((row) => row.at(-1)?.startsWith("failed"));
const agreed =
  replayed?.touch === again?.touch && (theirs === undefined || theirs.touch === again?.touch);
if (failed || !agreed) {
  process.stdout.write("FAIL: a step failed, or the best prices are not the same\n");
  process.exitCode = 1;
}
rmSync(work, { recursive: true, force: true });
if (!values.keep) rmSync(folder, { recursive: true, force: true });
