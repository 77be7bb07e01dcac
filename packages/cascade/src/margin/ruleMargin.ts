import { ConfigError, type Instrument } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { initialMargin, maintenanceMargin } from "../rules/marginArithmetic.ts";
import type { OptionMarginRule } from "../rules/optionMarginRule.ts";
import type { MarginSchedule } from "../rules/marginSchedule.ts";
import { type InstrumentMargin, type MarginTerms, marginTerms } from "./instrumentMargin.ts";
import type { MarginModel } from "./marginModel.ts";
import type { OptionBoard } from "./optionBoard.ts";
import { optionInitial, optionMaintenance, type ShortOption } from "./optionMargin.ts";
import { sizeOf } from "./scheduleSize.ts";

function unknownMargin({ id }: Instrument, absent: string | undefined): ConfigError {
  const why = absent === undefined ? "" : ` (${absent})`;
  return new ConfigError(`The margin of ${id} is not known${why}`, {
    hints: ["Give its schedule (of an option its rule), or leave out accounts that hold it."],
  });
}

/**
 * Margin position by position, as most venues take it: maintenance and initial margin are those of the venue's schedule at the mark, summed over
 * the account's contracts. An account with one contract is an isolated position; with several it is a cross account, where the profit of one
 * is margin for another and a loss in one may liquidate all.
 *
 * Equity is cash + the value of all contracts at their marks + spot coins: those held count less their haircut and up to their cap, those
 * owed in full. Spot needs no margin of its own. Default of `margins`: nothing is known.
 *
 * Options by a rule of their own (Deribit's standard margin): what was paid or received for them is in cash, and what they are worth counts for nothing, for the margin of a short contains
 * its mark price; a long neither needs margin nor is any. So in the venue's example of `private/get_account_summary` margin_balance is equity less options_value. Their strikes and
 * forwards are the board's, as of now: set them before the marks are looked at. Their margin has no closed form in the mark (see bookLiquidationPrices).
 *
 * Assumes one position a contract (no hedge mode), that unrealised profit counts in full, that long and short need the same, no margin for open orders,
 * no interest on what is owed, and the highest leverage that the schedule allows (initial margin is less than that of an account that chose a lower one).
 * Wrong for portfolio margin (see PortfolioMargin), for offsets between months or options, and where a venue haircuts profits.
 */
export class RuleMargin implements MarginModel {
  readonly ledger: Ledger;
  readonly #terms: readonly MarginTerms[];
  readonly #board: OptionBoard | undefined;
  readonly #hasOptions: boolean;

