import type { PathMinimum } from "./pathMinimum.ts";

/**
 * Where the trigger of a recorded liquidation can lie, as natural logarithms of the mark, for a long; of a short with the sign turned around. Between `low` (not included) and `high`: a mark at `low` fires it, marks before
 * the queue began did not.
 */
export interface PinInterval {
  readonly low: number;
  readonly high: number;
  /** Step at which the position was opened at the earliest; undefined: it may have been there when the record began. */
  readonly opensAt: number | undefined;
  /** `extreme`: the mark had never been as low. `reopened`: it had been, so that the position was opened after. `unexplained`: no recorded mark says why it was liquidated; it is taken to be opened and closed there. */
  readonly kind: "extreme" | "reopened" | "unexplained";
}

/** Room above a mark for triggers that no mark bounds, a logarithm: a hundredth of a basis point. */
const LEAST_ROOM = 1e-6;

interface Stretch {
  /** First and last step whose marks may have been the cause. */
  readonly from: number;
  readonly to: number;
}

function extreme(path: PathMinimum, { from, to }: Stretch): PinInterval | undefined {
  const low = path.within(from, to);
  const before = path.before(from);
  // An account that is liquidated by the first mark of a record was there before it.
  const high = before === Infinity ? low + LEAST_ROOM : before;
  return low < high ? { low, high, opensAt: undefined, kind: "extreme" } : undefined;
}

function reopened(path: PathMinimum, { from, to }: Stretch): PinInterval | undefined {
  const low = path.within(from, to);
  const opensAt = path.lastAtOrBelow(from, low) + 1;
  const high = path.within(opensAt, from - 1);
  return low < high && high < Infinity ? { low, high, opensAt, kind: "reopened" } : undefined;
}

/**
 * The interval of a position that was closed at `step` and taken up at `start` at the earliest. First the recorded marks between the two have to explain it; then those a little later, as tickers tell of marks late; then those a little before,
 * as prints come late too. `lag`: how much a little is, in steps.
 */
export function pinInterval(
  path: PathMinimum,
  { start, step, lag }: { readonly start: number; readonly step: number; readonly lag: number },
): PinInterval {
  const near: readonly Stretch[] = [
    { from: start, to: step },
    { from: start, to: step + lag },
    { from: start - lag, to: step + lag },
  ];
  const far: readonly Stretch[] = [{ from: start - 5 * lag, to: step + 5 * lag }];
  for (const stretches of [near, far]) {
    for (const find of [extreme, reopened]) {
      for (const stretch of stretches) {
        const found = find(path, stretch);
        if (found !== undefined) return found;
      }
    }
  }
  const low = path.within(step, step);
  return { low, high: low + LEAST_ROOM, opensAt: step, kind: "unexplained" };
}
