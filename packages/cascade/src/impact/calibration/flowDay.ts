import { DataError } from "@aftershock/schema";

/** A day in even steps, as the calibration of impact sees it: all arrays have one value a step, in order. */
export interface FlowDay {
  /** What the day is called in results, e.g. venue, symbol and date. */
  readonly name: string;
  /** Length of a step, seconds, above 0; the same for all days of a calibration. */
  readonly stepSeconds: number;
  /** Change of the natural logarithm of the mid over the step. */
  readonly returns: Float64Array;
  /** The same of the coin's price elsewhere: of the index where the mid is the contract's, of the contract where it is the index'. 0 where it is not known. */
  readonly elsewhere: Float64Array;
  /** Signed taker flow that was not forced, quote currency: positive bought. */
  readonly others: Float64Array;
  /** Signed forced flow that hit the book, quote currency: positive bought. */
  readonly forced: Float64Array;
}

/** Refuses days that cannot be calibrated on. Throws DataError naming the day. */
export function checkFlowDays(days: readonly FlowDay[]): void {
  const [first] = days;
  if (first === undefined) {
    throw new DataError("There is no day to calibrate on", { hints: ["Name one at least."] });
  }
  for (const { name, stepSeconds, returns, elsewhere, others, forced } of days) {
    if (stepSeconds !== first.stepSeconds || !(stepSeconds > 0)) {
      throw new DataError(
        `${name} has steps of ${stepSeconds} s, and ${first.name} of ${first.stepSeconds} s`,
        {
          hints: ["Cut all days into the same steps."],
        },
      );
    }
    if ([elsewhere, others, forced].some(({ length }) => length !== returns.length)) {
      throw new DataError(
        `${name} has ${returns.length} returns, ${elsewhere.length} elsewhere, ${others.length} flows and ${forced.length} forced flows`,
      );
    }
    const bad = [returns, elsewhere, others, forced].find(
      (values) => !values.every(Number.isFinite),
    );
    if (bad !== undefined) {
      throw new DataError(
        `${name} has a value that is no number at step ${bad.findIndex((value) => !Number.isFinite(value))}`,
        {
          hints: ["Cut the day where its book is not known, and calibrate on the parts."],
        },
      );
    }
  }
}
