import type { LiquidationCase } from "./liquidationCase.ts";

/**
 * Latched accounts that a throttle holds up, in the order of latching: hundreds wait in a crash. All wait with an order of one instrument that may be cut, so that while the throttle lets nothing of
 * the first of them through it lets nothing through of any. Then those alone are looked at that may be let go without an order of theirs.
 */
export class HeldCases {
  readonly #cases: LiquidationCase[] = [];
  readonly #mayBeReleased: (latched: LiquidationCase) => boolean;
  /** The place of the one that is looked at next. */
  #place = 0;
  /** When it is looked at, µs; Infinity where nobody waits. */
  dueAt: number = Number.POSITIVE_INFINITY;

  /** `mayBeReleased`: whether the rule lets an account go once it is safe; the same as long as it waits. */
  constructor(mayBeReleased: (latched: LiquidationCase) => boolean) {
    this.#mayBeReleased = mayBeReleased;
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
    const cases = this.#cases;
    if (cases.length === 0) this.dueAt = dueAt;
    let place = cases.length;
    while (place > 0 && (cases[place - 1]?.order ?? -1) > latched.order) place -= 1;
    if (place === cases.length) cases.push(latched);
    else cases.splice(place, 0, latched);
    if (place < this.#place) this.#place += 1;
  }

  /** The one that is looked at next; undefined where nobody waits. */
  get next(): LiquidationCase | undefined {
    return this.#cases[this.#place];
  }

  /** It waits on, as the throttle has nothing left until `window`, µs. */
  pass(window: number): void {
    const cases = this.#cases;
    for (this.#place += 1; this.#place < cases.length; this.#place += 1) {
      const latched = cases[this.#place];
      if (latched !== undefined && this.#mayBeReleased(latched)) return;
    }
    this.#beginAt(window);
  }

  /** Takes it out; `window`: as for `pass`. */
  take(window: number): void {
    if (this.#place === 0) this.#cases.shift();
    else this.#cases.splice(this.#place, 1);
    if (this.#cases.length === 0) this.#beginAt(Number.POSITIVE_INFINITY);
    else if (this.#place === this.#cases.length) this.#beginAt(window);
  }

  #beginAt(window: number): void {
    this.#place = 0;
    this.dueAt = window;
  }
}
