import { DataError } from "@aftershock/schema";

/** Whole parts of a whole quantity: what each may get at most, and in which proportion it gets it. Equal lengths. */
export interface Apportionment {
  /** Whole, 0 or more. */
  readonly quantity: number;
  /** Whole, 0 or more each; their sum below 2^53. */
  readonly capacities: readonly number[];
  /** Finite, 0 or more each. */
  readonly weights: readonly number[];
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function check({ quantity, capacities, weights }: Apportionment): void {
  const isWeight = (weight: number): boolean => weight >= 0 && weight < Number.POSITIVE_INFINITY;
  const wrong = [
    ...[quantity, ...capacities, sumOf(capacities)].filter((value) => !isWhole(value)),
    ...weights.filter((weight) => !isWeight(weight)),
  ];
  if (wrong.length === 0 && weights.length === capacities.length) return;
  throw new DataError(
    `${quantity} cannot be apportioned to ${capacities.length} capacities and ${weights.length} weights: ${wrong[0] ?? "they are not as many"}`,
    {
      hints: [
        "Quantity and capacities are whole, 0 or more, their sum below 2^53; weights finite.",
      ],
    },
  );
}

/**
 * The level τ at which Σ min(capacityᵢ, τ × weightᵢ) is a budget: capped pro-rata by filling with water, the exact solution. Infinity where the budget is
 * at least what those of a weight can give. Sources: capped and risk-aware pro-rata of Chitra, arXiv 2512.01112 (equity × cap as
 * capacity, equity or equity × risk weight as weight).
 */
export function waterLevel(
  capacities: readonly number[],
  weights: readonly number[],
  budget: number,
): number {
  const vessels = capacities
    .map((capacity, index) => ({ capacity, weight: weights[index] ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.capacity / a.weight - b.capacity / b.weight);
  // Summed from the end, so that what is left at the last vessels is not what rounding left over.
  const weightFrom = vessels.map(() => 0);
  let weightAfter = 0;
  for (let i = vessels.length - 1; i >= 0; i -= 1) {
    weightAfter += vessels[i]?.weight ?? 0;
    weightFrom[i] = weightAfter;
  }
  let left = budget;
  for (const [i, { capacity, weight }] of vessels.entries()) {
    const level = left / (weightFrom[i] ?? weight);
    if (capacity / weight > level) return Math.max(0, level);
    left -= capacity;
  }
  return Number.POSITIVE_INFINITY;
}

/** Hands the rest out in ones to those with the largest remainders (ties: the first), or takes the excess from those with the smallest. */
function settleRest(parts: number[], ideals: readonly number[], { quantity, capacities }: Limits) {
  let rest = quantity - sumOf(parts);
  const step = Math.sign(rest);
  const remainder = (index: number): number => (ideals[index] ?? 0) - (parts[index] ?? 0);
  const order = parts.map((_, index) => index);
  order.sort((a, b) => step * (remainder(b) - remainder(a)) || a - b);
  while (rest !== 0) {
    for (const index of order) {
      const part = (parts[index] ?? 0) + step;
      if (rest === 0) break;
      if (part < 0 || part > (capacities[index] ?? 0)) continue;
      parts[index] = part;
      rest -= step;
    }
  }
}

type Limits = Pick<Apportionment, "quantity" | "capacities">;

/** Those of a weight first; the others only for what is then left, in proportion to capacity. */
function fill({ quantity, capacities, weights }: Apportionment): number[] {
  const level = waterLevel(capacities, weights, quantity);
  const ideals = capacities.map((capacity, index) => {
    const weight = weights[index] ?? 0;
    return weight === 0 ? 0 : Math.min(capacity, level * weight);
  });
  const parts = ideals.map(Math.floor);
  settleRest(parts, ideals, {
    quantity,
    capacities: capacities.map((capacity, index) => ((weights[index] ?? 0) > 0 ? capacity : 0)),
  });
  return parts;
}

/**
 * Whole parts in proportion to the weights, none above its capacity, that sum to exactly min(quantity, Σ capacities): capped pro-rata, rounded by largest
 * remainders (Hamilton). Those without a weight get what the others cannot take. Each part is less than 1 off the capped proportion.
 * Throws DataError on parts of lots and weights that are not finite.
 */
export function apportion(request: Apportionment): number[] {
  check(request);
  const { quantity, capacities, weights } = request;
  if (quantity >= sumOf(capacities)) return [...capacities];
  const weighted = sumOf(capacities.map((capacity, i) => ((weights[i] ?? 0) > 0 ? capacity : 0)));
  const first = fill({ quantity: Math.min(quantity, weighted), capacities, weights });
  if (quantity <= weighted) return first;
  const left = capacities.map((capacity, index) => capacity - (first[index] ?? 0));
  const rest = fill({ quantity: quantity - weighted, capacities: left, weights: left });
  return first.map((part, index) => part + (rest[index] ?? 0));
}

/** The largest value of two neighbours in which `reaches` is false, and the smallest in which it is true; it must be false at `low`, true at `high`. */
export function bisect(
  low: number,
  high: number,
  reaches: (value: number) => boolean,
): readonly [number, number] {
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return [low, high];
    if (reaches(middle)) high = middle;
    else low = middle;
  }
}

/** Whole parts at a level of burden: as many as keep part / weight at or below it. */
const partsAt = (
  level: number,
  { capacities, weights }: Omit<Apportionment, "quantity">,
): number[] =>
  capacities.map((capacity, i) => Math.min(capacity, Math.floor(level * (weights[i] ?? 0))));

/**
 * Whole parts that sum to exactly min(quantity, Σ capacities) with the smallest possible maximum of part / weight (to the last bit of a double): the min-max integer
 * programme of Chitra et al., arXiv 2602.15182 eq. 8, for one instrument, in which it needs no solver: it is Jefferson's apportionment
 * with caps. Those without a weight get what the others cannot take. Ties: the first. Throws DataError as `apportion`.
 */
export function apportionMinMax(request: Apportionment): number[] {
  check(request);
  const { quantity, capacities, weights } = request;
  if (quantity >= sumOf(capacities)) return [...capacities];
  const hasWeight = weights.map((weight) => weight > 0);
  const weighted = sumOf(capacities.filter((_, index) => hasWeight[index] === true));
  if (quantity >= weighted) return apportion({ quantity, capacities, weights });
  const at = (level: number): number[] => partsAt(level, { capacities, weights });
  // Just below the level of the continuous problem whole parts cannot yet sum to the quantity, but where they do exactly.
  const level = waterLevel(capacities, weights, quantity) * (1 - 2 ** -40);
  const highest = capacities.reduce(
    (most, capacity, i) =>
      hasWeight[i] === true ? Math.max(most, capacity / (weights[i] ?? 1)) : most,
    0,
  );
  const [below, reached] = bisect(level, 2 * highest, (value) => sumOf(at(value)) >= quantity);
  const parts = at(below);
  let rest = quantity - sumOf(parts);
  for (const [index, part] of at(reached).entries()) {
    const more = Math.min(rest, part - (parts[index] ?? 0));
    parts[index] = (parts[index] ?? 0) + more;
    rest -= more;
  }
  return parts;
}
