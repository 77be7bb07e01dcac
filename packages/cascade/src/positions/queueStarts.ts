import { decimalToNumber, type Instrument, MICROS_PER_SECOND } from "@aftershock/schema";
import type { ForcedPrint } from "../record/forcedPrint.ts";
import type { KappaBand } from "../record/kappaBand.ts";
import { quoteNotional } from "../record/notional.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { LiquidationMarks } from "./liquidationMarks.ts";
import { stepOf } from "./stepOf.ts";

/** An engine that sent at least this share of what its throttle lets through is taken to have had a queue. Orders that the book did not fill whole are printed smaller than they were sent. */
const BUSY_SHARE = 0.8;
/** Of a throttled feed, which says little of a second by itself, the same over a window, with a lower share, as prints of all sizes stand for as many others. */
const FEED_BUSY_SHARE = 0.4;
const FEED_WINDOW_SECONDS = 5;

/** What a queue is found in. */
export interface QueueRecord extends LiquidationMarks {
  readonly instrument: Instrument;
  readonly rules: RuleSet;
  /** Those that hit the book, as printed. */
  readonly prints: readonly ForcedPrint[];
  readonly kappa: KappaBand;
  /** End of each step, µs. */
  readonly at: Float64Array;
}

/** What forced orders of each step took of the throttle as far as it was printed, times κ, quote currency. */
function sentBySteps({ instrument, prints, kappa, at, logMark }: QueueRecord): Float64Array {
  const sent = new Float64Array(at.length);
  const tick = decimalToNumber(instrument.tick);
  const first = logMark[0] ?? 0;
  for (const { at: time, lots } of prints) {
    const step = stepOf(at, time);
    if (step < 0) continue;
    const log = logMark[step] ?? 0;
    // The throttle of an inverse contract is kept in coin at the first price: a lot takes more of it at lower marks.
    const drift = instrument.contract === "inverse" ? Math.exp(first - log) : 1;
    const notional = quoteNotional(instrument, lots, Math.exp(log) / tick) * drift;
    sent[step] = (sent[step] ?? 0) + kappa.mid * notional;
  }
  return sent;
}

/** Sums over the steps of the last `micros` and the next, about. */
function smoothed(values: Float64Array, at: Float64Array, micros: number): Float64Array {
  const sums = new Float64Array(values.length);
  let [from, to, sum] = [0, 0, 0];
  for (let step = 0; step < values.length; step += 1) {
    const time = at[step] ?? Number.NaN;
    while (to < values.length && (at[to] ?? Number.NaN) <= time + micros / 2) {
      sum += values[to] ?? 0;
      to += 1;
    }
    while ((at[from] ?? Number.NaN) <= time - micros / 2) {
      sum -= values[from] ?? 0;
      from += 1;
    }
    sums[step] = sum;
  }
  return sums;
}

/**
 * The median length of a step. A longer one is a gap: the book had an empty side, or nothing was recorded. Who was sold in it is printed as of the step before it, and what a throttle lets through of a whole gap finds no
 * buyers in an empty book: so no gap by itself ends a queue.
 */
function usualMicros(at: Float64Array): number {
  const lengths = Float64Array.from(at.subarray(1), (time, i) => time - (at[i] ?? time)).sort();
  return lengths[lengths.length >> 1] ?? 0;
}

/** Whether the engine is taken to have left somebody waiting at the end of each step. */
function busySteps(record: QueueRecord): (step: number) => boolean {
  const { rules, at, pace, kappa } = record;
  const { throttlePerSecond } = rules;
  if (throttlePerSecond === undefined) return (step) => (pace[step] ?? 1) === 0;
  const sent = sentBySteps(record);
  if (kappa.everySeconds === undefined) {
    const seconds = Math.max(usualMicros(at) / MICROS_PER_SECOND, THROTTLE_SECONDS);
    const capacity = (step: number): number => throttlePerSecond * (pace[step] ?? 1) * seconds;
    return (step) => (sent[step] ?? 0) >= BUSY_SHARE * capacity(step);
  }
  const window = Math.max(FEED_WINDOW_SECONDS, 5 * kappa.everySeconds);
  const near = smoothed(sent, at, window * MICROS_PER_SECOND);
  const share = FEED_BUSY_SHARE * throttlePerSecond * window;
  return (step) => (near[step] ?? 0) >= share * (pace[step] ?? 1);
}

/** The least stretch of time that a throttle of RuledEngine counts in, seconds. */
const THROTTLE_SECONDS = 0.1;

/**
 * For each step, the step at which those who were closed in it can have been taken up at the earliest: the first of the steps without a break in which the engine sent as much as its throttle lets through (or was stopped). Without a throttle who is
 * taken up is closed in the same step.
 */
export function queueStarts(record: QueueRecord): Int32Array {
  const isBusy = busySteps(record);
  const starts = new Int32Array(record.at.length);
  for (let step = 1; step < starts.length; step += 1) {
    starts[step] = isBusy(step - 1) ? (starts[step - 1] ?? 0) : step;
  }
  return starts;
}
