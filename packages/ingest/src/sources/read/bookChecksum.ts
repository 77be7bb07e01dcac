import { crc32 } from "node:zlib";
import { ASK, BID, CHECKSUM_FAILED, CHECKSUM_MATCHED } from "@aftershock/schema";

/** A level of a book as the venue wrote it. */
export interface TextLevel {
  readonly side: typeof BID | typeof ASK;
  readonly price: string;
  /** The size now resting at the price; zero, however written, where the level is gone. */
  readonly size: string;
}

/** Characters of a price or a size; no venue writes half as many. */
export const MAX_LEVEL_TEXT = 31;

/** How a venue sums up its book: the CRC32 of a text of its best levels, as the venue wrote them. */
export interface ChecksumRule {
  /** How many levels of each side it covers, from the best. A level beyond may be wrong and the checksum right. */
  readonly depth: number;
  /**
   * `digits`: the asks, then the bids, each best first: the digits of a level's price and of its size, without point and leading
   * zeros, nothing between. `pairs`: best bid, best ask, second bid, second ask and so on, each `price:size`, with colons between;
   * where one side has no more levels, the other goes on alone.
   */
  readonly form: "digits" | "pairs";
  /** Whether the sum is sent as a signed number of 32 bits. */
  readonly signed: boolean;
}

/** What a message says of its own checksum: flags for its last row, 0 where nothing could be compared. */
export type ChecksumFlags = 0 | typeof CHECKSUM_MATCHED | typeof CHECKSUM_FAILED;

interface SortedLevel {
  /** The price, turned so that the best level has the lowest key. */
  readonly key: number;
  readonly price: string;
  readonly size: string;
}

/** One side of a book in the venue's own words, best level first. */
class TextSide {
  // Doubles order and tell apart prices of up to 15 digits, and no venue writes longer ones; nothing is computed with them.
  readonly #sign: 1 | -1;
  readonly #levels: SortedLevel[] = [];

  constructor(side: TextLevel["side"]) {
    this.#sign = side === BID ? -1 : 1;
  }

  clear(): void {
    this.#levels.length = 0;
  }

  set(price: string, size: string): void {
    const key = Number(price) * this.#sign;
    const found = this.#levels.findIndex((level) => level.key >= key);
    const at = found < 0 ? this.#levels.length : found;
    const known = this.#levels[at]?.key === key ? 1 : 0;
    if (Number(size) === 0) this.#levels.splice(at, known);
    else this.#levels.splice(at, known, { key, price, size });
  }

  /** The best levels, best first. */
  top(depth: number): readonly SortedLevel[] {
    return this.#levels.slice(0, depth);
  }

  /** Takes away the levels beyond a depth, and returns their prices, best first. */
  cut(depth: number): readonly string[] {
    return this.#levels.splice(depth).map(({ price }) => price);
  }
}

const withoutLeadingZeros = (text: string): string => text.replace(".", "").replace(/^0+/, "");

/** The text that is summed. */
function textOf(
  { form }: ChecksumRule,
  bids: readonly SortedLevel[],
  asks: readonly SortedLevel[],
): string {
  if (form === "digits") {
    const levels = [...asks, ...bids];
    return levels
      .map(({ price, size }) => withoutLeadingZeros(price) + withoutLeadingZeros(size))
      .join("");
  }
  const ranks = Array.from({ length: Math.max(bids.length, asks.length) }, (_, rank) => rank);
  return ranks
    .flatMap((rank) => [bids[rank], asks[rank]])
    .flatMap((level) => (level === undefined ? [] : [`${level.price}:${level.size}`]))
    .join(":");
}

/**
 * A book by price level in the venue's own words, to verify the checksums that the venue sends with its messages. It is kept
 * while a capture is read, where the raw text still is: numbers that went through a parser are written otherwise. Captures are read
 * with its fast twin, `CrcBook`.
 *
 * A checksum that failed says that the book is not the venue's from here to its next snapshot. Later messages are verified all
 * the same, so that it shows whether one message is wrong or the book stays so.
 */
export class ChecksummedBook {
  readonly #rule: ChecksumRule;
  readonly #bids = new TextSide(BID);
  readonly #asks = new TextSide(ASK);
  #known = false;

  constructor(rule: ChecksumRule) {
    this.#rule = rule;
  }

  /** Starts the book anew: the levels of a snapshot follow. */
  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#known = true;
  }

  /** Takes a level in. Before the first snapshot there is no book to change. */
  set({ side, price, size }: TextLevel): void {
    if (this.#known) (side === BID ? this.#bids : this.#asks).set(price, size);
  }

  /** The checksum of the book as it is now; undefined before the first snapshot. */
  get checksum(): number | undefined {
    if (!this.#known) return undefined;
    const { depth, signed } = this.#rule;
    const sum = crc32(textOf(this.#rule, this.#bids.top(depth), this.#asks.top(depth)));
    return signed ? sum | 0 : sum;
  }

  /** Compares the venue's checksum with the book as it is now; 0 before the first snapshot and where the message has none. */
  verify(checksum: number | undefined): ChecksumFlags {
    if (!this.#known || checksum === undefined) return 0;
    return this.checksum === checksum ? CHECKSUM_MATCHED : CHECKSUM_FAILED;
  }

  /**
   * Takes away the levels beyond the depth of the feed and returns them with size 0: a venue that sends only so many levels says
   * nothing when one falls out below.
   */
  cut(depth: number): readonly TextLevel[] {
    const gone = (side: TextLevel["side"], prices: readonly string[]): readonly TextLevel[] =>
      prices.map((price) => ({ side, price, size: "0" }));
    return [...gone(BID, this.#bids.cut(depth)), ...gone(ASK, this.#asks.cut(depth))];
  }
}
