import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import type { FlowDay } from "../impact/calibration/flowDay.ts";
import type { StepFlow } from "./stepFlow.ts";

/** Depth below this share of the reference makes the slope no larger. */
const LEAST_SHARE = 0.05;

/** Whose movement is looked at: that of the contract, or that of its index. */
export type FlowOf = "price" | "index";

/** Depth, and with what power of it the slope of impact falls. */
export interface DepthScale {
  /** Quote currency of one side, above 0. */
  readonly reference: number;
  readonly power: number;
}

/** Forced flow of a step, with the depth of the side that it met. */
interface ForcedStep {
  readonly bin: number;
  /** Signed, quote currency. */
  readonly flow: number;
  readonly depth: number;
}

/** One value a bin; grows as bins come. */
class GrowingColumn {
  #values = new Float64Array(256);
  length = 0;

  set(place: number, value: number): void {
    if (place >= this.#values.length) {
      const grown = new Float64Array(Math.max(place + 1, this.#values.length * 2));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[place] = value;
    this.length = Math.max(this.length, place + 1);
  }

  get(place: number): number {
    return this.#values[place] ?? 0;
  }
}

/**
 * What the calibration of impact needs of a recorded day, in bins of some seconds: given to RecordedDay as `onStep`. Some dozens of bytes a bin are kept, and each step with forced flow.
 *
 * Forced flow is what was printed times κ; what others did is what takers did less that. Bins in a gap of the record have neither movement nor flow, so that lags keep their lengths, and the jump over a gap is left out.
 */
export class FlowRecorder {
  readonly #binMicros: number;
  readonly #kappa: number;
  readonly #price = new GrowingColumn();
  readonly #index = new GrowingColumn();
  readonly #others = new GrowingColumn();
  readonly #depth = new GrowingColumn();
  readonly #forced: ForcedStep[] = [];
  #first = Number.NaN;
  #last = -1;
  #priceBefore = Number.NaN;
  #indexBefore = Number.NaN;
  #logPrice = Number.NaN;
  #logIndex = Number.NaN;

  /** Length of a bin, seconds, above 0; κ, 1 or more. */
  constructor(binSeconds: number, kappa: number) {
    this.#binMicros = binSeconds * MICROS_PER_SECOND;
    this.#kappa = kappa;
  }

  /** Takes a step; steps ascend. */
  take({ at, bid, ask, index, bidDepth, askDepth }: RecordedStep, flow: StepFlow): void {
    if (Number.isNaN(this.#first)) this.#first = Math.floor((at - 1) / this.#binMicros);
    const bin = Math.floor((at - 1) / this.#binMicros) - this.#first;
    if (bin !== this.#last) this.#begin(bin);
    const forced = flow.printed * this.#kappa;
    if (forced !== 0)
      this.#forced.push({ bin, flow: forced, depth: forced < 0 ? bidDepth : askDepth });
    this.#others.set(bin, this.#others.get(bin) + flow.taken - forced);
    this.#depth.set(bin, (bidDepth + askDepth) / 2);
    this.#logPrice = Math.log((bid + ask) / 2);
    this.#logIndex = Math.log(index);
    this.#price.set(bin, this.#logPrice - this.#priceBefore);
    this.#index.set(bin, this.#logIndex - this.#indexBefore);
  }

  /** Up to a new bin the movement is counted from the end of the one before, or where that is missing from its own first step. */
  #begin(bin: number): void {
    const follows = bin === this.#last + 1 && this.#last >= 0;
    this.#priceBefore = follows ? this.#logPrice : Number.NaN;
    this.#indexBefore = follows ? this.#logIndex : Number.NaN;
    this.#last = bin;
  }

  /** Bins so far. */
  get bins(): number {
    return this.#others.length;
  }

  /** Forced notional so far, quote currency, κ included. */
  get forcedNotional(): number {
    return this.#forced.reduce((sum, { flow }) => sum + Math.abs(flow), 0);
  }

  /** The median depth of a side over all bins that were seen, quote currency; NaN without any. */
  get medianDepth(): number {
    const seen = Array.from({ length: this.#depth.length }, (_, bin) => this.#depth.get(bin))
      .filter((depth) => depth > 0)
      .toSorted((a, b) => a - b);
    return seen[Math.floor(seen.length / 2)] ?? Number.NaN;
  }

  /** The day as calibration takes it, its forced flow scaled to the reference depth. */
  day(name: string, of: FlowOf, { reference, power }: DepthScale): FlowDay {
    const length = this.bins;
    const [own, other] = of === "price" ? [this.#price, this.#index] : [this.#index, this.#price];
    const forced = new Float64Array(length);
    for (const { bin, flow, depth } of this.#forced) {
      const share = Math.max(LEAST_SHARE, depth / reference);
      forced[bin] = (forced[bin] ?? 0) + flow * share ** -power;
    }
    const moved = (column: GrowingColumn): Float64Array =>
      Float64Array.from({ length }, (_, bin) => {
        const change = column.get(bin);
        return Number.isNaN(change) ? 0 : change;
      });
    return {
      name,
      stepSeconds: this.#binMicros / MICROS_PER_SECOND,
      returns: moved(own),
      elsewhere: moved(other),
      others: Float64Array.from({ length }, (_, bin) => this.#others.get(bin)),
      forced,
    };
  }
}
