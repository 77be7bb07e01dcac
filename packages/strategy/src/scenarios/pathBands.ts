import type { PathResult } from "@aftershock/cascade";
import { MICROS_PER_MINUTE } from "@aftershock/schema";
import { type BandModel, spreadOf } from "./bandModel.ts";
import { chosenOf, medianOf } from "./quantiles.ts";
import type { PathBands } from "./scenarioOutcome.ts";

/** What bands of a path are made of. */
export interface PathSources {
  readonly kind: string;
  readonly bands: BandModel;
  /** Natural logarithm of the quote currency of a tick. */
  readonly logTick: number;
  /** Of the draws that did not diverge. */
  readonly paths: readonly PathResult[];
  /** Of each, whether the middle is made of it, or it only widens the spread. */
  readonly isMiddle: readonly boolean[];
  readonly recorded: PathResult;
  readonly isRecord: boolean;
  readonly noMid: "straddles" | "bound" | "unprinted" | undefined;
}

/** One minute: 5, 25, 50, 75 and 95 %, logarithms, and whether they are a calibrated band. */
function minuteOf(
  { kind, bands, isRecord, logTick, isMiddle, noMid }: PathSources,
  values: Float64Array,
  recorded: number,
): { readonly quantiles: readonly number[]; readonly calibrated: boolean } {
  const { low, low50, high50, high } = spreadOf(values);
  const middle = chosenOf(values, isMiddle);
  const spreadAround = (mid: number): readonly number[] => [low, low50, mid, high50, high];
  // Before anything differs the path is known: it is the record's.
  const isKnown =
    isRecord || (noMid !== "unprinted" && values.every((value) => value === recorded + logTick));
  if (isKnown && low === high) return { quantiles: spreadAround(low), calibrated: true };
  const band = bands.band(kind, "path", middle, recorded + logTick);
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
      noMid === undefined || (isRecord && noMid === "unprinted")
        ? column(2)
        : found.map(() => null),
    p75: column(3),
    p95: column(4),
    calibrated: found.every(({ calibrated }) => calibrated),
  };
}
