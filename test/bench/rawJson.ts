/**
 * How many messages and rows a second one core reads from raw captures of Binance, plainly (JSON.parse, objects) and in bulk (from the
 * bytes), unpacking and hashing included, storing left out. CPU time of the whole process, so that what else the machine does counts
 * little; the best of several runs in turns. The files named are read in that order as one recording; without any, a seeded one is made.
 *
 *     node --conditions=@aftershock/source test/bench/rawJson.ts [--runs 5] [FILE…]
 */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import { readFiles } from "../../packages/ingest/src/reading/readFiles.ts";
import type { SourceReader } from "../../packages/ingest/src/source.ts";
import { binanceRaw } from "../../packages/ingest/src/sources/binance/binanceRaw.ts";
import { writeSyntheticCapture } from "./syntheticCapture.ts";

/** Messages of the made-up capture. */
const MESSAGES = 400_000;

/** What one reading of the files came to. */
interface Reading {
  readonly rows: number;
  readonly seconds: number;
}

/** The reader without its bulk reader. */
function plainReader(): SourceReader {
  const reader = binanceRaw.createReader({});
  return {
    read: (file, { row, quarantine, skip, note, dataset }) =>
      reader.read(file, { row, quarantine, skip, note, dataset }),
  };
}

async function read(paths: readonly string[], reader: SourceReader): Promise<Reading> {
  let rows = 0;
  const before = process.cpuUsage();
  await readFiles(
    paths.map((path, index) => ({ index, path })),
    binanceRaw,
    reader,
    {
      chunk: async () => false,
      file: async ({ summary }) => {
        rows += summary.rows;
      },
      progress: () => {},
    },
  );
  const { user, system } = process.cpuUsage(before);
  return { rows, seconds: (user + system) / 1e6 };
}

/** Unpacks the files and counts their lines, in the same way as a reader is given them. */
async function unpack(paths: readonly string[]): Promise<Reading> {
  let rows = 0;
  const before = process.cpuUsage();
  for (const path of paths) {
    const file = await openFile(path);
    for await (const chunk of file.bytes()) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return { rows, seconds: (user + system) / 1e6 };
}

async function syntheticFile(): Promise<string> {
  const folder = join(tmpdir(), "aftershock-bench");
  await mkdir(folder, { recursive: true });
  const path = join(folder, `binance-usdm-${MESSAGES}.gz`);
  if (existsSync(path)) return path;
  await writeSyntheticCapture(`${path}.part`, MESSAGES);
  await rename(`${path}.part`, path);
  return path;
}

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "5" } },
  allowPositionals: true,
});
const paths = positionals.length > 0 ? positionals : [await syntheticFile()];
const CONTENDERS = {
  unpacking: () => unpack(paths),
  plain: () => read(paths, plainReader()),
  bulk: () => read(paths, binanceRaw.createReader({})),
} as const;

type Contender = keyof typeof CONTENDERS;
const names = Object.keys(CONTENDERS) as Contender[];
const best = { unpacking: Infinity, plain: Infinity, bulk: Infinity };
const rows = { unpacking: 0, plain: 0, bulk: 0 };
for (let run = 0; run < Number(values.runs); run++) {
  for (const name of names) {
    const { rows: found, seconds } = await CONTENDERS[name]();
    best[name] = Math.min(best[name], seconds);
    rows[name] = found;
  }
}
if (rows.plain !== rows.bulk) throw new Error(`${rows.plain} rows plainly, ${rows.bulk} in bulk`);

const messages = rows.unpacking;
const thousands = (count: number): string => `${Math.round(count / 1_000)}k`.padStart(9);
console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}`);
console.log(`${messages} messages, ${rows.bulk} rows, best of ${values.runs} runs, CPU time`);
console.log("reader       CPU s  messages/s     rows/s");
for (const name of names) {
  const perSecond = name === "unpacking" ? "" : `  ${thousands(rows[name] / best[name])}`;
  console.log(
    `${name.padEnd(10)} ${best[name].toFixed(3).padStart(7)}   ${thousands(messages / best[name])}${perSecond}`,
  );
}
console.log(`ratio ${(best.plain / best.bulk).toFixed(2)}`);
