import type { BandTable } from "@aftershock/strategy";
import type { RuleScore } from "./evaluateDay.ts";
import type { MetricName } from "./misses.ts";
import { METRIC_NAMES, PRICE_METRICS, PRODUCT_METRICS } from "./misses.ts";
import {
  MAIN_RULE_NAMES,
  PLANTED_MITIGATIONS,
  type PlantedRuleName,
  STRENGTH_NAMES,
} from "./plantedRules.ts";
import {
  type MissesOf,
  kernelRows,
  type MetricRow,
  metricRows,
  type ReachedCase,
  reachedCases,
  reliability,
} from "./validationTables.ts";

const METRIC_TITLES: Readonly<Record<MetricName, string>> = {
  extreme: "low30 (squeeze: high30), %",
  furthest: "low by step (squeeze: high), %",
  path: "path by minute, %",
  last: "last price, %",
  overshoot: "overshoot, %",
  notional: "forced notional, % of the record's",
  count: "accounts liquidated, % of the record's",
  insurance: "paid by the fund, coins (crash and slow, which have one, and auto-deleveraging)",
  badDebt: "bad debt, coins (thin and squeeze, which have neither)",
};

const number = (value: number | undefined, digits = 2): string =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits).replace("-", "−");
const percent = (value: number | undefined): string =>
  value === undefined ? "–" : `${Math.round(100 * value)}`;

/** Bias of what is shown over the error of "nothing changes". */
const shareOf = ({ bias, unchanged }: MetricRow): string =>
  unchanged === 0 ? "–" : number((100 * bias) / unchanged, 0);
/** Without fresh noise there is nothing to set an effect against. */
const effectOf = ({ effect }: MetricRow): string =>
  effect === undefined || !Number.isFinite(effect) ? "–" : number(effect, 1);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");

function metricTable(rows: readonly MetricRow[], metric: MetricName, bands: BandTable): string {
  const isOfPrice = PRICE_METRICS.has(metric);
  const digits = isOfPrice ? 2 : 1;
  return table(
    [
      "rule",
      "bias",
      "RMSE",
      "nothing changes",
      "bias of it, %",
      "effect over fresh noise",
      "factor",
      "ensemble alone",
      isOfPrice ? "open loop" : "engine on the true path",
      "nudge",
      "fresh noise",
      "50 % band held",
      "90 % band held",
      "band",
    ],
    rows
      .filter((row) => row.metric === metric)
      .map((row) => {
        const cell = bands.cells.find(
          ({ rule, metric: name }) => rule === row.rule && name === PRODUCT_METRICS[metric][0],
        );
        return [
          row.rule,
          number(row.bias, digits),
          number(row.rmse, digits),
          number(row.unchanged, digits),
          shareOf(row),
          effectOf(row),
          number(cell?.factor),
          `${number(row.ensembleBias, digits)} / ${number(row.ensembleRmse, digits)}`,
          number(isOfPrice ? row.openRmse : row.engineRmse, digits),
          number(row.nudged, digits),
          number(row.fresh, digits),
          percent(row.coverage50),
          percent(row.coverage90),
          cell?.none === undefined ? "yes" : "none",
        ];
      }),
  );
}

/** What a page is made of. */
export interface ValidationPage {
  readonly tuning: readonly RuleScore[];
  readonly moreForChances: readonly RuleScore[];
  readonly reported: readonly RuleScore[];
  readonly tables: readonly BandTable[];
  readonly calibration: number;
  readonly families: readonly string[];
}

/** Scores of the rules of which there is one of a kind, or of the other strengths. */
const scoresOf = (
  scores: readonly RuleScore[],
  names: readonly PlantedRuleName[],
): readonly RuleScore[] => {
  const own = new Set<string>(names);
  return scores.filter(({ rule }) => own.has(rule));
};

const daysOf = (scores: readonly RuleScore[]): number =>
  new Set(scores.map(({ family, seed }) => `${family} ${seed}`)).size;

/** What a table knows of misses, by which what is shown is corrected. */
export const missesIn =
  (bands: BandTable | undefined): MissesOf =>
  (rule, metric) =>
    bands?.cells.find((cell) => cell.rule === rule && cell.metric === PRODUCT_METRICS[metric][0]);

