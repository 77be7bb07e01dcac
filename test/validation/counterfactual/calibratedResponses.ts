import {
  BlockBookKernel,
  calibrateImpact,
  depthSlope,
  ExponentialKernel,
  type FlowDay,
  type ImpactKernel,
  type KernelFits,
  MixtureKernel,
  PowerLawKernel,
  type ResponseModel,
} from "@aftershock/cascade";
import { CounterRandom } from "@aftershock/simulator";
import { type PlantedDay, STEP_MICROS } from "./plantedDay.ts";

/** Steps of the simulator in a step of the calibration: 5 s. */
const COARSE = 50;
/** Power of depth in the slope of impact. */
export const DEPTH_POWER = 0.5;
/** Concavity of the power-law kernel, and the flow (quote currency in a step of 100 ms) at which it agrees with a linear one. */
const SIZE_POWER = 0.7;
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

/** Fits for the price and for the index: the point, and one a bootstrap draw. */
export interface Calibrated {
  readonly referenceDepth: number;
  readonly price: readonly KernelFits[];
  readonly index: readonly KernelFits[];
}

/** Median depth of the first tenth of days. */
function referenceOf(days: readonly PlantedDay[]): number {
  const depths = days
    .flatMap((day) => Array.from(day.bidDepth.slice(600, 6_000)))
    .sort((a, b) => a - b);
  return depths[Math.floor(depths.length / 2)] ?? 1;
}

/** Calibrates the response to forced flow on days of the recorded rules. The first fit of each list is the point. */
export function calibrateDays(days: readonly PlantedDay[], draws: number): Calibrated {
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
  return { referenceDepth, price: fits("price"), index: fits("index") };
}

/** A kernel that answers to nothing: for an index that forced flow does not move. */
const NO_RESPONSE: ImpactKernel = { name: "none", add: () => undefined, delta: () => 0 };

/** Response models of a day by kernel, each the point and the bootstrap draws. */
export function responsesOf(
  calibrated: Calibrated,
  day: PlantedDay,
): Readonly<Record<string, readonly ResponseModel[]>> {
  const { referenceDepth, price, index } = calibrated;
  const slopeAt = (slope: number) => depthSlope({ slope, referenceDepth, power: DEPTH_POWER });
  const exponential = price.flatMap((fits, draw): ResponseModel[] => {
    const [own, other] = [fits.exponential, index[draw]?.exponential];
    if (own === undefined) return [];
    return [
      {
        name: "exponential",
        price: () => new ExponentialKernel(own),
        index: () => (other === undefined ? NO_RESPONSE : new ExponentialKernel(other)),
        priceSlope: slopeAt(own.slope),
        indexSlope: slopeAt(other?.slope ?? own.slope),
        removesSpikes: true,
      },
    ];
  });
  const powerLaw = price.flatMap((fits, draw): ResponseModel[] => {
    const [own, other] = [fits.powerLaw, index[draw]?.powerLaw];
    if (own === undefined) return [];
    const terms = { sizePower: SIZE_POWER, unit: UNIT };
    return [
      {
        name: "powerLaw",
        price: () => new PowerLawKernel({ ...own, ...terms }),
        index: () =>
          other === undefined ? NO_RESPONSE : new PowerLawKernel({ ...other, ...terms }),
        priceSlope: slopeAt(own.slope),
        indexSlope: slopeAt(other?.slope ?? own.slope),
        removesSpikes: true,
      },
    ];
  });
  const mixture = price.flatMap((fits, draw): ResponseModel[] => {
    const [own, other] = [fits.mixture, index[draw]?.mixture];
    if (own === undefined) return [];
    return [
      {
        name: "mixture",
        price: () => new MixtureKernel(own.parts),
        index: () => (other === undefined ? NO_RESPONSE : new MixtureKernel(other.parts)),
        priceSlope: slopeAt(own.slope),
        indexSlope: slopeAt(other?.slope ?? own.slope),
        removesSpikes: true,
      },
    ];
  });
  const profile = (at: number, side: 1 | -1) => {
    const step = Math.max(
      0,
      Math.min(day.steps - 1, Math.round((at - day.from) / STEP_MICROS) - 1),
    );
    const depth = (side > 0 ? day.askDepth[step] : day.bidDepth[step]) ?? 0;
    return { distances: [0.0025], volumes: [Math.max(0.05 * referenceDepth, depth)] };
  };
  const blockBook = price.flatMap((fits, draw): ResponseModel[] => {
    const [own, other] = [fits.exponential, index[draw]?.exponential];
    if (own === undefined) return [];
    return [
      {
        name: "blockBook",
        price: () =>
          new BlockBookKernel({ refillSeconds: own.tauSeconds, depthAt: profile, thinning: 1 }),
        index: () => (other === undefined ? NO_RESPONSE : new ExponentialKernel(other)),
        priceSlope: slopeAt(own.slope),
        indexSlope: slopeAt(other?.slope ?? own.slope),
        removesSpikes: true,
      },
    ];
  });
  return { mixture, exponential, powerLaw, blockBook };
}
