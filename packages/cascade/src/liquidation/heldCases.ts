import type { DangerBand } from "../margin/dangerBand.ts";
import type { LiquidationCase } from "./liquidationCase.ts";

/** What is asked of accounts that wait. */
export interface HeldCasesOptions {
  /** Whether the rule lets an account go once it is safe; the same as long as it waits. */
  readonly mayBeReleased: (latched: LiquidationCase) => boolean;
  /** Whether it still has what it waits to close, and is not to be let go. */
  readonly waitsOn: (latched: LiquidationCase) => boolean;
  /** The mark of a contract, ticks. */
  readonly markOf: (instrument: number) => number;
  /** The marks of its contract between which it surely waits on; undefined where that is not known. */
  readonly bandOf: (latched: LiquidationCase) => DangerBand | undefined;
}

/**
 * Latched accounts that a throttle holds up, in the order of latching: hundreds wait in a crash. All wait with an order of one instrument that may be cut, so that while the throttle lets nothing of
 * the first of them through it lets nothing through of any. Then those alone are looked at that may be let go without an order of theirs, and of these those alone whose band the mark has left.
 */
export class HeldCases {
  readonly #options: HeldCasesOptions;
  readonly #cases: LiquidationCase[] = [];
  /** Those of them that may be released. */
  readonly #releasable: LiquidationCase[] = [];
  /** Those of the latter that are looked at one by one: all others surely wait on at marks from `#low` to `#high`. */
  #open: LiquidationCase[] = [];
  #low = 0;
  #high = Number.POSITIVE_INFINITY;
  /** The place of the one that is looked at next. */
  #place = 0;
  /** When it is looked at, µs; Infinity where nobody waits. */
  dueAt: number = Number.POSITIVE_INFINITY;

  constructor(options: HeldCasesOptions) {
    this.#options = options;
  }

  /** Whether an account can wait here: with an order that may be cut, of the same instrument as those who do. */
  fits({ orders }: LiquidationCase): boolean {
    const order = orders?.[0];
    if (order === undefined || order.fillOrKill) return false;
    const first = this.#cases[0]?.orders?.[0];
    return first === undefined || first.instrument === order.instrument;
  }

  /** Enters an account that has been looked at; `dueAt` is when the throttle next lets something through, where nobody waits yet. */
  add(latched: LiquidationCase, dueAt: number): void {
    if (this.#cases.length === 0) this.dueAt = dueAt;
    const place = enter(this.#cases, latched);
    if (place < this.#place) this.#place += 1;
    if (!this.#options.mayBeReleased(latched)) return;
    enter(this.#releasable, latched);
    enter(this.#open, latched);
  }

  /** The one that is looked at next; undefined where nobody waits. */
  get next(): LiquidationCase | undefined {
    return this.#cases[this.#place];
  }

  /**
   * It waits on, as the throttle has nothing left until `window`, µs, and so do those after it, up to the first that does not or that was latched as `until`-th or later: that one is
   * looked at next.
   */
  pass(window: number, until: number): void {
    const order = this.next?.orders?.[0];
    if (order === undefined) return;
    const mark = this.#options.markOf(order.instrument);
    if (!(this.#low <= mark && mark <= this.#high)) this.forget();
    const from = (this.next?.order ?? -1) + 1;
    const found =
      this.#lookAt(from, until) ??
      this.#releasable[placeOf(this.#releasable, Math.max(from, until))];
    if (found === undefined) this.#beginAt(window);
    else this.#place = placeOf(this.#cases, found.order);
  }

  /** The first that does not wait on of those latched as `from`-th or later, and before the `until`-th. */
  #lookAt(from: number, until: number): LiquidationCase | undefined {
    const open = this.#open;
    const first = placeOf(open, from);
    let kept = first;
    let place = first;
    let found: LiquidationCase | undefined;
    for (; place < open.length && found === undefined; place += 1) {
      const latched = open[place];
      if (latched === undefined || latched.order >= until) break;
      const waits = this.#options.waitsOn(latched);
      if (!waits) found = latched;
      if (waits && this.#hasBand(latched)) continue;
      open[kept] = latched;
      kept += 1;
    }
    open.splice(kept, place - kept);
    return found;
  }

  /** Whether an account need not be looked at between `#low` and `#high`, which may lie closer together from now on. */
  #hasBand(latched: LiquidationCase): boolean {
    const band = this.#options.bandOf(latched);
    if (band === undefined) return false;
    this.#low = Math.max(this.#low, band.low);
    this.#high = Math.min(this.#high, band.high);
    return true;
  }

  /** Takes it out; `window`: as for `pass`. */
  take(window: number): void {
    const taken = this.next;
    if (taken === undefined) return;
    leave(this.#cases, taken);
    leave(this.#releasable, taken);
    leave(this.#open, taken);
    if (this.#cases.length === 0) this.#beginAt(Number.POSITIVE_INFINITY);
    else if (this.#place === this.#cases.length) this.#beginAt(window);
  }

  /** Money or lots of an account have changed, which need not wait here. */
  changed(latched: LiquidationCase): void {
    if (!has(this.#releasable, latched) || has(this.#open, latched)) return;
    enter(this.#open, latched);
  }

  /** Whatever was known of when accounts go on waiting holds no longer. */
  forget(): void {
    this.#open = [...this.#releasable];
    this.#low = 0;
    this.#high = Number.POSITIVE_INFINITY;
  }

  #beginAt(window: number): void {
    this.#place = 0;
    this.dueAt = window;
  }
}

/** The place of the first that was latched as `order`-th or later. */
function placeOf(cases: readonly LiquidationCase[], order: number): number {
  let low = 0;
  let high = cases.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cases[middle]?.order ?? Infinity) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts an account in its place, which is told. */
function enter(cases: LiquidationCase[], latched: LiquidationCase): number {
  const last = cases.at(-1)?.order ?? -1;
  const place = last < latched.order ? cases.length : placeOf(cases, latched.order);
  if (place === cases.length) cases.push(latched);
  else cases.splice(place, 0, latched);
  return place;
}

const has = (cases: readonly LiquidationCase[], latched: LiquidationCase): boolean =>
  cases[placeOf(cases, latched.order)] === latched;

/** Takes an account out, where it is there. */
function leave(cases: LiquidationCase[], latched: LiquidationCase): void {
  const place = placeOf(cases, latched.order);
  if (cases[place] !== latched) return;
  if (place === 0) cases.shift();
  else cases.splice(place, 1);
}
