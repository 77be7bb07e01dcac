import type { ForcedPrint } from "../record/forcedPrint.ts";
import { stepOf } from "./stepOf.ts";

/** Prints of one account and side that lie no further apart are one position, µs; see `groupPrints`. */
const ACCOUNT_GAP_MICROS = 60_000_000;

/** Prints that are one position. */
export interface PrintGroup {
  /** Step of the record whose mark the engine had last seen when the first of them was printed. */
  readonly step: number;
  /** Side of the forced orders: −1 where a long was closed. */
  readonly side: 1 | -1;
  /** Signed lots of the position as printed: positive long. */
  lots: number;
  readonly account: string | undefined;
}

/**
 * Prints that are taken to close one position: those of one account and side within a minute of each other, where the venue names accounts; elsewhere those of one step and side. In the order of their first
 * prints. Prints during the first step are taken to be at its end, and those before it are left out.
 */
export function groupPrints(
  prints: readonly ForcedPrint[],
  at: Float64Array,
): readonly PrintGroup[] {
  const groups: PrintGroup[] = [];
  const open = new Map<string, { group: PrintGroup; last: number }>();
  const opens = 2 * (at[0] ?? Number.NaN) - (at[1] ?? Number.NaN);
  for (const { at: time, side, lots, account } of prints) {
    const step = time > opens ? Math.max(0, stepOf(at, time)) : -1;
    if (step < 0) continue;
    const key = `${side} ${account ?? ""}`;
    const known = open.get(key);
    const isSame =
      known !== undefined &&
      (account === undefined ? known.group.step === step : time - known.last <= ACCOUNT_GAP_MICROS);
    if (isSame) {
      known.group.lots -= side * lots;
      known.last = time;
      continue;
    }
    const group = { step, side, lots: -side * lots, account };
    groups.push(group);
    open.set(key, { group, last: time });
  }
  return groups;
}
