import type { Misses } from "@aftershock/strategy";
import type { RuleScore } from "./evaluateDay.ts";
import { comparisonsOf, coverageOf, type MetricName } from "./misses.ts";
import { MAIN_RULE_NAMES } from "./plantedRules.ts";
import { scoreAll } from "./scoreAll.ts";
import { estimateOf } from "./validationTables.ts";

/** Seeds of the days by which CI checks the bands: none of the others. */
const CHECK_SEED = 8_001;
/** Days of each family. */
const DAYS = 10;
/** How often a cell of a band that is right may be found wrong, on either side. */
const UNLUCKY = 1 / 2_000;
/** The rules that are run on them; a halved margin, whose effect on one day is no larger than chaos, is left to the reported days. */
export const CHECKED_RULES = MAIN_RULE_NAMES.filter((name) => name !== "maintenance x0.5");

/** Scores the days of the check under these rules, all accounts known. `fits`: the file of the fits of each family. */
export const scoreCheckedDays = (
  fits: string,
  processes: number,
  folder?: string,
): Promise<readonly RuleScore[]> =>
  scoreAll(
    {
      firstSeed: CHECK_SEED,
      days: DAYS,
      fits,
      noisy: 0,
      views: 1,
      rules: CHECKED_RULES.join(","),
      folder,
    },
    processes,
  );

/** The least number of days of some on which a band holds, but for `UNLUCKY`: from 40 days 10 of a 50 % band, and 29 of a 90 % band; from 20 days 3 and 13. */
function leastHeld(days: number, share: number): number {
  let chance = (1 - share) ** days;
  let below = chance;
  let held = 0;
  while (below < UNLUCKY && held < days) {
    held += 1;
    chance *= ((days - held + 1) / held) * (share / (1 - share));
    below += chance;
  }
  return held;
}

/** How often bands held the truth on the days of the check, and whether that may be luck; undefined where nothing is uncertain. `scores`: of one rule. */
export function checkCoverage(
  metric: MetricName,
  misses: Misses,
  scores: readonly RuleScore[],
  positions: string,
):
  | {
      readonly half: number;
      readonly ninety: number;
      readonly days: number;
      readonly holds: boolean;
    }
  | undefined {
  const byDay = scores.map((score) => comparisonsOf(score, estimateOf(score, positions), metric));
  const found = byDay.flat();
  if (found.every(({ truth, mid }) => truth === mid)) return undefined;
  // Minutes of one day go together, and losses are not told in all families.
  const days = byDay.filter(({ length }) => length > 0).length;
  const { half, ninety } = coverageOf(metric, misses, found);
  const least = leastHeld(days, 0.5) / days;
  const isHalf = half >= least && half <= 1 - least;
  return { half, ninety, days, holds: isHalf && ninety >= leastHeld(days, 0.9) / days };
}
