import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ResponseFits } from "@aftershock/cascade";
import { calibrateDays } from "./calibratedResponses.ts";
import { evaluateDay, type RuleScore, type View } from "./evaluateDay.ts";
import { snapshotPopulation } from "./plantedDay.ts";
import { FAMILIES, type Family, PLANTED_RULE_NAMES } from "./plantedRules.ts";
import { recordedDay } from "./plantedStore.ts";
import { printsPopulation } from "./printsView.ts";

/** Where the seeds of days begin on which responses are calibrated, bands are measured, chances are fitted besides, and results are reported: they share none. */
export const CALIBRATION_SEED = 9_001;
export const TUNING_SEED = 2_001;
export const CHANCE_SEED = 21_001;
export const REPORTED_SEED = 15_001;

/** What a process scores: every `of`-th day from `shard` on. */
export interface ScoreRequest {
  readonly firstSeed: number;
  /** Days of each family. */
  readonly days: number;
  /** File of the fits of each family. */
  readonly fits: string;
  /** Days of each family whose main rules are simulated again with a nudge and with fresh noise. */
  readonly noisy: number;
  /** 1: all accounts known; 2: prints alone besides. */
  readonly views: number;
  /** Names of the rules, with commas; default all. */
  readonly rules?: string;
  readonly shard: number;
  readonly of: number;
  readonly folder: string | undefined;
}

const VIEWS: readonly View[] = [
  { name: "snapshot", population: snapshotPopulation },
  { name: "prints", population: (day) => printsPopulation(day) },
];

/** Bootstraps of the days of calibration: each day that is scored takes one of them, so that what calibration leaves open is in what a day misses. */
const BOOTSTRAPS = 20;

/** The fits of each family by name, from some days of the recorded rules. */
export const calibrateFamilies = (
  days: number,
  folder: string | undefined,
): Readonly<Record<string, ResponseFits>> =>
  Object.fromEntries(
    FAMILIES.map((family) => {
      const recorded = Array.from({ length: days }, (_, i) =>
        recordedDay(family, CALIBRATION_SEED + i, folder),
      );
      return [family.name, calibrateDays(recorded, BOOTSTRAPS)];
    }),
  );

const fitsOf = (all: ResponseFits, draw: number): ResponseFits => {
  const one = 1 + (draw % Math.max(1, all.price.length - 1));
  return {
    ...all,
    price: all.price.slice(one, one + 1),
    index: all.index.slice(one, one + 1),
  };
};

/** Scores days one by one; `onDay` is told of each. */
export function scoreDays(
  request: ScoreRequest,
  onDay: (family: Family, seed: number) => void,
): readonly RuleScore[] {
  const { firstSeed, days, fits, noisy, shard, of, folder } = request;
  const calibrated = JSON.parse(readFileSync(fits, "utf8")) as ReturnType<typeof calibrateFamilies>;
  const wanted = request.rules?.split(",");
  const scores: RuleScore[] = [];
  for (let day = 0; day < days; day += 1) {
    for (const [which, family] of FAMILIES.entries()) {
      if ((day * FAMILIES.length + which) % of !== shard) continue;
      const seed = firstSeed + day;
      const all = calibrated[family.name];
      if (all === undefined) throw new Error(`${fits} has no fits of ${family.name}`);
      const recorded = recordedDay(family, seed, folder);
      scores.push(
        ...evaluateDay({
          family,
          day: recorded,
          fits: fitsOf(all, seed),
          views: VIEWS.slice(0, request.views),
          folder,
          withNoise: day < noisy,
          rules: PLANTED_RULE_NAMES.filter((name) => wanted?.includes(name) ?? true),
        }),
      );
      onDay(family, seed);
    }
  }
  return scores;
}

const OPTIONS = {
  first: { type: "string" },
  days: { type: "string" },
  fits: { type: "string" },
  noisy: { type: "string" },
  views: { type: "string" },
  rules: { type: "string" },
  shard: { type: "string" },
  of: { type: "string" },
  folder: { type: "string" },
  out: { type: "string" },
} as const;

if (import.meta.main) {
  const { values } = parseArgs({ options: OPTIONS });
  const scores = scoreDays(
    {
      firstSeed: Number(values.first),
      days: Number(values.days),
      fits: values.fits ?? "",
      noisy: Number(values.noisy),
      views: Number(values.views),
      ...(values.rules === undefined ? {} : { rules: values.rules }),
      shard: Number(values.shard),
      of: Number(values.of),
      folder: values.folder,
    },
    (family, seed) => process.stderr.write(`${family.name} ${seed}\n`),
  );
  writeFileSync(values.out ?? "/dev/stdout", JSON.stringify(scores));
}
