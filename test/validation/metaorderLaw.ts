import {
  type MarketTruth,
  type ObservedMetaorder,
  type PresetName,
  simulateTruth,
} from "@aftershock/simulator";

/** Bins of a size that is four times that of the one before. */
const BINS_PER_OCTAVE = 0.5;
/** Fewest metaorders in a bin: the move during one is mostly chance. */
const FEWEST_IN_BIN = 30;
const FEWEST_POINTS = 3;
const MINUTES_A_DAY = 1_440;

/** A metaorder against the day it was worked on. */
export interface ScaledMetaorder {
  /** Size over what takers trade in 24 hours, at the pace of the recording. */
  readonly volumeShare: number;
  readonly sizeUsd: number;
  readonly parts: number;
  /** Start of its first part, µs. */
  readonly from: number;
  /** Logarithm of the mid after the last part over that before the first, in the direction of the order: all of it, and without the value's ordinary moves. */
  readonly move: number;
  readonly netMove: number;
  /** Deviation of the logarithm of the mid over 24 hours, at the pace of the recording. */
  readonly dailyDeviation: number;
}

/** A mean with its standard error. */
export interface MeanError {
  readonly mean: number;
  readonly error: number;
}

/** Metaorders of about one size. */
export interface MetaorderBin {
  readonly orders: number;
  readonly volumeShare: number;
  readonly sizeUsd: number;
  readonly parts: number;
  readonly moveBps: MeanError;
  readonly netMoveBps: MeanError;
  /** Of the net move, over the daily deviation. */
  readonly scaled: MeanError;
}

/** The impact of metaorders by size. */
export interface MetaorderLaw {
  readonly bins: readonly MetaorderBin[];
  /** δ of impact/deviation ∝ (size/volume)^δ; absent where fewer than three bins have a positive mean. */
  readonly exponent?: MeanError;
}

/** Every metaorder of two parts or more that begins and ends in a simulated day. */
export function metaordersOf(preset: PresetName, seed: number): readonly ScaledMetaorder[] {
  const orders: ObservedMetaorder[] = [];
  const truth = simulateTruth(
    { preset, seed },
    { metaorder: (order) => void (order.parts > 1 && orders.push(order)) },
  );
  const scale = dayScale(truth);
  return orders.map(({ sizeUsd, parts, from, side, logMove, logOrdinaryMove }) => {
    const sign = side === "buy" ? 1 : -1;
    return {
      volumeShare: sizeUsd / scale.volumeUsd,
      dailyDeviation: scale.deviation,
      sizeUsd,
      parts,
      from,
      move: sign * logMove,
      netMove: sign * (logMove - logOrdinaryMove),
    };
  });
}

/** What takers trade in 24 hours, and how far the mid then moves, by the minutes of a recording. */
function dayScale({ minutes }: MarketTruth): { volumeUsd: number; deviation: number } {
  const { midUsd, boughtUsd, soldUsd } = minutes;
  const traded = [...boughtUsd, ...soldUsd].reduce((sum, usd) => sum + usd, 0);
  const squares = midUsd
    .slice(1)
    .reduce((sum, usd, index) => sum + Math.log(usd / (midUsd[index] ?? usd)) ** 2, 0);
  return {
    volumeUsd: (traded / midUsd.length) * MINUTES_A_DAY,
    deviation: Math.sqrt((squares / (midUsd.length - 1)) * MINUTES_A_DAY),
  };
}

/** The mean of numbers, two at least, and its error. */
export function meanError(values: readonly number[]): MeanError {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * Peak impact by size: the mean move from before the first part to after the last, in bins of size over daily volume, and the exponent through the bins. The square-root law
 * (Tóth et al. 2011, arXiv 1105.1694) has impact = Y·σ·√(Q/V), an exponent of 0.5. The value's ordinary moves are taken out: they do not depend on
 * what is traded, and would only add chance. Means come before logarithms; a bin counts by the square of its mean over its error, and bins with a mean that is
 * not positive are left out of the fit, which makes the exponent too small where there are any.
 */
export function metaorderLaw(orders: readonly ScaledMetaorder[]): MetaorderLaw {
  const bySize = new Map<number, ScaledMetaorder[]>();
  for (const order of orders) {
    if (!(order.volumeShare > 0)) continue;
    const key = Math.floor(Math.log2(order.volumeShare) * BINS_PER_OCTAVE);
    const own = bySize.get(key) ?? [];
    own.push(order);
    bySize.set(key, own);
  }
  const bins = [...bySize]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, own]) => (own.length < FEWEST_IN_BIN ? [] : [binOf(own)]));
  const exponent = exponentOf(bins.filter(({ scaled }) => scaled.mean > 0));
  return { bins, ...(exponent === undefined ? {} : { exponent }) };
}

function binOf(orders: readonly ScaledMetaorder[]): MetaorderBin {
  const means = (of: (order: ScaledMetaorder) => number): MeanError => meanError(orders.map(of));
  return {
    orders: orders.length,
    volumeShare: means(({ volumeShare }) => volumeShare).mean,
    sizeUsd: means(({ sizeUsd }) => sizeUsd).mean,
    parts: means(({ parts }) => parts).mean,
    moveBps: means(({ move }) => move * 1e4),
    netMoveBps: means(({ netMove }) => netMove * 1e4),
    scaled: means(({ netMove, dailyDeviation }) => netMove / dailyDeviation),
  };
}

/** Weighted least squares on logarithms, and the error of the slope from those of the means. */
function exponentOf(bins: readonly MetaorderBin[]): MeanError | undefined {
  if (bins.length < FEWEST_POINTS) return undefined;
  const points = bins.map(({ volumeShare, scaled: { mean, error } }) => ({
    x: Math.log(volumeShare),
    y: Math.log(mean),
    weight: (mean / error) ** 2,
  }));
  const sum = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((all, point) => all + point.weight * of(point), 0);
  const centre = sum(({ x }) => x) / sum(() => 1);
  const spread = sum(({ x }) => (x - centre) ** 2);
  return {
    mean: sum(({ x, y }) => (x - centre) * y) / spread,
    error: 1 / Math.sqrt(spread),
  };
}

const told = ({ mean, error }: MeanError, decimals: number): string =>
  `${mean.toFixed(decimals)} ± ${error.toFixed(decimals)}`.replace(/^-/, "−");

/** The bins as markdown, and the exponent below. */
export function metaorderTable(name: string, { bins, exponent }: MetaorderLaw): string {
  const head = [
    `${name}: size over daily volume`,
    "mean size, USD",
    "mean parts",
    "metaorders",
    "move, bps",
    "move without the value's ordinary moves, bps",
    "the same over daily deviation, %",
  ];
  const rows = bins.map((bin) => [
    bin.volumeShare.toExponential(1),
    Number(bin.sizeUsd.toPrecision(3)).toLocaleString("en-US"),
    bin.parts.toFixed(1),
    bin.orders.toLocaleString("en-US"),
    told(bin.moveBps, 2),
    told(bin.netMoveBps, 3),
    told({ mean: 100 * bin.scaled.mean, error: 100 * bin.scaled.error }, 3),
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const law = exponent === undefined ? "cannot be told" : told(exponent, 2);
  return `${lines.join("\n")}\n\nExponent of impact, ${name}: ${law} (square-root law: 0.5).`;
}