function reliabilityTable(cases: readonly ReachedCase[], bands: BandTable): string {
  return table(
    [
      "stated chance of a cascade",
      "days × rules",
      "mean stated",
      "came true",
      "95 % of draws of days",
    ],
    reliability(cases, (rule) => bands.chances.find((curve) => curve.rule === rule)).map(
      ({ from, to, count, stated, happened, interval }) => [
        `${percent(from)} – ${percent(to)} %`,
        String(count),
        `${percent(stated)} %`,
        `${percent(happened)} %`,
        interval.map(percent).join(" – "),
      ],
    ),
  );
}

/** The other strengths of a view: a line each. */
function strengthTable({ reported }: ValidationPage, bands: BandTable): string {
  const scores = scoresOf(reported, STRENGTH_NAMES);
  const rows = metricRows(scores, bands.positions, missesIn(bands));
  const of = (rule: string, metric: MetricName, digits: number): string => {
    const row = rows.find((one) => one.rule === rule && one.metric === metric);
    const cell = bands.cells.find(
      (one) => one.rule === rule && one.metric === PRODUCT_METRICS[metric][0],
    );
    if (row === undefined || row.unchanged === 0) return "–";
    const held = `${percent(row.coverage50)} / ${percent(row.coverage90)}`;
    return `${number(row.bias, digits)} / ${number(row.rmse, digits)} (${number(row.unchanged, digits)}); ${held}${cell?.none === undefined ? "" : ": withheld"}`;
  };
  return table(
    ["rule", ...METRIC_NAMES.map((metric) => METRIC_TITLES[metric].replace(/ \(.*\)/u, ""))],
    STRENGTH_NAMES.map((rule) => [
      PLANTED_MITIGATIONS[rule].name,
      ...METRIC_NAMES.map((metric) => of(rule, metric, PRICE_METRICS.has(metric) ? 2 : 1)),
    ]),
  );
}

const STRENGTH_HEAD =
  'Bias / RMSE (of "nothing changes"); 50 and 90 % band held, %. The same days; without nudges and fresh noise.';

/** Rules of the same kinds at other strengths. */
function strengthPart(page: ValidationPage): string {
  const cases = (view: string) =>
    reachedCases(scoresOf(page.reported, ["none", ...STRENGTH_NAMES]), view);
  return [
    "### Other strengths",
    STRENGTH_HEAD,
    ...page.tables.flatMap((bands) => [
      `#### ${bands.positions === "snapshot" ? "All accounts known" : "Liquidation prints alone"}`,
      strengthTable(page, bands),
      reliabilityTable(cases(bands.positions), bands),
    ]),
  ].join("\n\n");
}

function viewPart(page: ValidationPage, bands: BandTable): string {
  const view = bands.positions;
  const reported = scoresOf(page.reported, MAIN_RULE_NAMES);
  const rows = metricRows(reported, view, missesIn(bands));
  const title = view === "snapshot" ? "All accounts known" : "Liquidation prints alone";
  const metrics = (Object.keys(METRIC_TITLES) as MetricName[]).map(
    (metric) => `#### ${METRIC_TITLES[metric]}\n\n${metricTable(rows, metric, bands)}`,
  );
  const kernels = table(
    ["rule", "kernel", "low30 bias / RMSE", "path bias / RMSE", "notional bias / RMSE", "diverged"],
    kernelRows(reported, view).map(({ rule, kernel, extreme, path, notional, diverged }) => [
      rule,
      kernel,
      `${number(extreme.bias)} / ${number(extreme.rmse)}`,
      `${number(path.bias)} / ${number(path.rmse)}`,
      `${number(notional.bias, 1)} / ${number(notional.rmse, 1)}`,
      String(diverged),
    ]),
  );
  const cases = reachedCases(reported, view);
  const flips = [...Map.groupBy(cases, ({ rule }) => rule)].map(([rule, own]) => {
    const known = own.filter(({ flipped }) => flipped !== undefined);
    const flipped = known.filter((one) => one.flipped === true).length;
    return [rule, `${flipped} of ${known.length}`];
  });
  return [
    `### ${title}`,
    ...metrics,
    `#### By kernel`,
    kernels,
    `#### Chance of a cascade`,
    reliabilityTable(cases, bands),
    `Days that end in the other basin with fresh noise: ${flips.map(([rule, share]) => `${rule} ${share}`).join(", ")}.`,
  ].join("\n\n");
}

