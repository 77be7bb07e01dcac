import {
  ASK,
  BID,
  IntegrityError,
  SNAPSHOT_START,
  micros,
  type Batch,
  type Clock,
  type Decimal,
  type Instrument,
  type Lots,
  type Micros,
} from "@aftershock/schema";
import { StreamClock } from "../clock/streamClock.ts";
import { StateHash } from "../stateHash.ts";
import {
  emptyTally,
  type BookCounts,
  type BookTally,
  type Checksums,
  type Gap,
} from "./bookCounts.ts";
import { BookMessage } from "./bookMessage.ts";
import { BookSide, type Level } from "./bookSide.ts";
import { TouchWatch } from "./touchWatch.ts";
import { UpdateSequence } from "./updateSequence.ts";

/** Called at each end of a message, after it was applied or skipped. `at` is the effective time of its last row, µs. */
export type OnMessage = (book: L2Book, at: Micros) => void;

/** Why a book has no levels to show: no snapshot yet, or a gap since the last one. */
type Missing = "snapshot" | "afterGap";

const sameGrid = (a: Decimal, b: Decimal): boolean =>
  a.mantissa === b.mantissa && a.decimals === b.decimals;

/**
 * An order book by price level (L2), plain: what the fast twins are compared with. It changes by `book` rows only, and only at
 * ends of messages; trades never touch it.
 *
 * A snapshot replaces it whole. A message that does not follow (see UpdateSequence), or after which the venue's checksum does not
 * agree, is a gap: the book is then empty and not valid until the next snapshot, because nothing is guessed. Sizes are absolute, so that a level is never the sum of changes.
 *
 * Assumed: ids only grow. Wrong when a venue restarts its ids without a break in the recording: then every snapshot is ignored
 * as older (and counted as such) until a gap shows.
 */
export class L2Book {
  readonly instrument: Instrument;
  readonly #clock: StreamClock;
  readonly #bids = new BookSide(BID);
  readonly #asks = new BookSide(ASK);
  readonly #sequence = new UpdateSequence();
  readonly #message = new BookMessage();
  readonly #crossed = new TouchWatch();
  readonly #locked = new TouchWatch();
  #missing: Missing | undefined = "snapshot";
  #ignoresSnapshot = false;
  #at: Micros | undefined;
  #tally: BookTally = emptyTally();
  #checksums: Checksums = { checked: 0, matched: 0 };
  #gaps: Gap[] = [];

  /** `clock` is the one that message ends and gaps are timed by. */
  constructor(instrument: Instrument, clock: Clock = "recv") {
    this.instrument = instrument;
    this.#clock = new StreamClock(clock);
  }

  /** False before the first snapshot, and from a gap to the next snapshot: then there are no levels. */
  get valid(): boolean {
    return this.#missing === undefined;
  }

  /** Effective time of the last message end, µs; undefined before the first. */
  get at(): Micros | undefined {
    return this.#at;
  }

  /** The venue's id of the last update in the book; NaN where the source sends none or the book is not valid. */
  get updateId(): number {
    return this.valid ? this.#sequence.last : Number.NaN;
  }

  /** The highest bid; undefined when there is none or the book is not valid. */
  get bestBid(): Level | undefined {
    return this.#bids.best;
  }

  /** The lowest ask; undefined when there is none or the book is not valid. */
  get bestAsk(): Level | undefined {
    return this.#asks.best;
  }

