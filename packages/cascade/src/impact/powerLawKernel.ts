import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import { checkedFlow, checkedPositive, type FlowPair, type ImpactKernel } from "./impactKernel.ts";

/** Of impact that fades by a power of time and is concave in size. */
export interface PowerLawOptions {
  /** l₀ of G(l) = (1 + l/l₀)^−γ, seconds, above 0. */
  readonly scaleSeconds: number;
  /** γ, above 0. */
  readonly decayPower: number;
  /** τ of a factor e^(−l/τ) that ends the memory, seconds, above 0; default none. */
  readonly cutoffSeconds?: number;
  /** δ of h(q) = sign(q)·|q/unit|^δ·unit, above 0 and at most 1; default 1. */
  readonly sizePower?: number;
  /** The flow at which h(q) = q: slope is stated for it. Needed where `sizePower` is not 1; above 0. */
  readonly unit?: number;
}

/** Step of the logarithm of the rate between two of the exponentials, and where their grid ends. */
const LOG_STEP = 0.75;
const SLOWEST_LOG_RATE = -26;
const FASTEST_LOG_RATE = 4;

/** sign(q)·|q/unit|^δ·unit. */
export const concave = (flow: number, power: number, unit: number): number =>
  power === 1 ? flow : Math.sign(flow) * unit * (Math.abs(flow) / unit) ** power;

/** Throws ConfigError unless γ + δ ≥ 1, without which round trips can gain (Gatheral 2010). */
export function checkedPowerLaw(options: PowerLawOptions): Required<PowerLawOptions> {
  const { scaleSeconds, decayPower, cutoffSeconds = Infinity, sizePower = 1, unit = 1 } = options;
  checkedPositive(scaleSeconds, "The time scale");
  checkedPositive(decayPower, "The power of the decay");
  if (cutoffSeconds !== Infinity) checkedPositive(cutoffSeconds, "The time of the cut-off");
  checkedPositive(sizePower, "The power of the size");
  checkedPositive(unit, "The unit of flow");
  if (sizePower > 1 || decayPower + sizePower < 1) {
    throw new ConfigError(
      `Impact with powers ${decayPower} of time and ${sizePower} of size can be manipulated`,
      {
        hints: ["Take a power of size of at most 1, and powers that add up to 1 or more."],
      },
    );
  }
  if (sizePower !== 1 && options.unit === undefined) {
    throw new ConfigError("Concave impact needs the flow for which its slope is stated", {
      hints: ["Give `unit`, in quote currency."],
    });
  }
  return { scaleSeconds, decayPower, cutoffSeconds, sizePower, unit };
}

/**
 * Impact that fades by a power of time and is concave in size: G(l) = (1 + l/l₀)^−γ·e^(−l/τ), h(q) = sign(q)|q|^δ (Bouchaud's propagator; concave in the flow of a bin, which the caller chooses; τ without end
 * gives the power law itself).
 *
 * The memory of all flow is kept as a sum of exponentials, so that a flow costs the same at any length of the day:
 * (1 + l/l₀)^−γ = 1/Γ(γ) ∫ s^(γ−1) e^−s e^(−s·l/l₀) ds, by the trapezoidal rule in ln s, scaled so that G(0) = 1. Off by less than 1.5e-5 of G(0) for lags up
 * to 10⁷ l₀ and γ from 0.05 to 0.8, and by less than 1.2e-4 up to 1.5; PropagatorSum is its plain twin.
 *
 * Assumes: that the fading does not depend on the state of the market. Concave h makes the sum over split orders depend on the bin: two bins of half the flow move the
 * price more than one. Wrong in the same places as ExponentialKernel.
 */
