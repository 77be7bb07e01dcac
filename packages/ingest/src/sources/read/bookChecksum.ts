import { ASK, BID, CHECKSUM_FAILED, CHECKSUM_MATCHED } from "@aftershock/schema";

/** A level of a book as the venue wrote it. */
export interface TextLevel {
  readonly side: typeof BID | typeof ASK;
  readonly price: string;
  /** The size now resting at the price; zero, however written, where the level is gone. */
  readonly size: string;
}

/** How a venue sums up its book. */
export interface ChecksumRule {
  /** How many levels of each side it covers, from the best. A level beyond may be wrong and the checksum right. */
  readonly depth: number;
  /** What a level contributes to the text that is summed. */
  readonly levelText: (price: string, size: string) => string;
  /** The checksum of the best `depth` levels of each side, best first, as `levelText` wrote them. */
  readonly sum: (bids: readonly string[], asks: readonly string[]) => number;
}

/** What a message says of its own checksum: flags for its last row, 0 where nothing could be compared. */
export type ChecksumFlags = 0 | typeof CHECKSUM_MATCHED | typeof CHECKSUM_FAILED;

interface SortedLevel {
  /** The price, turned so that the best level has the lowest key. */
  readonly key: number;
  readonly price: string;
  readonly text: string;
}

/** One side of a book in the venue's own words, best level first. */
class TextSide {
  // Doubles order and tell apart prices of up to 15 digits, and no venue writes longer ones; nothing is computed with them.
  readonly #sign: 1 | -1;
  readonly #levels: SortedLevel[] = [];
  readonly #levelText: ChecksumRule["levelText"];

  constructor(side: TextLevel["side"], levelText: ChecksumRule["levelText"]) {
    this.#sign = side === BID ? -1 : 1;
    this.#levelText = levelText;
  }

  clear(): void {
    this.#levels.length = 0;
  }

  set(price: string, size: string): void {
    const key = Number(price) * this.#sign;
    const at = this.#indexOf(key);
    const known = this.#levels[at]?.key === key ? 1 : 0;
    if (Number(size) === 0) this.#levels.splice(at, known);
    else this.#levels.splice(at, known, { key, price, text: this.#levelText(price, size) });
  }

  #indexOf(key: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#levels[middle]?.key ?? Number.NaN) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The texts of the best levels, best first. */
  top(depth: number): readonly string[] {
    return this.#levels.slice(0, depth).map(({ text }) => text);
  }

  /** Takes away the levels beyond a depth, and returns their prices. */
  cut(depth: number): readonly string[] {
    if (this.#levels.length <= depth) return [];
    return this.#levels.splice(depth).map(({ price }) => price);
  }
}

/**
 * A book by price level in the venue's own words, to verify the checksums that the venue sends with its messages. It is kept
 * while a capture is read, where the raw text still is: numbers that went through a parser are written otherwise.
 *
 * A checksum that failed says that the book is not the venue's from here to its next snapshot. Later messages are verified all
 * the same, so that it shows whether one message is wrong or the book stays so.
 */
export class ChecksummedBook {
  readonly #rule: ChecksumRule;
  readonly #bids: TextSide;
  readonly #asks: TextSide;
  #known = false;

  constructor(rule: ChecksumRule) {
    this.#rule = rule;
    this.#bids = new TextSide(BID, rule.levelText);
    this.#asks = new TextSide(ASK, rule.levelText);
  }

  /** Takes the levels of a message in; a snapshot replaces the book. Without a snapshot before them there is no book to change. */
  apply(levels: readonly TextLevel[], { snapshot }: { readonly snapshot: boolean }): void {
    if (snapshot) {
      this.#bids.clear();
      this.#asks.clear();
      this.#known = true;
    }
    if (!this.#known) return;
    for (const { side, price, size } of levels) this.#sideOf(side).set(price, size);
  }

  /** Compares the venue's checksum with the book as it is now; 0 before the first snapshot and where the message has none. */
  verify(checksum: number | undefined): ChecksumFlags {
    if (!this.#known || checksum === undefined) return 0;
    const { depth, sum } = this.#rule;
    const own = sum(this.#bids.top(depth), this.#asks.top(depth));
    return own === checksum ? CHECKSUM_MATCHED : CHECKSUM_FAILED;
  }

  /**
   * Takes away the levels beyond the depth of the feed and returns them with size 0: a venue that sends only so many levels says
   * nothing when one falls out below.
   */
  cut(depth: number): readonly TextLevel[] {
    const gone = (side: TextLevel["side"]): readonly TextLevel[] =>
      this.#sideOf(side)
        .cut(depth)
        .map((price) => ({ side, price, size: "0" }));
    return [...gone(BID), ...gone(ASK)];
  }

  #sideOf(side: TextLevel["side"]): TextSide {
    return side === BID ? this.#bids : this.#asks;
  }
}

/**
 * The text over which OKX and FTX sum: best bid, best ask, second bid, second ask and so on, joined by colons; where one side has
 * no more levels, the other goes on alone.
 */
export function interleaved(bids: readonly string[], asks: readonly string[]): string {
  const parts: string[] = [];
  for (let i = 0; i < Math.max(bids.length, asks.length); i += 1) {
    for (const level of [bids[i], asks[i]]) if (level !== undefined) parts.push(level);
  }
  return parts.join(":");
}
