/**
 * How many messages a second one core reads from raw captures of each venue (unpacked, parsed, checked, put in columns; storing left
 * out), beside `JSON.parse` of the same messages alone. Short recordings are repeated to the number of messages asked for. CPU time of
 * the whole process, the best of several runs.
 *
 *     node --conditions=@aftershock/source test/bench/captures.ts [--runs 3] [--messages 200000] [--once 0] [FILE…]
 *
 * Without files: the streams of ../shared/data/orderbook/multivenue-raw. Each capture is read in a process of its own, as the engine
 * compiles code for the venue that it meets first. `--once 4000`: messages longer than so many characters (the snapshots at the
 * beginning) are not repeated, as in a recording of a day; 0 repeats them with the others. `unpack` is the time of reading the
 * bytes of the file alone, µs a message.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { passing } from "../../packages/ingest/src/files/passingBytes.ts";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import { readFiles } from "../../packages/ingest/src/reading/readFiles.ts";
import { cryptofeed } from "../../packages/ingest/src/sources/cryptofeed/cryptofeed.ts";

const RECORDINGS = resolve("..", "shared", "data", "orderbook", "multivenue-raw");

/** As most recordings are packed. */
const LEVEL = 6;

const { values, positionals } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    messages: { type: "string", default: "200000" },
    once: { type: "string", default: "0" },
  },
  allowPositionals: true,
});

async function linesOf(path: string): Promise<string[]> {
  const file = await openFile(path);
  const lines: string[] = [];
  for await (const batch of file.lines()) for (const { text } of batch) lines.push(text);
  return lines;
}

/** Whether a line comes but once: a long message, and the opening of the connection that it belongs to. */
const isOnce = (line: string): boolean =>
  Number(values.once) > 0 && (line.length > Number(values.once) || / <-> [\d.]+$/.test(line));

/** A file of so many times the same lines, under the name that tells the venue. */
async function repeated(path: string, lines: readonly string[], times: number): Promise<string> {
  const folder = join(
    tmpdir(),
    "aftershock-bench",
    `captures-${values.messages}-${values.once}-${LEVEL}`,
  );
  await mkdir(folder, { recursive: true });
  const to = join(folder, basename(path));
  if (!existsSync(to)) {
    const packed = (some: readonly string[]): Buffer =>
      gzipSync(`${some.join("\n")}\n`, { level: LEVEL });
    const again = packed(lines.filter((line) => !isOnce(line)));
    const parts = Array.from({ length: times }, (_, i) => (i === 0 ? packed(lines) : again));
    await writeFile(`${to}.part`, Buffer.concat(parts));
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
async function unpack(path: string): Promise<void> {
  for await (const _ of passing(await openFile(path)).bytes());
}

async function measure(path: string): Promise<void> {
  const lines = await linesOf(path);
  const times = Math.max(1, Math.round(Number(values.messages) / lines.length));
  const messagesOf = (some: readonly string[]): string[] =>
    some.map((line) => line.slice(line.indexOf(": ") + 2)).filter((text) => /^[[{]/.test(text));
  const all = messagesOf(lines);
  const again = messagesOf(lines.filter((line) => !isOnce(line)));
  const parsing = await leastSeconds(() => {
    for (const text of all) JSON.parse(text);
    for (let time = 1; time < times; time++) for (const text of again) JSON.parse(text);
  });
  const long = await repeated(path, lines, times);
  const rows = await read(long);
  const reading = await leastSeconds(async () => {
    await read(long);
  });
  const unpacking = await leastSeconds(() => unpack(long));
  const count = all.length + (times - 1) * again.length;
  const sizeOf = (some: readonly string[]): number =>
    some.reduce((sum, { length }) => sum + length, 0);
  const bytes = (sizeOf(all) + (times - 1) * sizeOf(again)) / count;
  const perSecond = (seconds: number): string => `${Math.round(count / seconds / 1_000)}k/s`;
  console.log(
    [
      basename(path).padEnd(27),
      bytes.toFixed(0).padStart(7),
      (rows / count).toFixed(1).padStart(5),
      perSecond(parsing).padStart(12),
      perSecond(reading).padStart(9),
      (parsing / reading).toFixed(2).padStart(6),
      ((1e6 * unpacking) / count).toFixed(2).padStart(8),
    ].join(" "),
  );
}

const [only] = paths;
if (paths.length === 1 && only !== undefined) await measure(only);
else {
  console.log(`${cpus()[0]?.model ?? ""}, Node ${process.version}, CPU time of one thread`);
  console.log("capture                       bytes  rows   JSON.parse    reader  ratio   unpack");
  const [script = ""] = process.argv.slice(1);
  const micros: number[] = [];
  for (const path of paths) {
    const options = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
    const line = execFileSync(process.execPath, [...process.execArgv, script, ...options, path], {
      encoding: "utf8",
    });
    process.stdout.write(line);
    const [, , , , thousands = ""] = line.trim().split(/ +/);
    micros.push(1_000 / Number.parseInt(thousands, 10));
  }
  const mean = micros.reduce((sum, each) => sum + each, 0) / micros.length;
  console.log(`all, equally many messages of each: ${Math.round(1_000 / mean)}k/s`);
}
