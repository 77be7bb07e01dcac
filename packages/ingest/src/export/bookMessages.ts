import {
  CHECKSUM_FAILED,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { codes, numbers, type Rows } from "./rowsInWindow.ts";

/** Size now resting at a price: ticks and lots of the export's grid; 0 deletes the level. */
export interface BookLevel {
  /** BID 1, ASK -1. */
  readonly side: number;
  readonly price: number;
  readonly size: number;
}

/** What one message of a venue does to its book. */
export interface BookMessage {
  /** The venue's clock and the recorder's at the end of the message, µs; NaN where absent. */
  readonly tsEvent: number;
  readonly tsRecv: number;
  /** The venue's id of its last update; NaN where it sends none. */
  readonly updateId: number;
  /** The book before it is void: a snapshot replaces it, or nothing is known of it until the next snapshot. */
  readonly clears: boolean;
  /** Its levels are part of a snapshot. */
  readonly snapshot: boolean;
  /** It stands for all that came before a window: it comes before anything else of its time. */
  readonly opening?: true;
  readonly levels: readonly BookLevel[];
}

/** What of a message changes the book. */
type Change = Pick<BookMessage, "clears" | "snapshot" | "levels">;

/** What of a book's rows does not reach the export, and why. Counts of messages, but for the first. */
export interface BookNotes {
  /** Rows before the first snapshot: the book that they change is not known. */
  rowsBeforeSnapshot: number;
  /** Where the book is void until the next snapshot: messages were lost there. */
  gaps: number;
  /** Messages between a gap and the next snapshot. */
  messagesInGaps: number;
  /** Messages that the snapshot before them contains already. */
  staleMessages: number;
}

/** A message whose rows are coming in. */
class OpenMessage {
  levels: BookLevel[] = [];
  rows = 0;
  flags = 0;
  /** Rows of it are missing. */
  lost = false;
  /** The venue's checksum says that the book is another after it. */
  failed = false;
  updateId: number = Number.NaN;
  prevUpdateId: number = Number.NaN;
}

/**
 * The messages of a book that change it, as a replay applies them: from the first snapshot on, whole, in sequence. After a message
 * that does not follow the one before it, of which rows were lost, or with which the venue's checksum does not agree, nothing is
 * known until the next snapshot; one that a snapshot contains already is dropped. The rule of ids is that of a replayed book (its
 * twin in the tests is `L2Book`): after a snapshot with id S messages up to S are stale and the first other one starts from S or
 * before; from then on each starts where the last one ended; an absent id says nothing.
 */
export class BookMessages {
  readonly notes: BookNotes = {
    rowsBeforeSnapshot: 0,
    gaps: 0,
    messagesInGaps: 0,
    staleMessages: 0,
  };
  private open = new OpenMessage();
  private state: "before" | "known" | "gap" = "before";
  private lastId = Number.NaN;
  private bridging = false;
  private ignoresSnapshot = false;

  /** Takes some rows, the next ones of the recording; returns the messages that end in them. */
  take({ length, columns }: Rows): readonly BookMessage[] {
    const found: BookMessage[] = [];
    const flags = codes(columns, "flags");
    const clocks = [numbers(columns, "tsEvent"), numbers(columns, "tsRecv")] as const;
    const [side, price, size] = [
      codes(columns, "side"),
      numbers(columns, "price"),
      numbers(columns, "size"),
    ];
    const ids = [numbers(columns, "updateId"), numbers(columns, "prevUpdateId")] as const;
    for (let row = 0; row < length; row += 1) {
      const rowFlags = flags[row] ?? 0;
      // A snapshot that starts within a message: that message was cut off.
      if ((rowFlags & SNAPSHOT_START) !== 0) this.open = new OpenMessage();
      const { open } = this;
      if (open.rows === 0) {
        open.flags = rowFlags;
        open.updateId = ids[0][row] ?? Number.NaN;
        open.prevUpdateId = ids[1][row] ?? Number.NaN;
      }
      open.rows += 1;
      open.lost ||= (rowFlags & ROWS_LOST) !== 0;
      open.failed = (rowFlags & CHECKSUM_FAILED) !== 0;
      if (side[row] !== 0) {
        open.levels.push({ side: side[row] ?? 0, price: price[row] ?? 0, size: size[row] ?? 0 });
      }
      if ((rowFlags & MESSAGE_END) === 0) continue;
      this.open = new OpenMessage();
      const settled = this.settle(open);
      if (settled === undefined) continue;
      const [tsEvent, tsRecv] = [clocks[0][row] ?? Number.NaN, clocks[1][row] ?? Number.NaN];
      found.push({ tsEvent, tsRecv, updateId: open.updateId, ...settled });
    }
    return found;
  }

  private settle(message: OpenMessage): Change | undefined {
    const { levels, flags } = message;
    if ((flags & SNAPSHOT_START) !== 0) return this.settleSnapshot(message);
    if (this.state === "before") this.notes.rowsBeforeSnapshot += message.rows;
    if (this.state === "gap") this.notes.messagesInGaps += 1;
    if (this.state !== "known") return undefined;
    if (message.lost) return this.gap();
    if ((flags & SNAPSHOT) === 0) return this.settleUpdate(message);
    if (this.ignoresSnapshot) return undefined;
    return message.failed ? this.gap() : { clears: false, snapshot: true, levels };
  }

  private settleSnapshot({ updateId, lost, failed, levels }: OpenMessage): Change | undefined {
    // A comparison with an absent id is false: then the snapshot applies.
    this.ignoresSnapshot = updateId < this.lastId;
    if (this.ignoresSnapshot) {
      this.notes.staleMessages += 1;
      return undefined;
    }
    if (lost || failed) return this.gap();
    this.state = "known";
    this.lastId = updateId;
    this.bridging = !Number.isNaN(updateId);
    return { clears: true, snapshot: true, levels };
  }

  private settleUpdate({
    updateId,
    prevUpdateId,
    failed,
    levels,
  }: OpenMessage): Change | undefined {
    if (this.bridging && updateId <= this.lastId) {
      this.notes.staleMessages += 1;
      return undefined;
    }
    const unchecked = Number.isNaN(this.lastId) || Number.isNaN(prevUpdateId);
    const follows = this.bridging ? prevUpdateId <= this.lastId : prevUpdateId === this.lastId;
    if (failed || (!unchecked && !follows)) return this.gap();
    this.bridging = false;
    if (!Number.isNaN(updateId)) this.lastId = updateId;
    return { clears: false, snapshot: false, levels };
  }

  private gap(): Change {
    this.notes.gaps += 1;
    this.state = "gap";
    this.lastId = Number.NaN;
    this.bridging = false;
    return { clears: true, snapshot: false, levels: [] };
  }
}