  /** The best `depth` bids (all by default), highest price first. */
  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#bids.levels(depth);
  }

  /** The best `depth` asks (all by default), lowest price first. */
  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.#asks.levels(depth);
  }

  /** Size resting at a price, lots; 0 where nothing rests. `side` is BID or ASK, `price` in ticks. */
  sizeAt(side: 1 | -1, price: number): Lots {
    return this.#sideOf(side).sizeAt(price);
  }

  /** What the book has met since its start, or since `resetCounts`. */
  get counts(): BookCounts {
    return {
      ...this.#tally,
      crossed: this.#crossed.counted,
      locked: this.#locked.counted,
      checksums: this.#checksums,
    };
  }

  /** The gaps since the book's start, or since `resetCounts`, in order. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Starts counts and gaps anew; the book itself stays as it is. */
  resetCounts(): void {
    this.#tally = emptyTally();
    this.#checksums = { checked: 0, matched: 0 };
    this.#gaps = [];
    this.#crossed.reset();
    this.#locked.reset();
  }

  /**
   * Takes the rows [from, to) of a batch, the next ones of the recording. A message may go on in the next call.
   * Throws IntegrityError when the batch is of another instrument or price grid, or holds a value that no loader may write.
   */
  apply(batch: Batch<"book">, from: number, to: number, onMessage?: OnMessage): void {
    this.#checkGrid(batch.instrument);
    const { flags } = batch.columns;
    for (let row = from; row < to; row += 1) {
      const at = micros(this.#clock.advance(batch, row));
      if (((flags[row] ?? 0) & SNAPSHOT_START) !== 0) this.#interrupt();
      this.#tally.rows += 1;
      if (!this.#message.take(batch, row)) continue;
      this.#settle(at);
      this.#message.clear();
      this.#at = at;
      onMessage?.(this, at);
    }
  }

  /** A hash of the whole state: levels, validity, ids, and the message that is still open. Counts are no part of it. */
  get digest(): string {
    const hash = new StateHash();
    this.mixInto(hash);
    return hash.hex;
  }

  /** Takes the whole state into a hash. */
  mixInto(hash: StateHash): void {
    hash.mixText(this.instrument.id);
    hash.mixText(this.#missing);
    hash.mix(this.updateId);
    hash.mix(Number(this.#sequence.bridging));
    for (const side of [this.#bids, this.#asks]) {
      hash.mix(side.depth);
      for (const { price, size } of side.levels(side.depth)) {
        hash.mix(price);
        hash.mix(size);
      }
    }
    hash.mix(this.#message.rows);
    this.#message.eachLevel((...level) => level.forEach((part) => hash.mix(part)));
  }

  #checkGrid({ id, tick, lot }: Instrument): void {
    const own = this.instrument;
    if (id === own.id && sameGrid(tick, own.tick) && sameGrid(lot, own.lot)) return;
    throw new IntegrityError(
      `A batch of ${id} with another instrument or price grid was given to the book of ${own.id}`,
      { hints: ["Compile the tape of this instrument again: one tape has one tick and one lot."] },
    );
  }

  #interrupt(): void {
    this.#tally.interruptedRows += this.#message.rows;
    this.#message.clear();
  }

  #settle(at: Micros): void {
    this.#tally.messages += 1;
    this.#countChecksum();
    if (this.#message.startsSnapshot) this.#settleSnapshot(at);
    else if (this.#missing === "snapshot") this.#tally.rowsBeforeSnapshot += this.#message.rows;
    else if (this.#missing === "afterGap") this.#tally.skippedMessages += 1;
    else if (this.#message.lostRows) this.#openGap(at, "lostRows");
    else if (!this.#message.isSnapshot) this.#settleUpdate(at);
    else if (!this.#ignoresSnapshot) this.#applyVerified(at, this.#sequence.last);
  }

  #countChecksum(): void {
    const { checksumMatched, checksumFailed } = this.#message;
    if (!checksumMatched && !checksumFailed) return;
    const { checked, matched } = this.#checksums;
    this.#checksums = { checked: checked + 1, matched: matched + Number(checksumMatched) };
  }

  #settleSnapshot(at: Micros): void {
    const { updateId } = this.#message;
    // The book that is not valid has no id, and a comparison with an absent id is false: then the snapshot applies.
    this.#ignoresSnapshot = updateId < this.#sequence.last;
    if (this.#ignoresSnapshot) {
      this.#tally.staleSnapshots += 1;
      return;
    }
    if (this.#message.lostRows || this.#message.checksumFailed) {
      this.#openGap(at, this.#message.lostRows ? "lostRows" : "checksum");
      return;
    }
    this.#tally.snapshots += 1;
    this.#clearLevels();
    this.#missing = undefined;
    this.#sequence.restart(updateId);
    this.#applyMessage(at);
  }

  #settleUpdate(at: Micros): void {
    const { updateId, prevUpdateId } = this.#message;
    const before = this.#sequence.last;
    const verdict = this.#sequence.judge(updateId, prevUpdateId);
    if (verdict === "next") this.#applyVerified(at, before);
    else if (verdict === "stale") this.#tally.staleMessages += 1;
    else this.#openGap(at, "sequence");
  }

  /** Applies a message that follows on the update `before`, unless the venue's checksum says that the book is another then. */
  #applyVerified(at: Micros, before: number): void {
    if (this.#message.checksumFailed) this.#openGap(at, "checksum", before);
    else this.#applyMessage(at);
  }

  /** From here the book, which had the update `before`, is unknown until the next snapshot. */
  #openGap(at: Micros, cause: Gap["cause"], before: number = this.#sequence.last): void {
    const { updateId, prevUpdateId } = this.#message;
    const known = (id: number): number | null => (Number.isNaN(id) ? null : id);
    this.#gaps.push({
      instrument: this.instrument.id,
      at,
      cause,
      updateId: known(updateId),
      expected: known(before),
      found: known(prevUpdateId),
    });
    this.#tally.skippedMessages += 1;
    this.#missing = "afterGap";
    this.#sequence.restart(Number.NaN);
    this.#clearLevels();
    this.#watchTouch(at);
  }

  #applyMessage(at: Micros): void {
    this.#message.eachLevel((side, price, size) => {
      const known = this.#sideOf(side).set(price, size);
      if (!known) this.#tally.unknownDeletes += 1;
    });
    this.#watchTouch(at);
  }

  #watchTouch(at: Micros): void {
    const spread = (this.bestAsk?.price ?? Number.NaN) - (this.bestBid?.price ?? Number.NaN);
    this.#crossed.observe(spread < 0, at);
    this.#locked.observe(spread === 0, at);
  }

  #clearLevels(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  #sideOf(side: number): BookSide {
    return side === BID ? this.#bids : this.#asks;
  }
}
