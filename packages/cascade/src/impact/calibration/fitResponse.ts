import type { MixturePart } from "../mixtureKernel.ts";

/** An exponential kernel fitted to a response. */
export interface ExponentialFit {
  readonly kind: "exponential";
  /** A logarithm a unit of flow. */
  readonly slope: number;
  readonly tauSeconds: number;
  /** 0 … 1. */
  readonly permanentShare: number;
  /** Root mean square of what the fit misses, over that of the response. */
  readonly relativeError: number;
}

/** A power-law kernel fitted to a response. */
export interface PowerLawFit {
  readonly kind: "powerLaw";
  readonly slope: number;
  readonly scaleSeconds: number;
  readonly decayPower: number;
  /** The response's own length: of what comes later it says nothing. */
  readonly cutoffSeconds: number;
  readonly relativeError: number;
}

/** A mixture of exponential kernels fitted to a response. */
export interface MixtureFit {
  readonly kind: "mixture";
  readonly slope: number;
  /** Shares that sum to 1, with their times; those of nothing left out. */
  readonly parts: readonly MixturePart[];
  readonly relativeError: number;
}

/** Values from … to in even steps of their logarithm. */
const logGrid = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));

/** Lag at the end of step t from the middle of step 0, seconds. */
const lagOf = (t: number, stepSeconds: number): number => (t + 0.5) * stepSeconds;

function missed(response: Float64Array, model: (t: number) => number): number {
  let [error, all] = [0, 0];
  response.forEach((value, t) => {
    error += (value - model(t)) ** 2;
    all += value * value;
  });
  return all === 0 ? 0 : Math.sqrt(error / all);
}

/** The best of some candidates; the first of equals. */
function best<T extends { readonly relativeError: number }>(
  candidates: readonly T[],
): T | undefined {
  return candidates.reduce<T | undefined>(
    (found, next) =>
      found === undefined || next.relativeError < found.relativeError ? next : found,
    undefined,
  );
}

/** The multiple of a shape that comes nearest to the response, by least squares. */
function slopeOf(response: Float64Array, shape: (t: number) => number): number {
  let [along, square] = [0, 0];
  response.forEach((value, t) => {
    along += value * shape(t);
    square += shape(t) ** 2;
  });
  return square === 0 ? 0 : along / square;
}

/** The permanent share of a constant and a fading shape that come nearest to the response together, by least squares. */
function permanentShareOf(response: Float64Array, fading: (t: number) => number): number {
  let [count, sum, square, total, along] = [0, 0, 0, 0, 0];
  response.forEach((value, t) => {
    const shape = fading(t);
    count += 1;
    sum += shape;
    square += shape * shape;
    total += value;
    along += value * shape;
  });
  const determinant = count * square - sum * sum;
  const lasting = (square * total - sum * along) / determinant;
  const transient = (count * along - sum * total) / determinant;
  return lasting / (lasting + transient);
}

/**
 * Fits G(l) = slope · [p + (1 − p)·e^(−l/τ)] to a response at the ends of steps by least squares: τ on a grid of logarithms from a step to four times the
 * response's length, the rest solved for; p is held within 0 … `mostPermanent`. Undefined where no candidate has a slope above 0.
 */
export function fitExponential(
  response: Float64Array,
  options: { readonly stepSeconds: number; readonly mostPermanent?: number },
): ExponentialFit | undefined {
  const { stepSeconds, mostPermanent = 1 } = options;
  const taus = logGrid(stepSeconds, 4 * stepSeconds * response.length, 60);
  const candidates = taus.flatMap((tauSeconds): ExponentialFit[] => {
    const fading = (t: number): number => Math.exp(-lagOf(t, stepSeconds) / tauSeconds);
    const withShare = (permanentShare: number): ExponentialFit[] => {
      const shape = (t: number): number => permanentShare + (1 - permanentShare) * fading(t);
      const slope = slopeOf(response, shape);
      const relativeError = missed(response, (t) => slope * shape(t));
      return slope > 0
        ? [{ kind: "exponential", slope, tauSeconds, permanentShare, relativeError }]
        : [];
    };
    const free = permanentShareOf(response, fading);
    return free > 0 && free < mostPermanent
      ? withShare(free)
      : [...withShare(0), ...withShare(mostPermanent)];
  });
  return best(candidates);
}

