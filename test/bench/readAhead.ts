/**
 * Whether a thread that reads tapes ahead makes a replay faster: the book and the trades of a lake replayed (a callback a message and a trade) with such a thread and
 * without one, by turns, each in a process of its own. Both must find the same best prices: otherwise it prints FAIL and ends with 1. A lake of a
 * made-up day is what syntheticDay.ts leaves with `--keep`.
 *
 *     node --conditions=@aftershock/source test/bench/readAhead.ts LAKE [--runs 7] [--step replay] [--installed]
 *
 * `--installed` runs the packages as they are built; a thread starts faster then, as nothing is read as TypeScript.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PEERS } from "./peers/contend.ts";
import type { DayStep } from "./peers/dayStep.ts";
import { machine, printTable } from "./peers/printTable.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "7" },
    step: { type: "string", default: "replay" },
    installed: { type: "boolean", default: false },
  },
});
const [lake = ""] = positionals;
const conditions = values.installed ? [] : ["--conditions=@aftershock/source"];

function measured(reader: "alone" | "ahead"): DayStep {
  const step = [join(PEERS, "dayStep.ts"), `${values.step}:${reader}`, lake];
  const said = execFileSync(process.execPath, [...conditions, ...step], { encoding: "utf8" });
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as DayStep;
}

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const rounds: { readonly alone: DayStep; readonly ahead: DayStep }[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  process.stderr.write(`round ${run + 1}\n`);
  // Who is first in one round is second in the next.
  const [alone, ahead] =
    run % 2 === 0
      ? [measured("alone"), measured("ahead")]
      : [measured("ahead"), measured("alone")].toReversed();
  if (alone !== undefined && ahead !== undefined) rounds.push({ alone, ahead });
}
process.stdout.write(`${machine()}\n${values.step} of ${lake}, ${rounds[0]?.alone.rows} rows\n\n`);
const figures = [
  ["s", "seconds", 2],
  ["CPU s, all threads", "cpuSeconds", 2],
  ["CPU s, main thread", "mainSeconds", 3],
  ["peak MiB", "peakMiB", 0],
] as const;
printTable(
  ["", "alone: median, least", "ahead: median, least", "ahead / alone, median of rounds"],
  figures.map(([name, figure, digits]) => {
    const of = (reader: "alone" | "ahead"): number[] =>
      rounds.map((round) => round[reader][figure] ?? Number.NaN);
    const told = (all: number[]): string =>
      `${middle(all).toFixed(digits)}, ${Math.min(...all).toFixed(digits)}`;
    const [alone, ahead] = [of("alone"), of("ahead")];
    const ratio = middle(ahead.map((one, nth) => one / (alone[nth] ?? Number.NaN)));
    return [name, told(alone), told(ahead), ratio.toFixed(3)];
  }),
);
const found = new Set(rounds.flatMap(({ alone, ahead }) => [alone.touch, ahead.touch]));
if (found.size !== 1) {
  process.stdout.write("FAIL: the best prices are not the same\n");
  process.exitCode = 1;
}
