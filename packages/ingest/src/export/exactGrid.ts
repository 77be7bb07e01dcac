import { ConfigError, type Decimal, formatDecimal } from "@aftershock/schema";
import { sqlName } from "../duck.ts";

/** The grid on which prices or sizes of several steps are exact decimals: whole numbers of 10^-decimals. */
export interface ExactGrid {
  readonly decimals: number;
  /** Digits in all: 18 where 64 bits hold every number of steps below 2^53, else 38. */
  readonly width: 18 | 38;
}

/** The most decimals that 2^53 steps leave room for in 38 digits. */
const MOST_DECIMALS = 22;

/** How many units of a grid a step is. */
export const unitsOf = (step: Decimal, { decimals }: ExactGrid): bigint =>
  BigInt(step.mantissa) * 10n ** BigInt(decimals - step.decimals);

/** The coarsest grid on which all of these steps are exact. Throws ConfigError when 38 digits do not suffice. */
export function exactGrid(steps: readonly Decimal[]): ExactGrid {
  const decimals = Math.max(0, ...steps.map((step) => step.decimals));
  const largest = steps
    .map((step) => unitsOf(step, { decimals, width: 38 }) * 2n ** 53n)
    .reduce((a, b) => (a > b ? a : b), 0n);
  if (decimals > MOST_DECIMALS || largest >= 10n ** 38n) {
    const texts = [...new Set(steps.map(formatDecimal))].join(", ");
    throw new ConfigError(`steps of ${texts} have no common decimal of 38 digits`, {
      hints: ["Export these instruments one by one."],
    });
  }
  return { decimals, width: decimals <= 18 && largest < 10n ** 18n ? 18 : 38 };
}

/** SQL: a column of whole steps as an exact decimal. */
export function exactDecimal(column: string, step: Decimal, grid: ExactGrid): string {
  const { decimals, width } = grid;
  const digits = Math.max(String(unitsOf(step, grid)).length, decimals);
  // A product of decimals is exact, and an error where it does not fit: of two of at most 18 digits (2^53 has 16) it has 18, else 38.
  const product = `${sqlName(column)}::DECIMAL(${width === 18 ? 16 : 38},0) * '${formatDecimal(step)}'::DECIMAL(${digits},${decimals})`;
  return `(${product})::DECIMAL(${width},${decimals})`;
}
