import type { TouchRuns } from "@aftershock/replay";

/**
 * The sum over the best bid and ask at message ends, in order, that all contenders must agree on: with `bid` and `ask` in ticks (0 for an
 * empty side) and `n` the number of the message from 1, Σ (31 bid + ask) (2n + 1) modulo 2^32. The weights are odd, so that one wrong
 * price is never lost, and do not depend on each other, so that the sum costs next to nothing.
 */
export class TouchSum {
  private total = 0;
  messages = 0;

  /** Takes the best prices at the end of a message; NaN for an empty side. */
  add(bid: number, ask: number): void {
    this.messages += 1;
    this.total =
      (this.total + Math.imul(Math.imul(bid, 31) + (ask | 0), 2 * this.messages + 1)) | 0;
  }

  /** As `add`, for the first `count` best prices of two columns. */
  addAll(bids: Float64Array, asks: Float64Array, count: number): void {
    let { messages, total } = this;
    for (let nth = 0; nth < count; nth++) {
      messages += 1;
      total =
        (total + Math.imul(Math.imul(bids[nth]!, 31) + (asks[nth]! | 0), 2 * messages + 1)) | 0;
    }
    this.messages = messages;
    this.total = total;
  }

  /** As `add`, for the best prices of messages that come in runs with the same. */
  addRuns({ bids, asks, firsts, count, messages: all }: TouchRuns): void {
    let { messages, total } = this;
    for (let nth = 0; nth < count; nth++) {
      const own = Math.imul(bids[nth]!, 31) + (asks[nth]! | 0);
      const length = (nth + 1 < count ? firsts[nth + 1]! : all) - firsts[nth]!;
      // The weights of its messages, summed: an arithmetic series.
      const weights = Math.imul(length, 2 * (messages + 1) + length);
      total = (total + Math.imul(own, weights)) | 0;
      messages += length;
    }
    this.messages = messages;
    this.total = total;
  }

  /** 0 … 2^32 - 1. */
  get sum(): number {
    return this.total >>> 0;
  }
}
