/**
 * Accounts sorted by the marks at which they have to be looked at. Benchmark: test/bench/remargin.ts. Plain twin: FullScan.
 *
 * Each position of a watched account has a safe band of marks. Its low end lies in a heap of its instrument that has the highest on top, its high
 * end in one that has the lowest. A move takes from both heaps what it has passed, and only those accounts are evaluated; the condition itself decides, the bands
 * only say whom to ask. An account that stays safe gets new bands around the marks of now.
 *
 * Layout. By account: `#stamps` Float64, the number of its valid entries' making (entries with another are stale and are dropped when they come up, or when
 * a heap is cleaned at twice what it last held); `#states` Uint8. A heap: keys Float64 in ticks (of the low ends negative), accounts Int32, stamps Float64.
 *
 * Invariants: an account is idle (no positions), watched (an entry for each band end that a mark can pass), reported, or due; what is due stands once
 * in `#due`, as are accounts whose bands cannot be told, always. An index that takes over the first look of another (FirstLook) is a copy of it as it was then.
 */
import type { AccountId } from "../account/ledger.ts";
import type { LiquidationWatch, LiquidationWatchOptions } from "./fullScan.ts";
import type { SafeBands } from "./safeBands.ts";

const IDLE = 0;
const DUE = 1;
const WATCHED = 2;
const REPORTED = 3;

const NOBODY: readonly AccountId[] = [];

/** Entries that a heap holds before it is cleaned for the first time. */
const FIRST_CLEANING = 256;

/** A binary heap, least key on top. */
class BandHeap {
  keys: Float64Array = new Float64Array(FIRST_CLEANING);
  accounts: Int32Array = new Int32Array(FIRST_CLEANING);
  stamps: Float64Array = new Float64Array(FIRST_CLEANING);
  size: number = 0;
  #cleanAt = FIRST_CLEANING;

  push(key: number, account: number, stamp: number, valid: Float64Array): void {
    if (this.size >= this.#cleanAt) this.#clean(valid);
    if (this.size === this.keys.length) this.#grow();
    this.#siftUp(this.size, key, account, stamp);
    this.size += 1;
  }

  /** Takes the top off. */
  pop(): void {
    const last = --this.size;
    if (last > 0) {
      this.#siftDown(0, this.keys[last]!, this.accounts[last]!, this.stamps[last]!);
    }
  }

  #siftUp(from: number, key: number, account: number, stamp: number): void {
    const { keys, accounts, stamps } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      accounts[at] = accounts[parent]!;
      stamps[at] = stamps[parent]!;
      at = parent;
    }
    keys[at] = key;
    accounts[at] = account;
    stamps[at] = stamp;
  }

  #siftDown(from: number, key: number, account: number, stamp: number): void {
    const { keys, accounts, stamps, size } = this;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child += 1;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      accounts[at] = accounts[child]!;
      stamps[at] = stamps[child]!;
      at = child;
    }
    keys[at] = key;
    accounts[at] = account;
    stamps[at] = stamp;
  }

  /** Becomes as another one is. */
  copy(other: BandHeap): void {
    this.keys = other.keys.slice();
    this.accounts = other.accounts.slice();
    this.stamps = other.stamps.slice();
    this.size = other.size;
    this.#cleanAt = other.#cleanAt;
  }

  /** Drops what is stale. */
  #clean(valid: Float64Array): void {
    const { keys, accounts, stamps } = this;
    let kept = 0;
    for (let i = 0; i < this.size; i += 1) {
      if (valid[accounts[i]!] !== stamps[i]) continue;
      keys[kept] = keys[i]!;
      accounts[kept] = accounts[i]!;
      stamps[kept] = stamps[i]!;
      kept += 1;
    }
    this.size = kept;
    for (let i = (kept >> 1) - 1; i >= 0; i -= 1) {
      this.#siftDown(i, keys[i]!, accounts[i]!, stamps[i]!);
    }
    this.#cleanAt = Math.max(FIRST_CLEANING, 2 * kept);
  }

  #grow(): void {
    const { keys, accounts, stamps } = this;
    this.keys = new Float64Array(2 * keys.length);
    this.keys.set(keys);
    this.accounts = new Int32Array(2 * keys.length);
    this.accounts.set(accounts);
    this.stamps = new Float64Array(2 * keys.length);
    this.stamps.set(stamps);
  }
}

