import type { Instrument, Micros } from "@aftershock/schema";
import {
  emptyTally,
  type BookCounts,
  type BookTally,
  type Checksums,
  type Gap,
} from "./bookCounts.ts";
import type { BookMessage } from "./bookMessage.ts";
import { TouchWatch } from "./touchWatch.ts";
import { UpdateSequence } from "./updateSequence.ts";

/** Why a book has no levels to show: no snapshot yet, or a gap since the last one. */
export type Missing = "snapshot" | "afterGap";

const MISSING: readonly (Missing | undefined)[] = [undefined, "snapshot", "afterGap"];

/**
 * What a message does to the levels of its book: `replace` empties it first, `apply` changes it, `clear` empties it because something is
 * missing, `skip` leaves it.
 */
export type Verdict = "replace" | "apply" | "clear" | "skip";

/**
 * Decides what becomes of each message of a book, and keeps count: what is in the book is the business of its owner.
 *
 * A snapshot replaces the book. A message that does not follow (see UpdateSequence), or after which the venue's checksum does not agree,
 * is a gap: the book is then not valid until the next snapshot, because nothing is guessed.
 *
 * Assumed: ids only grow. Wrong when a venue restarts its ids without a break in the recording: then every snapshot is ignored
 * as older (and counted as such) until a gap shows.
 */
export class MessageJudge {
  readonly sequence: UpdateSequence = new UpdateSequence();
  readonly #instrument: Instrument;
  readonly #crossed = new TouchWatch();
  readonly #locked = new TouchWatch();
  #missing: Missing | undefined = "snapshot";
  #ignoresSnapshot = false;
  tally: BookTally = emptyTally();
  #checksums: Checksums = { checked: 0, matched: 0 };
  #gaps: Gap[] = [];

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Why there are no levels; undefined for a valid book. */
  get missing(): Missing | undefined {
    return this.#missing;
  }

  /** The id of the last update in the book; NaN where the source sends none or the book is not valid. */
  get updateId(): number {
    return this.#missing === undefined ? this.sequence.last : Number.NaN;
  }

  /** What was met since the start, or since `reset`. */
  get counts(): BookCounts {
    return {
      ...this.tally,
      crossed: this.#crossed.counted,
      locked: this.#locked.counted,
      checksums: this.#checksums,
    };
  }

  /** The gaps since the start, or since `reset`, in order. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Starts counts and gaps anew. */
  reset(): void {
    this.tally = emptyTally();
    this.#checksums = { checked: 0, matched: 0 };
    this.#gaps = [];
    this.#crossed.reset();
    this.#locked.reset();
  }

  /** What decides about later messages, as four numbers; the counts are no part of it. */
  encode(): readonly [missing: number, ignoresSnapshot: number, last: number, bridging: number] {
    const { last, bridging } = this.sequence;
    return [MISSING.indexOf(this.#missing), Number(this.#ignoresSnapshot), last, Number(bridging)];
  }

  /** Goes on from such numbers. */
  restore([missing, ignoresSnapshot, last, bridging]: ReturnType<MessageJudge["encode"]>): void {
    this.#missing = MISSING[missing];
    this.#ignoresSnapshot = ignoresSnapshot !== 0;
    this.sequence.last = last;
    this.sequence.bridging = bridging !== 0;
  }

  /** Says what a complete message does. `at` is its effective time, µs. */
  judge(message: BookMessage, at: Micros): Verdict {
    this.tally.messages += 1;
    this.#countChecksum(message);
    if (message.startsSnapshot) return this.#judgeSnapshot(message, at);
    if (this.#missing === "snapshot") this.tally.rowsBeforeSnapshot += message.rows;
    else if (this.#missing === "afterGap") this.tally.skippedMessages += 1;
    else if (message.lostRows) return this.#openGap(message, at, "lostRows");
    else if (!message.isSnapshot) return this.#judgeUpdate(message, at);
    else if (!this.#ignoresSnapshot) return this.#verified(message, at, this.sequence.last);
    return "skip";
  }

  #countChecksum({ checksumMatched, checksumFailed }: BookMessage): void {
    if (checksumMatched) this.addChecksums(1);
    else if (checksumFailed)
      this.#checksums = { ...this.#checksums, checked: this.#checksums.checked + 1 };
  }

  /** Counts messages that were applied without asking: they followed, and carried no more than levels. */
  count(rows: number, messages: number, unknownDeletes: number): void {
    this.tally.rows += rows;
    this.tally.messages += messages;
    this.tally.unknownDeletes += unknownDeletes;
  }

  /** Counts the checksums of messages that agreed. */
  addChecksums(agreed: number): void {
    const { checked, matched } = this.#checksums;
    if (agreed > 0) this.#checksums = { checked: checked + agreed, matched: matched + agreed };
  }

  #judgeSnapshot(message: BookMessage, at: Micros): Verdict {
    const { updateId } = message;
    // The book that is not valid has no id, and a comparison with an absent id is false: then the snapshot applies.
    this.#ignoresSnapshot = updateId < this.sequence.last;
    if (this.#ignoresSnapshot) {
      this.tally.staleSnapshots += 1;
      return "skip";
    }
    if (message.lostRows || message.checksumFailed) {
      return this.#openGap(message, at, message.lostRows ? "lostRows" : "checksum");
    }
    this.tally.snapshots += 1;
    this.#missing = undefined;
    this.sequence.restart(updateId);
    return "replace";
  }

  #judgeUpdate(message: BookMessage, at: Micros): Verdict {
    const before = this.sequence.last;
    const verdict = this.sequence.judge(message.updateId, message.prevUpdateId);
    if (verdict === "next") return this.#verified(message, at, before);
    if (verdict === "gap") return this.#openGap(message, at, "sequence");
    this.tally.staleMessages += 1;
    return "skip";
  }

  /** A message that follows on the update `before` applies, unless the venue's checksum says that the book is another then. */
  #verified(message: BookMessage, at: Micros, before: number): Verdict {
    return message.checksumFailed ? this.#openGap(message, at, "checksum", before) : "apply";
  }

  /** From here the book, which had the update `before`, is unknown until the next snapshot. */
  #openGap(
    { updateId, prevUpdateId }: BookMessage,
    at: Micros,
    cause: Gap["cause"],
    before: number = this.sequence.last,
  ): Verdict {
    const known = (id: number): number | null => (Number.isNaN(id) ? null : id);
    this.#gaps.push({
      instrument: this.#instrument.id,
      at,
      cause,
      updateId: known(updateId),
      expected: known(before),
      found: known(prevUpdateId),
    });
    this.tally.skippedMessages += 1;
    this.#missing = "afterGap";
    this.sequence.restart(Number.NaN);
    return "clear";
  }

  /** Tells the best prices after a message that was not skipped, ticks; NaN for an empty side. */
  watchTouch(bid: number, ask: number, at: Micros): void {
    const spread = ask - bid;
    this.#crossed.observe(spread < 0, at);
    this.#locked.observe(spread === 0, at);
  }

  /** True while the book was crossed or locked at the last message end that was watched. */
  get isTouching(): boolean {
    return this.#crossed.holds || this.#locked.holds;
  }
}
