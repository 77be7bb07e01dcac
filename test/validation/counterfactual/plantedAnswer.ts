import { flowDay } from "./calibratedResponses.ts";
import { type PlantedDay, STEP_MICROS } from "./plantedDay.ts";
import type { Outcome } from "./plantedStore.ts";
import { BPS_A_MILLION, type ResponseAtLags, WINDOWS } from "./responseErrors.ts";

/** Lags beyond the windows that are compared, minutes: fitted along, so that what is left of older flow is not taken for the answer to newer. */
const FITTED = [...WINDOWS, [10, 14]] as const;

/** How far a day's price was from where it would have been without liquidations, and the forced flow that made it so; a value a minute. */
export interface AnswerDay {
  /** Logarithm of the recorded price over that of the same day without liquidations. */
  readonly moved: readonly number[];
  /** Signed, scaled to the reference depth. */
  readonly forced: readonly number[];
}

/** A recorded day beside the same day, with the same luck, without liquidations. */
export function answerDay(
  day: PlantedDay,
  unforced: Pick<Outcome, "path">,
  referenceDepth: number,
): AnswerDay {
  const { forced, stepSeconds } = flowDay(day, referenceDepth, "price");
  const width = 60 / stepSeconds;
  const moved: number[] = [];
  const flows: number[] = [];
  const { minutes, firstMinute } = unforced.path;
  minutes.forEach((log, minute) => {
    const end = Math.round((firstMinute - day.from) / STEP_MICROS) + 600 * minute;
    const mid = ((day.bid[end - 1] ?? Number.NaN) + (day.ask[end - 1] ?? Number.NaN)) / 2;
    const to = Math.round((end * STEP_MICROS) / 1e6 / stepSeconds);
    const flow = forced.subarray(Math.max(0, to - width), to);
    moved.push(mid > 0 ? Math.log(mid) - log : 0);
    flows.push(flow.reduce((sum, value) => sum + value, 0));
  });
  return { moved, forced: flows };
}

/**
 * The answer of the market to forced flow: the differences of paths as a sum over past minutes' flows times one number a window of lags, by least squares. Assumes that the answer is linear and
 * the same in calm and crash; that luck is shared, so that nothing but forced flow and chaos makes the difference.
 */
export function plantedAnswer(days: readonly AnswerDay[]): ResponseAtLags {
  const size = FITTED.length;
  const rows = FITTED.map(() => new Float64Array(size + 1));
  for (const { moved, forced } of days) {
    moved.forEach((difference, minute) => {
      const flows = FITTED.map(([from, to]) => {
        let sum = 0;
        for (let lag = from; lag <= to; lag += 1) sum += forced[minute - lag] ?? 0;
        return sum;
      });
      rows.forEach((row, i) => {
        [...flows, difference].forEach((value, j) => {
          row[j] = (row[j] ?? 0) + (flows[i] ?? 0) * value;
        });
      });
    });
  }
  return solved(rows)
    .slice(0, WINDOWS.length)
    .map((value) => value * BPS_A_MILLION);
}

/** Solves a symmetric positive definite system, each row with its right side behind it, by elimination. */
function solved(rows: readonly Float64Array[]): readonly number[] {
  const left = rows.map((row) => row.slice());
  left.forEach((pivot, i) => {
    left.forEach((row, k) => {
      if (k === i) return;
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      row.forEach((value, j) => {
        row[j] = value - factor * (pivot[j] ?? 0);
      });
    });
  });
  return left.map((row, i) => (row[rows.length] ?? 0) / (row[i] ?? 1));
}
