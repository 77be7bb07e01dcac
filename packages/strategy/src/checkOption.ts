import { ConfigError } from "@aftershock/schema";
import { shown } from "./settings.ts";

/**
 * Checks an option of a hedge or a mitigation: a number above 0, or 0 as well with `orZero`; at most `to`; infinite only with `orInfinite`.
 * Throws ConfigError naming it, `name` being what it belongs to and the option.
 */
export function checkOption(
  name: string,
  value: number,
  {
    orZero = false,
    orInfinite = false,
    to = Infinity,
  }: { orZero?: boolean; orInfinite?: boolean; to?: number } = {},
): void {
  const inRange = (value > 0 || (orZero && value === 0)) && value <= to;
  if (typeof value === "number" && inRange && (orInfinite || value !== Infinity)) return;
  const bound = to === Infinity ? "" : `, at most ${to}`;
  throw new ConfigError(`${name} is ${shown(value)}`, {
    hints: [
      `Give ${name} a ${orInfinite ? "" : "finite "}number ${orZero ? "of 0 or more" : "above 0"}${bound}.`,
    ],
  });
}
