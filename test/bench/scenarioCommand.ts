/**
 * What a scenario more of `aftershock run` costs beside `aftershock replay` of the same perpetual: whole processes, CPU time and elapsed, medians of some rounds of each in turn, five scenarios over none.
 * `node --conditions=@aftershock/source test/bench/scenarioCommand.ts [rounds, 5] [preset|busy|busiest|crowded] [κ of positions from prints: 1, or 1..6.3; - for accounts] [a rule that is left out, as trancheLiquidation]`
 *
 * With a κ that is no single number the venue prints the last forced order of a second alone, as those do that such a band is stated of.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Lake, storeBatches, writeTruth } from "@aftershock/ingest";
import { DEMO_SEED, simulate, SIMULATOR_VERSION } from "@aftershock/simulator";
import { BUSY_MARKETS } from "./busyBooks.ts";

const ROUNDS = Number(process.argv[2] ?? 5);
const market = BUSY_MARKETS[process.argv[3] ?? ""] ?? {};
const stated = process.argv[4] ?? "-";
const kappa = stated === "-" ? undefined : stated.split("..").map(Number);
const leftOut = process.argv[5] ?? "none";
const positions =
  kappa === undefined
    ? ""
    : `, positions: "prints", kappa: [${kappa[0] ?? 1}, ${kappa[1] ?? kappa[0] ?? 1}]`;
const SCENARIOS = [
  "noLiquidations()",
  "trancheLiquidation({ share: 0.2, cooldownSeconds: 60 })",
  "twapOracle({ seconds: 300 })",
  "circuitBreaker({ move: 0.03, withinSeconds: 300, pauseSeconds: 300 })",
  "throttledEngine({ notionalPerSecond: 100_000 })",
].filter((scenario) => !scenario.startsWith(leftOut));

const folder = await mkdtemp(join(tmpdir(), "aftershock-command-"));
const throttlePrints = kappa !== undefined && kappa[0] !== kappa.at(-1);
const day = simulate({ preset: "crash-hour", seed: DEMO_SEED, market, throttlePrints });
const lake = new Lake(join(folder, "lake"));
const stored = await storeBatches({
  lake,
  batches: day.batches(),
  instruments: day.instruments,
  loader: { name: "simulator", version: SIMULATOR_VERSION },
  simulated: { preset: "crash-hour", seed: DEMO_SEED },
});
const [book] = stored.filter(({ stream }) => stream === "book");
const date = book?.date ?? "";
const [perpetual] = day.instruments;
const { id: instrument = "", venue = "", symbol = "" } = perpetual ?? {};
await writeTruth(lake, { venue, symbol, date }, day.truth);

/** Writes a study and returns its path. `draws`: default that of the product. */
async function study(scenarios: readonly string[], draws: number | undefined): Promise<string> {
  const path = join(folder, `study-${scenarios.length}-${draws ?? "default"}.ts`);
  await writeFile(
    path,
    `import { circuitBreaker, defineStudy, noChange, noLiquidations, throttledEngine, trancheLiquidation, twapOracle, unhedged } from "aftershock";
export default defineStudy({
  name: "bench", day: "${date}", from: "${date}", to: "${date}", venue: "sim", portfolio: { BTC: 10 }, hedges: [unhedged()],
  scenarios: [noChange(), ${scenarios.join(", ")}],
  counterfactual: { instrument: "${instrument}", calibration: "shipped:sim-crash-hour"${positions}${draws === undefined ? "" : `, draws: ${draws}`} },
});
void [circuitBreaker, noLiquidations, throttledEngine, trancheLiquidation, twapOracle];
`,
  );
  return path;
}

interface Cost {
  readonly cpu: number;
  readonly elapsed: number;
}

const PROGRAM = join(import.meta.dirname, "../../packages/cli/bin/aftershock.js");

/** Runs a command and returns what its process cost, seconds: told by itself as it ends. */
async function costOf(args: readonly string[]): Promise<Cost> {
  const usage = join(folder, "usage.json");
  const told = join(folder, "tell.mjs");
  await writeFile(
    told,
    `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.cpuUsage())));
`,
  );
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["--conditions=@aftershock/source", "--import", told, PROGRAM, ...args],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, AFTERSHOCK_LAKE: join(folder, "lake") },
    },
  );
  const said = text(child.stderr);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  const elapsed = (performance.now() - start) / 1e3;
  if (code !== 0) throw new Error(`aftershock ${args.join(" ")}: ${await said}`);
  const { user, system } = JSON.parse(await readFile(usage, "utf8")) as NodeJS.CpuUsage;
  return { cpu: (user + system) / 1e6, elapsed };
}

const run = (path: string): readonly string[] => [
  "run",
  path,
  "--json",
  "--out",
  join(folder, "out"),
];
const cases: readonly (readonly string[])[] = [
  ["replay", instrument],
  run(await study([], 0)),
  run(await study(SCENARIOS, 0)),
  run(await study([], undefined)),
  run(await study(SCENARIOS, undefined)),
];
// The first reading of a lake writes its tape.
await costOf(cases[0] ?? []);
const costs = cases.map((): Cost[] => []);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [place, args] of cases.entries()) costs[place]?.push(await costOf(args));
}
await rm(folder, { recursive: true });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const rows = stored
  .filter((one) => one.instrument === instrument)
  .reduce((sum, one) => sum + one.rows, 0);
console.log(
  `${(rows / 1e6).toFixed(2)} M rows of ${instrument}, ${ROUNDS} rounds${kappa === undefined ? "" : `, positions from prints, κ ${kappa.join(" to ")}`}`,
);
for (const what of ["cpu", "elapsed"] as const) {
  const [replay = 1, point = 0, points = 0, one = 0, six = 0] = costs.map((own) =>
    median(own.map((cost) => cost[what])),
  );
  const tell = (name: string, seconds: number): string =>
    `${name} ${seconds.toFixed(2)} s, ${(seconds / replay).toFixed(2)} times`;
  console.log(
    `${what}: replay ${replay.toFixed(2)} s; ${tell("a scenario with its kernels alone", (points - point) / SCENARIOS.length)}; ${tell("as it is by default", (six - one) / SCENARIOS.length)}`,
  );
}
