import type { Batch } from "@aftershock/schema";

/** What stands in for what was not recorded. Each is named in the summary. */
export interface StandIns {
  /** For a mark that is missing or too old: the mid. Default: such steps are left out. */
  readonly mark?: "mid";
  /** For an index that is missing or too old: the mark. Default: such steps are left out. */
  readonly index?: "mark";
}

/** Mark, index and open interest as tickers last told them. */
export class TickerView {
  readonly #mostAge: number;
  readonly #standIns: StandIns;
  #mark = Number.NaN;
  #markAt = Number.NEGATIVE_INFINITY;
  #index = Number.NaN;
  #indexAt = Number.NEGATIVE_INFINITY;
  #openInterest = Number.NaN;
  #markStoodIn = 0;
  #indexStoodIn = 0;

  /** `mostAge`: how old a price may be, µs. */
  constructor(mostAge: number, standIns: StandIns) {
    this.#mostAge = mostAge;
    this.#standIns = standIns;
  }

  take({ columns }: Batch<"tickers">, from: number, to: number, times: Float64Array): void {
    const { markPrice, indexPrice, openInterest } = columns;
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      const [mark, index, open] = [markPrice[row], indexPrice[row], openInterest[row]];
      if (mark !== undefined && mark > 0) {
        this.#mark = mark;
        this.#markAt = at;
      }
      if (index !== undefined && index > 0) {
        this.#index = index;
        this.#indexAt = at;
      }
      if (open !== undefined && open >= 0) this.#openInterest = open;
    }
  }

  /** Mark and index at an instant, quote currency, NaN for unknown; what stands in is counted. `mid`: quote currency. */
  prices(at: number, mid: number): { readonly mark: number; readonly index: number } {
    const mark = this.#markAt >= at - this.#mostAge ? this.#mark : this.#markOf(mid);
    const index = this.#indexAt >= at - this.#mostAge ? this.#index : this.#indexOf(mark);
    return { mark, index };
  }

  #markOf(mid: number): number {
    if (this.#standIns.mark === undefined) return Number.NaN;
    if (mid > 0) this.#markStoodIn += 1;
    return mid;
  }

  #indexOf(mark: number): number {
    if (this.#standIns.index === undefined) return Number.NaN;
    if (mark > 0) this.#indexStoodIn += 1;
    return mark;
  }

  /** In the venue's size unit; NaN for unknown. */
  get openInterest(): number {
    return this.#openInterest;
  }

  /** How often something stood in. */
  get stoodIn(): { readonly mark: number; readonly index: number } {
    return { mark: this.#markStoodIn, index: this.#indexStoodIn };
  }
}
