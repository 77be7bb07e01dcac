import { join } from "node:path";
import { type Manifest, TableFile } from "@aftershock/ingest";
import {
  type FigureName,
  METRICS,
  type ScenarioFigure,
  type ScenarioFigures,
  type ScenarioOutcome,
  type StudyResult,
} from "@aftershock/strategy";

/** A column of a result table; the types are those of TableFile. */
type Column = { readonly name: string; readonly type: "text" | "count" | "real" | "flag" };

/** One row a scenario, metric and horizon. Raised with any change: LAYOUT. */
const SCENARIO_COLUMNS: readonly Column[] = [
  { name: "scenario", type: "text" },
  { name: "kind", type: "text" },
  { name: "metric", type: "text" },
  { name: "unit", type: "text" },
  { name: "minutes", type: "real" },
  { name: "at", type: "count" },
  { name: "record", type: "real" },
  { name: "mid", type: "real" },
  { name: "low", type: "real" },
  { name: "low50", type: "real" },
  { name: "high50", type: "real" },
  { name: "high", type: "real" },
  { name: "spreadLow", type: "real" },
  { name: "spreadLow50", type: "real" },
  { name: "spreadHigh50", type: "real" },
  { name: "spreadHigh", type: "real" },
  { name: "estimate", type: "flag" },
];

/** One row a scenario and minute. */
const PATH_COLUMNS: readonly Column[] = [
  { name: "scenario", type: "text" },
  { name: "kind", type: "text" },
  { name: "at", type: "count" },
  { name: "record", type: "real" },
  { name: "p5", type: "real" },
  { name: "p25", type: "real" },
  { name: "p50", type: "real" },
  { name: "p75", type: "real" },
  { name: "p95", type: "real" },
  { name: "calibrated", type: "flag" },
];

/** Version of both layouts, in the files' metadata. */
const LAYOUT = "1";

type Cell = string | number | boolean | null;
type Row = Readonly<Record<string, Cell>>;

const FIGURE_NAMES: readonly FigureName[] = [
  "low",
  "high",
  "low30",
  "high30",
  "overshoot",
  "last",
  "forcedNotional",
  "forcedSold",
  "forcedBought",
  "liquidated",
  "badDebt",
  "insurancePaid",
  "fund",
  "adl",
  "takenOver",
  "owed",
];
const GAINS = ["longs", "shorts", "fund", "venue", "world"] as const;

/** All figures of an instant by name, with their units. */
const figureRows = (
  figures: ScenarioFigures,
): readonly {
  readonly metric: string;
  readonly unit: string;
  readonly figure: ScenarioFigure;
}[] => [
  ...FIGURE_NAMES.map((name) => ({
    metric: name,
    unit: METRICS[name].unit,
    figure: figures[name],
  })),
  ...GAINS.map((side) => ({
    metric: `gains.${side}`,
    unit: "settle",
    figure: figures.gains[side],
  })),
];

/** The figures of a scenario at the end (minutes absent) and at each horizon. */
function scenarioRows(scenario: ScenarioOutcome, end: number): readonly Row[] {
  const { name, kind, identified, horizons } = scenario;
  const instants = [
    ...horizons.map((horizon) => ({ minutes: horizon.minutes, at: horizon.at, figures: horizon })),
    { minutes: null, at: end, figures: scenario },
  ];
  return instants.flatMap(({ minutes, at, figures }) =>
    figureRows(figures).map(({ metric, unit, figure }): Row => {
      const { record, mid, low, low50, high50, high, spread } = figure;
      return {
        scenario: name,
        kind,
        metric,
        unit,
        minutes,
        at,
        record,
        mid,
        low,
        low50,
        high50,
        high,
        spreadLow: spread?.low ?? null,
        spreadLow50: spread?.low50 ?? null,
        spreadHigh50: spread?.high50 ?? null,
        spreadHigh: spread?.high ?? null,
        estimate: identified === "estimate",
      };
    }),
  );
}

function pathRows(
  { name, kind, path }: ScenarioOutcome,
  record: readonly number[],
): readonly Row[] {
  const { at, p5, p25, p50, p75, p95, calibrated } = path;
  return at.map((time, i): Row => ({
    scenario: name,
    kind,
    at: time,
    record: record[i] ?? null,
    p5: p5[i] ?? null,
    p25: p25[i] ?? null,
    p50: p50[i] ?? null,
    p75: p75[i] ?? null,
    p95: p95[i] ?? null,
    calibrated,
  }));
}

/** The values of a column as a table file takes them. */
function valuesOf({ name, type }: Column, rows: readonly Row[]): Float64Array | readonly string[] {
  if (type === "text") return rows.map((row) => String(row[name] ?? ""));
  return Float64Array.from(rows, (row) => {
    const value = row[name];
    return value === null || value === undefined ? Number.NaN : Number(value);
  });
}

async function writeRows(
  out: string,
  columns: readonly Column[],
  rows: readonly Row[],
  partitions: readonly Manifest[],
): Promise<void> {
  const about = { layout: LAYOUT };
  const table = await TableFile.create({
    format: "arrow",
    out,
    replace: true,
    columns,
    partitions,
    about,
  });
  try {
    table.write({ length: rows.length, values: columns.map((column) => valuesOf(column, rows)) });
    await table.finish();
  } finally {
    await table.close();
  }
}

/** The tables of a study's scenarios, by what they are. */
export interface ScenarioTables {
  readonly scenarios: string;
  readonly paths: string;
}

/** Writes the tables of a study's scenarios into a folder, each whole or not at all, in place of those that are there; undefined where it has none. */
export async function writeScenarioTables(
  folder: string,
  study: StudyResult,
  partitions: readonly Manifest[],
): Promise<ScenarioTables | undefined> {
  const { basis, scenarios } = study;
  if (basis === undefined || scenarios === undefined) return undefined;
  const files = { scenarios: join(folder, "scenarios.arrow"), paths: join(folder, "paths.arrow") };
  await writeRows(
    files.scenarios,
    SCENARIO_COLUMNS,
    scenarios.flatMap((scenario) => scenarioRows(scenario, basis.to)),
    partitions,
  );
  await writeRows(
    files.paths,
    PATH_COLUMNS,
    scenarios.flatMap((scenario) => pathRows(scenario, basis.path.price)),
    partitions,
  );
  return files;
}
