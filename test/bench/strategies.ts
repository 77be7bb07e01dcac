/**
 * Whether many studies in one process slow each other: each of eight that listen with different code is replayed over the same streams (two books, trades,
 * tickers, in memory) by turns with the seven others, and alone in a process of its own. CPU time, of each process the median of the second half of its
 * turns, then the median over processes, which take turns too. A study must find the same either way: otherwise it prints FAIL and ends with 1.
 *
 *     node --conditions=@aftershock/source test/bench/strategies.ts [--events 2000000] [--runs 5] [--turns 12]
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PEERS } from "./peers/contend.ts";
import { machine, printTable } from "./peers/printTable.ts";
import { STUDIES } from "./peers/studies.ts";
import type { StudyTimes } from "./peers/studyContender.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "2000000" },
    runs: { type: "string", default: "5" },
    turns: { type: "string", default: "12" },
  },
});
const names = Object.keys(STUDIES);

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** What a process of these studies found and took, by name. */
function measured(studies: readonly string[]): ReadonlyMap<string, StudyTimes> {
  const script = join(PEERS, "studyContender.ts");
  const settings = ["--conditions=@aftershock/source", script, values.events, values.turns];
  const said = execFileSync(process.execPath, [...settings, ...studies], { encoding: "utf8" });
  return new Map((JSON.parse(said) as StudyTimes[]).map((times) => [times.name, times]));
}

const rounds: { readonly mixed: StudyTimes; readonly alone: StudyTimes }[][] = [];
for (let run = 0; run < Number(values.runs); run++) {
  process.stderr.write(`round ${run + 1}\n`);
  const all = measured(names);
  rounds.push(names.map((name) => ({ mixed: all.get(name)!, alone: measured([name]).get(name)! })));
}

const warm = ({ cpuSeconds }: StudyTimes): number =>
  middle(cpuSeconds.slice(cpuSeconds.length >> 1));
const results = names.map((name, nth) => {
  const own = rounds.map((round) => round[nth]!);
  const found = new Set(own.flatMap(({ mixed, alone }) => [...mixed.found, ...alone.found]));
  const alone = middle(own.map((one) => warm(one.alone)));
  const mixed = middle(own.map((one) => warm(one.mixed)));
  const ratio = middle(own.map((one) => warm(one.mixed) / warm(one.alone)));
  return { name, alone, mixed, ratio, agrees: found.size === 1 };
});
const events = Number(values.events);
const rate = (seconds: number): string => (events / 1e6 / seconds).toFixed(1);
process.stdout.write(`${machine()}\nM events/s of CPU time, ${events} events\n\n`);
printTable(
  ["study", "alone", "among eight", "time among / alone", ""],
  results.map(({ name, alone, mixed, ratio, agrees }) => [
    name,
    rate(alone),
    rate(mixed),
    ratio.toFixed(2),
    agrees ? "" : "FAIL: it does not find the same",
  ]),
);
const mean = Math.exp(results.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / names.length);
process.stdout.write(`geometric mean of the ratios: ${mean.toFixed(3)}\n`);
if (results.some(({ agrees }) => !agrees)) process.exitCode = 1;
