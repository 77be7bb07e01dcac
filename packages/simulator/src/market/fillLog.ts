/** The fills of one step on one market, in the order in which they happened, as columns that are used again in the next step. */
export class FillLog {
  /** Which aggressive order of the step it belongs to, from 0. */
  readonly order: number[] = [];
  /** The aggressor's side, BUY or SELL. */
  readonly side: number[] = [];
  /** Ticks. */
  readonly price: number[] = [];
  readonly lots: number[] = [];
  /** Whether the liquidation engine sent the order: 1 or 0. */
  readonly forced: number[] = [];
  /** Account of the aggressor. */
  readonly account: number[] = [];
  #length = 0;
  #orders = 0;

  /** Fills of the step. */
  get length(): number {
    return this.#length;
  }

  /** Aggressive orders of the step. */
  get orders(): number {
    return this.#orders;
  }

  clear(): void {
    this.#length = 0;
    this.#orders = 0;
  }

  /** An aggressive order begins: the fills that follow are its. */
  beginOrder(): void {
    this.#orders += 1;
  }

  add(account: number, side: number, price: number, lots: number, forced: boolean): void {
    const row = this.#length;
    this.order[row] = this.#orders - 1;
    this.side[row] = side;
    this.price[row] = price;
    this.lots[row] = lots;
    this.forced[row] = forced ? 1 : 0;
    this.account[row] = account;
    this.#length = row + 1;
  }
}
