import type { LiquidationCase } from "./liquidationCase.ts";

/**
 * Latched accounts that a throttle holds up, in the order of latching: hundreds wait in a crash, and while the throttle lets nothing of the first of them through, none of the others is looked at. All wait
 * with an order of one instrument that may be cut, so that what holds for the first holds for all.
 */
export class HeldCases {
  readonly #cases: LiquidationCase[] = [];
  #next = 0;
  /** When the first is looked at, µs; Infinity where nobody waits. */
  dueAt: number = Number.POSITIVE_INFINITY;

  /** Whether an account can wait here: with an order that may be cut, of the same instrument as those who do. */
  fits({ orders }: LiquidationCase): boolean {
    const order = orders?.[0];
    if (order === undefined || order.fillOrKill) return false;
    const first = this.first?.orders?.[0];
    return first === undefined || first.instrument === order.instrument;
  }

  /** Enters an account; `dueAt` is when the throttle next lets something through, where nobody waits yet. */
  add(latched: LiquidationCase, dueAt: number): void {
    const cases = this.#cases;
    if (this.first === undefined) this.dueAt = dueAt;
    let place = cases.length;
    while (place > this.#next && (cases[place - 1]?.order ?? -1) > latched.order) place -= 1;
    if (place === cases.length) cases.push(latched);
    else cases.splice(place, 0, latched);
  }

  /** The first in the order of latching; undefined where nobody waits. */
  get first(): LiquidationCase | undefined {
    return this.#cases[this.#next];
  }

  /** Takes the first out. */
  take(): void {
    this.#next += 1;
    if (this.#next < this.#cases.length) return;
    this.#cases.length = 0;
    this.#next = 0;
    this.dueAt = Number.POSITIVE_INFINITY;
  }
}