function copyOf(heap: BandHeap): BandHeap {
  const copy = new BandHeap();
  copy.copy(heap);
  return copy;
}

/** What an index was after its first look. */
interface KeptLook {
  /** By instrument; NaN where there was none. */
  readonly marks: readonly number[];
  readonly lows: readonly BandHeap[];
  readonly highs: readonly BandHeap[];
  readonly states: Uint8Array;
  readonly stamps: Float64Array;
  readonly known: number;
  readonly nextStamp: number;
  readonly due: readonly AccountId[];
  readonly found: readonly AccountId[];
}

/**
 * The first look at all accounts, for indices that begin alike: with the same accounts and the same condition. One of them looks, and the others take over what it came to where their marks are the
 * same, as bands and their order are then. With tens of thousands of accounts it is a fifth to a third of a run.
 */
export class FirstLook {
  #kept: KeptLook | undefined;

  /** What was kept, where it is of these marks and so many accounts. */
  of(marks: readonly number[], accounts: number): KeptLook | undefined {
    const kept = this.#kept;
    const isSame =
      kept?.known === accounts && marks.every((mark, i) => Object.is(mark, kept.marks[i]));
    return isSame ? kept : undefined;
  }

  /** Keeps the first that is told. */
  keep(look: () => KeptLook): void {
    this.#kept ??= look();
  }

  /** Gives the memory back. */
  forget(): void {
    this.#kept = undefined;
  }
}

/** What an index is made of. */
export interface TriggerIndexOptions extends LiquidationWatchOptions {
  readonly bands: SafeBands;
  /** Shared with others that begin alike; default: it looks by itself. */
  readonly firstLook?: FirstLook | undefined;
}

/**
 * Finds the accounts that become liquidatable as marks move, the same as FullScan in the same order, at the cost of those alone whose safe band was
 * left: O(log accounts) each. Accounts that are opened later are taken up at the next move.
 *
 * Every set mark must be told to `moved` before the next instant, and every change of an account to `changed`; what is not told is not seen.
 */
export class TriggerIndex implements LiquidationWatch {
  readonly #options: TriggerIndexOptions;
  readonly #lows: readonly BandHeap[];
  readonly #highs: readonly BandHeap[];
  #states = new Uint8Array(64);
  #stamps = new Float64Array(64);
  #known = 0;
  #nextStamp = 1;
  #due: AccountId[] = [];
  readonly #low: number[] = [];
  readonly #high: number[] = [];

  constructor(options: TriggerIndexOptions) {
    this.#options = options;
    this.#lows = options.ledger.instruments.map(() => new BandHeap());
    this.#highs = options.ledger.instruments.map(() => new BandHeap());
  }

  changed(account: AccountId): void {
    this.#takeUpNew();
    // One that the ledger does not have is refused there.
    if (account >= this.#known || this.#states[account] === undefined) {
      this.#options.ledger.cash(account);
    }
    this.#makeDue(account);
  }

  moved(instruments: readonly number[]): readonly AccountId[] {
    const { firstLook } = this.#options;
    return this.#known > 0 || firstLook === undefined
      ? this.#look(instruments)
      : this.#lookFirst(firstLook, instruments);
  }

  /** Looks at all accounts, or takes over what another index came to. */
  #lookFirst(first: FirstLook, instruments: readonly number[]): readonly AccountId[] {
    const { ledger, marks } = this.#options;
    const now = ledger.instruments.map((_, number) =>
      marks.has(number) ? marks.ticks(number) : Number.NaN,
    );
    const kept = first.of(now, ledger.accountCount);
    if (kept !== undefined) {
      this.#takeOver(kept);
      return kept.found;
    }
    const found = this.#look(instruments);
    first.keep(() => ({
      marks: now,
      lows: this.#lows.map(copyOf),
      highs: this.#highs.map(copyOf),
      states: this.#states.slice(),
      stamps: this.#stamps.slice(),
      known: this.#known,
      nextStamp: this.#nextStamp,
      due: [...this.#due],
      found,
    }));
    return found;
  }