export class PowerLawKernel implements ImpactKernel {
  readonly name = "powerLaw";
  readonly #options: Required<PowerLawOptions>;
  /** Rates of the exponentials, 1/µs, and their weights, which sum to 1. */
  readonly #rates: Float64Array;
  readonly #weights: Float64Array;
  readonly #parts: Float64Array;
  /** What is left of each of them after the last lag that was asked for. */
  readonly #left: Float64Array;
  #lag = Number.NaN;
  #isZero = true;
  #last = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError on powers that allow manipulation, and on parameters that cannot be. */
  constructor(options: PowerLawOptions) {
    this.#options = checkedPowerLaw(options);
    const { scaleSeconds, decayPower, cutoffSeconds } = this.#options;
    const scale = scaleSeconds * MICROS_PER_SECOND;
    const least = 1 / (cutoffSeconds * MICROS_PER_SECOND);
    const count = Math.round((FASTEST_LOG_RATE - SLOWEST_LOG_RATE) / LOG_STEP) + 1;
    const logs = Float64Array.from({ length: count }, (_, k) => SLOWEST_LOG_RATE + k * LOG_STEP);
    const raw = logs.map((log) => Math.exp(decayPower * log - Math.exp(log)));
    // What the rates below the grid's end stand for does not fade within any day: it goes to the slowest one.
    raw[0] = (raw[0] ?? 0) / (1 - Math.exp(-decayPower * LOG_STEP));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    this.#weights = raw.map((weight) => weight / total);
    this.#rates = logs.map((log) => least + Math.exp(log) / scale);
    this.#parts = new Float64Array(count);
    this.#left = new Float64Array(count);
  }

  add(flow: FlowPair): void {
    const at = checkedFlow(flow, this.#last);
    const { sizePower, unit } = this.#options;
    const { changed, recorded, slope } = flow;
    const isAlike = changed === recorded;
    if (this.#isZero && isAlike) {
      this.#last = at;
      return;
    }
    const moved = isAlike
      ? 0
      : slope * (concave(changed, sizePower, unit) - concave(recorded, sizePower, unit));
    if (this.#isZero) {
      for (let k = 0; k < this.#parts.length; k += 1) {
        this.#parts[k] = moved * (this.#weights[k] ?? 0);
      }
    } else {
      const left = this.#leftAfter(at - this.#last);
      for (let k = 0; k < this.#parts.length; k += 1) {
        const faded = (this.#parts[k] ?? 0) * (left[k] ?? 0);
        this.#parts[k] = faded + moved * (this.#weights[k] ?? 0);
      }
    }
    this.#isZero = false;
    this.#last = at;
  }

  delta(at: number): number {
    if (this.#isZero) return 0;
    const left = this.#leftAfter(at - this.#last);
    let sum = 0;
    for (let k = 0; k < this.#parts.length; k += 1) {
      sum += (this.#parts[k] ?? 0) * (left[k] ?? 0);
    }
    return sum;
  }

  #leftAfter(lag: number): Float64Array {
    if (lag !== this.#lag) {
      this.#lag = lag;
      for (let k = 0; k < this.#left.length; k += 1) {
        this.#left[k] = Math.exp(-lag * (this.#rates[k] ?? 0));
      }
    }
    return this.#left;
  }
}

/** The plain twin of PowerLawKernel: keeps every flow and adds all of them up anew for each Δ. For short runs and tests. */
export class PropagatorSum implements ImpactKernel {
  readonly name = "powerLaw";
  readonly #options: Required<PowerLawOptions>;
  readonly #moves: { readonly at: number; readonly moved: number }[] = [];
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: PowerLawOptions) {
    this.#options = checkedPowerLaw(options);
  }

  add(flow: FlowPair): void {
    this.#last = checkedFlow(flow, this.#last);
    const { sizePower, unit } = this.#options;
    const { changed, recorded, slope } = flow;
    if (changed === recorded) return;
    const moved = slope * (concave(changed, sizePower, unit) - concave(recorded, sizePower, unit));
    this.#moves.push({ at: flow.at, moved });
  }

  delta(at: number): number {
    const { scaleSeconds, decayPower, cutoffSeconds } = this.#options;
    const scale = scaleSeconds * MICROS_PER_SECOND;
    const cutoff = cutoffSeconds * MICROS_PER_SECOND;
    const kept = (lag: number): number =>
      (1 + lag / scale) ** -decayPower * Math.exp(-lag / cutoff);
    return this.#moves.reduce((sum, move) => sum + move.moved * kept(at - move.at), 0);
  }
}
