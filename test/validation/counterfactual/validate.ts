import { readFileSync, writeFileSync } from "node:fs";
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
import { STEP_MICROS } from "./plantedDay.ts";
import { fitChance } from "./fitChance.ts";
import { FAMILIES, MAIN_RULE_NAMES, PLANTED_MITIGATIONS } from "./plantedRules.ts";
import { scoreAll } from "./scoreAll.ts";
import { calibrateFamilies, CHANCE_SEED, REPORTED_SEED, TUNING_SEED } from "./scoreDays.ts";
import { checkCoverage, scoreCheckedDays } from "./checkedDays.ts";
import { estimateOf, reachedCases } from "./validationTables.ts";
import { summaryTables, validationPage } from "./validationPage.ts";

/** What the bands have to hold: on days that they were not measured on. */
const GATE_50 = [0.42, 0.58] as const;
const GATE_90 = [0.84, 0.95] as const;

const comparisons = (scores: readonly RuleScore[], view: string, metric: MetricName) =>
  scores.flatMap((score) => comparisonsOf(score, estimateOf(score, view), metric));

/** Why a metric of a rule has no band, or undefined. */
function whyNone(
  metric: MetricName,
  found: readonly { readonly recorded: number; readonly truth: number; readonly mid: number }[],
  coverage: { readonly half: number; readonly ninety: number },
  checked: ReturnType<typeof checkCoverage>,
): string | undefined {
  if (found.every(({ truth, mid }) => truth === mid)) return undefined;
  const isWithin = (value: number, [from, to]: readonly [number, number]): boolean =>
    value >= from && value <= to;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const says = (days: string, { half, ninety }: typeof coverage): string =>
    `no calibrated band for this rule: on ${days} its 50 % band held the truth in ${percent(half)} and its 90 % band in ${percent(ninety)} (${metric})`;
  if (!isWithin(coverage.half, GATE_50) || !isWithin(coverage.ninety, GATE_90)) {
    return says("simulated days that it was not measured on,", coverage);
  }
  return checked?.holds === false
    ? says(`${checked.days} more simulated days that it was not measured on,`, checked)
    : undefined;
}

/** The planted rules, as bands go by them. */
const PLANTED = Object.entries(PLANTED_MITIGATIONS).map(([rule, { kind, name, parameters }]) => ({
  rule,
  kind,
  name,
  parameters,
}));

/** Bands measured on some days, and judged on others: the reported ones, and those by which CI checks what is shipped. Chances are fitted to more days besides. */
export function bandTable(
  { tuning, moreForChances, reported, checked }: Scored,
  positions: BandTable["positions"],
  calibrationDays: number,
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
      const more = checked.filter((score) => score.rule === rule && positions in score.closed);
      const none = whyNone(
        metric,
        judged,
        coverage,
        checkCoverage(metric, misses, more, positions),
      );
      return PRODUCT_METRICS[metric].map((name) => ({
        rule,
        metric: name,
        days: own.length,
        ...misses,
        coverage50: Number(coverage.half.toFixed(3)),
        coverage90: Number(coverage.ninety.toFixed(3)),
        ...(none === undefined ? {} : { none }),
      }));
    }),
  );
  const cases = reachedCases([...tuning, ...moreForChances], positions);
  const chances = [...Map.groupBy(cases, ({ rule }) => rule)].map(([rule, own]) =>
    fitChance(rule, own),
  );
  return {
    positions,
    calibrationDays,
    stepMillis: STEP_MICROS / 1_000,
    planted: PLANTED,
    cells,
    chances,
  };
}

const OPTIONS = {
  tuning: { type: "string", default: "50" },
  chances: { type: "string", default: "100" },
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

/** Days that were scored, by what they are for. */
export interface Scored {
  readonly tuning: readonly RuleScore[];
  /** Of the main rules alone: a chance is a share of few days, and needs more of them than a band. */
  readonly moreForChances: readonly RuleScore[];
  readonly reported: readonly RuleScore[];
  /** Those by which CI checks what is shipped. */
  readonly checked: readonly RuleScore[];
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** Calibrates, and scores the days for the bands, for chances besides, those that are reported and those of the check. */
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
  const more = { firstSeed: CHANCE_SEED, days: Number(values.chances), noisy: 0 };
  const rules = MAIN_RULE_NAMES.join(",");
  const moreForChances = await scoreAll({ ...common, ...more, rules }, processes);
  const days = { firstSeed: REPORTED_SEED, days: Number(values.days), noisy: Number(values.noisy) };
  const reported = await scoreAll({ ...common, ...days }, processes);
  const checked = await scoreCheckedDays(fits, processes, folder);
  return { tuning, moreForChances, reported, checked };
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
  const scored =
    values.again === undefined
      ? await scoreDaysAnew(values)
      : (JSON.parse(readFileSync(values.again, "utf8")) as Scored);
  if (!Array.isArray(scored.checked) || !Array.isArray(scored.moreForChances)) {
    throw new Error(`${values.again} lacks days of the check, or for chances: score the days anew`);
  }
  if (values.scores !== undefined) {
    writeFileSync(values.scores, JSON.stringify(scored));
  }
  const tables = (["snapshot", "prints"] as const).map((view) =>
    bandTable(scored, view, Number(values.calibration)),
  );
  if (values.bands !== undefined) {
    writeFileSync(values.bands, `${JSON.stringify({ version: 5, tables }, undefined, 1)}\n`);
  }
  const found = {
    ...scored,
    tables,
    calibration: Number(values.calibration),
    families: FAMILIES.map(({ name }) => name),
  };
  const page = validationPage(found);
  if (values.method !== undefined) putBetweenMarks(values.method, summaryTables(found));
  if (values.page === undefined) process.stdout.write(page);
  else writeFileSync(values.page, page);
}

if (import.meta.main) await main();
