import { canonicalJson, type JsonValue } from "../canonicalJson.ts";
import type { Band, BandedRule, BandModel, NoBand } from "./bandModel.ts";
import { type ChanceCurve, cascadeChance } from "./cascadeChance.ts";
import { medianOf } from "./quantiles.ts";

/** What is known of the misses of a metric: scaledMiss, above 0 where the truth lies further from the record than the middle of the ensemble does. */
export interface Misses {
  /** Their quantiles from 0 to 1 in even steps, an odd number of them. */
  readonly quantiles: readonly number[];
  /**
   * What the effect of an ensemble (its middle less the record's value) is multiplied by, 0 or more: what made the sum of absolute errors least, which is the median of true effects over estimated ones, weighted by
   * the latter.
   */
  readonly factor: number;
}

/** The misses of one metric under one planted rule on simulated days whose truth is known. */
export interface BandCell extends Misses {
  /** Of PlantedRule. */
  readonly rule: string;
  readonly metric: string;
  /** On how many days they were measured. */
  readonly days: number;
  /** Share of other days, simulated for that alone, on which the bands held the truth. */
  readonly coverage50: number;
  readonly coverage90: number;
  /** Why no band is given all the same; undefined where one is. */
  readonly none?: string | undefined;
}

/** A rule as it was planted. */
export interface PlantedRule {
  /** What cells and curves call it. */
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

/** What was measured, for one view of the positions. */
export interface BandTable {
  /** `snapshot`: all accounts are known. `prints`: those that were liquidated and printed. */
  readonly positions: "snapshot" | "prints";
  /** On how many days the responses were calibrated of which the misses were measured. */
  readonly calibrationDays: number;
  /** Length of their steps, ms. */
  readonly stepMillis: number;
  /** The rules that were planted, some of a kind: with other parameters a rule of that kind has no band. */
  readonly planted: readonly PlantedRule[];
  readonly cells: readonly BandCell[];
  /** Of the rules that leave something to be liquidated. */
  readonly chances: readonly ChanceCurve[];
}

/** Metrics that are logarithms of prices, or differences of them. */
const LOG_METRICS: ReadonlySet<string> = new Set([
  "path",
  "low",
  "high",
  "low30",
  "high30",
  "last",
  "overshoot",
]);
/** What is added to an effect where it is small: a logarithm, or a share of what was recorded. */
const LEAST_LOG = 0.005;
const LEAST_SHARE = 0.05;

/** The scale that misses are measured in: how far the estimate lies from the record, and a little besides, so that an estimate of no effect has a band too. */
export function missScale(metric: string, mid: number, recorded: number): number {
  const least = LOG_METRICS.has(metric) ? LEAST_LOG : LEAST_SHARE * Math.abs(recorded);
  return Math.abs(mid - recorded) + least;
}

/** A miss in that scale, above 0 where the truth lies further from the record than the estimate. */
export const scaledMiss = (metric: string, mid: number, recorded: number, truth: number): number =>
  ((truth - mid) * (mid >= recorded ? 1 : -1)) / missScale(metric, mid, recorded);

/** A quantile of a cell, by straight lines between its own. */
function quantileOf({ quantiles }: Pick<Misses, "quantiles">, share: number): number {
  const place = share * (quantiles.length - 1);
  const below = Math.floor(place);
  const low = quantiles[below] ?? Number.NaN;
  const high = quantiles[below + 1] ?? low;
  return low + (high - low) * (place - below);
}

/**
 * The band of a cell around the middle of an ensemble. Its own middle lies within the 50 % band, but for one on the other side of the record: an estimate is never of the contrary effect, and of none where the ensemble has none. Amounts of money and counts do not
 * fall below 0.
 */
export function bandOf(
  cell: Misses & Pick<BandCell, "metric">,
  middle: number,
  recorded: number,
): Band {
  const { metric } = cell;
  const scale = missScale(metric, middle, recorded);
  const isAbove = middle >= recorded;
  const least = LOG_METRICS.has(metric) ? Number.NEGATIVE_INFINITY : 0;
  const at = (share: number): number => {
    const miss = isAbove ? quantileOf(cell, share) : -quantileOf(cell, 1 - share);
    return Math.max(least, middle + scale * miss);
  };
  const [low50, high50] = [at(0.25), at(0.75)];
  const told = Math.max(least, recorded + cell.factor * (middle - recorded));
  const within = Math.min(high50, Math.max(low50, told));
  const isContrary = (within - recorded) * (middle - recorded) <= 0;
  return { low: at(0.05), low50, mid: isContrary ? recorded : within, high50, high: at(0.95) };
}

/**
 * Bands from misses on simulated days whose truth is known: around the middle of an ensemble lies what the truth missed it by there, in proportion to the effect. Kernel, calibration, noise of the
 * market and what the model leaves out are all in the misses, and so is their bias: the middle of a band is the record with as much of the ensemble's effect as made absolute errors least there. A band that is withheld gives that middle all the same.
 *
 * Assumes that a real day misses as simulated ones do: their markets are a few kinds, built to cascade. Where a rule was planted at another strength, other days have shown that a band does not cover, or nothing was
 * measured, there is none, and the reason.
 */
export function plantedBands({ positions, planted, cells, chances }: BandTable): BandModel {
  const curves = new Map(chances.map((curve) => [curve.rule, curve]));
  const byName = new Map(cells.map((cell) => [`${cell.rule} ${cell.metric}`, cell]));
  const byParameters = new Map(planted.map((one) => [nameOf(one), one.rule]));
  const strengths = Map.groupBy(planted, ({ kind }) => kind);
  return {
    band(rule, metric, ensemble, recorded): Band | NoBand {
      const ofKind = strengths.get(rule.kind) ?? [];
      const name = byParameters.get(nameOf(rule));
      const cell = byName.get(`${name ?? ofKind[0]?.rule} ${metric}`);
      if (cell === undefined) {
        return {
          none: `${metric} under rules of the kind ${rule.kind} was not validated on simulated days (positions from ${positions})`,
        };
      }
      if (name === undefined) {
        return {
          none: `bands of this kind of rule were measured for ${listed(ofKind.map((one) => `“${one.name}”`))} alone, and not at this strength`,
        };
      }
      const band = bandOf(cell, medianOf(ensemble), recorded);
      return cell.none === undefined ? band : { none: cell.none, mid: band.mid };
    },
    chanceOfCascade(rule, reach): number | undefined {
      const curve = curves.get(byParameters.get(nameOf(rule)) ?? "");
      return curve && cascadeChance(curve, reach);
    },
  };
}

/** By what a rule is known again. */
const nameOf = ({ kind, parameters }: BandedRule): string => `${kind} ${canonicalJson(parameters)}`;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
