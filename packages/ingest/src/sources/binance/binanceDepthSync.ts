import { MICROS_PER_SECOND } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { type BookLevel, writeBook } from "../read/bookMessage.ts";

/** Where a depth message stands in the chain of its book. */
export interface DepthLink {
  /** The recorder's clock, µs. */
  readonly tsRecv: number;
  /** The last update in the message: `u` of a diff, `lastUpdateId` of a snapshot. */
  readonly updateId: number;
  /** The update that the book must have before a diff: `pu` on futures, `U` − 1 on spot; absent in a snapshot. */
  readonly prevUpdateId: number | undefined;
}

/** A depth message as every Binance market sends it, its fields read. */
export interface DepthMessage extends DepthLink {
  /** The venue's clock, µs; absent in spot snapshots. */
  readonly tsEvent: number | undefined;
  /** The line of the file that it was on. */
  readonly line: number;
  /** Bids, then asks, in the order of the message. */
  readonly levels: readonly BookLevel[];
}

/** A diff that writes its rows itself, when its turn comes. */
export interface StagedDiff extends DepthLink {
  /** `tsRecv`: when the book could be known with it, µs; later than its own where it waited for a snapshot. */
  write(tsRecv: number): void;
}

/** How long a diff waits for the snapshot it belongs after. Recorders ask for the snapshot at once; REST answers in seconds. */
const HOLD_MICROS: number = 30 * MICROS_PER_SECOND;
/** The most diffs that wait: 30 s of a market at a multiple of the fastest feed seen (about 75 a second). */
const HOLD_COUNT = 10_000;

/**
 * Puts the depth messages of one instrument into the order in which a book can be built from them, and writes them as rows of
 * the `book` stream.
 *
 * A recorder subscribes to the diffs, then asks for a snapshot by REST, whose answer is older than some of the diffs that came
 * before it. The venue's rule is to keep those diffs back, drop what the snapshot already holds, and apply the rest to it:
 *
 * - spot: drop `u` ≤ lastUpdateId; the first diff kept has `U` ≤ lastUpdateId + 1 ≤ `u`; then `U` is the previous `u` + 1.
 *   https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#how-to-manage-a-local-order-book-correctly
 * - USD-M and COIN-M: drop `u` < lastUpdateId; the first diff kept has `U` ≤ lastUpdateId ≤ `u`; then `pu` is the previous `u`.
 *   https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/How-to-manage-a-local-order-book-correctly
 *   https://developers.binance.com/docs/derivatives/coin-margined-futures/websocket-market-streams/How-to-manage-a-local-order-book-correctly
 *
 * Read word for word, the futures rule may never be met: all symbols of a futures market share one counter, so the ids of one
 * symbol have holes, and lastUpdateId may fall into the hole between a diff's `pu` and its `U`. Nothing of this symbol happened
 * in the hole, so the rule here, for all markets, is `pu` ≤ lastUpdateId < `u` for the first diff. (A diff with `u` equal to
 * lastUpdateId changes nothing in a book that already holds it.) On spot `pu` is `U` − 1 and this is the venue's rule exactly.
 *
 * While in sync, diffs pass at once. While not (from the start, or after a gap in the chain) they wait up to 30 s by the
 * recorder's clock; those newer than the snapshot that ends the wait come after it, with its `tsRecv`, for only then could
 * anyone have known the book. Diffs for which no snapshot comes are written as they were recorded, at the latest at the end of
 * their file. The chain goes on from file to file.
 */
export class BinanceDepthSync {
  private readonly venue: string;
  private readonly symbol: string;
  /** The update that the next diff must follow: the last diff's, or the snapshot's. */
  private last: number | undefined;
  /** The message before was a snapshot: the next diff must reach over its id, not meet it. */
  private afterSnapshot = false;
  private inSync = false;
  private lastRecv = Number.NEGATIVE_INFINITY;
  private held: (DepthMessage | StagedDiff)[] = [];

  constructor(venue: string, symbol: string) {
    this.venue = venue;
    this.symbol = symbol;
  }

  /**
   * Takes a diff of which there is nothing to decide: the book is in sync, and it is the next of the chain. Moves the chain on and
   * returns true: the caller writes its rows, with its own `tsRecv`, before anything else of the book. Returns false, and changes
   * nothing, for any other: `diff` takes those.
   */
  advance({ tsRecv, updateId, prevUpdateId }: DepthLink): boolean {
    const { last } = this;
    if (!this.inSync || this.afterSnapshot || last === undefined) return false;
    if (prevUpdateId !== last || updateId <= last) return false;
    if (tsRecv < this.lastRecv - HOLD_MICROS) return false;
    this.last = updateId;
    this.lastRecv = tsRecv;
    return true;
  }

