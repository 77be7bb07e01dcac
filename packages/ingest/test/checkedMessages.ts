import type { SourceLine } from "../src/source.ts";
import { levelsIn, PlainBook, type LevelText, type VenueText } from "./capturedLevels.ts";

/** A piece of a line. */
export interface TextPlace {
  readonly from: number;
  readonly length: number;
}

/** A message of a capture that carries a checksum, and what it does to a book that was kept without the code under test. */
export interface CheckedMessage {
  readonly text: string;
  readonly market: string;
  readonly checksum: TextPlace;
  /** Levels of the message that stand among those the checksum covers after it. */
  readonly covered: readonly LevelText[];
  /** Those of them that the message changed. */
  readonly changed: readonly LevelText[];
  /** Levels of the message that stand below those that the checksum covers. */
  readonly beyond: readonly LevelText[];
  /** A line that makes the book what it is after the message: of some messages only, for it is long. */
  readonly repair: string | undefined;
}

const place = (match: RegExpExecArray | null): TextPlace | undefined => {
  const [from, to] = match?.indices?.[1] ?? [];
  return from === undefined || to === undefined ? undefined : { from, length: to - from };
};

/** Follows the books of a capture: the lines of no checksum as text, the others with what is known of them. */
export function followBooks(
  lines: readonly SourceLine[],
  venue: VenueText,
  repairs: () => boolean,
): readonly (string | CheckedMessage)[] {
  const books = new Map<string, PlainBook>();
  return lines.map(({ text }) => {
    const market = venue.market.exec(text)?.[1];
    if (market === undefined) return text;
    const book = books.get(market) ?? new PlainBook();
    books.set(market, book);
    const levels = levelsIn(text);
    const snapshot = venue.isSnapshot.test(text);
    const before = levels.map((level) => (snapshot ? undefined : book.sizeAt(level)));
    book.apply(levels, snapshot, venue.feedDepth);
    const checksum = place(venue.checksum.exec(text));
    if (checksum === undefined) return text;
    const standing = levels
      .map((level, i) => ({ level, changed: before[i] !== level.size, rank: book.rankOf(level) }))
      .filter(({ level }) => book.sizeAt(level) === level.size);
    const covered = standing.filter(({ rank }) => rank < venue.depth);
    const time = text.slice(0, text.indexOf(": ") + 2);
    const repair = (): string =>
      time + venue.snapshot(market, book.pairs("bids"), book.pairs("asks"));
    return {
      text,
      market,
      checksum,
      covered: covered.map(({ level }) => level),
      changed: covered.filter(({ changed }) => changed).map(({ level }) => level),
      beyond: standing.filter(({ rank }) => rank >= venue.depth).map(({ level }) => level),
      repair: repairs() ? repair() : undefined,
    };
  });
}

/** Where a level's size stands in its line. */
export const sizeIn = ({ size, sizeAt }: LevelText): TextPlace => ({
  from: sizeAt,
  length: size.length,
});

/** Where a level's price stands in its line. */
export const priceIn = ({ price, priceAt }: LevelText): TextPlace => ({
  from: priceAt,
  length: price.length,
});

/**
 * The text with the digit at a place made another one, never zero. `pick` chooses among the digits of a number of `length`
 * characters that starts at `from`, those of an exponent left out.
 */
export function otherDigit(
  text: string,
  { from, length }: TextPlace,
  pick: (count: number) => number,
): string {
  const [number = ""] = text.slice(from, from + length).split("e");
  const places = Array.from(number.matchAll(/\d/g), ({ index }) => from + index);
  const at = places[pick(places.length)] ?? from;
  const digit = text[at] ?? "";
  return `${text.slice(0, at)}${digit === "9" ? "1" : Number(digit) + 1}${text.slice(at + 1)}`;
}

/** A small generator with a seed: the same numbers on every machine. `next(n)` is one of 0 … n − 1. */
export function seeded(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}
