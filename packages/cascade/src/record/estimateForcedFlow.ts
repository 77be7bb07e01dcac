import {
  ConfigError,
  decimalToNumber,
  type Instrument,
  micros,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import type { EstimatedFlow } from "./forcedFlow.ts";
import type { ForcedPrint } from "./forcedPrint.ts";
import { EVERY_PRINT } from "./kappaBand.ts";
import { quoteNotional } from "./notional.ts";
import type { RecordColumns } from "./recordColumns.ts";

/** How forced flow is looked for. All times in whole seconds. */
export interface EstimateOptions {
  readonly instrument: Instrument;
  readonly columns: RecordColumns;
  /** Length of the windows that are looked at; default 10. */
  readonly windowSeconds?: number;
  /** Liquidations are looked for where the mark passes its extreme of so long a time; default 3,600. */
  readonly lookbackSeconds?: number;
  /** And for so long after, as engines have queues; default 60. */
  readonly staySeconds?: number;
  /** How far from the other extreme of that time the mark has to be, a fraction above 0; default 0.01: positions with a leverage of a hundred are liquidated within it. */
  readonly leastMove?: number;
  /** The forced part of a burst of taker flow where open interest is not known, 0 … 1. Default: none, and a record without open interest is refused. */
  readonly shareOfBursts?: number;
}

/** Over how many windows what takers ordinarily trade is taken. */
const USUAL_WINDOWS = 180;

interface Window {
  readonly first: number;
  /** Step after the last. */
  readonly end: number;
  readonly bought: number;
  readonly sold: number;
  readonly lowest: number;
  readonly highest: number;
}

function windowsOf({ columns, windowSeconds = 10 }: EstimateOptions): readonly Window[] {
  const [at, mark] = [columns.column("at"), columns.column("mark")];
  const [buys, sells] = [columns.column("bought"), columns.column("sold")];
  const length = windowSeconds * MICROS_PER_SECOND;
  const windows: Window[] = [];
  for (let first = 0; first < at.length;) {
    const until = (at[first] ?? 0) - 1 - (((at[first] ?? 0) - 1) % length) + length;
    let [end, bought, sold, lowest, highest] = [first, 0, 0, Infinity, -Infinity];
    for (; end < at.length && (at[end] ?? 0) <= until; end += 1) {
      bought += buys[end] ?? 0;
      sold += sells[end] ?? 0;
      lowest = Math.min(lowest, mark[end] ?? Infinity);
      highest = Math.max(highest, mark[end] ?? -Infinity);
    }
    windows.push({ first, end, bought, sold, lowest, highest });
    first = end;
  }
  return windows;
}

/** On which side accounts may be liquidated in each window: −1 longs, 1 shorts, 0 none. */
function sidesOf(windows: readonly Window[], options: EstimateOptions): readonly number[] {
  const {
    windowSeconds = 10,
    lookbackSeconds = 3_600,
    staySeconds = 60,
    leastMove = 0.01,
  } = options;
  const back = Math.ceil(lookbackSeconds / windowSeconds);
  const stay = Math.ceil(staySeconds / windowSeconds);
  let [side, since] = [0, -Infinity];
  return windows.map(({ lowest, highest }, i) => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = Math.max(0, i - back); k < i; k += 1) {
      low = Math.min(low, windows[k]?.lowest ?? low);
      high = Math.max(high, windows[k]?.highest ?? high);
    }
    if (lowest < low && lowest < high * (1 - leastMove)) [side, since] = [-1, i];
    else if (highest > high && highest > low * (1 + leastMove)) [side, since] = [1, i];
    return i - since <= stay ? side : 0;
  });
}

/** What takers of a side traded beyond what they usually do. */
function burstsOf(windows: readonly Window[], sides: readonly number[]): readonly number[] {
  return windows.map(({ bought, sold }, i) => {
    if (sides[i] === 0) return 0;
    const before = windows.slice(Math.max(0, i - USUAL_WINDOWS), i);
    const sorted = before.map((one) => (one.bought + one.sold) / 2).sort((a, b) => a - b);
    const usual = sorted[sorted.length >> 1] ?? 0;
    return Math.max(0, (sides[i] === 1 ? bought : sold) - usual);
  });
}

/** An episode of windows of one side: from … to, the latter not included. */
interface Episode {
  readonly from: number;
  readonly to: number;
  readonly side: number;
}

function episodesOf(sides: readonly number[]): readonly Episode[] {
  const episodes: Episode[] = [];
  let from = 0;
  for (let i = 1; i <= sides.length; i += 1) {
    if (sides[i] === sides[from]) continue;
    const side = sides[from] ?? 0;
    if (side !== 0) episodes.push({ from, to: i, side });
    from = i;
  }
  return episodes;
}

/** Estimates the forced flow of a record. */
class FlowEstimate {
  readonly #options: EstimateOptions;
  readonly #windows: readonly Window[];
  readonly #tick: number;

  constructor(options: EstimateOptions) {
    this.#options = options;
    this.#windows = windowsOf(options);
    this.#tick = decimalToNumber(options.instrument.tick);
  }

