import type { PlantedDay } from "./plantedDay.ts";

/** Steps of the simulator in a minute. */
const MINUTE = 600;

/** Which flow may be taken for the placebo: that of either side, or only that of the side of the minute's forced flow. */
export type PlaceboSide = "either" | "same";

/** Which steps of others' flow stand in for forced flow. */
export interface PlaceboOptions {
  readonly side: PlaceboSide;
  /** Uniform in (0, 1) for a step: those with the least are taken first. */
  readonly uniform: (step: number) => number;
}

const notional = (flow: Float64Array): number =>
  flow.reduce((sum, value) => sum + Math.abs(value), 0);

/**
 * Others' flow of a random subset of steps, of each minute as much notional as was forced in it, the last step taken in part; less where others traded less. Signed, a value a step. With
 * the side `same`, longs that were closed are matched by others' sales and shorts by others' purchases.
 */
export function placeboFlow(
  { forced, others }: Pick<PlantedDay, "forced" | "others">,
  { side, uniform }: PlaceboOptions,
): Float64Array {
  const placebo = new Float64Array(forced.length);
  const takeFrom = (from: number, needed: number, isEligible: (flow: number) => boolean): void => {
    const steps = Array.from(others.subarray(from, from + MINUTE), (flow, i) => ({
      step: from + i,
      flow,
    }))
      .filter(({ flow }) => flow !== 0 && isEligible(flow))
      .map((each) => ({ ...each, order: uniform(each.step) }))
      .toSorted((a, b) => a.order - b.order);
    let left = needed;
    for (const { step, flow } of steps) {
      if (left <= 0) return;
      const taken = Math.min(left, Math.abs(flow));
      placebo[step] = Math.sign(flow) * taken;
      left -= taken;
    }
  };
  for (let from = 0; from < forced.length; from += MINUTE) {
    const minute = forced.subarray(from, from + MINUTE);
    if (side === "either") {
      takeFrom(from, notional(minute), () => true);
    } else {
      takeFrom(from, notional(minute.map((flow) => Math.min(0, flow))), (flow) => flow < 0);
      takeFrom(from, notional(minute.map((flow) => Math.max(0, flow))), (flow) => flow > 0);
    }
  }
  return placebo;
}

/** The same day with labels exchanged: the placebo is called forced, and what was forced is among others' flow. All flow together is as it was. */
export function relabelled(day: PlantedDay, placebo: Float64Array): PlantedDay {
  return {
    ...day,
    forced: placebo,
    others: day.others.map((flow, step) => flow + (day.forced[step] ?? 0) - (placebo[step] ?? 0)),
  };
}

/** How much of the forced notional the placebo reached, 0 … 1. */
export const placeboShare = (day: Pick<PlantedDay, "forced">, placebo: Float64Array): number =>
  notional(placebo) / notional(day.forced);
