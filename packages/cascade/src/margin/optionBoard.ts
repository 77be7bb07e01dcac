import { ConfigError, type Instrument, type Micros, MICROS_PER_YEAR } from "@aftershock/schema";
import type { Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { black76, black76Greeks, inversePremium } from "../pricing/black76.ts";
import type { Right } from "../pricing/blackScholes.ts";

/** An option of a ledger, and the market it is valued in. Forward and volatility are set as they change. */
export interface OptionState {
  /** Number of the instrument. */
  readonly instrument: number;
  readonly right: Right;
  /** Currency of the underlying's price (USD), above 0. */
  readonly strike: number;
  readonly expiry: Micros;
  /** Price of the future of the same expiry, above 0. */
  forward: number;
  /** Volatility a year, a fraction (0.5 is 50 %), 0 or more. */
  iv: number;
}

/** A price and a volatility at which an option is valued; default of each: the board's. */
export interface OptionShock {
  readonly forward?: number;
  readonly iv?: number;
}

/** Of an option the forward, of any other number above 0. */
function checkPrice(price: number, what: string): void {
  if (price > 0 && price < Infinity) return;
  throw new ConfigError(`${what} is ${price}`, { hints: ["Prices are finite and above 0."] });
}

/**
 * The options of a ledger with what their value depends on: time, forwards, volatilities; and of what else portfolio margin asks for: indices and the
 * expiries of futures. Mutable: whoever replays or simulates sets what has changed.
 *
 * Values are Black-76 without interest, as Deribit's are (see `black76`, which says when it is wrong). A premium is in the quote currency of the instrument:
 * the underlying's for linear options, and coin, value / forward, where the quote currency is the base coin.
 */
export class OptionBoard {
  readonly ledger: Ledger;
  /** µs UTC. */
  now: Micros;
  readonly #options = new Map<number, OptionState>();
  readonly #expiries = new Map<number, Micros>();
  readonly #indices = new Map<string, number>();

  constructor(options: { ledger: Ledger; now: Micros }) {
    this.ledger = options.ledger;
    this.now = options.now;
  }

  /** Puts an option up, or what it was anew. Throws ConfigError where the instrument is none, or strike, forward or volatility cannot be. */
  set(option: OptionState): void {
    const { id, kind } = this.#instrument(option.instrument);
    if (kind !== "option") {
      throw new ConfigError(`${id} is a ${kind}, not an option`, {
        hints: ["Put up options alone."],
      });
    }
    checkPrice(option.strike, `The strike of ${id}`);
    checkPrice(option.forward, `The forward of ${id}`);
    if (!(option.iv >= 0 && option.iv < Infinity)) {
      throw new ConfigError(`The volatility of ${id} is ${option.iv}`, {
        hints: ["Volatilities are fractions, finite and 0 or more."],
      });
    }
    this.#options.set(option.instrument, { ...option });
  }

  /** Says when a future expires. */
  setExpiry(instrument: number, expiry: Micros): void {
    this.#instrument(instrument);
    this.#expiries.set(instrument, expiry);
  }

  /** Sets the index of a coin, USD (or what its contracts are quoted in), above 0. */
  setIndex(base: string, price: number): void {
    checkPrice(price, `The index of ${base}`);
    this.#indices.set(base, price);
  }

  /** The index of a coin. Throws ConfigError where it was not set. */
  index(base: string): number {
    const price = this.#indices.get(base);
    if (price !== undefined) return price;
    throw new ConfigError(`The index of ${base} is not known`, {
      hints: ["Set it before positions in its contracts are margined by scenarios."],
    });
  }

  /** The state of an option. Throws ConfigError where none was set. */
  option(instrument: number): Readonly<OptionState> {
    const state = this.#options.get(instrument);
    if (state !== undefined) return state;
    throw new ConfigError(
      `The forward and the volatility of ${this.#instrument(instrument).id} are not known`,
      { hints: ["Put up every option that an account holds."] },
    );
  }

  /** When a contract expires; undefined for a perpetual. Throws ConfigError for a future whose expiry was not set. */
  expiryOf(instrument: number): Micros | undefined {
    const { id, kind } = this.#instrument(instrument);
    if (kind === "option") return this.option(instrument).expiry;
    if (kind === "perpetual") return undefined;
    const expiry = this.#expiries.get(instrument);
    if (expiry !== undefined) return expiry;
    throw new ConfigError(`The expiry of ${id} is not known`, {
      hints: ["Set it before positions in it are margined by scenarios."],
    });
  }

  /** Years from now to an instant, 0 when it has passed. */
  yearsTo(expiry: Micros): number {
    return Math.max(0, expiry - this.now) / MICROS_PER_YEAR;
  }

  /** The premium of an option under a shock, in the quote currency of the instrument. */
  premium(instrument: number, shock: OptionShock = {}): number {
    const state = this.option(instrument);
    const { forward = state.forward } = shock;
    const value = black76(this.#terms(state, shock));
    return this.#isInCoin(instrument) ? inversePremium(value, forward) : value;
  }

  /** ∂value/∂forward of an option of one coin, −1 … 1: Black-76's, as venues show it, not less the premium. */
  delta(instrument: number): number {
    return black76Greeks(this.#terms(this.option(instrument), {})).delta;
  }

  /** Sets the marks of all options to their values. */
  remark(marks: Marks): void {
    for (const instrument of this.#options.keys()) marks.set(instrument, this.premium(instrument));
  }

  /**
   * Makes this board what another one is with all forwards and the index of one coin multiplied by a factor, at the same volatilities and the same time:
   * a parallel move of its futures.
   */
  copyMoved(from: OptionBoard, base: string, factor: number): void {
    this.now = from.now;
    for (const [instrument, state] of from.#options) {
      const isMoved = this.#instrument(instrument).base === base;
      const forward = isMoved ? state.forward * factor : state.forward;
      const own = this.#options.get(instrument);
      if (own === undefined) this.#options.set(instrument, { ...state, forward });
      else Object.assign(own, state, { forward });
    }
    for (const [instrument, expiry] of from.#expiries) this.#expiries.set(instrument, expiry);
    for (const [coin, price] of from.#indices) {
      this.#indices.set(coin, coin === base ? price * factor : price);
    }
  }

  #terms(state: OptionState, { forward = state.forward, iv = state.iv }: OptionShock) {
    const { right, strike, expiry } = state;
    return { right, underlying: forward, strike, years: this.yearsTo(expiry), volatility: iv };
  }

  #isInCoin(instrument: number): boolean {
    const { quote, base } = this.#instrument(instrument);
    return quote === base;
  }

  #instrument(instrument: number): Instrument {
    const found = this.ledger.instruments[instrument];
    if (found !== undefined) return found;
    throw new ConfigError(`The ledger has no instrument number ${instrument}`);
  }
}
