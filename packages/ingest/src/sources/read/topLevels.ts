import { ASK, BID, type Decimal } from "@aftershock/schema";

/** A level of a book: `size` rests at `price`, more than zero. */
export interface Level {
  readonly price: Decimal;
  readonly size: Decimal;
}

/** What changed at a price; size 0: nothing rests there any more, or it is no longer among the best levels. */
export interface LevelChange extends Level {
  readonly side: typeof BID | typeof ASK;
}

const NOTHING: Decimal = { mantissa: 0, decimals: 0 };

const isSame = (a: Decimal, b: Decimal | undefined): boolean =>
  a.mantissa === b?.mantissa && a.decimals === b.decimals;

const keyOf = ({ mantissa, decimals }: Decimal): string => `${mantissa}e${decimals}`;

const areSame = (a: readonly Level[], b: readonly Level[]): boolean =>
  a.length === b.length &&
  a.every(({ price, size }, i) => isSame(price, b[i]?.price) && isSame(size, b[i]?.size));

function changesOf(
  side: LevelChange["side"],
  before: readonly Level[],
  after: readonly Level[],
): LevelChange[] {
  if (areSame(before, after)) return [];
  const sizes = new Map(before.map(({ price, size }) => [keyOf(price), size]));
  const left = new Set(after.map(({ price }) => keyOf(price)));
  const gone = before.filter(({ price }) => !left.has(keyOf(price)));
  const set = after.filter(({ price, size }) => !isSame(size, sizes.get(keyOf(price))));
  return [
    ...gone.map(({ price }) => ({ side, price, size: NOTHING })),
    ...set.map((level) => ({ side, ...level })),
  ];
}

/**
 * Turns the best levels of a book, of which a feed repeats all with every event, into what changed: the first time all of them,
 * after that the levels whose size is another one and those that are gone or no longer among the best. Applied in order the
 * changes give exactly the levels that the feed showed.
 */
export class TopLevels {
  private bids: readonly Level[] = [];
  private asks: readonly Level[] = [];

  /** What must change for the book to be these levels, best first; deletions come first on each side. */
  changeTo(bids: readonly Level[], asks: readonly Level[]): LevelChange[] {
    const changes = [...changesOf(BID, this.bids, bids), ...changesOf(ASK, this.asks, asks)];
    this.bids = bids;
    this.asks = asks;
    return changes;
  }
}
