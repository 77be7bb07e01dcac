/**
 * Whether many studies in one process slow each other: each of eight that listen with different code is replayed over the same streams (two books, trades,
 * tickers, in memory) by turns with the seven others, with the loops that replays have (see touchLoops.fast.ts) and with the plain one for all, and alone in a process of its own. CPU time: `warm`
 * is of each process the median of the second half of its turns, `sweep` all of them; then the median over processes, which take turns too. A study
 * must find the same in all of them: otherwise it prints FAIL and ends with 1.
 *
 *     node --conditions=@aftershock/source test/bench/strategies.ts [--events 2000000] [--runs 5] [--turns 20] [--only TEXT]
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
    turns: { type: "string", default: "20" },
    only: { type: "string", default: "" },
  },
});
const names = Object.keys(STUDIES);
/** Those that are measured; all eight are replayed. */
const wanted = names.filter((name) => name.includes(values.only));

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** What a process of these studies found and took, by name. */
function measured(
  studies: readonly string[],
  loops: "own" | "plain",
): ReadonlyMap<string, StudyTimes> {
  const script = join(PEERS, "studyContender.ts");
  const settings = ["--conditions=@aftershock/source", script, values.events, values.turns, loops];
  const said = execFileSync(process.execPath, [...settings, ...studies], { encoding: "utf8" });
  return new Map((JSON.parse(said) as StudyTimes[]).map((times) => [times.name, times]));
}

type Way = "alone" | "plain" | "own";
type Round = Readonly<Record<Way, StudyTimes>>;

const rounds: ReadonlyMap<string, Round>[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  process.stderr.write(`round ${run + 1}\n`);
  const [own, plain] = [measured(names, "own"), measured(names, "plain")];
  const round = wanted.map((name): [string, Round] => {
    const alone = measured([name], "own").get(name)!;
    return [name, { alone, plain: plain.get(name)!, own: own.get(name)! }];
  });
  rounds.push(new Map(round));
}

const figures = {
  warm: ({ cpuSeconds }: StudyTimes): number => middle(cpuSeconds.slice(cpuSeconds.length >> 1)),
  sweep: ({ cpuSeconds }: StudyTimes): number => cpuSeconds.reduce((sum, one) => sum + one, 0),
};
const results = wanted.map((name) => {
  const own = rounds.map((round) => round.get(name)!);
  const found = own.flatMap((round) => Object.values(round).flatMap((times) => times.found));
  const over = (figure: keyof typeof figures, one: Way, other: Way): number =>
    middle(own.map((round) => figures[figure](round[one]) / figures[figure](round[other])));
  return {
    name,
    rate: Number(values.events) / 1e6 / middle(own.map(({ alone }) => figures.warm(alone))),
    ratios: [
      over("warm", "plain", "alone"),
      over("warm", "own", "alone"),
      over("warm", "own", "plain"),
      over("sweep", "own", "plain"),
    ],
    agrees: new Set(found).size === 1,
  };
});
process.stdout.write(`${machine()}\n${values.events} events, ${values.turns} turns; CPU time\n\n`);
const means = [0, 1, 2, 3].map((nth) =>
  Math.exp(
    results.reduce((sum, { ratios }) => sum + Math.log(ratios[nth] ?? Number.NaN), 0) /
      results.length,
  ),
);
printTable(
  ["study", "alone, M events/s", "plain / alone", "own / alone", "own / plain", "… a sweep", ""],
  [
    ...results.map(({ name, rate, ratios, agrees }) => [
      name,
      rate.toFixed(1),
      ...ratios.map((ratio) => ratio.toFixed(3)),
      agrees ? "" : "FAIL: it does not find the same",
    ]),
    ["geometric mean", "", ...means.map((mean) => mean.toFixed(3)), ""],
  ],
);
if (results.some(({ agrees }) => !agrees)) process.exitCode = 1;
