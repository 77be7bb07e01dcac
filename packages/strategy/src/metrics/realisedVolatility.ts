import { MICROS_PER_YEAR } from "@aftershock/schema";
import type { EquityPoint } from "./equityPoint.ts";

/**
 * The volatility of a curve over its own span, a fraction a year: √(Σ ln² of each step / years), which allows for unequal
 * steps and takes their mean as 0. Years of 365 days, as crypto trades every day. Undefined with fewer than two points, with no time
 * between them, or where the equity is not above 0 throughout. A few days scaled to a year describe those days only.
 */
export function realisedVolatility(curve: readonly EquityPoint[]): number | undefined {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return undefined;
  if (curve.some((point) => point.equityUsd <= 0)) return undefined;
  let squares = 0;
  let before = first.equityUsd;
  for (const { equityUsd } of curve) {
    squares += Math.log(equityUsd / before) ** 2;
    before = equityUsd;
  }
  return Math.sqrt(squares / ((last.at - first.at) / MICROS_PER_YEAR));
}
