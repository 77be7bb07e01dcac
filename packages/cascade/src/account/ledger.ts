import { ContractValue } from "@aftershock/replay";
import { ConfigError, type Instrument, IntegrityError } from "@aftershock/schema";
import type { Currency } from "./currency.ts";

/** An account of a ledger: its number, from 0 in the order of opening. */
export type AccountId = number;

/** A position of an account. */
export interface Position {
  /** Number of the instrument in its ledger. */
  readonly instrument: number;
  /** Signed lots, not 0: positive long. */
  readonly lots: number;
  /**
   * What the position was worth at its entry prices, whole units, signed as ContractValue's values are: of a long of a linear contract
   * what was paid, of a long of an inverse one minus the coin.
   */
  readonly entryValue: number;
}

interface OpenPosition {
  readonly instrument: number;
  lots: number;
  entryValue: number;
}

interface AccountState {
  /** Whoever may write to it: see Ledger.copy. */
  readonly owner: object;
  readonly name: string;
  cash: number;
  readonly positions: OpenPosition[];
}

/** Lots that change hands. */
export interface Exchange {
  readonly buyer: AccountId;
  readonly seller: AccountId;
  /** Number of the instrument. */
  readonly instrument: number;
  /** Whole, above 0. */
  readonly lots: number;
  /** Ticks, whole or not. */
  readonly price: number;
}

/** Whether the books balance; see Ledger. All sums in whole units and lots. */
export interface LedgerSums {
  readonly cash: number;
  /** Deposits less withdrawals. */
  readonly deposited: number;
  /** Of each instrument: the sum of all positions. */
  readonly lots: readonly number[];
  /** Of each instrument: what was brought in less what was taken out (spot only; else 0). */
  readonly depositedLots: readonly number[];
}

/**
 * Who holds what: cash in whole units of one currency, and whole lots of instruments that are settled in it.
 *
 * A trade moves lots from seller to buyer, and their value at the price (of an inverse contract: minus its coin) from buyer to seller, rounded
 * once for both. So a perpetual is booked as if it were bought, and what an account is worth is cash + Σ value of its positions at
 * the mark, for every kind of contract. Spot coins, brought in as collateral or bought, are positions too.
 *
 * Always, exactly: Σ cash = deposits − withdrawals; Σ lots of an instrument = lots brought in − lots taken out, which is 0 for contracts. An
 * insurance fund, a vault, the venue's fees and the rest of the world are accounts like any other. Cash, deposits and positions that would reach 2^53
 * units or lots are refused with IntegrityError, and nothing is booked.
 *
 * What a venue shows as wallet balance is `walletUnits`: cash + Σ entry values. Entry values are averages: reducing a position
 * takes its share of them away, rounded.
 */
export class Ledger {
  readonly currency: Currency;
  readonly instruments: readonly Instrument[];
  readonly #values: readonly ContractValue[];
  /** Units in one step of an instrument's value. */
  readonly #unitsPerStep: readonly number[];
  #accounts: AccountState[] = [];
  /** Accounts of another owner are shared with copies, and not written to. */
  #owner: object = {};
  #written: AccountId[] | undefined;
  readonly #depositedLots: number[];
  #deposited = 0;

  /** Throws ConfigError where an instrument is settled in another currency, is there twice, or does not say how it pays. */
  constructor(options: { currency: Currency; instruments: readonly Instrument[] }) {
    const { currency, instruments } = options;
    const ids = new Set<string>();
    for (const { id, settle } of instruments) {
      if (settle !== currency.code) {
        throw new ConfigError(
          `${id} is settled in ${settle}, and the ledger is kept in ${currency.code}`,
          {
            hints: ["Open a ledger for each currency."],
          },
        );
      }
      if (ids.has(id)) throw new ConfigError(`${id} is there twice`, { hints: ["Name it once."] });
      ids.add(id);
    }
    this.currency = currency;
    this.instruments = instruments;
    this.#values = instruments.map((instrument) => new ContractValue(instrument));
    this.#unitsPerStep = this.#values.map(({ unit }) => unit * currency.unitsPerOne);
    this.#depositedLots = instruments.map(() => 0);
  }

