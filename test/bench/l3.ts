/**
 * Books by order (L3): every message applied, the best bid and ask read after it. Ours, the practical limit in C++, what is usually
 * written, and the books of peers, each in a process of its own, in turns, CPU time, the median of the runs. All must find the same best
 * prices: otherwise it prints FAIL and ends with 1.
 *
 *     test/bench/peers/install.sh
 *     node --conditions=@aftershock/source test/bench/l3.ts [--messages 10000000] [--runs 5] [--only NAME]…
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Contender, contendInTurns } from "./peers/contend.ts";
import { ensureOrderFiles } from "./peers/orderFiles.ts";
import { printOutcomes, touchOf } from "./peers/printOutcomes.ts";
import { machine } from "./peers/printTable.ts";
import { first, inCpp, inNode, inPython, inRust } from "./peers/programs.ts";
import { syntheticOrders } from "./peers/syntheticOrders.ts";

/** Contenders that are called from Python, message by message, take so many rows only. */
const SLOW_ROWS = 1_000_000;
const LIMIT = "C++ flat hash";
const OURS = "ours: FastL3Book, best prices as columns";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "10000000" },
    runs: { type: "string", default: "5" },
    only: { type: "string", multiple: true },
  },
});
const scratch = join(tmpdir(), "aftershock-bench");
mkdirSync(scratch, { recursive: true });
const folder = join(scratch, `orders-${values.messages}`);
const { rows } = ensureOrderFiles(folder, () =>
  syntheticOrders({ messages: Number(values.messages) }),
);

const cpp = inCpp("l3Books");
const node = (name: string, mode: string): Contender =>
  inNode(name, "l3Contender.ts", [mode, folder]);
const contenders: readonly Contender[] = [
  cpp(LIMIT, ["flat", folder]),
  node(OURS, "touches"),
  node("ours: FastL3Book, a call a message", "fast"),
  node("ours: FastL3Book, ids as text", "texts"),
  node("ours: L3Book, plain", "plain"),
  cpp("C++ std::unordered_map", ["map", folder]),
  node("JS Map of objects", "map"),
  inRust("hftbacktest HashMap, Rust", ["l3", "hashmap", folder]),
  inRust("hftbacktest ROIVector, Rust", ["l3", "roi", folder]),
  inRust("nautilus OrderBook, Rust", ["l3", "nautilus", folder]),
  {
    ...first(
      Math.min(SLOW_ROWS, rows),
      inPython("lrvx L3Book, called from Python", "lrvx_l3.py", [folder]),
    ),
    mayDiffer: "it holds 8,192 orders; messages of the others find nothing, which is little work",
  },
];
const wanted = contenders.filter(
  ({ name }) => values.only?.some((part) => name.includes(part)) ?? true,
);
const outcomes = contendInTurns(wanted, Number(values.runs));
// What is right for so many rows: what our fast book finds, which for all of them the others must find too.
const rights = new Map<number, string>();
for (const count of new Set(wanted.map((contender) => contender.rows ?? rows))) {
  const reference = first(count, node(`reference, ${count} rows`, "fast"));
  for (const found of contendInTurns([reference], 1)) rights.set(count, touchOf(found));
}

process.stdout.write(
  `${machine()}\nM messages/s of CPU time, median of the runs, in turns; the best bid and ask read at each message\n\n`,
);
process.stdout.write(`Seeded, 38,000 live orders, ids of 19 digits: ${rows} rows\n`);
if (!printOutcomes(outcomes, { rows, limit: LIMIT, ours: OURS, rights })) {
  process.stdout.write("FAIL: contenders failed, or do not agree on the best prices\n");
  process.exitCode = 1;
}
