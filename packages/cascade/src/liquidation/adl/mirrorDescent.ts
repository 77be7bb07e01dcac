import { DataError } from "@aftershock/schema";
import { type AdlAllocation, type AdlRequest, allocateParts, bySize } from "./allocateAdl.ts";
import { apportion, bisect } from "./apportion.ts";

const clip = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * The nearest point to `point` among fractions in [0, 1] whose weighted sum Σ weightᵢ × fractionᵢ is the budget: fractionᵢ = clip(pointᵢ − τ × weightᵢ), to
 * the last bit of τ. A budget above Σ weights gives all 1. Weights above 0, budget 0 or more. Source: Chitra, arXiv 2512.01112, appendix on
 * vector mirror descent. Throws DataError on other weights, points and budgets.
 */
export function projectOntoBudget({
  point,
  weights,
  budget,
}: {
  readonly point: readonly number[];
  readonly weights: readonly number[];
  readonly budget: number;
}): number[] {
  const wrong =
    weights.find((weight) => !(weight > 0 && weight < Number.POSITIVE_INFINITY)) ??
    point.find((value) => !Number.isFinite(value));
  if (wrong !== undefined || !(budget >= 0) || point.length !== weights.length) {
    throw new DataError(
      `There is no projection of ${point.length} fractions with ${weights.length} weights onto a budget of ${budget}${wrong === undefined ? "" : `: ${wrong} is among them`}`,
      {
        hints: [
          "Weights are finite and above 0, one a fraction, fractions finite, a budget 0 or more.",
        ],
      },
    );
  }
  const at = (level: number): number[] =>
    point.map((value, i) => clip(value - level * (weights[i] ?? 0)));
  const cost = (fractions: readonly number[]): number =>
    fractions.reduce((sum, fraction, i) => sum + fraction * (weights[i] ?? 0), 0);
  // At the lowest level every fraction is 1, at the highest 0.
  const lowest = point.reduce(
    (least, value, i) => Math.min(least, (value - 1) / (weights[i] ?? 1)),
    0,
  );
  const highest = point.reduce((most, value, i) => Math.max(most, value / (weights[i] ?? 1)), 0);
  if (cost(at(lowest)) <= budget) return at(lowest);
  if (budget === 0) return at(highest);
  const [level] = bisect(lowest, highest, (value) => cost(at(value)) <= budget);
  return at(level);
}

/** A descent over fractions. */
export interface MirrorDescentOptions {
  /** Steps. */
  readonly rounds?: number;
  /** Size of the first step; the s-th is this / √s. */
  readonly stepSize?: number;
  /** Subgradient of the loss at fractions, in their order. Default: none, so that only the budget counts. */
  readonly gradient?: (fractions: readonly number[]) => readonly number[];
}

/**
 * Euclidean mirror descent (projected gradient) from 0 over the fractions that each gives of its weight, held to the budget at every step. Defaults: one round,
 * first step 0.15, no gradient: as in the analysis that ships with Chitra et al., arXiv 2602.15182 (v1, commit aae0be86).
 *
 * With these defaults it is one projection of 0: fractions are proportional to weights, so that amounts are proportional to *squared* weights. Nothing is
 * learnt; it is a pro-rata in which the large bear more than their share. It learns only with a gradient over rounds.
 */
export function mirrorDescent(
  { weights, budget }: { readonly weights: readonly number[]; readonly budget: number },
  { rounds = 1, stepSize = 0.15, gradient = (at) => at.map(() => 0) }: MirrorDescentOptions = {},
): number[] {
  let fractions: readonly number[] = weights.map(() => 0);
  for (let round = 1; round <= rounds; round += 1) {
    const slope = gradient(fractions);
    const point = fractions.map(
      (fraction, i) => fraction - (stepSize / Math.sqrt(round)) * (slope[i] ?? 0),
    );
    fractions = projectOntoBudget({ point, weights, budget });
  }
  return [...fractions];
}

/**
 * Closes whole lots by mirror descent over the fraction of each position, weighted by its size: see `mirrorDescent`, whose assumptions hold. Rounded by largest
 * remainders; sums are exact. Throws DataError on bad requests.
 */
export const allocateMirrorDescent = (
  request: AdlRequest,
  options: MirrorDescentOptions = {},
): AdlAllocation =>
  allocateParts(request, bySize, ({ quantity, capacities }) => {
    const fractions = mirrorDescent({ weights: capacities, budget: quantity }, options);
    const weights = capacities.map((capacity, i) => capacity * (fractions[i] ?? 0));
    return apportion({ quantity, capacities, weights });
  });
