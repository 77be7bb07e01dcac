import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { FlowDay } from "../impact/calibration/flowDay.ts";
import type { ForcedFlow } from "./forcedFlow.ts";
import type { RecordColumns } from "./recordColumns.ts";

/** A day for the calibration of impact, and what of it is no record. */
export interface RecordedFlowDay extends FlowDay {
  /** Steps in gaps of the record: without movement and flow, so that lags keep their lengths; the jump over a gap is left out. */
  readonly filled: number;
  /** Whether forced flow is an estimate. */
  readonly isEstimate: boolean;
}

/**
 * The columns that impact is calibrated on: returns of the mid, and the flow of takers, forced (as printed times κ, which is `kappa.mid` unless given) and other. A print belongs to the step that ends at or after it. What others did is what takers
 * did less what was forced: where more is taken to be forced than was traded, they were on the other side.
 */
export function flowDayOf(options: {
  readonly name: string;
  readonly columns: RecordColumns;
  readonly stepMicros: number;
  readonly flow: ForcedFlow;
  readonly kappa?: number;
}): RecordedFlowDay {
  const { name, columns, stepMicros, flow, kappa = flow.kappa.mid } = options;
  const [at, mid] = [columns.column("at"), columns.column("mid")];
  const [bought, sold] = [columns.column("bought"), columns.column("sold")];
  const first = at[0] ?? 0;
  const placeOf = (time: number): number => Math.round((time - first) / stepMicros);
  const length = at.length === 0 ? 0 : placeOf(at.at(-1) ?? first) + 1;
  const returns = new Float64Array(length);
  const others = new Float64Array(length);
  const forced = new Float64Array(length);
  let last = -1;
  for (let step = 0; step < at.length; step += 1) {
    const place = placeOf(at[step] ?? first);
    if (place === last + 1 && step > 0) {
      returns[place] = Math.log((mid[step] ?? Number.NaN) / (mid[step - 1] ?? Number.NaN));
    }
    others[place] = (bought[step] ?? 0) - (sold[step] ?? 0);
    last = place;
  }
  for (const { at: time, side, notional } of flow.prints) {
    const place = Math.ceil((time - first) / stepMicros);
    if (place < 0 || place >= length) continue;
    const signed = side * notional * kappa;
    forced[place] = (forced[place] ?? 0) + signed;
    others[place] = (others[place] ?? 0) - signed;
  }
  return {
    name,
    stepSeconds: stepMicros / MICROS_PER_SECOND,
    returns,
    others,
    forced,
    filled: length - at.length,
    isEstimate: flow.kind === "estimate",
  };
}
