/**
 * A seeded stream of book updates: a market that stands, falls by 17 % in the middle fifth of the stream, and stands again.
 *
 * It is a coherent book: never crossed at the end of a message, sizes absolute, a delete has size 0 and in 99 of 100 cases a level to
 * delete. A quarter of the updates (26 %) delete; 86 % lie within 20 ticks of the touch, 13 % within 1,000, 0.9 % further; some 32,000
 * levels are alive. The same bytes for the same arguments on every machine: integer arithmetic only.
 */
import { ASK, BID, MESSAGE_END, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import { Xoshiro128 } from "./peers/xoshiro128.ts";

/** Rows of a book stream by column, as a `book` batch has them, but for the two clocks being one. */
export interface BookRows {
  readonly length: number;
  /** BID or ASK. */
  readonly side: Int8Array;
  /** Ticks. */
  readonly price: Int32Array;
  /** Lots; 0 deletes. */
  readonly size: Int32Array;
  /** SNAPSHOT_START, SNAPSHOT, MESSAGE_END. */
  readonly flags: Int8Array;
  /** µs, ascending; rows of a message share it. */
  readonly tsRecv: Float64Array;
  /** NaN throughout where the source sends none. */
  readonly updateId: Float64Array;
  readonly prevUpdateId: Float64Array;
}

/** How to make a stream. */
export interface SyntheticBookOptions {
  /** Updates after the snapshot, each a message of its own. */
  readonly updates: number;
  readonly seed?: number;
}

/** Price in the middle of the book at the start, ticks: 60,000.0 at a tick of 0.1. */
const START = 600_000;
/** What it falls by: 17 %. */
const FALL = 102_000;
/** Prices that the generator can hold, ticks. */
const RANGE = 1 << 20;
/** Levels of a side from which on none are added away from the touch. */
const LEVELS = 16_000;
/** Distances from the middle, ticks: near the touch, in the band, far. */
const NEAR = 20;
const BAND = 1_000;
const FAR = 40_000;
/** From here out the band is where levels go when there are too many. */
const OUTER_BAND = 800;
/** 2024-08-05T00:00:00Z, µs, and a day. */
const DAY_START = 1_722_816_000_000_000;
const DAY_MICROS = 86_400_000_000;
const LARGEST_SIZE = 5_000;
/** How many ticks are searched for a level when one is to be changed or deleted. */
const SEARCH = 2_048;

const indexOf = (side: 1 | -1): 0 | 1 => (side === BID ? 0 : 1);

/** The market that sends the updates: the book that they make, and the middle that its touch follows. */
export class SyntheticMarket {
  private readonly random: Xoshiro128;
  /** Lots at each price, bids then asks. */
  private readonly sizes = [new Int32Array(RANGE), new Int32Array(RANGE)] as const;
  private middle = START;
  /** Best prices, ticks. */
  bestBid = 0;
  bestAsk: number = RANGE - 1;
  /** Levels alive, bids then asks. */
  private readonly levels = [0, 0];
  /** The last update: side, price in ticks, size in lots. */
  side: 1 | -1 = BID;
  price = 0;
  size = 0;

  constructor(seed: number) {
    this.random = new Xoshiro128(seed);
  }

  /** Makes the levels that the stream begins with, best first, each side after the other. */
  open(write: () => void): void {
    for (const side of [BID, ASK] as const) {
      for (let distance = 1; distance <= FAR; distance++) {
        // 65 % of the ticks near the touch, 39 % of those far from it.
        if (this.random.below(100) >= (distance <= BAND ? 65 : 39)) continue;
        this.set(side, START - side * distance, this.anySize());
        write();
      }
    }
  }

  /** The next update, when `done` of 1,000 parts of the stream are over. */
  next(done: number): void {
    this.moveMiddle(done);
    // The touch follows the middle: what it has passed goes first, so that no price is ever on both sides.
    if (this.bestBid >= this.middle) this.set(BID, this.bestBid, 0);
    else if (this.bestAsk <= this.middle) this.set(ASK, this.bestAsk, 0);
    else this.update();
  }

  /** How long to the next of so many updates of a day, µs. */
  micros(updates: number): number {
    return 1 + this.random.below(Math.max(1, Math.floor((2 * DAY_MICROS) / updates) - 1));
  }

  private moveMiddle(done: number): void {
    if (this.bestBid >= this.middle || this.bestAsk <= this.middle) return;
    const fallen = Math.min(Math.max(done - 400, 0), 200);
    const aim = START - Math.floor((FALL * fallen) / 200);
    const draw = this.random.below(32);
    if (draw < 1) this.middle += 1;
    else if (draw < 2) this.middle -= 1;
    else if (draw < 6) this.middle += Math.sign(aim - this.middle);
  }

  private update(): void {
    const side = this.random.below(2) === 0 ? BID : ASK;
    const zone = this.random.below(1_000);
    const deletes = this.random.below(1_000) < 237;
    if (zone < 863) this.change(side, 1 + this.random.below(NEAR), { deletes, free: true });
    else if (zone < 992) this.changeBand(side, deletes);
    else this.change(side, this.between(BAND, FAR), { deletes, free: !this.isCrowded(side) });
  }

  private changeBand(side: 1 | -1, deletes: boolean): void {
    const crowded = this.isCrowded(side);
    const from = deletes && crowded ? OUTER_BAND : NEAR;
    this.change(side, this.between(from, BAND), { deletes, free: !crowded });
  }

  private isCrowded(side: 1 | -1): boolean {
    return (this.levels[indexOf(side)] ?? 0) >= LEVELS;
  }

  /** Changes the level at a distance from the middle, or the next one further out: with `free` also one that is not there yet. */
  private change(
    side: 1 | -1,
    distance: number,
    { deletes, free }: { readonly deletes: boolean; readonly free: boolean },
  ): void {
    const price = this.middle - side * distance;
    const size = deletes ? 0 : this.anySize();
    const anywhere = deletes ? this.random.below(100) === 0 : free;
    this.set(side, anywhere ? price : this.levelFrom(side, price), size);
  }

  /** The first price with a level, from one outwards; that one itself when there is none nearby. */
  private levelFrom(side: 1 | -1, price: number): number {
    const sizes = this.sizes[indexOf(side)];
    for (let step = 0; step < SEARCH; step++) {
      if ((sizes[price - side * step] ?? 0) !== 0) return price - side * step;
    }
    return price;
  }

  private between(from: number, to: number): number {
    return from + 1 + this.random.below(to - from);
  }

  private anySize(): number {
    const draw = 1 + this.random.below(LARGEST_SIZE);
    return 1 + Math.floor((draw * draw) / LARGEST_SIZE);
  }

  private set(side: 1 | -1, price: number, size: number): void {
    const index = indexOf(side);
    const sizes = this.sizes[index];
    this.levels[index] =
      (this.levels[index] ?? 0) + Number(size !== 0) - Number(sizes[price] !== 0);
    sizes[price] = size;
    [this.side, this.price, this.size] = [side, price, size];
    if (side === BID) {
      if (size !== 0 && price > this.bestBid) this.bestBid = price;
      while (this.bestBid > 0 && sizes[this.bestBid] === 0) this.bestBid -= 1;
    } else {
      if (size !== 0 && price < this.bestAsk) this.bestAsk = price;
      while (this.bestAsk < RANGE - 1 && sizes[this.bestAsk] === 0) this.bestAsk += 1;
    }
  }
}

/** Columns to be filled. */
export const emptyBookRows = (length: number): BookRows => ({
  length,
  side: new Int8Array(length),
  price: new Int32Array(length),
  size: new Int32Array(length),
  flags: new Int8Array(length),
  tsRecv: new Float64Array(length),
  updateId: new Float64Array(length).fill(Number.NaN),
  prevUpdateId: new Float64Array(length).fill(Number.NaN),
});

/** The first rows of columns. */
const firstRows = (rows: BookRows, length: number): BookRows => ({
  length,
  side: rows.side.subarray(0, length),
  price: rows.price.subarray(0, length),
  size: rows.size.subarray(0, length),
  flags: rows.flags.subarray(0, length),
  tsRecv: rows.tsRecv.subarray(0, length),
  updateId: rows.updateId.subarray(0, length),
  prevUpdateId: rows.prevUpdateId.subarray(0, length),
});

/** A snapshot of some 32,000 levels, one message, then the updates, each one message. */
export function syntheticBook({ updates, seed = 1 }: SyntheticBookOptions): BookRows {
  const market = new SyntheticMarket(seed);
  const rows = emptyBookRows(updates + 2 * FAR);
  let row = 0;
  let now = DAY_START;
  const write = (flags: number): void => {
    rows.side[row] = market.side;
    rows.price[row] = market.price;
    rows.size[row] = market.size;
    rows.flags[row] = flags;
    rows.tsRecv[row] = now;
    row += 1;
  };
  market.open(() => write(row === 0 ? SNAPSHOT_START | SNAPSHOT : SNAPSHOT));
  rows.flags[row - 1] = SNAPSHOT | MESSAGE_END;
  for (let update = 0; update < updates; update++) {
    now += market.micros(updates);
    market.next(Math.floor((update * 1_000) / updates));
    write(MESSAGE_END);
  }
  return firstRows(rows, row);
}
