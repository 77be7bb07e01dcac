import { join } from "node:path";
import { type Lake, type Manifest, openDuck } from "@aftershock/ingest";
import { AftershockError } from "@aftershock/schema";
import { type DataPartition, renderReport } from "@aftershock/report";
import {
  type ResultsUnderScenarios,
  runStudy,
  type ScenarioOutcome,
  type ScenarioReplay,
  type Study,
  type StudyResult,
} from "@aftershock/strategy";
import { userPath } from "../lakeArgument.ts";
import { makeOutFolder } from "../makeOutFolder.ts";
import { DEPTH_BAND_BPS, readMarket } from "../marketData.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";
import { writeRun } from "../runFiles.ts";
import { runScenarios } from "../runScenarios.ts";
import { openStudyData } from "../studyData.ts";
import { loadStudy, studyThrew } from "../studyModule.ts";
import { version } from "../version.ts";

/** A folder name for a study's report: its name with everything but letters and digits as dashes. */
const folderName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "") || "study";

/** The quality figures of a partition that are numbers, flat, as a report lists them. */
function flatQuality({ quality }: Manifest): Readonly<Record<string, number>> {
  const { notes, latencyMicros, checksums, printsPerSecond, ...counts } = quality;
  const { firstSnapshotTime, longestSilenceFrom, ...figures } = counts;
  void firstSnapshotTime;
  void longestSilenceFrom;
  return {
    ...figures,
    ...notes,
    ...(latencyMicros === undefined ? {} : { medianLatencyMicros: latencyMicros.median }),
    ...(checksums === undefined ? {} : { checksumsFailed: checksums.checked - checksums.matched }),
    ...(printsPerSecond === undefined ? {} : { printsPerSecondMax: printsPerSecond.max }),
  };
}

const reported = (day: Manifest): DataPartition => ({
  stream: day.stream,
  instrument: day.instrument.id,
  date: day.date,
  rows: day.rows,
  sha256: day.rowsSha256,
  sources: day.sources.map(({ name, sha256 }) => ({ name, sha256 })),
  simulated: day.simulated !== null,
  quality: flatQuality(day),
  quarantined: day.quality.quarantined,
});

/** Money in a settle currency: five digits, as coins are worth what they are. */
const settled = (value: number): string =>
  value.toLocaleString("en-US", { maximumSignificantDigits: 5 });
const usd = (value: number): string => grouped(Math.round(value));

