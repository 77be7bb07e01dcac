import { ExponentialKernel } from "../impact/exponentialKernel.ts";
import type { ImpactKernel } from "../impact/impactKernel.ts";
import type { ResponseModel } from "./answeredPath.ts";

const NONE: ImpactKernel = { name: "none", add: () => undefined, delta: () => 0 };
/** Of a kernel that does not fade its time says nothing, seconds. */
const ANY_TIME = 1;

/** Prices that answer to nothing (G = 0): the lower bound of what a change of rules can do to them. */
export const noResponse = (): ResponseModel => ({
  name: "no answer",
  price: () => NONE,
  index: () => NONE,
  priceSlope: () => 1,
  indexSlope: () => 1,
  removesSpikes: false,
});

/**
 * The upper bound: each unit of forced flow moves price and index by the same, and nothing of it fades. `slope`: a logarithm a unit of quote currency, above 0 (AttributedMove). Wrong as an estimate in
 * any case: news move prices too, and impact fades.
 */
export const lastingResponse = (slope: number): ResponseModel => {
  const kernel = (): ImpactKernel =>
    new ExponentialKernel({ tauSeconds: ANY_TIME, permanentShare: 1 });
  return {
    name: "all of the move",
    price: kernel,
    index: kernel,
    priceSlope: () => slope,
    indexSlope: () => slope,
    removesSpikes: false,
  };
};
