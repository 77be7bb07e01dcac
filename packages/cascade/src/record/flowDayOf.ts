import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import type { FlowDay } from "../impact/calibration/flowDay.ts";
import type { ForcedFlow } from "./forcedFlow.ts";
import type { RecordColumns } from "./recordColumns.ts";

/** Depths below this share of the reference are taken to be it: a book is never quite empty, and no slope infinite. */
const LEAST_DEPTH_SHARE = 0.05;

/** A day for the calibration of impact, and what of it is no record. */
export interface RecordedFlowDay extends FlowDay {
  /** Steps of the record that lie in its gaps: without movement and flow, so that lags keep their lengths; the jump over a gap is left out. */
  readonly filled: number;
  /** Whether forced flow is an estimate. */
  readonly isEstimate: boolean;
}

/** What a day for calibration is made of. */
export interface FlowDayOptions {
  readonly name: string;
  readonly columns: RecordColumns;
  /** Length of a step of the record, µs. */
  readonly stepMicros: number;
  readonly flow: ForcedFlow;
  /** Default: `flow.kappa.mid`. */
  readonly kappa?: number;
  /** How many steps of the record are one of the calibration, 1 or more; default 1. */
  readonly every?: number;
  /** Whose returns; default `price`, the mid. */
  readonly of?: "price" | "index";
  /** Forced flow is counted times (depth of the side that it meets / `reference`)^−`power`, for a slope that goes by depth. Default: as it is. */
  readonly depth?: { readonly reference: number; readonly power: number };
}

/** The median of both sides' depth over the first tenth of a record, quote currency: a reference for slopes by depth. NaN without steps. */
export function earlyDepth(columns: RecordColumns): number {
  const steps = Math.ceil(columns.length / 10);
  const [bids, asks] = [columns.column("bidDepth"), columns.column("askDepth")];
  const depths = bids
    .slice(0, steps)
    .map((bid, step) => (bid + (asks[step] ?? 0)) / 2)
    .sort();
  return depths[depths.length >> 1] ?? Number.NaN;
}

/** The weight of forced flow of a side at each step. */
function weights({ columns, depth }: FlowDayOptions): (step: number, side: number) => number {
  if (depth === undefined) return () => 1;
  const { reference, power } = depth;
  const [bids, asks] = [columns.column("bidDepth"), columns.column("askDepth")];
  return (step, side) => {
    const met = (side < 0 ? bids : asks)[step] ?? reference;
    return Math.max(LEAST_DEPTH_SHARE, met / reference) ** -power;
  };
}

/**
 * The columns that impact is calibrated on: returns, and the flow of takers, forced (as printed, times κ) and other. A print belongs to the step that ends at or after it. What others did is what takers
 * did less what was forced: where more is taken to be forced than was traded, they were on the other side. Throws ConfigError for an `every`, κ or depth that is out of range.
 */
export function flowDayOf(options: FlowDayOptions): RecordedFlowDay {
  const { name, columns, stepMicros, flow, kappa = flow.kappa.mid, every = 1, depth } = options;
  const isDepth = depth === undefined || (depth.reference > 0 && depth.power >= 0);
  if (!Number.isInteger(every) || every < 1 || !(kappa >= 1) || !isDepth) {
    throw new ConfigError(
      `${name} cannot be cut into ${every} steps each, with κ ${kappa} and depth against ${depth?.reference ?? "none"}`,
      { hints: ["Give a whole number of steps, κ of 1 or more, and a reference above 0."] },
    );
  }
  const at = columns.column("at");
  const prices = columns.column(options.of === "index" ? "index" : "mid");
  const [bought, sold] = [columns.column("bought"), columns.column("sold")];
  const first = at[0] ?? 0;
  const placeOf = (time: number): number => Math.round((time - first) / stepMicros);
  const steps = at.length === 0 ? 0 : placeOf(at.at(-1) ?? first) + 1;
  const length = Math.ceil(steps / every);
  const [returns, others, forced] = [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  const add = (column: Float64Array, place: number, value: number): void => {
    const coarse = Math.floor(place / every);
    column[coarse] = (column[coarse] ?? 0) + value;
  };
  // Step of the record at a place; the one before where it is in a gap.
  const stepAt = new Int32Array(steps);
  let last = -1;
  for (let step = 0; step < at.length; step += 1) {
    const place = placeOf(at[step] ?? first);
    const isNext = place === last + 1 && step > 0;
    if (isNext) add(returns, place, Math.log((prices[step] ?? 1) / (prices[step - 1] ?? 1)));
    add(others, place, (bought[step] ?? 0) - (sold[step] ?? 0));
    stepAt.fill(step, place, place + 1);
    if (place > last + 1) stepAt.fill(Math.max(0, step - 1), last + 1, place);
    last = place;
  }
  const weight = weights(options);
  for (const { at: time, side, notional } of flow.prints) {
    const place = Math.ceil((time - first) / stepMicros);
    if (place < 0 || place >= steps) continue;
    const signed = side * notional * kappa;
    add(forced, place, signed * weight(stepAt[place] ?? 0, side));
    add(others, place, -signed);
  }
  return {
    name,
    stepSeconds: (every * stepMicros) / MICROS_PER_SECOND,
    returns,
    others,
    forced,
    filled: steps - at.length,
    isEstimate: flow.kind === "estimate",
  };
}
