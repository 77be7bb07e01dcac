// How the examples of packages/strategy fare with the venue of `replay` and with hftbacktest, on the same events, fill by fill:
//   node --conditions=@aftershock/source test/bench/peers/fills/fills.ts [--drawn] [BTCUSDT] [ETHUSDT] [LIGHTER] [SIMULATED]
// Without names: the captures. With --drawn also orders drawn at random. Needs hftbacktest (test/bench/peers/install.sh). Ends with code 1
// when anything differs without a reason. What it prints, and why orders differ: README.md beside this file.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Duck, openDuck } from "@aftershock/ingest";
import { machine } from "../printTable.ts";
import { compareExample } from "./compareExamples.ts";
import { compareProbes } from "./compareProbes.ts";
import { differenceTasks } from "./differences.ts";
import { runExample } from "./exampleRuns.ts";
import { examplesOf } from "./examples.ts";
import type { Setting } from "./ourRuns.ts";
import { type PeerJob, type PeerRun, PYTHON, runPeer } from "./peerRuns.ts";
import {
  type DrawnRow,
  type ExampleRow,
  printDifferences,
  printDrawn,
  printExamples,
  printReasons,
} from "./printFills.ts";
import { drawProbes } from "./probes.ts";
import { isThere, makeRecording, type Recording, RECORDINGS } from "./recordings.ts";

/** By event times, which are whole ms, nothing that is heard falls on a decision. */
const LATENCY = { orderMicros: 3_300, responseMicros: 2_200 };

const CLOCKS = ["recv", "event"] as const;
const MODELS: readonly Omit<Setting, "clock">[] = [
  { ...LATENCY, queue: "riskAverse", partial: false },
  { ...LATENCY, queue: "riskAverse", partial: true },
  { ...LATENCY, queue: "power", partial: false },
  { ...LATENCY, queue: "power", partial: true },
];

/** Where a run keeps its lakes, and what it found. */
interface Bench {
  readonly folder: string;
  readonly duck: Duck;
  readonly examples: ExampleRow[];
  readonly drawn: DrawnRow[];
  /** What is wrong and has no reason. */
  readonly faults: string[];
}

/** Something that hftbacktest is asked for, and what is made of its answers. */
interface Task {
  readonly jobs: readonly PeerJob[];
  readonly take: (answers: readonly PeerRun[]) => Promise<void>;
}

/** Runs tasks in one process of hftbacktest, which compiles once. */
async function perform(tasks: readonly Task[], folder: string): Promise<void> {
  const answers = runPeer(
    tasks.flatMap(({ jobs }) => jobs),
    folder,
  );
  let from = 0;
  for (const { jobs, take } of tasks) {
    await take(answers.slice(from, from + jobs.length));
    from += jobs.length;
  }
}

async function exampleTasks(
  bench: Bench,
  recording: Recording,
  clock: Setting["clock"],
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  for (const example of await examplesOf(recording, clock)) {
    for (const models of MODELS) {
      // Orders of the follower never rest: it has no place in a queue.
      if (example.kind === "follower" && models.queue === "power") continue;
      const setting = { ...models, clock };
      const own = await runExample(recording, example, { setting });
      const name = `${recording.name} ${example.name}`;
      const requests = { kind: "probes", probes: own.probes } as const;
      tasks.push({
        jobs: [
          { name: `${name}, our requests`, recording, setting, study: requests },
          { name: `${name}, alone`, recording, setting, study: example },
        ],
        take: async ([open, alone]) => {
          if (open === undefined || alone === undefined) throw new Error(`${name}: no answer`);
          const compared = await compareExample(recording, example, { setting, own, open, alone });
          bench.examples.push({
            recording: recording.name,
            example: example.name,
            setting,
            compared,
          });
          const where = `${name}, ${JSON.stringify(setting)}`;
          bench.faults.push(...compared.faults.map((fault) => `${where}: ${fault}`));
        },
      });
    }
  }
  return tasks;
}

async function drawnTasks(
  bench: Bench,
  recording: Recording,
  clock: Setting["clock"],
): Promise<readonly Task[]> {
  const probes = await drawProbes(recording, clock);
  return MODELS.map((models): Task => {
    const setting = { ...models, clock };
    const name = `${recording.name} drawn`;
    return {
      jobs: [{ name, recording, setting, study: { kind: "probes", probes } }],
      take: async ([theirs]) => {
        if (theirs === undefined) throw new Error(`${name}: no answer`);
        const compared = await compareProbes(recording, probes, { setting, theirs });
        bench.drawn.push({ recording: recording.name, setting, compared, theirs });
        const count = compared.verdicts.filter((verdict) => verdict === "unexplained").length;
        if (count > 0) bench.faults.push(`${name}: ${count} orders differ without a reason`);
      },
    };
  });
}

async function showDifferences(bench: Bench): Promise<void> {
  const tasks = await differenceTasks(LATENCY, bench);
  const answers = runPeer(
    tasks.map(({ job }) => job),
    bench.folder,
  );
  const rows = [];
  for (const [index, { take }] of tasks.entries()) {
    const theirs = answers[index];
    if (theirs !== undefined) rows.push(await take(theirs));
  }
  printDifferences(rows);
  for (const { difference, isAsSaid } of rows) {
    if (!isAsSaid) bench.faults.push(`a list of ${difference.verdict} is not filled as worked out`);
  }
}

async function compareAll(
  bench: Bench,
  terms: { wanted: readonly string[]; isDrawn: boolean },
): Promise<void> {
  const { wanted, isDrawn } = terms;
  for (const plan of RECORDINGS) {
    const isWanted = wanted.length > 0 ? wanted.includes(plan.name) : plan.capture !== undefined;
    if (!isWanted) continue;
    if (!isThere(plan)) {
      process.stdout.write(
        `${plan.name}: left out, as ${plan.capture?.path ?? ""} is not there\n\n`,
      );
      continue;
    }
    if (plan.standInLots !== undefined) {
      const text = `trades of ${plan.standInLots} lots or more stand in for liquidations`;
      process.stdout.write(`${plan.name}: ${text}, of which the capture has none\n\n`);
    }
    const recording = await makeRecording(plan, bench);
    const tasks: Task[] = [];
    for (const clock of CLOCKS) {
      tasks.push(...(await exampleTasks(bench, recording, clock)));
      if (isDrawn) tasks.push(...(await drawnTasks(bench, recording, clock)));
    }
    await perform(tasks, bench.folder);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { drawn: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (!existsSync(PYTHON))
    throw new Error("hftbacktest is missing: run test/bench/peers/install.sh");
  const folder = await mkdtemp(join(tmpdir(), "aftershock-fills-"));
  const duck = await openDuck();
  const bench: Bench = { folder, duck, examples: [], drawn: [], faults: [] };
  try {
    process.stdout.write(`${machine()}\n\n`);
    await showDifferences(bench);
    await compareAll(bench, { wanted: positionals, isDrawn: values.drawn });
  } finally {
    duck.close();
    await rm(folder, { recursive: true, force: true });
  }
  printExamples(bench.examples);
  printDrawn(bench.drawn);
  printReasons();
  for (const fault of bench.faults) process.stdout.write(`Without a reason: ${fault}\n`);
  if (bench.faults.length > 0) process.exitCode = 1;
  else process.stdout.write("Every difference has its reason.\n");
}

await main();
