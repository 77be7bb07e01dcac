import type { AccountId } from "../account/ledger.ts";
import type { AdlCandidate } from "./adl/adlCandidate.ts";
import { type AdlShare, checkCandidate, checkScore } from "./adl/allocateAdl.ts";

/** An account in the queue, as it was when it was looked at. */
interface Queued {
  readonly account: AccountId;
  readonly score: number;
  /** Lots that it held, above 0. */
  readonly lots: number;
  /** How often it had been looked at again: an earlier look than the last is stale. */
  readonly look: number;
}

const isBefore = (one: Queued, other: Queued): boolean =>
  one.score > other.score || (one.score === other.score && one.account < other.account);

/** What a queue is made of. */
export interface AdlQueueOptions {
  /** How many accounts there are. */
  readonly accountCount: number;
  /** The candidate that an account is now; undefined where it is none. */
  readonly candidateOf: (account: AccountId) => AdlCandidate | undefined;
  /** The highest is closed first, ties by account. */
  readonly score: (candidate: AdlCandidate) => number;
}

/**
 * The queue of one side of an instrument while marks and margin stand: a binary heap of all candidates, of whom only those that have changed are looked at again. Gives the shares that
 * `allocateByQueue` gives for the candidates of the moment, in the same order, at a logarithm's cost for each instead of a look at everybody (`test/bench/adlQueue.ts`).
 *
 * Every account whose money, lots or standing as a candidate has changed must be told to `changed`; where a mark or the margin model has changed, a new queue is made.
 */
export class AdlQueue {
  readonly #options: AdlQueueOptions;
  readonly #heap: Queued[] = [];
  /** How often each account was looked at again. */
  readonly #looks: Int32Array;
  readonly #changed = new Set<AccountId>();

  /** Looks at every account. Throws DataError as allocateByQueue. */
  constructor(options: AdlQueueOptions) {
    this.#options = options;
    this.#looks = new Int32Array(options.accountCount);
    for (let account = 0; account < options.accountCount; account += 1) {
      const queued = this.#lookAt(account, 0);
      if (queued !== undefined) this.#heap.push(queued);
    }
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index -= 1) this.#sink(index);
  }

  /** An account is to be looked at again before anybody is taken. */
  changed(account: AccountId): void {
    this.#changed.add(account);
  }

  /** The first in the queue, whole positions until the lots are used up, the last one in part; less where they all have less. What is taken must be told to `changed`. */
  take(lots: number): readonly AdlShare[] {
    this.#refresh();
    const shares: AdlShare[] = [];
    let left = lots;
    while (left > 0) {
      const first = this.#pop();
      if (first === undefined) break;
      const { account } = first;
      const taken = Math.min(left, first.lots);
      shares.push({ account, lots: taken });
      this.#changed.add(account);
      left -= taken;
    }
    return shares;
  }

  #refresh(): void {
    for (const account of this.#changed) {
      const look = (this.#looks[account] ?? 0) + 1;
      this.#looks[account] = look;
      const queued = this.#lookAt(account, look);
      if (queued === undefined) continue;
      this.#heap.push(queued);
      this.#rise(this.#heap.length - 1);
    }
    this.#changed.clear();
  }

  #lookAt(account: AccountId, look: number): Queued | undefined {
    const candidate = this.#options.candidateOf(account);
    if (candidate === undefined) return undefined;
    checkCandidate(candidate);
    const score = this.#options.score(candidate);
    checkScore(account, score);
    return { account, score, lots: Math.abs(candidate.lots), look };
  }

  /** Takes the first one out whose last look it was. */
  #pop(): Queued | undefined {
    const heap = this.#heap;
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        this.#sink(0);
      }
      if (this.#looks[first.account] === first.look) return first;
    }
    return undefined;
  }

  #rise(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    for (let parent = from; ;) {
      const left = 2 * parent + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) return;
      const first = other !== undefined && isBefore(other, one) ? left + 1 : left;
      if (!this.#swapIfBefore(first, parent)) return;
      parent = first;
    }
  }

  /** Puts a lower place's account into a higher one where it comes before it; returns whether it did. */
  #swapIfBefore(child: number, parent: number): boolean {
    const heap = this.#heap;
    const [lower, upper] = [heap[child], heap[parent]];
    if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return false;
    heap[child] = upper;
    heap[parent] = lower;
    return true;
  }
}
