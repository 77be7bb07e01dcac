/**
 * What a scenario costs beside a replay of the same streams, out of memory and out of a lake, and what it keeps. `node --expose-gc --conditions=@aftershock/source test/bench/scenarios.ts [minutes, 60] [busy|busiest|crowded]`, or with
 * `capture FILE`.
 *
 * A simulated crash hour (`busy`, `busiest`: with busier books; `crowded`: with ten times the accounts too), or a capture of a linear perpetual with invented accounts, is held in memory and replayed, in turn: plainly; into the steps of a record; with one scenario; with six of them; and both with two paths a scenario in place of one. CPU time, the median of the rounds.
 *
 * Beside its paths, one a draw, each scenario has for each kernel an engine on the path without any forced flow (branching ratios come of it): a study by default has 12 paths and three of those.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastingResponse, type PopulationSource, RecordedDay } from "@aftershock/cascade";
import { Lake, lakeStream, openDuck } from "@aftershock/ingest";
import { replay } from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import { PRESETS } from "@aftershock/simulator";
import {
  circuitBreaker,
  type Mitigation,
  noChange,
  noLiquidations,
  scaledMaintenance,
  ScenarioSession,
  trancheLiquidation,
  twapOracle,
  UNVALIDATED_BANDS,
} from "@aftershock/strategy";
import { BUSY_MARKETS } from "./busyBooks.ts";
import { capturedDay, inMemory, simulatedDay } from "./scenarioDays.ts";

const ROUNDS = 9;
/** Of a study by default: kernels, each with a path of its own estimate, and draws. */
const KERNELS = 3;
const DRAWS = 9;
const [which = "60", ofWhich = ""] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "aftershock-scenarios-"));
const lake = new Lake(folder);
const duck = await openDuck();
const kept =
  which === "capture"
    ? await capturedDay(duck, lake, ofWhich)
    : await simulatedDay(lake, Number(which), BUSY_MARKETS[ofWhich] ?? {});
const { instrument, standIns } = kept;
const { id } = instrument;
const streams = inMemory(kept);
const allRows = streams
  .flatMap(({ stream }) => kept.batches.get(stream) ?? [])
  .reduce((sum, { length }) => sum + length, 0);

const source = kept.positions;
const population: PopulationSource = source.population(0);

function session(mitigations: readonly Mitigation[], paths: number): ScenarioSession {
  return new ScenarioSession(
    mitigations,
    { horizonMinutes: [], onset: undefined, stepMillis: 100 },
    {
      instrument,
      recorded: PRESETS["crash-hour"].rules,
      positions: { source: { ...source, population: () => population }, accounts: 0, says: "" },
      responses: {
        models: Array.from({ length: paths }, () => lastingResponse(4e-10)),
        kernels: 1,
        calibration: { none: "a benchmark" },
      },
      assumed: [],
      bands: UNVALIDATED_BANDS,
    },
  );
}

const collect = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** Runs scenarios on the record; returns the heap at each third of it, MiB, where `watched`. */
async function scenarios(
  mitigations: readonly Mitigation[],
  paths: number,
  watched = false,
): Promise<readonly number[]> {
  const run = session(mitigations, paths);
  const heap: number[] = [];
  let steps = 0;
  const third = Math.floor(recordedSteps / 3);
  const day = new RecordedDay(streams, {
    instrument: id,
    standIns,
    onStep: (step) => {
      run.step(step);
      steps += 1;
      if (watched && steps % third === 0) heap.push(collect());
    },
    onTouch: (bid, ask, at) => run.touch(bid, ask, at),
  });
  await replay(streams, { handlers: day.handlers });
  run.finish([], undefined);
  return heap;
}

const SIX: readonly Mitigation[] = [
  noChange(),
  noLiquidations(),
  trancheLiquidation({ share: 0.2, cooldownSeconds: 60 }),
  twapOracle({ seconds: 300 }),
  circuitBreaker({ move: 0.03, withinSeconds: 300, pauseSeconds: 300 }),
  scaledMaintenance({ factor: 0.7 }),
];

let counted = 0;
const count = (): void => void (counted += 1);
const plainly = (all: readonly EventStream[]) =>
  replay(all, {
    handlers: { onTouch: count, on: { trades: count, tickers: count, liquidations: count } },
  });

const stored = await lake.list();
const lakeStreams = streams.map(({ stream }) =>
  lakeStream(
    duck,
    lake,
    stream,
    stored.filter((day) => day.stream === stream),
  ),
);

/** Makes the steps of the record, and returns how many they are. */
async function record(): Promise<number> {
  let steps = 0;
  const onStep = (): void => void (steps += 1);
  const day = new RecordedDay(streams, { instrument: id, standIns, onStep });
  await replay(streams, { handlers: day.handlers });
  return steps;
}
const recordedSteps = await record();

const CASES: readonly (readonly [string, () => Promise<unknown>])[] = [
  ["plain replay: best prices and rows", () => plainly(streams)],
  ["the same out of a lake", () => plainly(lakeStreams)],
  ["the record's steps, nothing run on them", record],
  ["no change alone", () => scenarios([noChange()], 1)],
  ["six scenarios", () => scenarios(SIX, 1)],
  ["no change alone, two paths", () => scenarios([noChange()], 2)],
  ["six scenarios, two paths each", () => scenarios(SIX, 2)],
];

const times = CASES.map((): number[] => []);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [place, [, run]] of CASES.entries()) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    times[place]?.push((user + system) / 1e6);
  }
}
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const medians = times.map(median);
for (const [place, [name]] of CASES.entries()) {
  console.log(`${(medians[place] ?? 0).toFixed(3)} s  ${name}`);
}
const [plain = 1, fromLake = 1, ofRecord = 1, one = 1, six = 1, oneTwice = 1, sixTwice = 1] =
  medians;
const others = SIX.length - 1;
const first = (six - one) / others;
const path = (sixTwice - oneTwice) / others - first;
const tell = (what: string, seconds: number): void =>
  console.log(
    `${what}: ${seconds.toFixed(3)} s, ${(seconds / plain).toFixed(2)} times a plain replay, ${(seconds / fromLake).toFixed(2)} times one out of a lake, ${(seconds / ofRecord).toFixed(2)} times the record's steps`,
  );
tell("a path more of a scenario", path);
tell("a scenario more of one path, with its engine on the path without forced flow", first);
tell(
  `a scenario as a study has it by default, of ${KERNELS + DRAWS} paths with ${KERNELS} of those`,
  (KERNELS + DRAWS) * path + KERNELS * (first - path),
);
const heap = await scenarios(SIX, 1, true);
console.log(
  `heap at the thirds of the record, MiB: ${heap.map((size) => size.toFixed(1)).join(", ")}`,
);
console.log(
  `${allRows} rows and ${recordedSteps} steps of ${id}${kept.simulated ? " (simulated)" : ""}`,
);
duck.close();
await rm(folder, { recursive: true });
