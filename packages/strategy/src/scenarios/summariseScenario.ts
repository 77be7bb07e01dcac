import type { RunSnapshot, SideGains } from "@aftershock/cascade";
import { type BandedRule, type BandModel, rangeOf, spreadOf } from "./bandModel.ts";
import type { CascadeDirection } from "./basins.ts";
import { chosenOf, medianOf } from "./quantiles.ts";
import { gainMetric, METRICS, type MetricInput, type ScenarioMetric } from "./scenarioMetrics.ts";
import type { BandStatus, ScenarioFigure, ScenarioFigures } from "./scenarioOutcome.ts";

/** Why there is no single number: draws end in two outcomes; all that is known is a bound; or the record does not tell what the rule changes (no print tells who was liquidated, or who sold ahead), so that also what does not differ from the record is not exact, but the record's own path. */
export type NoMid = "straddles" | "bound" | "untold";

/** What the figures of a scenario at one instant are made of. */
export interface FigureSources {
  readonly rule: BandedRule;
  readonly bands: BandModel;
  readonly direction: CascadeDirection;
  /** Natural logarithm of the quote currency of a tick: paths are in ticks. */
  readonly logTick: number;
  /** Draws that did not diverge, in order. */
  readonly runs: readonly RunSnapshot[];
  /** Of each, whether the middle is made of it, or it only widens the spread. */
  readonly isMiddle: readonly boolean[];
  /** The record in each of them: the same path, and the engine that replays it. */
  readonly records: readonly RunSnapshot[];
  /** Whether the path is the record, bit for bit. */
  readonly isRecord: boolean;
  /** Why there can be no single number; undefined where there can. */
  readonly noMid: NoMid | undefined;
  /** Whether the draws are the two bounds of how prices may answer: then their range is told, and not where most of them lie. */
  readonly areBounds: boolean;
}

/** A figure and whether its band is calibrated. */
export interface JudgedFigure {
  readonly figure: ScenarioFigure;
  readonly band: BandStatus;
}

const inputOf = (
  { path, figures }: RunSnapshot,
  { logTick, direction }: Pick<FigureSources, "logTick" | "direction">,
  recordGains: SideGains,
): MetricInput => ({
  path: {
    low: path.low + logTick,
    high: path.high + logTick,
    low30: path.low30 + logTick,
    high30: path.high30 + logTick,
    last: path.last + logTick,
  },
  figures,
  recordGains,
  direction,
});

/** A figure out of the values of the draws, in the metric's own terms. */
export function judgedFigure(options: {
  readonly rule: BandedRule;
  readonly metric: string;
  readonly bands: BandModel;
  readonly values: Float64Array;
  /** Those of which the middle and its band are made. */
  readonly middle: Float64Array;
  readonly recorded: number;
  readonly isExact: boolean;
  readonly hasMid: boolean;
  /** Whether the values are bounds. */
  readonly areBounds: boolean;
  /** From the metric's own terms to those in which it is shown: of logarithms prices. */
  readonly shown: (value: number) => number;
}): JudgedFigure {
  const { rule, metric, bands, values, middle, recorded, isExact, hasMid, shown } = options;
  const record = shown(recorded);
  const none = { low: null, low50: null, mid: null, high50: null, high: null };
  if (values.length === 0) {
    return {
      figure: { ...none, spread: null, record },
      band: { none: "every draw diverges" },
    };
  }
  const { low, low50, high50, high } = options.areBounds ? rangeOf(values) : spreadOf(values);
  const spread = {
    low: shown(low),
    low50: shown(low50),
    high50: shown(high50),
    high: shown(high),
  };
  if (isExact && low === high) {
    return { figure: { ...spread, mid: spread.low, spread, record }, band: "exact" };
  }
  const band = bands.band(rule, metric, middle, recorded);
  const mid = hasMid ? shown(band.mid ?? medianOf(middle)) : null;
  if ("none" in band) {
    return { figure: { ...none, mid, spread, record }, band: { none: band.none } };
  }
  return {
    figure: {
      low: shown(band.low),
      low50: shown(band.low50),
      mid,
      high50: shown(band.high50),
      high: shown(band.high),
      spread,
      record,
    },
    band: "calibrated",
  };
}

const same = (value: number): number => value;

/** Bands for the low of a record in which forced orders bought, and for the high of one in which they sold: none, though there were one of the other extreme. */
const nearExtreme = (bands: BandModel): BandModel => ({
  band(rule, metric, ensemble, recorded) {
    const found = bands.band(rule, metric, ensemble, recorded);
    if ("none" in found && found.mid === undefined) return found;
    return {
      none: "bands were measured for the extreme in the direction of the record's forced flow alone",
    };
  },
});

/** Whether every draw has the record's very price: it was before the rule changed any. */
const isOfRecord = (values: Float64Array, records: Float64Array): boolean =>
  values.every((value, draw) => value === records[draw]);

function figureOf(sources: FigureSources, metric: ScenarioMetric): JudgedFigure {
  const { rule, bands, direction, runs, isMiddle, records, isRecord, noMid, areBounds } = sources;
  const isNear = metric.towards !== undefined && metric.towards !== direction;
  const values = Float64Array.from(runs, (run, draw) =>
    metric.value(inputOf(run, sources, (records[draw] ?? run).figures.gains)),
  );
  const ofRecords = Float64Array.from(records, (record) =>
    metric.value(inputOf(record, sources, record.figures.gains)),
  );
  return judgedFigure({
    rule,
    metric: metric.name,
    bands: isNear ? nearExtreme(bands) : bands,
    values,
    middle: chosenOf(values, isMiddle),
    // By the same positions as the middle: draws may have others.
    recorded: medianOf(chosenOf(ofRecords, isMiddle)),
    isExact:
      noMid === "untold"
        ? isRecord && metric.ofPath
        : isRecord || (metric.ofPath && isOfRecord(values, ofRecords)),
    hasMid: noMid === undefined || (noMid === "straddles" && !metric.ofPath),
    areBounds,
    shown: metric.unit === "price" ? Math.exp : same,
  });
}

/** All figures of a scenario at one instant, and whether each has a band, by metric. */
export function figuresOf(sources: FigureSources): {
  readonly figures: ScenarioFigures;
  readonly bands: Readonly<Record<string, BandStatus>>;
} {
  const bands: Record<string, BandStatus> = {};
  const judge = (metric: ScenarioMetric): ScenarioFigure => {
    const { figure, band } = figureOf(sources, metric);
    bands[metric.name] = band;
    return figure;
  };
  const figures: ScenarioFigures = {
    low: judge(METRICS.low),
    high: judge(METRICS.high),
    low30: judge(METRICS.low30),
    high30: judge(METRICS.high30),
    overshoot: judge(METRICS.overshoot),
    last: judge(METRICS.last),
    forcedNotional: judge(METRICS.forcedNotional),
    forcedSold: judge(METRICS.forcedSold),
    forcedBought: judge(METRICS.forcedBought),
    liquidated: judge(METRICS.liquidated),
    badDebt: judge(METRICS.badDebt),
    insurancePaid: judge(METRICS.insurancePaid),
    fund: judge(METRICS.fund),
    adl: judge(METRICS.adl),
    takenOver: judge(METRICS.takenOver),
    owed: judge(METRICS.owed),
    gains: {
      longs: judge(gainMetric("longs")),
      shorts: judge(gainMetric("shorts")),
      fund: judge(gainMetric("fund")),
      venue: judge(gainMetric("venue")),
      world: judge(gainMetric("world")),
    },
  };
  return { figures, bands };
}