  /** `margins` by number of instrument; `board` where options are held. Throws ConfigError where there are more of them than instruments, or one makes no sense for its instrument. */
  constructor(options: {
    ledger: Ledger;
    margins: readonly InstrumentMargin[];
    board?: OptionBoard | undefined;
  }) {
    const { ledger, margins, board } = options;
    if (board !== undefined && board.ledger !== ledger) {
      throw new ConfigError("The board's options are of another ledger", {
        hints: ["Make the board of the ledger whose accounts are margined."],
      });
    }
    const { instruments } = ledger;
    if (margins.length > instruments.length) {
      throw new ConfigError(
        `There are margins of ${margins.length} instruments, and the ledger has ${instruments.length}`,
        {
          hints: ["Give one to each instrument, in the order of the ledger."],
        },
      );
    }
    this.ledger = ledger;
    this.#board = board;
    this.#hasOptions = instruments.some(({ kind }) => kind === "option");
    this.#terms = instruments.map((instrument, number) =>
      marginTerms(ledger, instrument, margins[number] ?? {}),
    );
  }

  /** How an instrument is margined. Throws ConfigError for one that the ledger does not have. */
  termsOf(instrument: number): MarginTerms {
    const terms = this.#terms[instrument];
    if (terms !== undefined) return terms;
    throw new ConfigError(`The ledger has no instrument number ${instrument}`);
  }

  /**
   * The schedule of a contract. Throws ConfigError naming the instrument where it is not known.
   */
  scheduleOf(instrument: number): MarginSchedule {
    const { schedule, absent, instrument: found } = this.termsOf(instrument);
    if (schedule !== undefined) return schedule;
    throw unknownMargin(found, absent);
  }

  equity(account: AccountId, marks: Marks): number {
    let equity = this.ledger.cash(account);
    for (const { instrument, lots } of this.ledger.positions(account)) {
      const value = this.ledger.valueUnits(instrument, lots, marks.ticks(instrument));
      equity += this.countedUnits(instrument, value);
    }
    return equity;
  }

  maintenance(account: AccountId, marks: Marks): number {
    let sum = 0;
    for (const { instrument, lots } of this.ledger.positions(account)) {
      sum += this.maintenanceOf(instrument, lots, marks.ticks(instrument));
    }
    return sum;
  }

  initial(account: AccountId, marks: Marks): number {
    let sum = 0;
    for (const { instrument, lots } of this.ledger.positions(account)) {
      if (this.#isSpot(instrument)) continue;
      const price = marks.ticks(instrument);
      if (this.#isOption(instrument)) {
        const { rule, short } = this.#shortOf(instrument, lots, price);
        if (short !== undefined) sum += optionInitial(rule, short);
        continue;
      }
      const schedule = this.scheduleOf(instrument);
      const notional = Math.abs(this.ledger.valueUnits(instrument, lots, price));
      const size = this.#sizeOf(instrument, lots, notional);
      sum += initialMargin(schedule, { size, notional });
    }
    return sum;
  }

  /** What a position's signed value counts for in equity, units: of spot that is held less than its value, of an option nothing. */
  countedUnits(instrument: number, value: number): number {
    const { weight, capUnits, option } = this.termsOf(instrument);
    if (option !== undefined) return 0;
    return value > 0 ? weight * Math.min(value, capUnits) : value;
  }

  /** The maintenance margin of signed lots at a price in ticks, units; 0 for spot. Throws ConfigError where the schedule is absent or does not cover it. */
  maintenanceOf(instrument: number, lots: number, price: number): number {
    if (this.#isSpot(instrument)) return 0;
    if (this.#isOption(instrument)) {
      const { rule, short } = this.#shortOf(instrument, lots, price);
      return short === undefined ? 0 : optionMaintenance(rule, short);
    }
    const schedule = this.scheduleOf(instrument);
    const notional = Math.abs(this.ledger.valueUnits(instrument, lots, price));
    return maintenanceMargin(schedule, {
      size: this.#sizeOf(instrument, lots, notional),
      notional,
    });
  }

  /** An option that an account holds, by number of its instrument; undefined without any. */
  optionOf(account: AccountId): number | undefined {
    if (!this.#hasOptions) return undefined;
    const held = this.ledger
      .positions(account)
      .find(({ instrument }) => this.#isOption(instrument));
    return held?.instrument;
  }

  #isOption(instrument: number): boolean {
    return this.termsOf(instrument).instrument.kind === "option";
  }

  /** A position in an option as its rule sees it: of a long there is nothing to be margined. Throws ConfigError where rule, strike or forward are not known. */
  #shortOf(
    instrument: number,
    lots: number,
    price: number,
  ): { readonly rule: OptionMarginRule; readonly short: ShortOption | undefined } {
    const { option: rule, absent, instrument: found } = this.termsOf(instrument);
    if (rule === undefined) throw unknownMargin(found, absent);
    if (lots > 0) return { rule, short: undefined };
    if (this.#board === undefined) {
      throw new ConfigError(`The strike and the forward of ${found.id} are not known`, {
        hints: ["Give the model a board with every option that is sold."],
      });
    }
    const { ledger } = this;
    const { right, strike, forward } = this.#board.option(instrument);
    // A premium is in coin where the coin is the quote currency: then the underlying is worth one.
    const quoted = found.quote === found.base ? 1 : forward;
    const valueAt = (ticks: number): number => Math.abs(ledger.valueUnits(instrument, lots, ticks));
    const notional = valueAt(ledger.ticksOf(instrument, quoted));
    const short = { right, strike, underlying: forward, notional, premium: valueAt(price) };
    return { rule, short };
  }

  #isSpot(instrument: number): boolean {
    return this.termsOf(instrument).instrument.kind === "spot";
  }

  /** The size of a position in its schedule's unit. */
  #sizeOf(instrument: number, lots: number, notional: number): number {
    const { size } = this.termsOf(instrument);
    return sizeOf(size, { lots, notional: notional / this.ledger.currency.unitsPerOne });
  }
}
