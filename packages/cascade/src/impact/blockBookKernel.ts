import { MICROS_PER_SECOND } from "@aftershock/schema";
import { checkedFlow, checkedPositive, type FlowPair, type ImpactKernel } from "./impactKernel.ts";

/** Volume that rests within some distances of the best price of one side. */
export interface DepthProfile {
  /** Distances from the best price, natural logarithms, ascending, above 0. */
  readonly distances: readonly number[];
  /** Volume within each of them, quote currency, ascending. */
  readonly volumes: readonly number[];
}

/** How far a volume walks into a profile, a logarithm: by straight lines between its points, and at the slope of the last beyond. 0 where there is no depth to be read. */
export function walkedDistance({ distances, volumes }: DepthProfile, volume: number): number {
  let [distance, within] = [0, 0];
  for (let i = 0; i < distances.length; i += 1) {
    const [toDistance, toVolume] = [distances[i] ?? 0, volumes[i] ?? 0];
    const isLast = i === distances.length - 1;
    if (toVolume > within && (volume <= toVolume || isLast)) {
      return distance + ((toDistance - distance) * (volume - within)) / (toVolume - within);
    }
    [distance, within] = [toDistance, Math.max(within, toVolume)];
  }
  return distance;
}

/** What a block-shaped book is made of. */
export interface BlockBookOptions {
  /** The time in which e⁻¹ of what was taken is still missing, seconds. */
  readonly refillSeconds: number;
  /** Bids and asks as they stand at an instant, µs: the recorded ones. */
  readonly depthAt: (at: number, side: 1 | -1) => DepthProfile;
  /**
   * How the book thins as Δ grows against the flow, a power: volumes are multiplied by e^(−thinning·|Δ|). 0 walks the recorded book as it stands, which diverges under feedback.
   */
  readonly thinning?: number;
}

/**
 * A book that is walked and refills: the volume still missing, of recorded and changed flow apart, fades exponentially, and Δ is the difference of how far
 * the two walk into the recorded depth. With one flat profile it is the exponential kernel (Obizhaeva and Wang 2013).
 *
 * Assumes: that what rests is all there is, and that it comes back at one rate, whoever was run over. Wrong in a crash: recorded depth is what
 * makers left *after* the recorded forced flow, so that a walk of it overstates what the same flow would move with less of it before; under
 * feedback it may not converge. Shown as a variant beside the calibrated kernels, never alone.
 */
export class BlockBookKernel implements ImpactKernel {
  readonly name = "blockBook";
  readonly #options: BlockBookOptions;
  readonly #refillMicros: number;
  /** Signed volume still missing: bought above 0, sold below. */
  #recorded = 0;
  #changed = 0;
  #delta = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: BlockBookOptions) {
    this.#options = options;
    this.#refillMicros =
      checkedPositive(options.refillSeconds, "The refill time") * MICROS_PER_SECOND;
  }

  add(flow: FlowPair): void {
    const at = checkedFlow(flow, this.#last);
    const kept =
      this.#last === Number.NEGATIVE_INFINITY
        ? 0
        : Math.exp((this.#last - at) / this.#refillMicros);
    this.#recorded = this.#recorded * kept + flow.recorded;
    this.#changed = this.#changed * kept + flow.changed;
    this.#last = at;
    this.#delta = this.delta(at);
  }

  delta(at: number): number {
    if (this.#changed === this.#recorded) return 0;
    const kept = Math.exp((this.#last - at) / this.#refillMicros);
    return this.#walked(at, this.#changed * kept) - this.#walked(at, this.#recorded * kept);
  }

  #walked(at: number, signedVolume: number): number {
    const side = signedVolume >= 0 ? 1 : -1;
    const { depthAt, thinning = 0 } = this.#options;
    const thinned = Math.exp(thinning * Math.abs(this.#delta));
    return side * walkedDistance(depthAt(at, side), Math.abs(signedVolume) * thinned);
  }
}
