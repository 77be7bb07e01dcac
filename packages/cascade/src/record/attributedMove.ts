import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import type { StepFlow } from "./stepFlow.ts";

/** A running extreme, and the forced flow up to it. */
interface Reached {
  readonly logPrice: number;
  readonly flow: number;
}

/**
 * How far forced flow moved the price at most: as if it had made all of the move from before the first forced order to the extreme, and nothing of it ever came back. The bound for days whose
 * answer of prices is not calibrated. Given to RecordedDay as `onStep`; flow is as printed.
 */
export class AttributedMove {
  #before = Number.NaN;
  #start = Number.NaN;
  #flow = 0;
  #lowest: Reached | undefined;
  #highest: Reached | undefined;

  /** Takes a step; steps ascend. */
  take(
    { bid, ask }: Pick<RecordedStep, "bid" | "ask">,
    { printed }: Pick<StepFlow, "printed">,
  ): void {
    const logPrice = Math.log((bid + ask) / 2);
    if (Number.isNaN(this.#start) && printed !== 0) {
      this.#start = Number.isNaN(this.#before) ? logPrice : this.#before;
    }
    this.#before = logPrice;
    if (Number.isNaN(this.#start)) return;
    this.#flow += printed;
    const reached = { logPrice, flow: this.#flow };
    if (logPrice < (this.#lowest?.logPrice ?? Infinity)) this.#lowest = reached;
    if (logPrice > (this.#highest?.logPrice ?? -Infinity)) this.#highest = reached;
  }

  /**
   * The slope of that bound, a logarithm a unit of quote currency, with κ times what was printed: that of the side to which the flow went in all. Undefined where nothing was forced, or the price
   * did not go that way.
   */
  slope(kappa: number): number | undefined {
    const extreme = this.#flow < 0 ? this.#lowest : this.#highest;
    if (extreme === undefined || extreme.flow === 0) return undefined;
    const slope = (extreme.logPrice - this.#start) / (extreme.flow * kappa);
    return slope > 0 && slope < Infinity ? slope : undefined;
  }
}