  /** A ledger that holds the same, and goes its own way from here. What an account holds is shared until one of the two writes to it, so that copies are cheap. */
  copy(): Ledger {
    const copy = new Ledger(this);
    copy.#accounts = [...this.#accounts];
    copy.#written = [];
    this.#owner = {};
    this.#written = undefined;
    for (const [number, lots] of this.#depositedLots.entries()) copy.#depositedLots[number] = lots;
    copy.#deposited = this.#deposited;
    return copy;
  }

  /** Accounts of a copy that may hold something else than when it was made, each once; undefined for a ledger that is no copy, or that has been copied itself. */
  get written(): readonly AccountId[] | undefined {
    return this.#written;
  }

  /** Opens an account without cash. `name` is what it is called outside: an address, a role. */
  open(name = ""): AccountId {
    const account = this.#accounts.length;
    this.#accounts.push({ owner: this.#owner, name, cash: 0, positions: [] });
    this.#written?.push(account);
    return account;
  }

  /** How many accounts there are: ids are below it. */
  get accountCount(): number {
    return this.#accounts.length;
  }

  nameOf(account: AccountId): string {
    return this.#account(account).name;
  }

  /** The number of an instrument. Throws ConfigError for one that the ledger does not have. */
  instrumentNumber(id: string): number {
    const number = this.instruments.findIndex((instrument) => instrument.id === id);
    if (number >= 0) return number;
    throw new ConfigError(`The ledger has no instrument ${id}`, {
      hints: [`It has ${this.instruments.map((instrument) => instrument.id).join(", ")}.`],
    });
  }

  /** Money in (above 0) or out (below 0), whole units. */
  deposit(account: AccountId, units: number): void {
    checkWhole(units, "units");
    const found = this.#own(account);
    checkSum(found.cash, units, "units");
    checkSum(this.#deposited, units, "units");
    found.cash += units;
    this.#deposited += units;
  }

  /** Spot coins in (above 0) or out (below 0), whole lots, at a value in units that counts as their entry. Throws ConfigError for contracts. */
  depositLots(account: AccountId, instrument: number, lots: number, entryValue: number): void {
    checkWhole(lots, "lots");
    checkWhole(entryValue, "units");
    const found = this.#instrument(instrument);
    if (found.kind !== "spot") {
      throw new ConfigError(`${found.id} is a ${found.kind}: it cannot be brought in`, {
        hints: ["Positions in contracts come of trades."],
      });
    }
    if (lots === 0) return;
    const { positions } = this.#own(account);
    const deposited = this.#depositedLots[instrument] ?? 0;
    checkSum(deposited, lots, "lots");
    checkChange(positions, { instrument, lots, entryValue });
    change(positions, { instrument, lots, entryValue });
    this.#depositedLots[instrument] = deposited + lots;
  }

  /** Cash in whole units, which includes what positions were bought and sold for. */
  cash(account: AccountId): number {
    return this.#account(account).cash;
  }

  /** Cash + Σ entry values of contracts, whole units: deposits and what has been realised. Spot coins are apart. */
  walletUnits(account: AccountId): number {
    const { cash, positions } = this.#account(account);
    return positions.reduce(
      (sum, { instrument, entryValue }) => (this.#isSpot(instrument) ? sum : sum + entryValue),
      cash,
    );
  }

  /** All positions of an account, in the order in which they were opened. Valid until its next trade. */
  positions(account: AccountId): readonly Position[] {
    return this.#account(account).positions;
  }

  /** The position in an instrument; undefined when there is none. */
  position(account: AccountId, instrument: number): Position | undefined {
    return openIn(this.#account(account).positions, instrument);
  }

  /** Signed lots of an instrument; 0 without a position. */
  lots(account: AccountId, instrument: number): number {
    return openIn(this.#account(account).positions, instrument)?.lots ?? 0;
  }

  /** What signed lots are worth at a price in ticks (whole or not), units, not rounded; signed as ContractValue's values. */
  valueUnits(instrument: number, signedLots: number, price: number): number {
    return this.#value(instrument).steps(signedLots, price) * (this.#unitsPerStep[instrument] ?? 0);
  }

  /** The price in ticks at which signed lots are worth so many units. */
  priceOf(instrument: number, signedLots: number, units: number): number {
    return this.#value(instrument).averagePrice(
      signedLots,
      units / (this.#unitsPerStep[instrument] ?? 0),
    );
  }

  /** A price in quote currency as ticks. */
  ticksOf(instrument: number, quotePrice: number): number {
    return this.#value(instrument).ticksOf(quotePrice);
  }

  /** Books a trade; returns its value, whole units: what the buyer paid. Throws IntegrityError where lots or price cannot be. */
  exchange({ buyer, seller, instrument, lots, price }: Exchange): number {
    checkWhole(lots, "lots");
    const value = Math.round(this.valueUnits(instrument, lots, price));
    if (lots <= 0 || buyer === seller || !Number.isSafeInteger(value)) {
      const { id } = this.#instrument(instrument);
      throw new IntegrityError(
        `${lots} lots of ${id} at ${price} ticks cannot pass from account ${seller} to ${buyer}`,
        {
          hints: ["Lots are above 0, prices finite, and buyer and seller are different accounts."],
        },
      );
    }
    const long = this.#own(buyer);
    const short = this.#own(seller);
    checkSum(long.cash, -value, "units");
    checkSum(short.cash, value, "units");
    const bought = { instrument, lots, entryValue: value };
    const sold = { instrument, lots: -lots, entryValue: -value };
    checkChange(long.positions, bought);
    checkChange(short.positions, sold);
    change(long.positions, bought);
    change(short.positions, sold);
    long.cash -= value;
    short.cash += value;
    return value;
  }

  /** Moves whole units of money, 0 or more, from one account to another. */
  transfer(from: AccountId, to: AccountId, units: number): void {
    checkWhole(units, "units");
    if (units < 0) {
      throw new IntegrityError(`${units} units cannot be transferred`, {
        hints: ["Turn sender and receiver around."],
      });
    }
    const [sender, receiver] = [this.#own(from), this.#own(to)];
    checkSum(sender.cash, -units, "units");
    checkSum(receiver.cash, units, "units");
    sender.cash -= units;
    receiver.cash += units;
  }

  /** All sums, counted anew. */
  sums(): LedgerSums {
    const lots = this.instruments.map(() => 0);
    let cash = 0;
    for (const account of this.#accounts) {
      cash += account.cash;
      for (const { instrument, lots: held } of account.positions) {
        lots[instrument] = (lots[instrument] ?? 0) + held;
      }
    }
    return { cash, deposited: this.#deposited, lots, depositedLots: [...this.#depositedLots] };
  }

  /** Throws IntegrityError where the books do not balance. */
  check(): void {
    const { cash, deposited, lots, depositedLots } = this.sums();
    if (cash !== deposited) {
      throw new IntegrityError(`Invariant: cash is ${cash} units, and ${deposited} were deposited`);
    }
    lots.forEach((held, instrument) => {
      if (held === depositedLots[instrument]) return;
      const { id } = this.#instrument(instrument);
      throw new IntegrityError(
        `Invariant: positions in ${id} sum to ${held} lots, not ${depositedLots[instrument]}`,
      );
    });
  }

  #isSpot(instrument: number): boolean {
    return this.#instrument(instrument).kind === "spot";
  }

  #instrument(instrument: number): Instrument {
    const found = this.instruments[instrument];
    if (found === undefined)
      throw new ConfigError(`The ledger has no instrument number ${instrument}`);
    return found;
  }

  #value(instrument: number): ContractValue {
    const value = this.#values[instrument];
    if (value === undefined)
      throw new ConfigError(`The ledger has no instrument number ${instrument}`);
    return value;
  }

  #account(account: AccountId): AccountState {
    const found = this.#accounts[account];
    if (found === undefined) throw new ConfigError(`The ledger has no account ${account}`);
    return found;
  }

  /** An account that may be written to: its own from now on. */
  #own(account: AccountId): AccountState {
    const found = this.#account(account);
    if (found.owner === this.#owner) return found;
    const { name, cash, positions } = found;
    const own = { owner: this.#owner, name, cash, positions: positions.map(copied) };
    this.#accounts[account] = own;
    this.#written?.push(account);
    return own;
  }
}

const copied = ({ instrument, lots, entryValue }: OpenPosition): OpenPosition => ({
  instrument,
  lots,
  entryValue,
});

/** The position in an instrument among an account's; undefined when there is none. */
function openIn(positions: readonly OpenPosition[], instrument: number): OpenPosition | undefined {
  for (const open of positions) if (open.instrument === instrument) return open;
  return undefined;
}

/** part / whole of a value, rounded; all of it when part is whole. */
const share = (value: number, part: number, whole: number): number =>
  part === whole ? value : Math.round((value * part) / whole);

/** Adds signed lots and their signed value to what is held. */
function change(positions: OpenPosition[], { instrument, lots, entryValue }: Position): void {
  const open = openIn(positions, instrument);
  if (open === undefined) {
    positions.push({ instrument, lots, entryValue });
    return;
  }
  const isReduced = open.lots > 0 !== lots > 0;
  const closed = isReduced ? Math.min(Math.abs(lots), Math.abs(open.lots)) : 0;
  const closedEntry = share(open.entryValue, closed, Math.abs(open.lots));
  open.entryValue += entryValue - share(entryValue, closed, Math.abs(lots)) - closedEntry;
  open.lots += lots;
  if (open.lots === 0) positions.splice(positions.indexOf(open), 1);
}

/** Refuses a sum from which on whole numbers would be rounded. */
function checkSum(held: number, added: number, what: string): void {
  if (Number.isSafeInteger(held + added)) return;
  throw new IntegrityError(`${held} and ${added} ${what} are together 2^53 or more`, {
    hints: [
      "A ledger is exact below 2^53: spread the positions over more accounts, or keep the currency to fewer decimal places.",
    ],
  });
}

/** Refuses what would bring a position beyond that. */
function checkChange(positions: readonly OpenPosition[], added: Position): void {
  const open = openIn(positions, added.instrument);
  if (open === undefined) return;
  checkSum(open.lots, added.lots, "lots");
  checkSum(open.entryValue, added.entryValue, "units");
}

function checkWhole(value: number, what: string): void {
  if (Number.isSafeInteger(value)) return;
  throw new IntegrityError(`${value} is not a whole number of ${what}`, {
    hints: ["A ledger counts whole units and lots below 2^53."],
  });
}
