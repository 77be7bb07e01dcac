import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { BandTable } from "@aftershock/strategy";
import type { RuleScore } from "./evaluateDay.ts";
import { checkCoverage, CHECKED_RULES, scoreCheckedDays } from "./checkedDays.ts";
import { METRIC_NAMES, type MetricName, PRODUCT_METRICS } from "./misses.ts";
import { type PlantedRuleName } from "./plantedRules.ts";
import { missesIn } from "./validationPage.ts";
import { metricRows } from "./validationTables.ts";

/** Rules under which the effect of a single day is several times what chaos makes. */
const OF_EFFECT: readonly PlantedRuleName[] = ["none", "tranches", "twap", "breaker", "throttle"];
/** How much of the error of "nothing changes" path and extreme may keep under these. */
const MOST_OF_UNCHANGED = { path: 0.8, extreme: 0.6 } as const;
/** How much of it the bias of path and forced notional may be. */
const MOST_BIAS = 0.25;
/** The engine on the true path may miss this much of the forced notional, percent of the record's, root mean square. */
const MOST_ENGINE_MISS = 1.5;

const failures: string[] = [];
const passes: string[] = [];
const judge = (holds: boolean, what: string): void => {
  (holds ? passes : failures).push(what);
};

function judgeCoverage(scores: readonly RuleScore[], table: BandTable): void {
  for (const rule of CHECKED_RULES) {
    const own = scores.filter((score) => score.rule === rule);
    for (const metric of METRIC_NAMES) {
      const cell = table.cells.find(
        (one) => one.rule === rule && one.metric === PRODUCT_METRICS[metric][0],
      );
      if (cell === undefined) {
        judge(false, `${rule} ${metric}: there is no cell`);
        continue;
      }
      if (cell.none !== undefined) continue;
      const found = checkCoverage(metric, cell, own, table.positions);
      if (found === undefined) continue;
      const { half, ninety, holds } = found;
      judge(
        holds,
        `${rule} ${metric}: bands held the truth in ${half.toFixed(2)} and ${ninety.toFixed(2)}`,
      );
    }
  }
}

function judgeErrors(scores: readonly RuleScore[], table: BandTable): void {
  const rows = metricRows(scores, "snapshot", missesIn(table));
  const of = (rule: string, metric: MetricName) =>
    rows.find((row) => row.rule === rule && row.metric === metric);
  for (const rule of CHECKED_RULES) {
    for (const metric of OF_EFFECT.includes(rule) ? (["path", "extreme"] as const) : []) {
      const row = of(rule, metric);
      const ratio = (row?.rmse ?? Number.NaN) / (row?.unchanged ?? Number.NaN);
      judge(
        ratio < MOST_OF_UNCHANGED[metric],
        `${rule}: error of the ${metric} is ${ratio.toFixed(2)} of that of "nothing changes"`,
      );
    }
    for (const metric of ["path", "notional"] as const) {
      const { bias = Number.NaN, unchanged = Number.NaN } = of(rule, metric) ?? {};
      judge(
        Math.abs(bias) < MOST_BIAS * unchanged,
        `${rule}: bias of the ${metric} is ${(bias / unchanged).toFixed(2)} of the error of "nothing changes"`,
      );
    }
    const engine = of(rule, "notional")?.engineRmse ?? Number.NaN;
    judge(
      engine < MOST_ENGINE_MISS,
      `${rule}: the engine on the true path misses ${engine.toFixed(2)} %`,
    );
  }
}

const { tables } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../data/bands/planted.json"), "utf8"),
) as { readonly tables: readonly BandTable[] };
const scores = await scoreCheckedDays(
  join(import.meta.dirname, "plantedFits.json"),
  Math.min(4, availableParallelism()),
);
for (const table of tables) {
  if (table.positions !== "snapshot") continue;
  judgeCoverage(scores, table);
  judgeErrors(scores, table);
}
const days = new Set(scores.map(({ family, seed }) => `${family} ${seed}`)).size;
process.stdout.write(`${days} simulated days against their truth\n`);
for (const what of passes) process.stdout.write(`  held    ${what}\n`);
for (const what of failures) process.stdout.write(`  FAILED  ${what}\n`);
process.stdout.write(`${passes.length} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 && days >= 40 ? 0 : 1;