/** The estimate of a figure, or between what the draws lie; `~` says that there is no calibrated band. */
function figureText({ mid, low, spread }: ScenarioOutcome["low30"], decimals: number): string {
  const text = (value: number): string =>
    value.toLocaleString("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  if (spread === null) return "diverges";
  const sign = low === null ? "~" : "";
  if (mid !== null) return `${sign}${text(mid)}`;
  return `${sign}${text(spread.low)} … ${text(spread.high)}`;
}

function printScenarios({ basis }: StudyResult, scenarios: readonly ScenarioOutcome[]): void {
  const decimals = (basis?.path.price[0] ?? 0) < 100 ? 4 : 0;
  const extreme = basis?.direction === "up" ? "high30" : "low30";
  printLine("");
  printTable(
    [
      "scenario",
      extreme === "high30" ? "high (30 s)" : "low (30 s)",
      "forced",
      "accounts",
      "cascade",
    ],
    scenarios.map((scenario) => [
      scenario.name,
      figureText(scenario[extreme], decimals),
      figureText(scenario.forcedNotional, 0),
      figureText(scenario.liquidated, 0),
      scenario.cascadeProbability === null
        ? "-"
        : `${(100 * scenario.cascadeProbability).toFixed(0)}%`,
    ]),
  );
}

/** Hedges in USD, strategies in the settle currency of their contract. */
function printUnder({ scenarios }: ResultsUnderScenarios): void {
  printLine("\nunder each scenario, by its central draw alone (no error band):");
  printTable(
    ["scenario", "hedge or strategy", "in", "P&L", "end", "max drawdown"],
    scenarios.flatMap(({ scenario, hedges, strategies }) => [
      ...hedges.map(({ name, metrics: { pnlUsd, endUsd, maxDrawdown } }) => [
        scenario,
        name,
        "USD",
        usd(pnlUsd),
        usd(endUsd),
        usd(maxDrawdown.usd),
      ]),
      ...strategies.map(({ name, settle, pnl, end, maxDrawdown }) => [
        scenario,
        name,
        settle,
        ...[pnl, end, maxDrawdown.amount].map(settled),
      ]),
    ]),
  );
}

function printOutcomes(study: StudyResult, report: string): void {
  if (study.simulated)
    printLine("SIMULATED: these events come from a simulator, not from a market.\n");
  if (study.outcomes.length > 0) {
    printTable(
      ["hedge", "P&L USD", "max drawdown USD", "cost USD"],
      study.outcomes.map(({ name, metrics, attribution }) => [
        name,
        usd(metrics.pnlUsd),
        usd(metrics.maxDrawdown.usd),
        usd(attribution.costsUsd),
      ]),
    );
  }
  if (study.scenarios !== undefined) printScenarios(study, study.scenarios);
  if (study.underScenarios !== undefined) printUnder(study.underScenarios);
  for (const warning of study.warnings) printLine(`warning: ${warning}`);
  printLine(`\nreport: ${report}`);
}

/** Runs the study; an error that is not ours is the study's own. */
async function results(
  study: Study,
  path: string,
  streams: Parameters<typeof runStudy>[1],
  scenarios: ScenarioReplay | undefined,
): Promise<StudyResult> {
  const progress = new ProgressLine(`run ${study.name}`);
  try {
    return await runStudy(study, streams, {
      onProgress: ({ events, at }) => progress.events(events, at),
      ...(scenarios === undefined ? {} : { scenarios }),
    });
  } catch (error) {
    throw error instanceof AftershockError ? error : studyThrew(path, error);
  } finally {
    progress.done();
  }
}

/** A study, and what is to be done before it runs. */
interface Runnable {
  readonly study: Study;
  readonly prepare: (lake: Lake) => Promise<void>;
}

/** The study of a module, or the embedded demo; the simulator is loaded only for that. */
async function loadTarget(target: string, path: string): Promise<Runnable> {
  if (target !== "demo") return { study: await loadStudy(path), prepare: () => Promise.resolve() };
  const { demoStudy, ensureDemoDay } = await import("../demo.ts");
  return { study: demoStudy(), prepare: ensureDemoDay };
}

/** `aftershock run STUDY|demo` */
export async function runCommand(
  lake: Lake,
  target: string,
  options: { readonly out: string | undefined; readonly json: boolean },
): Promise<void> {
  const path = target === "demo" ? target : userPath(target);
  const { study, prepare } = await loadTarget(target, path);
  const named = options.out === undefined || options.out === "" ? undefined : options.out;
  const folder = userPath(named ?? join("reports", folderName(study.name)));
  await makeOutFolder(folder);
  await prepare(lake);
  const duck = await openDuck();
  try {
    const { streams, partitions } = await openStudyData(duck, lake, study);
    const names = [...study.hedges, ...study.strategies, ...study.scenarios].map(
      ({ name }) => name,
    );
    say(`Running ${study.name}: ${names.join(", ")}…`);
    const scenarios = await runScenarios(duck, lake, { study, path, streams });
    const result = await results(study, path, streams, scenarios?.replay);
    const market = await readMarket(duck, lake, study);
    const read = new Map(
      [...partitions, ...(market?.partitions ?? []), ...(scenarios?.partitions ?? [])].map(
        (day) => [lake.rowsFile(day), day],
      ),
    );
    say("Writing the report…");
    const page = renderReport({
      title: target === "demo" ? "Demo: hedges through a simulated crash hour" : study.name,
      study: result,
      ...(market === undefined
        ? {}
        : {
            market: {
              instrument: market.instrument,
              bars: market.bars,
              prints: market.prints,
              bandBps: DEPTH_BAND_BPS,
            },
          }),
      data: [...read.values()].map(reported),
      generator: { version, command: `aftershock run ${target}` },
    });
    const files = await writeRun(duck, folder, {
      page,
      study: result,
      market,
      partitions: scenarios?.partitions ?? [],
    });
    if (options.json) printJson({ ...files, ...result });
    else printOutcomes(result, files.report);
  } finally {
    duck.close();
  }
}
