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
  /** When it is worked on next, µs; Infinity: once a mark of what it holds has moved, or any where it holds nothing. */
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

/**
 * Latched accounts by the time at which they are due, those of the same time in the order of latching: a binary heap. An entry whose
 * account is due at another time by now is dropped when it comes up.
 */
export class CaseQueue {
  readonly #heap: { readonly dueAt: number; readonly latched: LiquidationCase }[] = [];

  /** Enters an account at its `dueAt`; nothing where that is Infinity. */
  push(latched: LiquidationCase): void {
    const { dueAt } = latched;
    if (dueAt === Number.POSITIVE_INFINITY) return;
    const heap = this.#heap;
    heap.push({ dueAt, latched });
    for (let child = heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** When the first one is due, µs; Infinity where none is. */
  get nextAt(): number {
    this.#dropStale();
    return this.#heap[0]?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the first one out; it is due at no time (NaN) until it is told one. */
  pop(): LiquidationCase | undefined {
    this.#dropStale();
    const latched = this.#heap[0]?.latched;
    if (latched === undefined) return undefined;
    this.#removeFirst();
    latched.dueAt = Number.NaN;
    return latched;
  }

  #dropStale(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.dueAt === first.latched.dueAt) return;
      this.#removeFirst();
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    heap.pop();
    for (let parent = 0; ;) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let first = parent;
      if (left < heap.length && this.#isBefore(left, first)) first = left;
      if (right < heap.length && this.#isBefore(right, first)) first = right;
      if (first === parent) return;
      this.#swap(parent, first);
      parent = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return (
      one.dueAt < other.dueAt ||
      (one.dueAt === other.dueAt && one.latched.order < other.latched.order)
    );
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