  #takeOver({ lows, highs, states, stamps, known, nextStamp, due }: KeptLook): void {
    for (const [i, heap] of lows.entries()) this.#lows[i]!.copy(heap);
    for (const [i, heap] of highs.entries()) this.#highs[i]!.copy(heap);
    this.#states = states.slice();
    this.#stamps = stamps.slice();
    this.#known = known;
    this.#nextStamp = nextStamp;
    this.#due = [...due];
  }

  #look(instruments: readonly number[]): readonly AccountId[] {
    const { marks, isLiquidatable } = this.#options;
    this.#takeUpNew();
    for (const instrument of instruments) this.#pass(instrument, marks.ticks(instrument));
    const due = this.#due;
    if (due.length === 0) return NOBODY;
    // All are asked before anything is changed: when one throws, all are still due.
    const found: AccountId[] = [];
    for (const account of due) if (isLiquidatable(account, marks)) found.push(account);
    for (const account of found) this.#states[account] = REPORTED;
    this.#due = [];
    try {
      for (const account of due) if (this.#states[account] === DUE) this.#watch(account);
    } catch (error) {
      this.#due = due;
      for (const account of due) {
        this.#states[account] = DUE;
        this.#stamps[account] = 0;
      }
      throw error;
    }
    return found.length < 2 ? found : found.sort((a, b) => a - b);
  }

  /** Makes due every account whose band a mark has left. */
  #pass(instrument: number, price: number): void {
    const stamps = this.#stamps;
    const lows = this.#lows[instrument]!;
    while (lows.size > 0 && lows.keys[0]! < -price) {
      const account = lows.accounts[0]!;
      if (stamps[account] === lows.stamps[0]) this.#makeDue(account);
      lows.pop();
    }
    const highs = this.#highs[instrument]!;
    while (highs.size > 0 && highs.keys[0]! < price) {
      const account = highs.accounts[0]!;
      if (stamps[account] === highs.stamps[0]) this.#makeDue(account);
      highs.pop();
    }
  }

  /** An account that is to be evaluated at the next move; its entries are stale from now on. */
  #makeDue(account: AccountId): void {
    if (this.#states[account] === DUE) return;
    this.#states[account] = DUE;
    this.#stamps[account] = 0;
    this.#due.push(account);
  }

  /** Puts the bands of a safe account into the heaps. */
  #watch(account: AccountId): void {
    const { ledger, marks, bands } = this.#options;
    const positions = ledger.positions(account);
    if (positions.length === 0) {
      this.#states[account] = IDLE;
      return;
    }
    const low = this.#low;
    const high = this.#high;
    if (!bands.write(account, marks, low, high)) {
      this.#due.push(account);
      return;
    }
    const stamp = this.#nextStamp++;
    this.#states[account] = WATCHED;
    this.#stamps[account] = stamp;
    for (let i = 0; i < positions.length; i += 1) {
      const { instrument } = positions[i]!;
      if (low[i]! > 0) this.#lows[instrument]!.push(-low[i]!, account, stamp, this.#stamps);
      if (high[i]! < Infinity) {
        this.#highs[instrument]!.push(high[i]!, account, stamp, this.#stamps);
      }
    }
  }

  /** Accounts that were opened since the last time. */
  #takeUpNew(): void {
    const { accountCount } = this.#options.ledger;
    if (accountCount === this.#known) return;
    if (accountCount > this.#states.length) {
      const capacity = Math.max(accountCount, 2 * this.#states.length);
      const states = new Uint8Array(capacity);
      states.set(this.#states);
      this.#states = states;
      const stamps = new Float64Array(capacity);
      stamps.set(this.#stamps);
      this.#stamps = stamps;
    }
    for (let account = this.#known; account < accountCount; account += 1) this.#makeDue(account);
    this.#known = accountCount;
  }
}
