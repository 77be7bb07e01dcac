/**
 * Books by price level (L2): every update applied, the best bid and ask read at the end of every message. Ours, the practical limit in
 * C++, what is usually written, and the books of peers, each in a process of its own, in turns, CPU time, the median of the runs. All must
 * find the same best prices: otherwise it prints FAIL and ends with 1.
 *
 *     test/bench/peers/install.sh
 *     node --conditions=@aftershock/source test/bench/books.ts [--updates 20000000] [--runs 5] [--stream synthetic,recorded] [--only NAME]…
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCH_GRID } from "./peers/benchInstrument.ts";
import { ensureBookFiles } from "./peers/bookFiles.ts";
import { type Contender, contendInTurns, notInstalled } from "./peers/contend.ts";
import { printOutcomes, touchOf } from "./peers/printOutcomes.ts";
import { machine } from "./peers/printTable.ts";
import { first, inCpp, inNode, inPython, inRust } from "./peers/programs.ts";
import { missingCaptures, recordedBook } from "./peers/recordedBook.ts";
import { syntheticBook } from "./syntheticBook.ts";

/** Contenders that are called from Python, message by message, take so many rows only. */
const SLOW_ROWS = 2_000_000;
const LIMIT = "C++ ladder";
const OURS = "ours: FastL2Book, best prices as columns";

function contenders(folder: string, rows: number): readonly Contender[] {
  const cpp = inCpp("l2Books");
  const node = (name: string, mode: string): Contender =>
    inNode(name, "l2Contender.ts", [mode, folder]);
  const rust = (name: string, mode: string): Contender => inRust(name, ["l2", mode, folder]);
  const hft = (name: string, ...modes: readonly string[]): Contender =>
    inPython(name, "hftbacktest_l2.py", [...modes, folder]);
  const slow = (name: string, script: string, mode: string): Contender =>
    first(Math.min(SLOW_ROWS, rows), inPython(name, script, [mode, folder]));
  return [
    cpp(LIMIT, ["ladder", folder]),
    node(OURS, "touches"),
    node("ours: FastL2Book, a call a message", "fast"),
    node("ours: Ladder, unchecked", "ladder"),
    node("ours: L2Book, plain", "plain"),
    cpp("C++ std::map", ["map", folder]),
    node("JS Map + sorted array", "sorted"),
    {
      ...node("tardis-dev OrderBook", "tardis"),
      missing: notInstalled("node_modules/tardis-dev"),
    },
    {
      ...rust("hftbacktest ROIVector, Rust", "roi"),
      remark: "drops prices outside its range, which holds nine tenths of them and the touch",
    },
    rust("hftbacktest HashMap, Rust", "hashmap"),
    rust("hftbacktest BTree, Rust", "btree"),
    hft("hftbacktest ROIVector, numba, local side", "roi", "depth"),
    hft("hftbacktest ROIVector, numba, backtest", "roi", "backtest"),
    hft("hftbacktest HashMap, numba, backtest", "hashmap", "backtest"),
    rust("nautilus OrderBook, Rust", "nautilus"),
    slow("nautilus OrderBook, called from Python", "nautilus_l2.py", "book"),
    slow("nautilus BacktestEngine, Python", "nautilus_l2.py", "engine"),
    {
      ...slow("lrvx OrderBook, called from Python", "lrvx_l2.py", "book"),
      mayDiffer: "it loses the touch when the price leaves its ticks",
      remark: "holds 8,192 ticks and drops what lies outside",
    },
    slow("lrvx tape, a pass in C++", "lrvx_l2.py", "tape"),
    {
      ...slow("lrvx backtest, Python", "lrvx_l2.py", "backtest"),
      mayDiffer: "it loses the touch when the price leaves its ticks",
      remark: "a strategy's book holds 512 ticks",
    },
  ];
}

const { values } = parseArgs({
  options: {
    updates: { type: "string", default: "20000000" },
    runs: { type: "string", default: "5" },
    stream: { type: "string", default: "synthetic,recorded" },
    only: { type: "string", multiple: true },
  },
});
const updates = Number(values.updates);
const scratch = join(tmpdir(), "aftershock-bench");
mkdirSync(scratch, { recursive: true });

const STREAMS = {
  synthetic: {
    title: "Seeded, one update a message, a crash of 17 %",
    missing: [] as readonly string[],
    make: () => syntheticBook({ updates }),
  },
  recorded: {
    title: "Real, captures of Binance USD-M BTCUSDT again and again",
    missing: missingCaptures(),
    make: () => recordedBook(updates, join(scratch, "recorded-lake")),
  },
} as const;

type StreamKind = keyof typeof STREAMS;

async function contest(name: StreamKind): Promise<boolean> {
  const { title, missing, make } = STREAMS[name];
  if (missing.length > 0) {
    process.stdout.write(`${title}: left out, ${missing.join(", ")} not found\n\n`);
    return true;
  }
  const folder = join(scratch, `book-${name}-${updates}`);
  const { rows, messages } = await ensureBookFiles(folder, { name, ...BENCH_GRID }, make);
  const wanted = contenders(folder, rows).filter(
    (contender) => values.only?.some((part) => contender.name.includes(part)) ?? true,
  );
  const outcomes = contendInTurns(wanted, Number(values.runs));
  // What is right for so many rows: what our fast book finds, which for all of them the others must find too.
  const rights = new Map<number, string>();
  for (const count of new Set(wanted.map((contender) => contender.rows ?? rows))) {
    const reference = inNode(`reference, ${count} rows`, "l2Contender.ts", ["fast", folder]);
    for (const found of contendInTurns([first(count, reference)], 1)) {
      rights.set(count, touchOf(found));
    }
  }
  process.stdout.write(`${title}: ${rows} rows, ${messages} messages\n`);
  return printOutcomes(outcomes, { rows, limit: LIMIT, ours: OURS, rights });
}

process.stdout.write(
  `${machine()}\nM updates/s of CPU time, median of the runs, in turns; the best bid and ask read at each message\n\n`,
);
let agreed = true;
for (const name of values.stream.split(",") as StreamKind[]) {
  agreed = (await contest(name)) && agreed;
}
if (!agreed) {
  process.stdout.write("FAIL: contenders failed, or do not agree on the best prices\n");
  process.exitCode = 1;
}
