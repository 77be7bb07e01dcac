import { BlockBookKernel } from "../impact/blockBookKernel.ts";
import type { KernelFits } from "../impact/calibration/calibrateImpact.ts";
import { depthSlope } from "../impact/depthSlope.ts";
import { ExponentialKernel } from "../impact/exponentialKernel.ts";
import type { ImpactKernel } from "../impact/impactKernel.ts";
import { MixtureKernel } from "../impact/mixtureKernel.ts";
import { PowerLawKernel } from "../impact/powerLawKernel.ts";
import { DEPTH_BAND_BPS } from "./recordedStep.ts";
import type { ResponseModel } from "./answeredPath.ts";
import type { SideDepths } from "./sideDepths.ts";

/** The kernels a calibration gives parameters for. */
export const KERNEL_NAMES = ["exponential", "mixture", "powerLaw", "blockBook"] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

/** Parameters of the answer to forced flow: one list entry a draw, the first the point estimate. */
export interface ResponseFits {
  /** Depth of one side at which the slopes hold, quote currency. */
  readonly referenceDepth: number;
  /** Power of depth that slopes fall with. */
  readonly depthPower: number;
  /** Concavity of the power law, and the flow of one step of a run (quote currency) at which it agrees with a linear one. */
  readonly sizePower: number;
  readonly unit: number;
  /** The answers of the contract's price and of its index. */
  readonly price: readonly KernelFits[];
  readonly index: readonly KernelFits[];
}

/** A kernel that answers to nothing: for an index that forced flow does not move. */
const NO_RESPONSE: ImpactKernel = { name: "none", add: () => undefined, delta: () => 0 };

type KernelMaker = (depths: SideDepths) => ImpactKernel;

/** A kernel of a name by its fit, with the slope that goes with it; undefined where the fit has none. */
function kernelOf(
  name: KernelName,
  fits: KernelFits | undefined,
  { sizePower, unit, referenceDepth }: ResponseFits,
): { readonly make: KernelMaker; readonly slope: number } | undefined {
  if (fits === undefined) return undefined;
  const { exponential, powerLaw, mixture } = fits;
  switch (name) {
    case "exponential":
      return (
        exponential && { make: () => new ExponentialKernel(exponential), slope: exponential.slope }
      );
    case "mixture":
      return mixture && { make: () => new MixtureKernel(mixture.parts), slope: mixture.slope };
    case "powerLaw":
      return (
        powerLaw && {
          make: () => new PowerLawKernel({ ...powerLaw, sizePower, unit }),
          slope: powerLaw.slope,
        }
      );
    case "blockBook":
      return (
        exponential && {
          make: (depths) =>
            new BlockBookKernel({
              refillSeconds: exponential.tauSeconds,
              thinning: 1,
              depthAt: (_at, side) => ({
                distances: [DEPTH_BAND_BPS / 1e4],
                volumes: [
                  Math.max(LEAST_SHARE * referenceDepth, side > 0 ? depths.ask : depths.bid),
                ],
              }),
            }),
          slope: exponential.slope,
        }
      );
    default:
      return name satisfies never;
  }
}

/** The least depth that is walked, a share of the reference. */
const LEAST_SHARE = 0.05;

/**
 * The response models of one kernel, the point estimate first and then one a bootstrap draw; draws in which the response has no slope above 0 are left out. The index is moved by
 * its own fit, and not at all where that has no slope above 0. The concave power law is an alternative: on planted days its paths miss by more than those of the linear kernels (docs/method.md).
 */
export function responseModels(name: KernelName, fits: ResponseFits): readonly ResponseModel[] {
  const { referenceDepth, depthPower } = fits;
  const slopeAt = (slope: number): ((depth: number) => number) =>
    depthSlope({ slope, referenceDepth, power: depthPower, leastShare: LEAST_SHARE });
  return fits.price.flatMap((each, draw): ResponseModel[] => {
    const price = kernelOf(name, each, fits);
    if (price === undefined) return [];
    // The block book says nothing about an index, which has no book: that takes the exponential fit.
    const index = kernelOf(name === "blockBook" ? "exponential" : name, fits.index[draw], fits);
    return [
      {
        name,
        price: price.make,
        index: index?.make ?? (() => NO_RESPONSE),
        priceSlope: slopeAt(price.slope),
        indexSlope: slopeAt(index?.slope ?? price.slope),
        removesSpikes: true,
        isAlternative: name === "powerLaw",
      },
    ];
  });
}
