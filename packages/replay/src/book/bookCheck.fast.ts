/**
 * What a book would meet in a recording, without the book's reader: its counts of crossed and locked message ends and of deletes of
 * unknown levels, fast enough for the pass that hashes written rows (test/bench/ingest.ts holds it). Plain twin:
 * `L2Book.counts`.
 *
 * Levels change as rows come, not as messages end: between ends nobody looks, and what ends in a gap is cleared. Wrong for a message that a
 * snapshot cuts off before its end, which `L2Book` drops; no loader writes one.
 */
import {
  CHECKSUM_FAILED,
  MESSAGE_END,
  micros,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { Ladder } from "./ladder.fast.ts";
import { TouchWatch, type Stretches } from "./touchWatch.ts";
import { UpdateSequence } from "./updateSequence.ts";

/** The columns of `book` rows that are looked at. */
export interface BookCheckColumns {
  readonly tsEvent: ArrayLike<number>;
  readonly tsRecv: ArrayLike<number>;
  readonly side: ArrayLike<number>;
  readonly price: ArrayLike<number>;
  readonly size: ArrayLike<number>;
  readonly flags: ArrayLike<number>;
  readonly updateId: ArrayLike<number>;
  readonly prevUpdateId: ArrayLike<number>;
}

/** What was met; see BookCounts for the meaning of each. */
export interface BookCheckCounts {
  readonly crossed: Stretches;
  readonly locked: Stretches;
  readonly unknownDeletes: number;
  /** Messages after which the book was unknown until the next snapshot: the chain of ids broke, rows were lost, or a checksum failed. */
  readonly gaps: number;
}

/** What becomes of the rows of the open message. */
type Verdict = "apply" | "skip";

export class BookCheck {
  private readonly ladder = new Ladder();
  private readonly sequence = new UpdateSequence();
  private readonly crossed = new TouchWatch();
  private readonly locked = new TouchWatch();
  private valid = false;
  private ignoresSnapshot = false;
  private open = false;
  private verdict: Verdict = "skip";
  private lost = false;
  /** The open message is a snapshot older than the book: nothing of it counts. */
  private stale = false;
  private unknownDeletes = 0;
  private unknownHere = 0;
  private gaps = 0;

  add(columns: BookCheckColumns, rows: number): void {
    const { side, price, size, flags } = columns;
    for (let row = 0; row < rows; row++) {
      const flag = flags[row]!;
      if (!this.open || (flag & SNAPSHOT_START) !== 0) this.start(columns, row, flag);
      if ((flag & ROWS_LOST) !== 0) this.lost = true;
      if (this.verdict === "apply") {
        const own = side[row]!;
        if (own !== 0) {
          const known = this.ladder.set(own as 1 | -1, price[row]!, size[row]!);
          if (!known) this.unknownHere += 1;
        }
      }
      if ((flag & MESSAGE_END) !== 0) this.end(columns, row, flag);
    }
  }

  private start({ updateId, prevUpdateId }: BookCheckColumns, row: number, flag: number): void {
    this.open = true;
    this.lost = false;
    this.stale = false;
    this.unknownHere = 0;
    if ((flag & SNAPSHOT_START) !== 0) {
      this.ignoresSnapshot = this.valid && updateId[row]! < this.sequence.last;
      this.verdict = this.ignoresSnapshot ? "skip" : "apply";
      this.stale = this.ignoresSnapshot;
      if (this.stale) return;
      this.ladder.clear();
      this.valid = true;
      this.sequence.restart(updateId[row]!);
      return;
    }
    this.verdict = "skip";
    if (!this.valid) return;
    if ((flag & SNAPSHOT) !== 0) {
      if (!this.ignoresSnapshot) this.verdict = "apply";
      return;
    }
    const judged = this.sequence.judge(updateId[row]!, prevUpdateId[row]!);
    if (judged === "gap") this.lost = true;
    else if (judged === "next") this.verdict = "apply";
  }

  private end({ tsEvent, tsRecv }: BookCheckColumns, row: number, flag: number): void {
    this.open = false;
    const recv = tsRecv[row]!;
    const at = micros(Number.isNaN(recv) ? tsEvent[row]! : recv);
    const failed = (flag & CHECKSUM_FAILED) !== 0 && this.verdict === "apply";
    if (this.valid && (failed || (this.lost && !this.stale))) {
      this.gaps += 1;
      this.valid = false;
      this.sequence.restart(Number.NaN);
      this.ladder.clear();
    } else if (this.verdict === "skip") return;
    else this.unknownDeletes += this.unknownHere;
    const spread = this.ladder.asks.bestPrice - this.ladder.bids.bestPrice;
    this.crossed.observe(spread < 0, at);
    this.locked.observe(spread === 0, at);
  }

  get counts(): BookCheckCounts {
    return {
      crossed: this.crossed.counted,
      locked: this.locked.counted,
      unknownDeletes: this.unknownDeletes,
      gaps: this.gaps,
    };
  }
}
