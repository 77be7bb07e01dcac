import { ConfigError } from "@aftershock/schema";
import { concave } from "../powerLawKernel.ts";
import {
  type ExponentialFit,
  fitExponential,
  fitMixture,
  fitPowerLaw,
  type MixtureFit,
  type PowerLawFit,
} from "./fitResponse.ts";
import { checkFlowDays, type FlowDay } from "./flowDay.ts";
import { lagBins } from "./lagBins.ts";
import {
  type DayMoments,
  dayMoments,
  flowScales,
  impulseResponse,
  type ResponseKind,
  solveAutoregression,
} from "./vectorAutoregression.ts";

/** How impact is calibrated. */
export interface CalibrationOptions {
  /** Over how long the response is followed, seconds. */
  readonly horizonSeconds: number;
  /** How far back the autoregression looks: lags up to 2^lagBins − 1 steps. */
  readonly lagBins: number;
  /** δ of the power-law kernel, above 0 and at most 1. */
  readonly sizePower: number;
  /** The flow at which concave and linear impact agree, quote currency. */
  readonly unit: number;
  /** Largest permanent share that the exponential fit may take, 0 … 1. */
  readonly mostPermanent: number;
  /** Bootstrap draws by day; 0 for the point alone. */
  readonly draws: number;
  /** Uniform numbers in (0, 1), the same for the same draw and slot. */
  readonly uniform: (draw: number, slot: number) => number;
}

/** The kernels that one estimate of the response gives; undefined where a response has no slope above 0. */
export interface KernelFits {
  readonly exponential: ExponentialFit | undefined;
  readonly powerLaw: PowerLawFit | undefined;
  readonly mixture: MixtureFit | undefined;
}

/** A calibration by one kind of response. */
export interface ResponseCalibration {
  readonly kind: ResponseKind;
  /** Movement of the price by the end of each step after a unit of linear flow, a logarithm. */
  readonly response: Float64Array;
  readonly point: KernelFits;
  /** One a bootstrap draw. */
  readonly draws: readonly KernelFits[];
  /** Draws whose response does not die down: they say nothing, and are not among `draws`. */
  readonly unstable: number;
}

/** What calibration found. */
export interface ImpactCalibration {
  readonly days: readonly string[];
  readonly stepSeconds: number;
  readonly steps: number;
  readonly options: Omit<CalibrationOptions, "uniform">;
  readonly total: ResponseCalibration;
  readonly bare: ResponseCalibration;
}

/** A response beyond this, a logarithm for a unit of one root mean square of flow, is one that explodes. */
const MOST_MOVED = 1;

interface Regression {
  readonly days: readonly FlowDay[];
  readonly kind: ResponseKind;
  readonly options: CalibrationOptions;
}

/** The estimator of one regression: days are summed up once, and then weighted. */
function estimator({
  days,
  kind,
  options,
}: Regression): (weights: readonly number[]) => Float64Array | undefined {
  const shape = { kind, bins: lagBins(options.lagBins) };
  const scales = flowScales(days);
  const moments: readonly DayMoments[] = days.map((day) => dayMoments(day, scales, shape));
  const steps = Math.max(2, Math.round(options.horizonSeconds / (days[0]?.stepSeconds ?? 1)));
  return (weights) => {
    const weighted = moments.map((each, i) => ({ moments: each, weight: weights[i] ?? 0 }));
    const response = impulseResponse(solveAutoregression(weighted), scales, { ...shape, steps });
    const isTame = response.every((moved) => Math.abs(moved * scales.forced) < MOST_MOVED);
    return isTame ? response : undefined;
  };
}

/** How often each of n days is drawn, with replacement. */
function drawnWeights(
  n: number,
  draw: number,
  uniform: CalibrationOptions["uniform"],
): readonly number[] {
  const weights = Array.from({ length: n }, () => 0);
  for (let slot = 0; slot < n; slot += 1) {
    const day = Math.min(n - 1, Math.floor(uniform(draw, slot) * n));
    weights[day] = (weights[day] ?? 0) + 1;
  }
  return weights;
}

function calibrateKind(
  days: readonly FlowDay[],
  kind: ResponseKind,
  options: CalibrationOptions,
): ResponseCalibration {
  const { sizePower, unit, mostPermanent } = options;
  const stepSeconds = days[0]?.stepSeconds ?? 1;
  const bent = days.map((day) => ({
    ...day,
    forced: day.forced.map((flow) => concave(flow, sizePower, unit)),
  }));
  const linear = estimator({ days, kind, options });
  const concaved = sizePower === 1 ? linear : estimator({ days: bent, kind, options });
  const fit = (weights: readonly number[]): [Float64Array, KernelFits] | undefined => {
    const [straight, curved] = [linear(weights), concaved(weights)];
    if (straight === undefined || curved === undefined) return undefined;
    const exponential = fitExponential(straight, { stepSeconds, mostPermanent });
    const powerLaw = fitPowerLaw(curved, { stepSeconds, sizePower });
    return [straight, { exponential, powerLaw, mixture: fitMixture(straight, { stepSeconds }) }];
  };
  const point = fit(days.map(() => 1));
  const drawn = Array.from({ length: options.draws }, (_, draw) =>
    fit(drawnWeights(days.length, draw, options.uniform)),
  );
  const tame = drawn.flatMap((each) => (each === undefined ? [] : [each[1]]));
  return {
    kind,
    response: point?.[0] ?? new Float64Array(),
    point: point?.[1] ?? { exponential: undefined, powerLaw: undefined, mixture: undefined },
    draws: tame,
    unstable: options.draws - tame.length,
  };
}

/**
 * Calibrates how the price responds to forced flow, from days as they were recorded: a vector autoregression (Hasbrouck 1991) of returns and others' flow on their own
 * past, with forced flow exogenous, its response cumulated and kernels fitted to it, again for each bootstrap by day. `total`, with the reaction of others, is what a counterfactual needs; `bare` is
 * reported beside it.
 *
 * Assumes: that forced flow, given the past, is not moved by the return of its own step (the mark lags; with steps longer than the lag the slope is too high); that the response
 * is the same in calm and in a crash, and does not depend on who sells; that days are alike, and independent for the bootstrap. Throws DataError on days that do not fit together, too
 * few steps, or series that identify nothing.
 */
export function calibrateImpact(
  days: readonly FlowDay[],
  options: CalibrationOptions,
): ImpactCalibration {
  checkFlowDays(days);
  if (!(options.horizonSeconds > 0) || !Number.isInteger(options.lagBins) || options.lagBins < 1) {
    throw new ConfigError(
      `A calibration over ${options.horizonSeconds} s with ${options.lagBins} bins of lags is not possible`,
      {
        hints: ["Give a horizon above 0, and a whole number of bins from 1."],
      },
    );
  }
  const { uniform: _, ...stated } = options;
  return {
    days: days.map(({ name }) => name),
    stepSeconds: days[0]?.stepSeconds ?? 0,
    steps: days.reduce((sum, { returns }) => sum + returns.length, 0),
    options: stated,
    total: calibrateKind(days, "total", options),
    bare: calibrateKind(days, "bare", options),
  };
}