/**
 * Fits G(l) = slope · (1 + l/l₀)^−γ · e^(−l/T), T the response's length, to a response at the ends of steps by least squares over grids of l₀ (a tenth of a step to a quarter of the response) and γ
 * (at least 1 − δ for a size power δ, so that round trips cannot gain, up to 1.5). Undefined where no candidate has a slope above 0.
 */
export function fitPowerLaw(
  response: Float64Array,
  options: { readonly stepSeconds: number; readonly sizePower?: number },
): PowerLawFit | undefined {
  const { stepSeconds, sizePower = 1 } = options;
  const least = Math.max(0.05, 1 - sizePower);
  const scales = logGrid(stepSeconds / 10, (stepSeconds * response.length) / 4, 24);
  const cutoffSeconds = stepSeconds * response.length;
  const powers = Array.from({ length: 30 }, (_, i) => least + ((1.5 - least) * i) / 29);
  const candidates = scales.flatMap((scaleSeconds) =>
    powers.flatMap((decayPower): PowerLawFit[] => {
      const shape = (t: number): number =>
        (1 + lagOf(t, stepSeconds) / scaleSeconds) ** -decayPower *
        Math.exp(-lagOf(t, stepSeconds) / cutoffSeconds);
      const slope = slopeOf(response, shape);
      const relativeError = missed(response, (t) => slope * shape(t));
      return slope > 0
        ? [{ kind: "powerLaw", slope, scaleSeconds, decayPower, cutoffSeconds, relativeError }]
        : [];
    }),
  );
  return best(candidates);
}

/** How many exponentials a mixture has. */
const MIXED = 5;

/** Their times: from half a step to the response's length, in even steps of the logarithm. */
const mixtureTimes = (steps: number, stepSeconds: number): readonly number[] =>
  logGrid(stepSeconds / 2, steps * stepSeconds, MIXED);

/** Sweeps of the descent that solves for non-negative weights; it converges in some dozens. */
const SWEEPS = 2_000;

/**
 * Fits G(l) = Σ wₖ·e^(−l/τₖ), wₖ ≥ 0, to a response at the ends of steps by least squares, τ on a coarse grid: coordinate by coordinate, which for this convex problem ends at
 * its minimum. The weights are 0 or more, for a forced sale tells nothing that should push the price beyond where it would have been: an estimate that falls below 0 is one of the
 * recovery from what set the sales off. Undefined where no weight is above 0.
 */
export function fitMixture(
  response: Float64Array,
  { stepSeconds }: { readonly stepSeconds: number },
): MixtureFit | undefined {
  const times = mixtureTimes(response.length, stepSeconds);
  const shapes = times.map((tau) =>
    Float64Array.from(response, (_, t) => Math.exp(-lagOf(t, stepSeconds) / tau)),
  );
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, t) => sum + value * (b[t] ?? 0), 0);
  const products = shapes.map((a) => shapes.map((b) => dot(a, b)));
  const along = shapes.map((shape) => dot(shape, response));
  const weights = times.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [k, row] of products.entries()) {
      const others = row.reduce(
        (sum, value, j) => (j === k ? sum : sum + value * (weights[j] ?? 0)),
        0,
      );
      weights[k] = Math.max(0, ((along[k] ?? 0) - others) / (row[k] ?? 1));
    }
  }
  const slope = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(slope > 0)) return undefined;
  const parts = times.flatMap((tauSeconds, k) => {
    const share = (weights[k] ?? 0) / slope;
    return share > 0 ? [{ share, tauSeconds }] : [];
  });
  const relativeError = missed(response, (t) =>
    shapes.reduce((sum, shape, k) => sum + (weights[k] ?? 0) * (shape[t] ?? 0), 0),
  );
  return { kind: "mixture", slope, parts, relativeError };
}