  prints(): readonly ForcedPrint[] {
    const sides = sidesOf(this.#windows, this.#options);
    const bursts = burstsOf(this.#windows, sides);
    return episodesOf(sides).flatMap((episode) => {
      const all = bursts.slice(episode.from, episode.to).reduce((sum, one) => sum + one, 0);
      const share = all === 0 ? 0 : this.#share(episode, all);
      return share === 0 ? [] : this.#spread(episode, bursts, share);
    });
  }

  /** The forced part of an episode's bursts: what open interest fell by in those of its windows in which it fell, at most all. */
  #share({ from, to }: Episode, bursts: number): number {
    const { columns, instrument, shareOfBursts } = this.#options;
    const [open, mid] = [columns.column("openInterest"), columns.column("mid")];
    let fallen = 0;
    let isKnown = false;
    for (const { first, end } of this.#windows.slice(from, to)) {
      const last = end - 1;
      const fall = (open[Math.max(0, first - 1)] ?? Number.NaN) - (open[last] ?? Number.NaN);
      if (Number.isNaN(fall)) continue;
      isKnown = true;
      const price = instrument.contract === "inverse" ? 1 : (mid[last] ?? Number.NaN) * this.#tick;
      fallen += Math.max(0, fall * price);
    }
    return isKnown ? Math.min(1, fallen / bursts) : (shareOfBursts ?? 0);
  }

  /** Spreads the forced part over the steps of an episode as takers of its side traded. */
  #spread(
    { from, to, side }: Episode,
    bursts: readonly number[],
    share: number,
  ): readonly ForcedPrint[] {
    const { columns, instrument } = this.#options;
    const [at, mid] = [columns.column("at"), columns.column("mid")];
    const taken = columns.column(side > 0 ? "bought" : "sold");
    const prints: ForcedPrint[] = [];
    let rest = 0;
    for (let i = from; i < to; i += 1) {
      const window = this.#windows[i];
      if (window === undefined) continue;
      const all = side > 0 ? window.bought : window.sold;
      const part = all > 0 ? (share * (bursts[i] ?? 0)) / all : 0;
      for (let step = window.first; step < window.end; step += 1) {
        const perLot = quoteNotional(instrument, 1, mid[step] ?? Number.NaN);
        rest += (part * (taken[step] ?? 0)) / perLot;
        const lots = Math.floor(rest);
        if (!(lots > 0)) continue;
        rest -= lots;
        prints.push({
          at: micros(at[step] ?? Number.NaN),
          side: side > 0 ? 1 : -1,
          lots,
          notional: lots * perLot,
          method: "market",
          account: undefined,
        });
      }
    }
    return prints;
  }
}

/**
 * Forced flow where nobody printed it: at new extremes of the mark, and for a while after, what takers of the side that is liquidated there traded beyond what they usually do, times the part of it by which open interest
 * fell in the windows of the same episode in which it fell (all of it at most). An estimate: it says so in its type, with its assumptions.
 *
 * On simulated days whose prints are known (test/e2e/recordedForcedFlow.test.ts) it is right about when, and a lower bound of how much: a tenth and more. Wrong where makers and hedgers close along with those who are liquidated, where others open as
 * fast as these close, and where stop orders close positions: those are not forced, and look the same.
 *
 * Throws ConfigError for a record without open interest, unless `shareOfBursts` is stated, and for options that are out of range.
 */
export function estimateForcedFlow(options: EstimateOptions): EstimatedFlow {
  const { columns, windowSeconds = 10, leastMove = 0.01, shareOfBursts } = options;
  const isGood =
    Number.isInteger(windowSeconds) &&
    windowSeconds > 0 &&
    leastMove > 0 &&
    (shareOfBursts === undefined || (shareOfBursts >= 0 && shareOfBursts <= 1));
  if (!isGood) {
    throw new ConfigError(
      `Forced flow cannot be looked for in windows of ${windowSeconds} s, at moves of ${leastMove}, as a share ${shareOfBursts ?? "unknown"} of bursts`,
      { hints: ["Windows are whole seconds, moves above 0, a share from 0 to 1."] },
    );
  }
  const isKnown = columns.column("openInterest").some((open) => !Number.isNaN(open));
  if (!isKnown && shareOfBursts === undefined) {
    throw new ConfigError(
      "Open interest was not recorded: how much of a burst was forced is not known",
      {
        hints: ["Replay tickers that have it, or state `shareOfBursts`."],
      },
    );
  }
  const share = isKnown
    ? "the part of it by which open interest fell"
    : `${(shareOfBursts ?? 0) * 100} % of it, as stated`;
  return {
    kind: "estimate",
    prints: new FlowEstimate(options).prints(),
    kappa: EVERY_PRINT,
    assumptions: [
      "Forced flow is an estimate: no liquidations were printed.",
      `At new extremes of the mark what takers trade beyond the usual is forced: ${share}.`,
      "Stop orders, and makers who close along, are taken for liquidations.",
    ],
  };
}
