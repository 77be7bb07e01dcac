import {
  calibrateImpact,
  type FlowDay,
  type KernelFits,
  type ResponseFits,
} from "@aftershock/cascade";
import { CounterRandom } from "@aftershock/simulator";
import { type PlantedDay, STEP_MICROS } from "./plantedDay.ts";

/** Steps of the simulator in a step of the calibration: 5 s. */
const COARSE = 50;
/** Power of depth in the slope of impact. */
export const DEPTH_POWER = 0.5;
/** Concavity of the power-law kernel, and the flow (quote currency in a step of 100 ms) at which it agrees with a linear one. */
const SIZE_POWER = 0.85;
const UNIT = 40_000;

/** Depth on the side that forced flow meets. */
const depthAt = (day: PlantedDay, step: number): number =>
  ((day.forced[step] ?? 0) < 0 ? day.bidDepth[step] : day.askDepth[step]) ?? 0;

/** A simulated day in steps of 5 s, with forced flow scaled to a reference depth; `of` says whose returns. */
export function flowDay(day: PlantedDay, referenceDepth: number, of: "price" | "index"): FlowDay {
  const count = Math.floor(day.steps / COARSE);
  const [returns, others, forced] = [
    new Float64Array(count),
    new Float64Array(count),
    new Float64Array(count),
  ];
  const logAt = (step: number): number =>
    of === "index"
      ? Math.log(day.index[step] ?? Number.NaN)
      : Math.log(((day.bid[step] ?? 0) + (day.ask[step] ?? 0)) / 2);
  let before = logAt(0);
  for (let coarse = 0; coarse < count; coarse += 1) {
    const end = coarse * COARSE + COARSE - 1;
    for (let step = end - COARSE + 1; step <= end; step += 1) {
      const depth = Math.max(0.05 * referenceDepth, depthAt(day, step));
      others[coarse] = (others[coarse] ?? 0) + (day.others[step] ?? 0);
      forced[coarse] =
        (forced[coarse] ?? 0) + (day.forced[step] ?? 0) * (depth / referenceDepth) ** -DEPTH_POWER;
    }
    const now = logAt(end);
    returns[coarse] = Number.isFinite(now) && Number.isFinite(before) ? now - before : 0;
    if (Number.isFinite(now)) before = now;
  }
  return {
    name: `${day.options.preset} ${day.options.seed} ${of}`,
    stepSeconds: (COARSE * STEP_MICROS) / 1e6,
    returns,
    others,
    forced,
  };
}

/** Median depth of the first tenth of days. */
export function referenceOf(days: readonly PlantedDay[]): number {
  const depths = days
    .flatMap((day) => Array.from(day.bidDepth.slice(600, 6_000)))
    .sort((a, b) => a - b);
  return depths[Math.floor(depths.length / 2)] ?? 1;
}

/** Calibrates the response to forced flow on days of the recorded rules. The first fit of each list is the point. */
export function calibrateDays(days: readonly PlantedDay[], draws: number): ResponseFits {
  const referenceDepth = referenceOf(days);
  const random = new CounterRandom(days.length, "bootstrap");
  const fits = (of: "price" | "index"): readonly KernelFits[] => {
    const { total } = calibrateImpact(
      days.map((day) => flowDay(day, referenceDepth, of)),
      {
        horizonSeconds: 900,
        lagBins: 7,
        sizePower: SIZE_POWER,
        unit: UNIT * COARSE,
        mostPermanent: 0,
        draws,
        uniform: (draw, slot) => random.at(slot, draw).uniform(0),
      },
    );
    return [total.point, ...total.draws];
  };
  return {
    referenceDepth,
    depthPower: DEPTH_POWER,
    sizePower: SIZE_POWER,
    unit: UNIT,
    price: fits("price"),
    index: fits("index"),
  };
}
