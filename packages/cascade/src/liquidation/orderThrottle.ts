import { ConfigError } from "@aftershock/schema";

/** How much a venue's engine may send to the market. */
export interface OrderThrottleOptions {
  /** Notional of forced orders a window, in the ledger's currency, above 0. */
  readonly notionalPerWindow: number;
  /** Length of a window, µs, whole, above 0; windows begin at whole multiples. */
  readonly windowMicros: number;
}

/**
 * A budget of forced orders by windows of time, for the whole engine: who comes later waits. What is not used is lost. An order that may
 * not be cut (fill or kill) is sent whole while anything of the budget is left, a single lot that is worth more than a window at the
 * beginning of one; what they take too much is taken from the windows after.
 *
 * Assumes that the venue's capacity is counted in notional and is the same at all times. No venue states one; a prototype's books emptied
 * without it (COUNTERFACTUAL.md), so that it is an option and reported as such.
 */
export class OrderThrottle {
  readonly #options: OrderThrottleOptions | undefined;
  /** Share of the notional that windows have from now on, above 0: 1 is the venue's own pace. */
  share = 1;
  #window = -1;
  #left = 0;

  /** Undefined: no limit. Throws ConfigError where an option is out of range. */
  constructor(options: OrderThrottleOptions | undefined) {
    if (options !== undefined) {
      const { notionalPerWindow, windowMicros } = options;
      if (!(notionalPerWindow > 0) || !(Number.isSafeInteger(windowMicros) && windowMicros > 0)) {
        throw new ConfigError(
          `A throttle of ${notionalPerWindow} in ${windowMicros} µs lets nothing through`,
          { hints: ["Give a notional above 0 and a whole number of µs above 0."] },
        );
      }
    }
    this.#options = options;
  }

  /** Whether there is any limit. */
  get isLimited(): boolean {
    return this.#options !== undefined;
  }

  /** How many of `lots`, each worth `notionalPerLot`, may be sent now: 0 where the window is used up. */
  allowed(lots: number, notionalPerLot: number, order: { at: number; isWhole: boolean }): number {
    if (this.#options === undefined) return lots;
    const left = this.#leftAt(order.at);
    if (left <= 0) return 0;
    if (order.isWhole) return lots;
    // A lot that is worth more than a window has one to itself.
    const least = left >= this.#options.notionalPerWindow ? 1 : 0;
    return Math.min(lots, Math.max(least, Math.floor(left / notionalPerLot)));
  }

  /** Takes what was sent from the budget. */
  use(notional: number): void {
    if (this.#options !== undefined) this.#left -= notional;
  }

  /** When the next window begins, µs. */
  nextWindow(at: number): number {
    const width = this.#options?.windowMicros ?? 1;
    return (Math.floor(at / width) + 1) * width;
  }

  #leftAt(at: number): number {
    if (this.#options === undefined) return Number.POSITIVE_INFINITY;
    const { windowMicros } = this.#options;
    const notionalPerWindow = this.#options.notionalPerWindow * this.share;
    const window = Math.floor(at / windowMicros);
    if (window > this.#window) {
      const passed = this.#window < 0 ? 1 : window - this.#window;
      this.#left = Math.min(
        notionalPerWindow,
        Math.min(0, this.#left) + passed * notionalPerWindow,
      );
      this.#window = window;
    }
    return this.#left;
  }
}
