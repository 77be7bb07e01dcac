import { ConfigError } from "@aftershock/schema";

/**
 * Checks an option of a hedge: a number above 0, or 0 as well with `orZero`; infinite only with `orInfinite`.
 * Throws ConfigError naming the hedge and the option.
 */
export function checkOption(
  name: string,
  value: number,
  { orZero = false, orInfinite = false }: { orZero?: boolean; orInfinite?: boolean } = {},
): void {
  const inRange = value > 0 || (orZero && value === 0);
  if (typeof value === "number" && inRange && (orInfinite || value !== Infinity)) return;
  throw new ConfigError(`${name} is ${String(value)}`, {
    hints: [
      `Give ${name} a ${orInfinite ? "" : "finite "}number ${orZero ? "of 0 or more" : "above 0"}.`,
    ],
  });
}