/** By family: the error of the path and of forced notional, with all accounts known. */
function familyPart({ reported, families, tables }: ValidationPage): string {
  const misses = missesIn(tables.find(({ positions }) => positions === "snapshot"));
  const rows = families.flatMap((family) => {
    const own = scoresOf(reported, MAIN_RULE_NAMES).filter((score) => score.family === family);
    const found = metricRows(own, "snapshot", misses);
    return [...new Set(own.map(({ rule }) => rule))].map((rule) => {
      const of = (metric: MetricName, digits: number): string => {
        const row = found.find((each) => each.rule === rule && each.metric === metric);
        return `${number(row?.bias, digits)} / ${number(row?.rmse, digits)} (${number(row?.unchanged, digits)})`;
      };
      return [family, rule, of("extreme", 2), of("path", 2), of("notional", 1)];
    });
  });
  return `### By family\n\nBias / RMSE (of "nothing changes"), all accounts known.\n\n${table(
    ["family", "rule", "low30 or high30, %", "path, %", "forced notional, %"],
    rows,
  )}`;
}

/** All rules and metrics, with all accounts known: what method.md shows between its marks. */
export function summaryTables(page: ValidationPage): string {
  const bands = page.tables.find(({ positions }) => positions === "snapshot");
  if (bands === undefined) throw new Error("There is no table of bands for all accounts");
  return [
    mainTable(page, bands),
    `The same kinds at other strengths. ${STRENGTH_HEAD}`,
    strengthTable(page, bands),
  ].join("\n\n");
}

function mainTable(page: ValidationPage, bands: BandTable): string {
  const reported = scoresOf(page.reported, MAIN_RULE_NAMES);
  const cellOf = (rule: string, metric: MetricName) =>
    bands.cells.find((cell) => cell.rule === rule && cell.metric === PRODUCT_METRICS[metric][0]);
  const rows = metricRows(reported, "snapshot", missesIn(bands));
  const cases = reachedCases(reported, "snapshot");
  const confusion = (rule: string): string => {
    const known = cases.filter((one) => one.rule === rule && one.flipped !== undefined);
    return known.length === 0
      ? "–"
      : `${known.filter(({ flipped }) => flipped === true).length} of ${known.length}`;
  };
  return table(
    [
      "rule",
      "metric",
      "closed loop: bias / RMSE",
      "ensemble alone",
      "open loop, or engine on the true path",
      "nothing changes (bias of it, %)",
      "nudge",
      "fresh noise (effect over it)",
      "other basin",
      "50 / 90 % band held",
    ],
    rows.map((row) => {
      const { rule, metric } = row;
      const isOfPrice = PRICE_METRICS.has(metric);
      const digits = isOfPrice ? 2 : 1;
      const held = `${percent(row.coverage50)} / ${percent(row.coverage90)}`;
      return [
        rule,
        METRIC_TITLES[metric].replace(/ \(.*\)/u, ""),
        `${number(row.bias, digits)} / ${number(row.rmse, digits)}`,
        `${number(row.ensembleBias, digits)} / ${number(row.ensembleRmse, digits)}`,
        number(isOfPrice ? row.openRmse : row.engineRmse, digits),
        `${number(row.unchanged, digits)} (${shareOf(row)})`,
        number(row.nudged, digits),
        `${number(row.fresh, digits)} (${effectOf(row)})`,
        metric === "extreme" ? confusion(rule) : "",
        cellOf(rule, metric)?.none === undefined ? held : `${held}: withheld`,
      ];
    }),
  );
}

/** The tables as Markdown. */
export function validationPage(page: ValidationPage): string {
  const { tuning, moreForChances, reported, tables, calibration, families } = page;
  return `<!-- Made by test/validation/counterfactual/validate.ts; not edited by hand. -->

# Counterfactuals against planted truth

${daysOf(reported)} simulated days of ${families.length} families (${families.join(", ")}), none of which anything was tuned on. Responses are calibrated on ${calibration} other days of each family, anew for each day by a bootstrap; misses for the
bands are measured on ${daysOf(tuning)} more; the chance of a cascade is fitted to these, and to ${daysOf(moreForChances)} besides for the rules of the first tables. Errors are estimate minus truth; the estimate is what is shown: the record with as much of the effect of the median over the linear kernels as was best on those days ("ensemble alone" and "by kernel": all of it). An effect below twice fresh noise is none that anybody could tell (not material). How to read it: [method.md](method.md).

${tables.map((bands) => viewPart(page, bands)).join("\n\n")}

${familyPart(page)}

${strengthPart(page)}
`;
}
