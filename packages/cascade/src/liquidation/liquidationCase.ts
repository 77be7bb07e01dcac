import type { Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";

/** An order that a step still has to send. */
export interface PendingOrder {
  readonly instrument: number;
  /** Lots still to be sent. */
  lots: number;
  /** `bankruptcy`: no worse than the position's bankruptcy price when it is sent. */
  readonly limit: "bankruptcy" | "none";
  readonly fillOrKill: boolean;
}

/** A latched account: it is worked on by the steps of the rule until it is closed or released, whatever its mark does meanwhile. */
export interface LiquidationCase {
  readonly account: AccountId;
  /** Its place in the order of latching, from 0. */
  readonly order: number;
  readonly triggeredAt: Micros;
  /** See Triggered. */
  readonly moved: readonly number[];
  /** Index of the step that is next or under way. */
  step: number;
  /** When it is worked on next, µs; Infinity: once a mark of what it holds has moved. */
  dueAt: number;
  /** What the step that is under way still has to send; undefined before it has looked. */
  orders: PendingOrder[] | undefined;
  /** Whether any of its lots have been closed. */
  hasClosed: boolean;
  /** Whether its first tranche has been sold. */
  hasTranche: boolean;
  /** The instrument that was closed last: its fund is asked for what is lacking. */
  lastInstrument: number;
}

/** A latched account that waits for its first step. */
export const openCase = (
  latched: Pick<LiquidationCase, "account" | "order" | "triggeredAt" | "moved" | "lastInstrument">,
): LiquidationCase => ({
  ...latched,
  step: 0,
  dueAt: latched.triggeredAt,
  orders: undefined,
  hasClosed: false,
  hasTranche: false,
});

/** Cases that are due at one time, in the order of latching from `next` on; what is before it was taken. */
interface DueCases {
  readonly cases: LiquidationCase[];
  next: number;
  isSorted: boolean;
}

/**
 * Latched accounts by the time at which they are due, those of the same time in the order of latching. An entry whose account is due at another time by now is dropped when it
 * comes up.
 *
 * Many are due at the same few times (hundreds wait for the next window of a throttle, and enter in the order in which they left the last one), so that entering and taking one costs
 * next to nothing beside finding its time.
 */
export class CaseQueue {
  readonly #due = new Map<number, DueCases>();
  /** Times that have cases, the last one first. */
  readonly #times: number[] = [];
  #spare: DueCases | undefined;

  /** Enters an account at its `dueAt`; nothing where that is Infinity. */
  push(latched: LiquidationCase): void {
    const { dueAt } = latched;
    if (dueAt === Number.POSITIVE_INFINITY) return;
    const due = this.#due.get(dueAt) ?? this.#open(dueAt);
    const last = due.cases.at(-1);
    if (last !== undefined && last.order > latched.order) due.isSorted = false;
    due.cases.push(latched);
  }

  /** When the first one is due, µs; Infinity where none is. */
  get nextAt(): number {
    return this.#first()?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the first one out; it is due at no time (NaN) until it is told one. */
  pop(): LiquidationCase | undefined {
    const latched = this.#first();
    if (latched === undefined) return undefined;
    const due = this.#due.get(latched.dueAt);
    if (due !== undefined) due.next += 1;
    latched.dueAt = Number.NaN;
    return latched;
  }

  /** The first entry that is not stale; times without any are closed. */
  #first(): LiquidationCase | undefined {
    for (let time = this.#times.at(-1); time !== undefined; time = this.#times.at(-1)) {
      const due = this.#due.get(time);
      if (due !== undefined && !due.isSorted) {
        due.cases.splice(0, due.next);
        due.cases.sort((one, other) => one.order - other.order);
        due.next = 0;
        due.isSorted = true;
      }
      for (let latched = due?.cases[due.next]; due !== undefined && latched !== undefined;) {
        if (latched.dueAt === time) return latched;
        due.next += 1;
        latched = due.cases[due.next];
      }
      this.#close(time);
    }
    return undefined;
  }

  #open(time: number): DueCases {
    const due = this.#spare ?? { cases: [], next: 0, isSorted: true };
    this.#spare = undefined;
    this.#due.set(time, due);
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    this.#times.splice(low, 0, time);
    return due;
  }

  /** Forgets the first time, and keeps its list for another one. */
  #close(time: number): void {
    const due = this.#due.get(time);
    this.#due.delete(time);
    this.#times.pop();
    if (due === undefined) return;
    due.cases.length = 0;
    due.next = 0;
    due.isSorted = true;
    this.#spare = due;
  }
}
