import {
  ConfigError,
  decimalToNumber,
  type Instrument,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import type { PopulationSource } from "../counterfactual/engineRun.ts";
import type { ForcedFlow } from "../record/forcedFlow.ts";
import { checkKappa, kappaAt } from "../record/kappaBand.ts";
import { quoteNotional } from "../record/notional.ts";
import type { RecordColumns } from "../record/recordColumns.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { identifyBy } from "./identifyBy.ts";
import { liquidationMarks } from "./liquidationMarks.ts";
import { PathMinimum } from "./pathMinimum.ts";
import { type PinInterval, pinInterval } from "./pinInterval.ts";
import { type PlannedPosition, plannedPopulation } from "./plannedPosition.ts";
import type { LiquidationEvidence, PositionSource } from "./positionSource.ts";
import { groupPrints, type PrintGroup } from "./printGroups.ts";
import { queueStarts } from "./queueStarts.ts";
import { shadowPositions, type ShadowPrior } from "./shadowPositions.ts";

/** How late tickers and prints may be unless said otherwise, µs: tickers come each second, and feeds print once a second. */
const LAG_MICROS: number = MICROS_PER_SECOND;
/** Triggers keep this share of their interval away from its ends. */
const MARGIN_SHARE = 0.02;
/** By what power of what is left of the range triggers thin out in the central draw: measured, see `triggerOf`. */
const THINNING = 1.5;
/** The factor by which draws have it larger and smaller at most: that of measured queues was 1 to 10, see docs/method.md. */
const MOST_THINNING_FACTOR = 4;

/** What positions are pinned from. */
export interface PinOptions {
  readonly instrument: Instrument;
  /** The rules of the day: those that closed the recorded positions. */
  readonly rules: RuleSet;
  /** The steps of the record: those that the engine will see. */
  readonly columns: RecordColumns;
  readonly flow: ForcedFlow;
  /** Uniform in (0, 1), the same for the same draw and slot: slot 0 for κ, others for one queue each. Asked for draws from 1 on. */
  readonly uniform: (draw: number, slot: number) => number;
  /** How late tickers and prints may be, µs. Default 1 s; 0 where marks are those of the engine itself. */
  readonly lagMicros?: number;
  /** Positions that were never liquidated. Default: none, so that harsher rules find nobody. */
  readonly shadow?: ShadowPrior;
}

/** A recorded liquidation as a position. */
export interface Pin {
  readonly group: PrintGroup;
  readonly interval: PinInterval;
  /** Price at which it was opened, ticks, and when, µs; undefined: before the record began. */
  readonly entry: number;
  readonly openedAt: number | undefined;
  /** First step of its queue; pins of one queue and side share a slot of luck. */
  readonly queue: number;
  /** Where in its queue it begins, by lots, 0 … 1, and how much of the queue it is. */
  readonly place: number;
  readonly share: number;
  /** The lowest mark of the queue as a logarithm, with the sign turned around for shorts. */
  readonly queueLow: number;
  /** Whether anybody of the queue was closed in a later step than it began: else all of them were taken up by one mark. */
  readonly hasWaited: boolean;
}

/** What became of prints. */
export interface PinCounts {
  readonly pins: number;
  /** Share of the printed lots that lies before the first step of the record, and is left out. */
  readonly leftOut: number;
  /** By kind of interval. */
  readonly extreme: number;
  readonly reopened: number;
  readonly unexplained: number;
  /** Positions that waited in a queue, and the widest interval of all, a logarithm. */
  readonly queued: number;
  readonly widest: number;
  /** Positions of the prior. */
  readonly shadows: number;
}

/** Positions pinned from prints. */
export interface PinnedPositions extends PositionSource {
  readonly kind: "pinned";
  readonly counts: PinCounts;
  readonly pins: readonly Pin[];
  /** What a draw plans: pins, then shadows. */
  readonly plan: (draw: number) => readonly PlannedPosition[];
}

interface SidePaths {
  readonly long: PathMinimum;
  readonly short: PathMinimum;
}

/** Marks at which nobody is taken up do not count. */
function pathsOf(logMark: Float64Array, pace: Float64Array): SidePaths {
  const path = (sign: 1 | -1): PathMinimum =>
    new PathMinimum(logMark.map((log, step) => (pace[step] === 0 ? Infinity : sign * log)));
  return { long: path(1), short: path(-1) };
}

/** The pins of prints, with the intervals of their triggers. */
function pinsOf(options: PinOptions): readonly Pin[] {
  const { instrument, rules, columns, flow, lagMicros = LAG_MICROS } = options;
  const [at, mid, mark] = (["at", "mid", "mark"] as const).map((name) => columns.column(name));
  if (at === undefined || mid === undefined || mark === undefined || at.length === 0) {
    throw new ConfigError("A record without steps has no positions", {
      hints: ["Look at the gaps that its summary names."],
    });
  }
  const { logMark, pace } = liquidationMarks(rules, { at, mark });
  const { prints, kappa } = flow;
  const starts = queueStarts({ instrument, rules, prints, kappa, at, logMark, pace });
  const paths = pathsOf(logMark, pace);
  const length = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / Math.max(1, at.length - 1);
  const lag = length > 0 ? Math.ceil(lagMicros / length) : 0;
  const found = groupPrints(prints, at).map((group) => {
    const start = starts[group.step] ?? group.step;
    const path = group.lots > 0 ? paths.long : paths.short;
    return { group, start, path, interval: pinInterval(path, { start, step: group.step, lag }) };
  });
  const queues = Map.groupBy(found, ({ group, start }) => `${start} ${group.side}`);
  const places = new Map<PrintGroup, Pick<Pin, "place" | "share" | "queueLow" | "hasWaited">>();
  for (const queue of queues.values()) {
    const all = queue.reduce((sum, { group }) => sum + Math.abs(group.lots), 0);
    const queueLow = queue.reduce((low, { interval }) => Math.min(low, interval.low), Infinity);
    const hasWaited = queue.some(({ group, start }) => group.step > start);
    let before = 0;
    for (const { group } of queue) {
      const share = Math.abs(group.lots) / all;
      places.set(group, { place: before / all, share, queueLow, hasWaited });
      before += Math.abs(group.lots);
    }
  }
  return found.map(({ group, start, interval }) => ({
    group,
    interval,
    entry: mid[interval.opensAt ?? 0] ?? Number.NaN,
    openedAt: interval.opensAt === undefined ? undefined : at[interval.opensAt],
    queue: start,
    ...(places.get(group) ?? { place: 0, share: 1, queueLow: interval.low, hasWaited: false }),
  }));
}

/**
 * Where a trigger at a place of its queue, 0 … 1 by lots, lies in a draw, as a logarithm of the mark with the sign turned around for shorts. Those of one queue lie between the mark when it began and the lowest mark that it saw, in the order in which they were closed,
 * as far as each of them was taken up before it was closed. Of their lots the share 1 − (1 − x)^k was taken up within the part x of that range: k = 1 is even, k = 2 falls evenly to none at the end, the central draw has 1½.
 *
 * They thin out because a queue that is sold moves the price on: the lowest mark is where those who came last had been sold, and not where they were taken up. Laid out evenly, each position would have been closed as soon as it was taken up, as prices
 * fall about as fast as a throttle sells, and none would have waited. k is measured on simulated days (docs/method.md), and no record tells it.
 */
function triggerOf({ interval, queueLow }: Pin, place: number, thinning: number): number {
  const { low, high } = interval;
  const depth = 1 - (1 - place) ** (1 / thinning);
  const room = (high - low) * MARGIN_SHARE;
  const thinned = high - (high - Math.min(queueLow, low)) * depth;
  return Math.min(high - room, Math.max(low + room, thinned));
}

/** How fast the triggers of a queue thin out at a quantile 0 … 1: in the middle the measured k, or even where nobody waited; a factor of four either way at the ends. */
const thinningOf = ({ hasWaited }: Pin, quantile: number): number =>
  (hasWaited ? THINNING : 1) * MOST_THINNING_FACTOR ** (2 * quantile - 1);

/** Whole lots of each pin times κ; their sums are within half a lot of κ times the sums as printed. */
function scaledLots(pins: readonly Pin[], kappa: number): readonly number[] {
  const printed = { long: 0, short: 0 };
  return pins.map(({ group: { lots } }) => {
    const side = lots > 0 ? "long" : "short";
    const before = Math.round(printed[side] * kappa);
    printed[side] += lots;
    return Math.round(printed[side] * kappa) - before;
  });
}

/**
 * Positions pinned from liquidation prints: each print (those of one account, or of one step, together; with κ as many of its size as it stands for) is a position whose trigger under the rules of the day lies in an interval of marks. It ends at the mark when the queue began in which
 * the position can have waited, and not at the mark of its fill, which with a throttled engine lies percents below (COUNTERFACTUAL.md). Draw 0 is the central one.
 *
 * A print at a mark that had been passed before is a position that was opened in between, at the recorded price, or at the changed one where prices have changed.
 *
 * Assumes: first come, first served; a queue without a break in it where the engine sent all that its throttle lets through; that a print is a position of its own where the venue names no account, which matters for rules by size (tiers, tranches)
 * alone; one κ for all. Prints of backstop and ADL are not pinned: they have moved no book. Wrong where an engine stood still without a rule that says so. Identification is one-sided: who was never liquidated is not here, or is in a prior.
 *
 * Estimated flow gives pins in the same way, and none where it is not known: then there is the prior alone. Results are bounds in both cases, under any rules.
 *
 * Throws ConfigError for a band of κ that is none, where neither flow nor a prior says who held what, for rules that liquidate nobody or by volatility, and for sizes for which no margin is known.
 */
export function pinnedPositions(options: PinOptions): PinnedPositions {
  const { instrument, rules, columns, flow, uniform } = options;
  checkKappa(flow.kappa);
  if (flow.kind === "unknown" && options.shadow === undefined) {
    throw new ConfigError("Nothing tells who held what: there is neither forced flow nor a prior", {
      hints: ["Give prints, an estimate of forced flow, or a prior of leverage."],
    });
  }
  const pins = pinsOf(options);
  const tick = decimalToNumber(instrument.tick);
  const slots = new Map([...new Set(pins.map(({ queue }) => queue))].map((one, i) => [one, i + 1]));
  const evidence = EVIDENCE[flow.kind];
  const isPrinted = flow.kind === "prints";
  const shadows = shadowPositions(options.shadow, { instrument, rules, columns, pins, isPrinted });
  const plan = (draw: number): readonly PlannedPosition[] => {
    const kappa = draw === 0 ? flow.kappa.mid : kappaAt(flow.kappa, uniform(draw, 0));
    const lots = scaledLots(pins, kappa);
    const pieces = Math.max(1, Math.round(kappa));
    const planned = pins.flatMap((pin, i) => {
      const quantile = draw === 0 ? 0.5 : uniform(draw, slots.get(pin.queue) ?? 0);
      const { group, entry, openedAt, place, share } = pin;
      const side = group.lots > 0 ? 1 : -1;
      const name = group.account === undefined ? `pin ${i}` : `pin ${i} of ${group.account}`;
      const own = lots[i] ?? 0;
      return Array.from({ length: pieces }, (_, piece): PlannedPosition => {
        const within = place + (share * (piece + 0.5)) / pieces;
        return {
          name: pieces === 1 ? name : `${name}, ${piece + 1}`,
          lots: Math.round((own * (piece + 1)) / pieces) - Math.round((own * piece) / pieces),
          trigger: Math.exp(side * triggerOf(pin, within, thinningOf(pin, quantile))) / tick,
          entry,
          opensAt: openedAt,
        };
      }).filter((one) => one.lots !== 0);
    });
    return [...planned, ...shadows];
  };
  const populations = new Map<number, PopulationSource>();
  const population = (draw: number): PopulationSource => {
    const known = populations.get(draw);
    if (known !== undefined) return known;
    const made = plannedPopulation(instrument, rules, plan(draw));
    populations.set(draw, made);
    return made;
  };
  return {
    kind: "pinned",
    evidence,
    origin: options.shadow === undefined ? ORIGIN[flow.kind] : `${ORIGIN[flow.kind]} and a prior`,
    pins,
    counts: { ...countsOf(pins, flow), shadows: shadows.length },
    plan,
    population,
    identify: identifyBy({ instrument, recorded: rules, plan: plan(0), evidence }),
    assumptions: [...flowAssumptions(options), ...shadowAssumptions(options, shadows)],
  };
}

/** What flow of a kind tells of who was liquidated. */
const EVIDENCE: Readonly<Record<ForcedFlow["kind"], LiquidationEvidence>> = {
  prints: "prints",
  estimate: "estimate",
  unknown: "nothing",
};

const ORIGIN: Readonly<Record<ForcedFlow["kind"], string>> = {
  prints: "prints",
  estimate: "an estimate of forced flow that was not printed",
  unknown: "open interest",
};

function countsOf(pins: readonly Pin[], { prints }: ForcedFlow): Omit<PinCounts, "shadows"> {
  const printed = prints.reduce((sum, { lots }) => sum + lots, 0);
  const pinned = pins.reduce((sum, { group }) => sum + Math.abs(group.lots), 0);
  const of = (kind: PinInterval["kind"]): number =>
    pins.filter(({ interval }) => interval.kind === kind).length;
  return {
    pins: pins.length,
    leftOut: printed === 0 ? 0 : 1 - pinned / printed,
    extreme: of("extreme"),
    reopened: of("reopened"),
    unexplained: of("unexplained"),
    queued: pins.filter(({ group, queue }) => queue < group.step).length,
    widest: pins.reduce((most, { interval: { low, high } }) => Math.max(most, high - low), 0),
  };
}

function flowAssumptions({ flow }: PinOptions): readonly string[] {
  const { kappa } = flow;
  if (flow.kind === "unknown") {
    return [
      "Who was liquidated in the record is not known, and nobody is taken to have been: of milder rules this says nothing.",
    ];
  }
  const of = flow.kind === "estimate" ? "estimated forced flow" : "prints";
  return [
    `Accounts that were liquidated are pinned from ${of}; their triggers are known to within the marks that their queue saw.`,
    "Liquidations are served in the order in which accounts were taken up.",
    "Triggers of one queue thin out towards the extreme of its marks, as measured on simulated days.",
    ...(kappa.high > 1
      ? [
          `For each printed liquidation there were ${kappa.low} to ${kappa.high} (in the middle ${kappa.mid.toFixed(2)}).`,
        ]
      : []),
    ...kappa.doubts.map((doubt) => `Prints: ${doubt}.`),
    ...(flow.kind === "estimate" ? flow.assumptions : []),
  ];
}

function shadowAssumptions(
  { shadow: prior, instrument }: PinOptions,
  shadows: readonly PlannedPosition[],
): readonly string[] {
  if (prior === undefined) {
    return [
      "Nobody who was never liquidated is in it: rules that are harsher, or prices beyond the record, give bounds.",
    ];
  }
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  const all = prior.leverages.reduce((sum, { weight }) => sum + weight, 0);
  const leverages = prior.leverages.map(
    ({ leverage, weight }) => `${leverage}× ${percent(weight / all)}`,
  );
  const notional = shadows.reduce(
    (sum, { lots, entry }) => sum + quoteNotional(instrument, Math.abs(lots), entry),
    0,
  );
  const size = shadows.length === 0 ? 0 : Number((notional / shadows.length).toPrecision(2));
  return [
    `Positions that were never liquidated are a prior (${prior.source}): no estimate of who held what.`,
    `Its open interest is ${Math.round(prior.openInterest).toLocaleString("en-US")} ${instrument.quote} on either side when the record began, of which ${percent(prior.leveragedLongs)} of longs and ${percent(prior.leveragedShorts)} of shorts are leveraged, by notional ${leverages.join(", ")}.`,
    `Its entries spread by ${percent(prior.entrySpread)} around the first mark whatever the leverage, nobody adds margin, and it is ${shadows.length} positions of about ${size.toLocaleString("en-US")} ${instrument.quote} each, all with triggers beyond the recorded marks.`,
  ];
}
