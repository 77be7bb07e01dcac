import type { PathResult } from "@aftershock/cascade";
import { MICROS_PER_MINUTE } from "@aftershock/schema";
import { type BandedRule, type BandModel, rangeOf, spreadOf } from "./bandModel.ts";
import { chosenOf, medianOf } from "./quantiles.ts";
import type { PathBands } from "./scenarioOutcome.ts";
import type { NoMid } from "./summariseScenario.ts";

/** What bands of a path are made of. */
export interface PathSources {
  readonly rule: BandedRule;
  readonly bands: BandModel;
  /** Natural logarithm of the quote currency of a tick. */
  readonly logTick: number;
  /** Of the draws that did not diverge. */
  readonly paths: readonly PathResult[];
  /** Of each, whether the middle is made of it, or it only widens the spread. */
  readonly isMiddle: readonly boolean[];
  readonly recorded: PathResult;
  readonly isRecord: boolean;
  readonly noMid: NoMid | undefined;
  /** Whether the draws are the two bounds of how prices may answer. */
  readonly areBounds: boolean;
}

/** One minute: 5, 25, 50, 75 and 95 %, logarithms, and whether they are a calibrated band. */
function minuteOf(
  { rule, bands, isRecord, logTick, isMiddle, areBounds, noMid }: PathSources,
  values: Float64Array,
  recorded: number,
): { readonly quantiles: readonly number[]; readonly calibrated: boolean } {
  const { low, low50, high50, high } = areBounds ? rangeOf(values) : spreadOf(values);
  const middle = chosenOf(values, isMiddle);
  const spreadAround = (mid: number): readonly number[] => [low, low50, mid, high50, high];
  // Before anything differs the path is known: it is the record's.
  const isKnown =
    isRecord || (noMid !== "untold" && values.every((value) => value === recorded + logTick));
  if (isKnown && low === high) return { quantiles: spreadAround(low), calibrated: true };
  const band = bands.band(rule, "path", middle, recorded + logTick);
  if ("none" in band) {
    return { quantiles: spreadAround(band.mid ?? medianOf(middle)), calibrated: false };
  }
  return {
    quantiles: [band.low, band.low50, band.mid, band.high50, band.high],
    calibrated: true,
  };
}

/** The path of a scenario minute by minute. */
export function pathBands(sources: PathSources): PathBands {
  const { paths, recorded, logTick, isRecord, noMid } = sources;
  const minutes = paths.length === 0 ? [] : recorded.minutes;
  const found = minutes.map((price, i) =>
    minuteOf(
      sources,
      Float64Array.from(paths, (path) => (path.minutes[i] ?? Number.NaN) + logTick),
      price,
    ),
  );
  const column = (place: number): readonly number[] =>
    found.map(({ quantiles }) => Math.exp(quantiles[place] ?? Number.NaN));
  return {
    at: minutes.map((_, i) => recorded.firstMinute + i * MICROS_PER_MINUTE),
    p5: column(0),
    p25: column(1),
    p50:
      noMid === undefined || (isRecord && noMid === "untold") ? column(2) : found.map(() => null),
    p75: column(3),
    p95: column(4),
    calibrated: found.every(({ calibrated }) => calibrated),
  };
}
