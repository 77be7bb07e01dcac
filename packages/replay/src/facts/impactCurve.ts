import type { ImpactFacts } from "./factTypes.ts";
import { powerLaw } from "./powerLaw.ts";

const BPS = 10_000;
/** Bins of size in each doubling. */
const BINS_PER_OCTAVE = 1;
/** Fewest metaorders in a bin that is told: the impact of one is mostly noise. */
const FEWEST_IN_BIN = 10;

interface Bin {
  count: number;
  quote: number;
  impact: number;
}

/**
 * The mean move of the mid by size, in bins of one doubling each, and the power law through the bins with a positive mean, each weighted by how
 * many it holds. Means come before logarithms, so that metaorders after which the mid fell back count too. The square-root law
 * (Tóth et al. 2011, 1105.1694) is an exponent of 0.5 of size over daily volume: the volume is one for all and does not change the exponent.
 *
 * What is measured are proxies: nobody publishes which orders belong together. A run of one sign ends when somebody trades the other way, which
 * selects runs that were not met by opposite flow, and mixes the orders of many; its impact is of the flow of all, not of one trader.
 */
export class ImpactCurve {
  readonly #bins = new Map<number, Bin>();
  #count = 0;

  /** Adds a metaorder: its size in quote currency, above 0, and ln of the mid after over the mid before, in its direction. */
  add(quote: number, impact: number): void {
    if (!(quote > 0) || !Number.isFinite(impact)) return;
    this.#count += 1;
    const key = Math.floor(Math.log2(quote) * BINS_PER_OCTAVE);
    const bin = this.#bins.get(key) ?? { count: 0, quote: 0, impact: 0 };
    bin.count += 1;
    bin.quote += quote;
    bin.impact += impact;
    this.#bins.set(key, bin);
  }

  /** Undefined where there was no metaorder. */
  get facts(): ImpactFacts | undefined {
    if (this.#count === 0) return undefined;
    const bins = [...this.#bins]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, { count, quote, impact }]) =>
        count < FEWEST_IN_BIN
          ? []
          : [{ quote: quote / count, impactBps: (impact / count) * BPS, count }],
      );
    const points = bins
      .filter(({ impactBps }) => impactBps > 0)
      .map(({ quote, impactBps, count }) => ({ x: quote, y: impactBps, weight: count }));
    return { metaorders: this.#count, bins, law: powerLaw(points) };
  }
}
