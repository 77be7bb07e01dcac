import type { SpreadFacts } from "./factTypes.ts";
import { LogHistogram } from "./logHistogram.ts";
import { quantilesOf } from "./quantiles.ts";
import { Windowed, type WindowRecords } from "./windowed.ts";

const BPS = 10_000;

/** The spread by the time for which it stood, exact to the µs, in ticks and over the mid. */
export class SpreadSums {
  readonly #ticks = new Windowed(() => new LogHistogram());
  readonly #bps = new Windowed(() => new LogHistogram());

  /** Tells that best bid and ask, ticks, stood for `lasted` µs. */
  add(bid: number, ask: number, lasted: number): void {
    const ticks = ask - bid;
    const doubledMid = bid + ask;
    const bps = doubledMid > 0 ? (2 * BPS * ticks) / doubledMid : Number.NaN;
    this.#ticks.all.add(ticks, lasted);
    this.#ticks.current.add(ticks, lasted);
    this.#bps.all.add(bps, lasted);
    this.#bps.current.add(bps, lasted);
  }

  /** The window in hand is over. */
  close(records: WindowRecords): void {
    this.#ticks.close(records);
    this.#bps.close(records);
  }

  /** Undefined where there never was a bid and an ask. */
  facts(windows: number): SpreadFacts | undefined {
    if (this.#ticks.all.weight === 0) return undefined;
    return {
      ticks: this.#ticks.map(quantilesOf, windows),
      bps: this.#bps.all.weight === 0 ? undefined : this.#bps.map(quantilesOf, windows),
    };
  }
}
