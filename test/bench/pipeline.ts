/**
 * A whole replay: four streams in memory (two books, trades, tickers) merged by time, two books kept, a callback for each event. Ours, and
 * what is usually written: async generators of objects and the order book of tardis-dev. Each in a process of its own, in turns, CPU time,
 * the median of the runs. Those that hear every event must hear the same: otherwise it prints FAIL and ends with 1.
 *
 *     test/bench/peers/install.sh
 *     node --conditions=@aftershock/source test/bench/pipeline.ts [--events 5000000] [--runs 5]
 */
import { parseArgs } from "node:util";
import { type Contender, contendInTurns, notInstalled } from "./peers/contend.ts";
import { printOutcomes, touchOf } from "./peers/printOutcomes.ts";
import { machine } from "./peers/printTable.ts";
import { inNode } from "./peers/programs.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "5000000" },
    runs: { type: "string", default: "5" },
  },
});
const events = Number(values.events);

const OURS = "ours: replay(), every event";
const LINES = "async generators";
const ours = (name: string, mode: string): Contender =>
  inNode(name, "pipelineContender.ts", [mode, values.events]);
const tardis = (name: string, mode: string): Contender => ({
  ...ours(name, mode),
  missing: notInstalled("node_modules/tardis-dev"),
});
const FEWER = "fewer callbacks, by design";
const contenders: readonly Contender[] = [
  ours(OURS, "every"),
  ours("ours: replay(), every event, with the book", "book"),
  { ...ours("ours: replay(), moves of the touch", "touch"), mayDiffer: FEWER },
  { ...ours("ours: replay(), no callback", "none"), mayDiffer: FEWER },
  { ...tardis(LINES, "lines"), remark: "a merge of a few lines, tardis-dev OrderBook" },
  { ...tardis("tardis-dev combine", "combine"), remark: "its own merge, its OrderBook" },
];
const outcomes = contendInTurns(contenders, Number(values.runs));
const [every] = outcomes;
const rights = new Map([[events, every === undefined ? "none" : touchOf(every)]]);
process.stdout.write(
  `${machine()}\nM events/s of CPU time, median of the runs, in turns\n\nTwo books (80 % of the events), trades (15 %), tickers (5 %): ${events} events\n`,
);
if (!printOutcomes(outcomes, { rows: events, limit: LINES, ours: OURS, rights })) {
  process.stdout.write("FAIL: contenders failed, or do not agree on what happened\n");
  process.exitCode = 1;
}
