import {
  calibrateImpact,
  CALIBRATION_BIN_SECONDS,
  type FlowDay,
  type KernelFits,
  RESPONSE_DEPTH_POWER,
  RESPONSE_LAG_BINS,
  RESPONSE_SECONDS,
  RESPONSE_SIZE_POWER,
  type ResponseFits,
} from "@aftershock/cascade";
import { CounterRandom } from "@aftershock/simulator";
import { type PlantedDay, STEP_MICROS } from "./plantedDay.ts";

/** Steps of the simulator in a step of the calibration. */
const COARSE = (CALIBRATION_BIN_SECONDS * 1e6) / STEP_MICROS;
/** The flow (quote currency in a step of the simulator) at which a concave kernel agrees with a linear one. */
const UNIT = 40_000;

/** Depth on the side that forced flow meets. */
const depthAt = (day: PlantedDay, step: number): number =>
  ((day.forced[step] ?? 0) < 0 ? day.bidDepth[step] : day.askDepth[step]) ?? 0;

/** Changes of the logarithm of a price from the end of one coarse step to that of the next; 0 where it is not known. */
function movesOf(count: number, priceAt: (step: number) => number): Float64Array {
  let before = Math.log(priceAt(0));
  return Float64Array.from({ length: count }, (_, coarse) => {
    const now = Math.log(priceAt((coarse + 1) * COARSE - 1));
    const moved = now - before;
    if (Number.isFinite(now)) before = now;
    return Number.isFinite(moved) ? moved : 0;
  });
}

/** A simulated day in steps of 5 s, with forced flow scaled to a reference depth; `of` says whose returns. */
export function flowDay(day: PlantedDay, referenceDepth: number, of: "price" | "index"): FlowDay {
  const count = Math.floor(day.steps / COARSE);
  const [others, forced] = [new Float64Array(count), new Float64Array(count)];
  for (let step = 0; step < count * COARSE; step += 1) {
    const coarse = Math.floor(step / COARSE);
    const depth = Math.max(0.05 * referenceDepth, depthAt(day, step));
    others[coarse] = (others[coarse] ?? 0) + (day.others[step] ?? 0);
    forced[coarse] =
      (forced[coarse] ?? 0) +
      (day.forced[step] ?? 0) * (depth / referenceDepth) ** -RESPONSE_DEPTH_POWER;
  }
  const price = movesOf(count, (step) => ((day.bid[step] ?? 0) + (day.ask[step] ?? 0)) / 2);
  const index = movesOf(count, (step) => day.index[step] ?? Number.NaN);
  const [returns, elsewhere] = of === "price" ? [price, index] : [index, price];
  return {
    name: `${day.options.preset} ${day.options.seed} ${of}`,
    stepSeconds: (COARSE * STEP_MICROS) / 1e6,
    returns,
    elsewhere,
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
        horizonSeconds: RESPONSE_SECONDS,
        lagBins: RESPONSE_LAG_BINS,
        sizePower: RESPONSE_SIZE_POWER,
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
    depthPower: RESPONSE_DEPTH_POWER,
    sizePower: RESPONSE_SIZE_POWER,
    unit: UNIT,
    price: fits("price"),
    index: fits("index"),
  };
}
