/** 1/√(2π). */
const INVERSE_SQRT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** From here on the tail's continued fraction converges faster than the series, and keeps the tail's relative precision. */
const TAIL_STARTS = 3;

/** Enough terms of the continued fraction for 1e-16 at `TAIL_STARTS`, where it converges slowest. */
const TAIL_TERMS = 120;

/** The standard normal density at `x`. */
export const normalPdf = (x: number): number => INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * x * x);

/**
 * Φ(x) − ½ for |x| below `TAIL_STARTS`: φ(x)·(x + x³/3 + x⁵/(3·5) + …). All terms have one sign, so nothing cancels.
 * Source: G. Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11(4), 2004.
 */
function centralArea(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return normalPdf(x) * sum;
}

/**
 * 1 − Φ(x) for x at or above `TAIL_STARTS`: φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))), evaluated from its last term.
 * Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.14.
 */
function upperTail(x: number): number {
  let denominator = x;
  for (let term = TAIL_TERMS; term >= 1; term -= 1) denominator = x + term / denominator;
  return normalPdf(x) / denominator;
}

/**
 * The standard normal distribution function Φ(x), 0 … 1: exact to 1e-15, in the tails beyond 3 relative to their own size as
 * far as `Math.exp` carries them. `NaN` for `NaN`.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= -TAIL_STARTS) return upperTail(-x);
  if (x >= TAIL_STARTS) return 1 - upperTail(x);
  return 0.5 + centralArea(x);
}
