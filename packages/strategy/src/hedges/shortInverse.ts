/**
 * A short position in an inverse contract, which is sized in USD and pays in coin: a short of N USD sold at price p is worth
 * N·(1/P − 1/p) coins at price P. What a price fall earns in coin is just what N USD of coins lose in USD.
 */
export class ShortInverse {
  #sizeUsd = 0;
  /** Σ N/p over what is open: the coins that the position stood for when it was sold. */
  #entryCoins = 0;

  /** How much is sold, USD, 0 or more. */
  get sizeUsd(): number {
    return this.#sizeUsd;
  }

  /** Profit (positive) or loss not yet realised, coins, at a price in USD. */
  pnlCoin(price: number): number {
    return this.#sizeUsd / price - this.#entryCoins;
  }

  /** Sells `sizeUsd` more at a price in USD. */
  sell(sizeUsd: number, price: number): void {
    this.#sizeUsd += sizeUsd;
    this.#entryCoins += sizeUsd / price;
  }

  /** Buys `sizeUsd` back, at most what is open, at a price in USD. Returns the profit that this realises, coins. */
  buyBack(sizeUsd: number, price: number): number {
    if (sizeUsd > this.#sizeUsd)
      throw new Error(`Invariant: buying back ${sizeUsd} of ${this.#sizeUsd} USD`);
    const share = this.#sizeUsd === 0 ? 0 : sizeUsd / this.#sizeUsd;
    const realised = this.pnlCoin(price) * share;
    this.#sizeUsd -= sizeUsd;
    this.#entryCoins *= 1 - share;
    return realised;
  }
}