  /** Takes a diff. Returns why it is not to be stored, if so. */
  diff(message: DepthMessage | StagedDiff, sink: RowSink): string | undefined {
    if (this.advance(message)) {
      this.write(message, message.tsRecv, sink);
      return undefined;
    }
    this.followClock(message, sink);
    if (this.last !== undefined && message.updateId <= this.last) {
      if (!this.afterSnapshot) return "duplicate depth update";
      this.write(message, message.tsRecv, sink);
      return undefined;
    }
    if (!this.follows(message)) {
      this.inSync = false;
      sink.note("book", this.venue, this.symbol, "sequenceGaps");
    }
    this.last = message.updateId;
    this.afterSnapshot = false;
    if (this.inSync) this.write(message, message.tsRecv, sink);
    else this.hold(message, sink);
    return undefined;
  }

  /** Takes a snapshot. Returns why it is not to be stored, if so. */
  snapshot(message: DepthMessage, sink: RowSink): string | undefined {
    this.followClock(message, sink);
    const at = this.held.findIndex((diff) => diff.updateId > message.updateId);
    const newer = at < 0 ? [] : this.held.slice(at);
    if (!this.serves(message, newer[0])) {
      sink.note("book", this.venue, this.symbol, "snapshotStale");
      return "snapshot is older than the depth updates around it";
    }
    for (const diff of this.held.slice(0, this.held.length - newer.length)) {
      this.write(diff, diff.tsRecv, sink);
    }
    this.held = [];
    this.write(message, message.tsRecv, sink);
    this.last = message.updateId;
    this.afterSnapshot = true;
    this.inSync = true;
    for (const diff of newer) this.release(diff, message.tsRecv, sink);
    return undefined;
  }

  /** Writes what still waits. To be called at the end of a file, as rows are counted to the file that they are from. */
  flush(sink: RowSink): void {
    for (const diff of this.held) this.write(diff, diff.tsRecv, sink);
    this.held = [];
  }

  /**
   * Whether a book can be built on a snapshot: the first diff after it, if one has come, must connect to it. In sync none waits,
   * and a book that has passed the snapshot needs it no more.
   */
  private serves({ updateId }: DepthLink, firstNewer: DepthLink | undefined): boolean {
    const before = firstNewer === undefined ? this.last : firstNewer.prevUpdateId;
    return before === undefined || before <= updateId;
  }

  /** Whether a diff that is newer than the book connects to it. */
  private follows(diff: DepthLink): boolean {
    if (this.last === undefined || diff.prevUpdateId === undefined) return true;
    return this.afterSnapshot ? diff.prevUpdateId <= this.last : diff.prevUpdateId === this.last;
  }

  /** Writes a diff that waited for a snapshot. A gap that it shows was counted when it came. */
  private release(diff: DepthMessage | StagedDiff, tsRecv: number, sink: RowSink): void {
    if (!this.follows(diff)) this.inSync = false;
    this.last = diff.updateId;
    this.afterSnapshot = false;
    this.write(diff, tsRecv, sink);
    sink.note("book", this.venue, this.symbol, "synchronisedLate");
  }

  private hold(diff: DepthMessage | StagedDiff, sink: RowSink): void {
    this.held.push(diff);
    const oldest = diff.tsRecv - HOLD_MICROS;
    while ((this.held[0]?.tsRecv ?? oldest) < oldest || this.held.length > HOLD_COUNT) {
      const released = this.held.shift();
      if (released !== undefined) this.write(released, released.tsRecv, sink);
    }
  }

  /**
   * A recording that jumps back is another recording (files given in the wrong order): its ids say nothing about the chain
   * before it. Steps that are shorter than the wait are the recorder's clock being set.
   */
  private followClock(message: DepthLink, sink: RowSink): void {
    if (message.tsRecv < this.lastRecv - HOLD_MICROS) {
      this.flush(sink);
      this.last = undefined;
      this.inSync = false;
      this.afterSnapshot = false;
      sink.note("book", this.venue, this.symbol, "recordingJumpsBack");
    }
    this.lastRecv = message.tsRecv;
  }

  private write(message: DepthMessage | StagedDiff, tsRecv: number, sink: RowSink): void {
    if ("write" in message) {
      message.write(tsRecv);
      return;
    }
    const snapshot = message.prevUpdateId === undefined;
    writeBook(sink, this.venue, this.symbol, { ...message, tsRecv, snapshot });
  }
}
