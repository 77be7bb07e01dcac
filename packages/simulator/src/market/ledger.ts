import { LOT_USD, TICK_USD } from "../instruments.ts";

/** Satoshi in a bitcoin: the ledger counts coin in whole satoshi, so that sums are exact. */
export const SATS_PER_BTC = 100_000_000;

/** The coin value of lots of the inverse contract at a price, in satoshi, not rounded. Price in ticks, which may be fractional. */
export const coinValueSats = (sizeLots: number, priceTicks: number): number =>
  (sizeLots * LOT_USD * SATS_PER_BTC) / (priceTicks * TICK_USD);

interface Account {
  lots: number;
  sats: number;
}

/**
 * Positions and cash of every participant. A trade of q USD at price p gives the buyer +q of position and +q/p coin, and the
 * seller the same with the other sign: the worth of an account at mark m is then cash − position/m, which is the inverse
 * contract's profit q·(1/entry − 1/m) plus what was deposited. Both legs round the same way, once, so positions always sum to
 * zero and cash always sums to what was deposited, exactly.
 */
export class Ledger {
  readonly #accounts: Account[] = [];
  #depositedSats = 0;

  /** Opens an account with a deposit of whole satoshi; returns its number, counted from 0. */
  open(depositSats = 0): number {
    this.#depositedSats += depositSats;
    this.#accounts.push({ lots: 0, sats: depositSats });
    return this.#accounts.length - 1;
  }

  /** Position in lots, positive for a long. */
  position(account: number): number {
    return this.#account(account).lots;
  }

  /** Cash in satoshi, which includes the coin legs of open positions. */
  cash(account: number): number {
    return this.#account(account).sats;
  }

  /** Books a trade of whole lots at whole or fractional ticks. */
  trade(buyer: number, seller: number, sizeLots: number, priceTicks: number): void {
    const sats = Math.round(coinValueSats(sizeLots, priceTicks));
    const long = this.#account(buyer);
    const short = this.#account(seller);
    long.lots += sizeLots;
    long.sats += sats;
    short.lots -= sizeLots;
    short.sats -= sats;
  }

  /** Moves whole satoshi from one account to another. */
  transfer(from: number, to: number, sats: number): void {
    this.#account(from).sats -= sats;
    this.#account(to).sats += sats;
  }

  /** Sum of all positions, lots: 0 whatever happened. */
  get positionSum(): number {
    return this.#accounts.reduce((sum, account) => sum + account.lots, 0);
  }

  /** Sum of all cash, satoshi: equal to `depositedSats` whatever happened. */
  get cashSum(): number {
    return this.#accounts.reduce((sum, account) => sum + account.sats, 0);
  }

  /** Everything that was ever deposited, satoshi. */
  get depositedSats(): number {
    return this.#depositedSats;
  }

  /** Open interest: the sum of all long positions, lots. */
  get openInterest(): number {
    return this.#accounts.reduce((sum, account) => sum + Math.max(account.lots, 0), 0);
  }

  #account(account: number): Account {
    const found = this.#accounts[account];
    if (found === undefined) throw new Error(`Invariant: account ${account} is open`);
    return found;
  }
}
