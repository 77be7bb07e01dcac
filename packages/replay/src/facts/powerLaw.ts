/** A point of a fit, with its weight. */
export interface FitPoint {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** y = c·x^exponent, fitted by weighted least squares on the logarithms. */
export interface PowerLaw {
  readonly exponent: number;
  /** The share of the variance of ln y that it explains, 0 … 1. */
  readonly rSquared: number;
  /** How many points it goes through. */
  readonly points: number;
}

/** Fewest points of a fit: two are always on a line. */
export const FEWEST_POINTS = 3;

/**
 * The power law through points, all of which must be above 0. Undefined for fewer than three, or where all have one x. Least squares
 * on logarithms assume errors in proportion to y: where y is near its noise, the exponent is biased.
 */
export function powerLaw(points: readonly FitPoint[]): PowerLaw | undefined {
  if (points.length < FEWEST_POINTS) return undefined;
  const logs = points.map(({ x, y, weight }) => ({ x: Math.log(x), y: Math.log(y), weight }));
  const sum = (of: (point: FitPoint) => number): number =>
    logs.reduce((all, point) => all + point.weight * of(point), 0);
  const weight = sum(() => 1);
  const meanX = sum(({ x }) => x) / weight;
  const meanY = sum(({ y }) => y) / weight;
  const xx = sum(({ x }) => (x - meanX) ** 2);
  const yy = sum(({ y }) => (y - meanY) ** 2);
  const xy = sum(({ x, y }) => (x - meanX) * (y - meanY));
  if (!(xx > 0)) return undefined;
  // A level line is explained wholly by any line through it.
  const rSquared = yy > 0 ? Math.min((xy * xy) / (xx * yy), 1) : 1;
  return { exponent: xy / xx, rSquared, points: points.length };
}
