import { checkedPositive } from "./impactKernel.ts";

/** How the slope of impact depends on what rests in the book. */
export interface DepthSlopeOptions {
  /** Slope at the reference depth: a logarithm a unit of flow (quote currency), above 0. */
  readonly slope: number;
  /** Depth at which that slope holds, quote currency, above 0. */
  readonly referenceDepth: number;
  /** Slope ∝ depth^−power: 0 leaves depth out, 1 is an order-flow-imbalance model's (Cont, Kukanov, Stoikov 2014); default 0.5, which a prototype's crashes bore out. */
  readonly power?: number;
  /** Depth below which the slope grows no further, as a share of the reference; default 0.05. */
  readonly leastShare?: number;
}

/**
 * The slope of impact at a depth: slope · (max(depth, least)/reference)^−power, a logarithm a unit of flow. Where no depth is known (NaN) the reference depth is taken.
 * Assumes that depth near the best price stands for all that would be met. Wrong where depth is quoted to be seen and not to be hit.
 */
export function depthSlope(options: DepthSlopeOptions): (depth: number) => number {
  const { power = 0.5, leastShare = 0.05 } = options;
  const slope = checkedPositive(options.slope, "The slope of impact");
  const reference = checkedPositive(options.referenceDepth, "The reference depth");
  checkedPositive(leastShare, "The least share of depth");
  return (depth) => {
    const share = Number.isNaN(depth) ? 1 : Math.max(leastShare, depth / reference);
    return slope * share ** -power;
  };
}
