import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Duck, type Manifest, type ResultColumn, writeTable } from "@aftershock/ingest";
import type { MarketBar } from "@aftershock/replay";
import type { StudyResult } from "@aftershock/strategy";
import type { MarketData } from "./marketData.ts";
import { writeScenarioTables } from "./scenarioTables.ts";
import { writeWhole } from "./writeWhole.ts";

/** Every point of every hedge, one row each. */
function seriesColumns(study: StudyResult): readonly ResultColumn[] {
  const coins = Object.keys(study.portfolio);
  const points = study.outcomes.flatMap(({ name, series }) =>
    series.map((point) => ({ hedge: name, ...point })),
  );
  const pick = (
    name: string,
    type: ResultColumn["type"],
    value: (point: (typeof points)[number]) => number | string | boolean | null | undefined,
  ): ResultColumn => ({ name, type, values: points.map(value) });
  return [
    pick("hedge", "VARCHAR", ({ hedge }) => hedge),
    pick("at", "BIGINT", ({ at }) => at),
    pick("equityUsd", "DOUBLE", ({ equityUsd }) => equityUsd),
    pick("liquidationUsd", "DOUBLE", ({ liquidationUsd }) => liquidationUsd),
    ...coins.map((coin) => pick(`index${coin}`, "DOUBLE", ({ indexPrices }) => indexPrices[coin])),
    pick("simulated", "BOOLEAN", () => study.simulated),
  ];
}

const MARKET_COLUMNS: readonly (keyof MarketBar)[] = [
  "open",
  "high",
  "low",
  "close",
  "bidDepth",
  "askDepth",
  "spreadBps",
  "buyVolume",
  "sellVolume",
  "longLiquidations",
  "shortLiquidations",
  "markPrice",
];

function marketColumns({ bars }: MarketData): readonly ResultColumn[] {
  return [
    { name: "at", type: "BIGINT", values: bars.map(({ at }) => at) },
    ...MARKET_COLUMNS.map((name): ResultColumn => ({
      name,
      type: "DOUBLE",
      values: bars.map((bar) => bar[name]),
    })),
    { name: "valid", type: "BOOLEAN", values: bars.map(({ valid }) => valid) },
  ];
}

/** What a run left in its folder, by what it is. */
export interface RunFiles {
  readonly report: string;
  readonly results: string;
  readonly series: string;
  readonly market?: string;
  /** Tables of the study's scenarios: a row a metric and horizon, and a row a minute. */
  readonly scenarioTable?: string;
  readonly pathTable?: string;
}

/** Everything that a run writes. */
export interface RunOutput {
  readonly page: string;
  readonly study: StudyResult;
  readonly market: MarketData | undefined;
  /** What was read for its scenarios. */
  readonly partitions: readonly Manifest[];
}

/** Writes the report and the same results as JSON, Parquet and Arrow into a folder, which exists. */
export async function writeRun(
  duck: Duck,
  folder: string,
  { page, study, market, partitions }: RunOutput,
): Promise<RunFiles> {
  const files = {
    report: join(folder, "report.html"),
    results: join(folder, "results.json"),
    series: join(folder, "series.parquet"),
  };
  await writeTable(duck, files.series, seriesColumns(study));
  const tables = await writeScenarioTables(folder, study, partitions);
  await writeWhole(files.results, `${JSON.stringify(study, undefined, 2)}\n`);
  const bars = join(folder, "market.parquet");
  if (market === undefined) await rm(bars, { force: true });
  else await writeTable(duck, bars, marketColumns(market));
  await writeWhole(files.report, page);
  return {
    ...files,
    ...(market === undefined ? {} : { market: bars }),
    ...(tables === undefined ? {} : { scenarioTable: tables.scenarios, pathTable: tables.paths }),
  };
}
