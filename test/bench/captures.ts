/**
 * How many messages a second one core reads from raw captures of each venue (unpacked, parsed, checked, put in columns; storing left
 * out), beside `JSON.parse` of the same messages alone. Short recordings are repeated to the number of messages asked for. CPU time of
 * the whole process, the best of several runs.
 *
 *     node --conditions=@aftershock/source test/bench/captures.ts [--runs 3] [--messages 200000] [FILE…]
 *
 * Without files: the streams of ../shared/data/orderbook/multivenue-raw.
 */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import { readFiles } from "../../packages/ingest/src/reading/readFiles.ts";
import { cryptofeed } from "../../packages/ingest/src/sources/cryptofeed/cryptofeed.ts";

const RECORDINGS = resolve("..", "shared", "data", "orderbook", "multivenue-raw");

const { values, positionals } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    messages: { type: "string", default: "200000" },
  },
  allowPositionals: true,
});

async function linesOf(path: string): Promise<string[]> {
  const file = await openFile(path);
  const lines: string[] = [];
  for await (const batch of file.lines()) for (const { text } of batch) lines.push(text);
  return lines;
}

/** A file of so many times the same lines, under the name that tells the venue. */
async function repeated(path: string, lines: readonly string[], times: number): Promise<string> {
  const folder = join(tmpdir(), "aftershock-bench", `captures-${values.messages}`);
  await mkdir(folder, { recursive: true });
  const to = join(folder, basename(path));
  if (!existsSync(to)) {
    const once = gzipSync(`${lines.join("\n")}\n`, { level: 1 });
    await writeFile(`${to}.part`, Buffer.concat(Array.from({ length: times }, () => once)));
    await rename(`${to}.part`, to);
  }
  return to;
}

/** Least CPU time of several runs, s. */
async function leastSeconds(work: () => Promise<void> | void): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < Number(values.runs); run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

async function read(path: string): Promise<number> {
  let rows = 0;
  await readFiles([{ index: 0, path }], cryptofeed, cryptofeed.createReader({}), {
    chunk: async () => false,
    file: async ({ summary }) => {
      rows = summary.rows;
    },
    progress: () => {},
  });
  return rows;
}

const found = existsSync(RECORDINGS) ? readdirSync(RECORDINGS) : [];
const given = found
  .filter((name) => name.endsWith(".gz") && !name.includes(".http."))
  .map((name) => join(RECORDINGS, name));
const paths = positionals.length > 0 ? positionals : given;
if (paths.length === 0) throw new Error("no captures: name files");
console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}, CPU time of one thread`);
console.log("capture                       bytes  rows   JSON.parse    reader  ratio");
for (const path of paths) {
  const lines = await linesOf(path);
  const times = Math.max(1, Math.round(Number(values.messages) / lines.length));
  const texts = lines.map((line) => line.slice(line.indexOf(": ") + 2));
  const messages = texts.filter((text) => /^[[{]/.test(text));
  const parsing = await leastSeconds(() => {
    for (let time = 0; time < times; time++) for (const text of messages) JSON.parse(text);
  });
  const long = await repeated(path, lines, times);
  const rows = await read(long);
  const reading = await leastSeconds(async () => {
    await read(long);
  });
  const count = times * messages.length;
  const bytes = messages.reduce((sum, text) => sum + text.length, 0) / messages.length;
  const perSecond = (seconds: number): string => `${Math.round(count / seconds / 1_000)}k/s`;
  console.log(
    [
      basename(path).padEnd(27),
      bytes.toFixed(0).padStart(7),
      (rows / count).toFixed(1).padStart(5),
      perSecond(parsing).padStart(12),
      perSecond(reading).padStart(9),
      (parsing / reading).toFixed(2).padStart(6),
    ].join(" "),
  );
}
