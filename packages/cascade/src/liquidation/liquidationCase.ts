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
  /** Whether the step of the tranche is through with it: it was sent, or the cooldown of an earlier one is not over. */
  hasTranche: boolean;
  /** Whether it waits, or has waited, for the end of a cooldown that began with a part sold of it before it was let go. */
  waitsAnew: boolean;
  /** The instrument that was closed last: its fund is asked for what is lacking. */
  lastInstrument: number;
}

/** A latched account that waits for its first step. */
export const openCase = ({
  account,
  order,
  triggeredAt,
  moved,
  lastInstrument,
}: Pick<
  LiquidationCase,
  "account" | "order" | "triggeredAt" | "moved" | "lastInstrument"
>): LiquidationCase => ({
  account,
  order,
  triggeredAt,
  moved,
  step: 0,
  dueAt: triggeredAt,
  orders: undefined,
  hasClosed: false,
  hasTranche: false,
  waitsAnew: false,
  lastInstrument,
});

/** Accounts that are due at one time, in the order of latching; those before `next` have been taken out. */
interface DueList {
  readonly dueAt: number;
  readonly latched: LiquidationCase[];
  next: number;
}

/**
 * Latched accounts by the time at which they are due, those of the same time in the order of latching. Times are few (windows of a throttle, ends of pauses) and accounts that a
 * throttle holds up come in their order, so that there is a list for each time, and entering and taking out cost the same however many wait. An entry whose account is due at another
 * time by now is dropped when it comes up.
 */
export class CaseQueue {
  readonly #lists = new Map<number, DueList>();
  /** The same lists, the latest first. */
  readonly #times: DueList[] = [];

  /** Enters an account at its `dueAt`; nothing where that is Infinity. */
  push(latched: LiquidationCase): void {
    const { dueAt } = latched;
    if (dueAt === Number.POSITIVE_INFINITY) return;
    const list = this.#lists.get(dueAt) ?? this.#open(dueAt);
    let place = list.latched.length;
    while (place > list.next && (list.latched[place - 1]?.order ?? -1) > latched.order) place -= 1;
    if (place === list.latched.length) list.latched.push(latched);
    else list.latched.splice(place, 0, latched);
  }

  /** When the first one is due, µs; Infinity where none is. */
  get nextAt(): number {
    return this.#first()?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  /** The first one; undefined where none is due at any time. */
  get first(): LiquidationCase | undefined {
    const list = this.#first();
    return list?.latched[list.next];
  }

  /** Takes the first one out; it is due at no time (NaN) until it is told one. */
  pop(): LiquidationCase | undefined {
    const list = this.#first();
    const latched = list?.latched[list.next];
    if (list === undefined || latched === undefined) return undefined;
    list.next += 1;
    latched.dueAt = Number.NaN;
    return latched;
  }

  #open(dueAt: number): DueList {
    const list: DueList = { dueAt, latched: [], next: 0 };
    this.#lists.set(dueAt, list);
    let place = this.#times.length;
    while (place > 0 && (this.#times[place - 1]?.dueAt ?? Infinity) < dueAt) place -= 1;
    this.#times.splice(place, 0, list);
    return list;
  }

  /** The list of the first one that is due, at its `next`; undefined where none is. */
  #first(): DueList | undefined {
    for (let list = this.#times.at(-1); list !== undefined; list = this.#times.at(-1)) {
      for (; list.next < list.latched.length; list.next += 1) {
        if (list.latched[list.next]?.dueAt === list.dueAt) return list;
      }
      this.#times.pop();
      this.#lists.delete(list.dueAt);
    }
    return undefined;
  }
}
