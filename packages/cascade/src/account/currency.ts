import { ConfigError, IntegrityError } from "@aftershock/schema";

/** Decimal places to which money of a coin is kept: satoshi. */
const COIN_DECIMALS = 8;
/** Decimal places to which dollars and their tokens are kept: the finest that USDC and USDT have on chain. */
const DOLLAR_DECIMALS = 6;
const DOLLARS: ReadonlySet<string> = new Set(["USD", "USDT", "USDC", "FDUSD", "BUSD", "DAI"]);

/**
 * The money that a ledger is kept in, in whole units of its last decimal place: 1 unit is 10^-8 of a coin or 10^-6 of a dollar, so that sums
 * of money are exact. 2^53 units are 90 M coins or 9 B dollars; beyond that `units` throws rather than round.
 */
export class Currency {
  /** As the venue writes it, e.g. USDT or BTC. */
  readonly code: string;
  /** Units in one of the currency: a power of 10. */
  readonly unitsPerOne: number;

  /** `decimals`: 0 … 12; default 6 for dollars and their tokens, 8 for anything else. Throws ConfigError on others. */
  constructor(
    code: string,
    decimals: number = DOLLARS.has(code) ? DOLLAR_DECIMALS : COIN_DECIMALS,
  ) {
    if (!Number.isInteger(decimals) || decimals < 0 || decimals > 12) {
      throw new ConfigError(`${code} cannot be kept to ${decimals} decimal places`, {
        hints: ["Give a whole number from 0 to 12."],
      });
    }
    this.code = code;
    this.unitsPerOne = 10 ** decimals;
  }

  /** An amount in whole units, rounded to the nearest. Throws IntegrityError when it is no number or not below 2^53 units. */
  units(amount: number): number {
    const units = Math.round(amount * this.unitsPerOne);
    if (Number.isSafeInteger(units)) return units === 0 ? 0 : units;
    throw new IntegrityError(`${amount} ${this.code} is not an amount that a ledger can hold`, {
      hints: [`Amounts are finite and below ${2 ** 53 / this.unitsPerOne} ${this.code}.`],
    });
  }

  /** Units as an amount. */
  amount(units: number): number {
    return units / this.unitsPerOne;
  }
}
