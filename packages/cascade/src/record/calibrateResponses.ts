import { ConfigError } from "@aftershock/schema";
import type { ResponseFits } from "../counterfactual/calibratedResponses.ts";
import {
  calibrateImpact,
  type ImpactCalibration,
  type KernelFits,
} from "../impact/calibration/calibrateImpact.ts";
import type { FlowOf, FlowRecorder } from "./flowRecorder.ts";

/** Length of a bin of the autoregression, seconds: longer than the lag of marks, shorter than what follows. */
export const CALIBRATION_BIN_SECONDS = 5;
/**
 * Over how long the response is followed, seconds: what a calibration shows later is the news that set the orders off rather than the orders (docs/method.md).
 * The autoregression looks back a little further: 2^6 − 1 bins.
 */
export const RESPONSE_SECONDS = 240;
export const RESPONSE_LAG_BINS = 6;
/** Slopes fall with this power of depth: the best of ½, ¾, 1 and 1¼ on planted days (docs/method.md). */
export const RESPONSE_DEPTH_POWER = 1;
/** Concavity of the power-law kernel: between linear and what is published for whole metaorders (0.5 … 0.8), as flow is summed step by step here and not order by order.  */
export const RESPONSE_SIZE_POWER = 0.95;

/** A day that is calibrated on. */
export interface CalibrationDay {
  readonly name: string;
  readonly flow: FlowRecorder;
}

/** How the response is calibrated. */
export interface ResponseCalibrationOptions {
  /** Bootstrap draws by day. */
  readonly draws: number;
  /** Uniform numbers in (0, 1), the same for the same draw and slot. */
  readonly uniform: (draw: number, slot: number) => number;
  /** Length of a step of the runs that it is for, seconds. */
  readonly stepSeconds: number;
  /**
   * The flow of one step at which concave and linear impact agree, quote currency, above 0. Default: root mean square of the days' forced flow where there is any, in a bin, over the steps of
   * a bin.
   */
  readonly unit?: number;
}

/** What calibration found, for the price and for the index. */
export interface CalibratedDays extends ResponseFits {
  readonly priceCalibration: ImpactCalibration;
  readonly indexCalibration: ImpactCalibration;
}

const median = (values: readonly number[]): number => {
  const sorted = values.filter((value) => value > 0).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Typical forced flow of a bin that has any. */
function typicalFlow(days: readonly { readonly forced: Float64Array }[]): number {
  let [sum, count] = [0, 0];
  for (const { forced } of days) {
    for (const flow of forced) {
      if (flow === 0) continue;
      sum += flow * flow;
      count += 1;
    }
  }
  return count === 0 ? Number.NaN : Math.sqrt(sum / count);
}

/**
 * How price and index answer to forced flow, from days as they were recorded (calibrateImpact, which says what it assumes): the total response, with its bootstrap by day, and the bare one beside it. Throws ConfigError for days without any
 * forced flow, and DataError as calibrateImpact does.
 */
export function calibrateResponses(
  days: readonly CalibrationDay[],
  { draws, uniform, stepSeconds, unit: given }: ResponseCalibrationOptions,
): CalibratedDays {
  const referenceDepth = median(days.map(({ flow }) => flow.medianDepth));
  const scale = { reference: referenceDepth, power: RESPONSE_DEPTH_POWER };
  const flowDays = (of: FlowOf) => days.map(({ name, flow }) => flow.day(name, of, scale));
  const ofPrice = flowDays("price");
  const typical = typicalFlow(ofPrice);
  if (!(referenceDepth > 0) || Number.isNaN(typical)) {
    throw new ConfigError(
      `No forced order hit the book on ${days.map(({ name }) => name).join(", ") || "no day"}`,
      { hints: ["Calibrate on days with liquidation prints and a book."] },
    );
  }
  const stepsPerBin = CALIBRATION_BIN_SECONDS / stepSeconds;
  const unit = given ?? typical / stepsPerBin;
  const calibrate = (of: readonly ReturnType<FlowRecorder["day"]>[]): ImpactCalibration =>
    calibrateImpact(of, {
      horizonSeconds: RESPONSE_SECONDS,
      lagBins: RESPONSE_LAG_BINS,
      sizePower: RESPONSE_SIZE_POWER,
      unit: unit * stepsPerBin,
      mostPermanent: 0,
      draws,
      uniform,
    });
  const priceCalibration = calibrate(ofPrice);
  const indexCalibration = calibrate(flowDays("index"));
  const listOf = ({ total }: ImpactCalibration): readonly KernelFits[] => [
    total.point,
    ...total.draws,
  ];
  return {
    referenceDepth,
    depthPower: RESPONSE_DEPTH_POWER,
    sizePower: RESPONSE_SIZE_POWER,
    unit,
    price: listOf(priceCalibration),
    index: listOf(indexCalibration),
    priceCalibration,
    indexCalibration,
  };
}
