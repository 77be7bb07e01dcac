/** Index of a price in an array sorted with its best price last, or where it belongs. */
function place(prices: readonly number[], price: number, side: number): number {
  let [low, high] = [0, prices.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((prices[middle] ?? 0) * side < price * side) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One side of a book as it is usually written: a Map of sizes, and the prices in a sorted array, the best one last. */
class SortedSide {
  private readonly sizes = new Map<number, number>();
  private readonly prices: number[] = [];
  private readonly side: 1 | -1;

  constructor(side: 1 | -1) {
    this.side = side;
  }

  set(price: number, size: number): void {
    const known = this.sizes.has(price);
    if (size !== 0) {
      this.sizes.set(price, size);
      if (!known) this.prices.splice(place(this.prices, price, this.side), 0, price);
    } else if (known) {
      this.sizes.delete(price);
      this.prices.splice(place(this.prices, price, this.side), 1);
    }
  }

  clear(): void {
    this.sizes.clear();
    this.prices.length = 0;
  }

  /** NaN when there is none. */
  get best(): number {
    return this.prices.at(-1) ?? Number.NaN;
  }
}

/** A book of plain JavaScript, as it is usually written. */
export class SortedBook {
  private readonly bids = new SortedSide(1);
  private readonly asks = new SortedSide(-1);

  /** `side` is BID or ASK. */
  set(side: number, price: number, size: number): void {
    if (side > 0) this.bids.set(price, size);
    else this.asks.set(price, size);
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  get bestBid(): number {
    return this.bids.best;
  }

  get bestAsk(): number {
    return this.asks.best;
  }
}
