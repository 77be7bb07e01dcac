/**
 * What is to be done with a message: `next` follows and is applied, `stale` is already contained in the snapshot and is skipped,
 * `gap` does not follow: something between it and the book is missing.
 */
export type SequenceVerdict = "next" | "stale" | "gap";

/**
 * The sequence rule of a book, the same for all venues: a message carries the id of its last update and the id that the book
 * must have before it. Where a message carries no ids (NaN) nothing can be checked and it is taken as following.
 *
 * After a snapshot with id S the messages that end at or before S are stale; the first other one must *bridge*: start from S or
 * before. From then on every message must start from exactly where the last one ended.
 *
 * Binance says to drop `u <= S` on spot and `u < S` on futures; sizes are absolute, so that a message that ends at S changes
 * nothing and both are the same rule here. Source: developers.binance.com, "How to manage a local order book correctly",
 * spot and USD-M futures.
 */
export class UpdateSequence {
  /** The id of the last update in the book; NaN where the source sends none. To be set by a book that has judged itself. */
  last: number = Number.NaN;
  /** True after a snapshot, until the first message follows it. */
  bridging: boolean = false;

  /** Starts anew from a snapshot with this id, or NaN. */
  restart(updateId: number): void {
    this.last = updateId;
    this.bridging = !Number.isNaN(updateId);
  }

  /** Judges a message, and takes its id as the book's when it follows. */
  judge(updateId: number, prevUpdateId: number): SequenceVerdict {
    if (this.takes(updateId, prevUpdateId)) return "next";
    return this.bridging && updateId <= this.last ? "stale" : "gap";
  }

  /** Whether a message follows; takes its id as the book's when it does. */
  takes(updateId: number, prevUpdateId: number): boolean {
    if (this.bridging && updateId <= this.last) return false;
    if (!this.#follows(prevUpdateId)) return false;
    this.bridging = false;
    if (!Number.isNaN(updateId)) this.last = updateId;
    return true;
  }

  #follows(prevUpdateId: number): boolean {
    if (Number.isNaN(this.last) || Number.isNaN(prevUpdateId)) return true;
    return this.bridging ? prevUpdateId <= this.last : prevUpdateId === this.last;
  }
}
