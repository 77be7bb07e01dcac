import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BandCell, BandTable } from "@aftershock/strategy";
import type { RuleScore } from "./evaluateDay.ts";
import {
  comparisonsOf,
  coverageOf,
  METRIC_NAMES,
  type MetricName,
  missesOf,
  PRODUCT_METRICS,
} from "./misses.ts";
import { fitChance } from "./fitChance.ts";
import { FAMILIES, PLANTED_MITIGATIONS } from "./plantedRules.ts";
import { calibrateFamilies, REPORTED_SEED, type ScoreRequest, TUNING_SEED } from "./scoreDays.ts";
import { estimateOf, reachedCases } from "./validationTables.ts";
import { summaryTable, validationPage } from "./validationPage.ts";

/** What the bands have to hold: on days that they were not measured on. */
const GATE_50 = [0.42, 0.58] as const;
const GATE_90 = [0.84, 0.95] as const;

/** Runs a share of the days in a process of its own. */
function scoreShard(request: ScoreRequest, out: string): Promise<void> {
  const args = Object.entries({ ...request, out }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${FLAGS[name] ?? name}`, String(value)],
  );
  const script = join(import.meta.dirname, "scoreDays.ts");
  const child = spawn(process.execPath, ["--conditions=@aftershock/source", script, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A process that scored days ended with ${code}`));
    });
  });
}

const FLAGS: Readonly<Record<string, string>> = { firstSeed: "first" };

/** Scores days in some processes at once. */
export async function scoreAll(
  request: Omit<ScoreRequest, "shard" | "of">,
  processes: number,
): Promise<readonly RuleScore[]> {
  const folder = mkdtempSync(join(tmpdir(), "planted-scores-"));
  try {
    const files = Array.from({ length: processes }, (_, shard) => join(folder, `${shard}.json`));
    await Promise.all(
      files.map((file, shard) => scoreShard({ ...request, shard, of: processes }, file)),
    );
    const scores = files.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as RuleScore[]);
    return scores.toSorted((a, b) => a.family.localeCompare(b.family) || a.seed - b.seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const kindOf = (rule: string): string =>
  Object.entries(PLANTED_MITIGATIONS).find(([name]) => name === rule)?.[1].kind ?? rule;

const comparisons = (scores: readonly RuleScore[], view: string, metric: MetricName) =>
  scores.flatMap((score) => comparisonsOf(score, estimateOf(score, view), metric));

/** Why a metric of a rule has no band, or undefined. */
function whyNone(
  metric: MetricName,
  found: readonly { readonly recorded: number; readonly truth: number; readonly mid: number }[],
  coverage: { readonly half: number; readonly ninety: number },
): string | undefined {
  if (found.every(({ truth, mid }) => truth === mid)) return undefined;
  const isWithin = (value: number, [from, to]: readonly [number, number]): boolean =>
    value >= from && value <= to;
  if (isWithin(coverage.half, GATE_50) && isWithin(coverage.ninety, GATE_90)) return undefined;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return `no calibrated band for this rule: on simulated days that it was not measured on, its 50 % band held the truth in ${percent(coverage.half)} and its 90 % band in ${percent(coverage.ninety)} (${metric})`;
}

/** Bands measured on some days, and judged on others. */
export function bandTable(
  tuning: readonly RuleScore[],
  reported: readonly RuleScore[],
  positions: BandTable["positions"],
): BandTable {
  const rules = [...new Set(tuning.map(({ rule }) => rule))];
  const cells = rules.flatMap((rule): BandCell[] =>
    METRIC_NAMES.flatMap((metric) => {
      const own = tuning.filter((score) => score.rule === rule);
      const misses = missesOf(metric, comparisons(own, positions, metric));
      const judged = comparisons(
        reported.filter((score) => score.rule === rule),
        positions,
        metric,
      );
      const coverage = coverageOf(metric, misses, judged);
      const none = whyNone(metric, judged, coverage);
      return PRODUCT_METRICS[metric].map((name) => ({
        kind: kindOf(rule),
        metric: name,
        days: own.length,
        ...misses,
        coverage50: Number(coverage.half.toFixed(3)),
        coverage90: Number(coverage.ninety.toFixed(3)),
        ...(none === undefined ? {} : { none }),
      }));
    }),
  );
  const chances = [...Map.groupBy(reachedCases(tuning, positions), ({ rule }) => rule)].map(
    ([rule, cases]) => fitChance(kindOf(rule), cases),
  );
  return { positions, cells, chances };
}

const OPTIONS = {
  tuning: { type: "string", default: "50" },
  days: { type: "string", default: "100" },
  calibration: { type: "string", default: "32" },
  noisy: { type: "string", default: "50" },
  processes: { type: "string", default: "2" },
  fits: { type: "string", default: join(import.meta.dirname, "plantedFits.json") },
  folder: { type: "string" },
  bands: { type: "string" },
  page: { type: "string" },
  method: { type: "string" },
  scores: { type: "string" },
  again: { type: "string" },
} as const;

interface Scored {
  readonly tuning: readonly RuleScore[];
  readonly reported: readonly RuleScore[];
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** Calibrates, and scores the days for the bands and those that are reported. */
async function scoreDaysAnew(values: Values): Promise<Scored> {
  const { folder, fits } = values;
  const calibrated = calibrateFamilies(Number(values.calibration), folder);
  writeFileSync(fits, JSON.stringify(calibrated, rounded, 1));
  const common = { fits, views: 2, folder };
  const processes = Number(values.processes);
  const tuning = await scoreAll(
    { ...common, firstSeed: TUNING_SEED, days: Number(values.tuning), noisy: 0 },
    processes,
  );
  const days = { firstSeed: REPORTED_SEED, days: Number(values.days), noisy: Number(values.noisy) };
  return { tuning, reported: await scoreAll({ ...common, ...days }, processes) };
}

/** Numbers with as many digits as they are worth. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;

const BEGIN = "<!-- measured -->";
const END = "<!-- end of what is measured -->";

/** Puts a text between the marks of a page; what is written around them stays. */
function putBetweenMarks(file: string, text: string): void {
  const page = readFileSync(file, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no marks ${BEGIN} and ${END}`);
  writeFileSync(file, `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const { tuning, reported } =
    values.again === undefined
      ? await scoreDaysAnew(values)
      : (JSON.parse(readFileSync(values.again, "utf8")) as Scored);
  if (values.scores !== undefined) {
    writeFileSync(values.scores, JSON.stringify({ tuning, reported }));
  }
  const tables = (["snapshot", "prints"] as const).map((view) => bandTable(tuning, reported, view));
  if (values.bands !== undefined) {
    writeFileSync(values.bands, `${JSON.stringify({ version: 3, tables }, undefined, 1)}\n`);
  }
  const found = {
    tuning,
    reported,
    tables,
    calibration: Number(values.calibration),
    families: FAMILIES.map(({ name }) => name),
  };
  const page = validationPage(found);
  if (values.method !== undefined) putBetweenMarks(values.method, summaryTable(found));
  if (values.page === undefined) process.stdout.write(page);
  else writeFileSync(values.page, page);
}

if (import.meta.main) await main();
