import { ConfigError, type Instrument } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { initialMargin, maintenanceMargin } from "../rules/marginArithmetic.ts";
import { maintenanceAmounts, type MarginSchedule } from "../rules/marginSchedule.ts";
import { isHeld, type RulesAt } from "../rules/rulesOf.ts";
import type { MarginModel } from "./marginModel.ts";
import { type ScheduleSize, scheduleSize, sizeOf } from "./scheduleSize.ts";

/** What a spot coin counts for as margin. */
export interface CollateralTerms {
  /** What is taken off its value, a fraction 0 … 1. */
  readonly haircut: number;
  /** The most of its value that counts, before the haircut, settle currency; default: all of it. */
  readonly cap?: number;
}

/** How positions in one instrument are margined. */
export interface InstrumentMargin {
  /** Of a contract: how much margin its positions need; undefined where it is not known. */
  readonly schedule?: MarginSchedule | undefined;
  /** Why the schedule is not known, for the error of an account that holds it. */
  readonly absent?: string | undefined;
  /** Of spot: what it counts for. */
  readonly collateral?: CollateralTerms | undefined;
}

/** The margin of each instrument of a ledger by what holds at a venue; absent where the venue's rules do not give it. */
export const instrumentMargins = (
  rules: RulesAt,
  instruments: readonly Instrument[],
): readonly InstrumentMargin[] =>
  instruments.map(({ symbol, kind }) => {
    if (kind === "spot") return {};
    const rule = rules.symbols[symbol]?.margin;
    if (rule === undefined) return { absent: `${rules.venue} has no rules of ${symbol}` };
    return isHeld(rule) ? { schedule: rule.value } : { absent: `${rules.venue}: ${rule.reason}` };
  });

/** One instrument, as RuleMargin keeps it. */
export interface MarginTerms {
  readonly instrument: Instrument;
  readonly schedule: MarginSchedule | undefined;
  readonly size: ScheduleSize;
  /** Of spot: 1 − haircut, and the cap in units; of contracts 1 and Infinity. */
  readonly weight: number;
  readonly capUnits: number;
  readonly absent: string | undefined;
}

/** The schedule with the amounts of all its tiers, so that they are not derived again at each mark. */
function withAmounts(schedule: MarginSchedule): MarginSchedule {
  if (schedule.kind !== "tiers") return schedule;
  const derived = maintenanceAmounts(schedule.tiers);
  const tiers = schedule.tiers.map((tier, i) => ({
    ...tier,
    maintenanceAmount: tier.maintenanceAmount ?? derived[i],
  }));
  return { ...schedule, tiers };
}

function marginTerms(
  ledger: Ledger,
  instrument: Instrument,
  { schedule, absent, collateral }: InstrumentMargin,
): MarginTerms {
  const { haircut = 0, cap = Infinity } = collateral ?? {};
  if (!(haircut >= 0 && haircut <= 1 && cap >= 0)) {
    throw new ConfigError(`${instrument.id} has a haircut of ${haircut} and a cap of ${cap}`, {
      hints: ["A haircut is a fraction from 0 to 1, a cap an amount of 0 or more."],
    });
  }
  if (collateral !== undefined && instrument.kind !== "spot") {
    throw new ConfigError(`${instrument.id} is a ${instrument.kind}: it is no collateral`, {
      hints: ["Give haircuts to spot instruments alone."],
    });
  }
  return {
    instrument,
    schedule: schedule === undefined ? undefined : withAmounts(schedule),
    size: schedule === undefined ? "notional" : scheduleSize(instrument, schedule.unit),
    weight: 1 - haircut,
    capUnits: cap * ledger.currency.unitsPerOne,
    absent,
  };
}

/**
 * Margin position by position, as most venues take it: maintenance and initial margin are those of the venue's schedule at the mark, summed over
 * the account's contracts. An account with one contract is an isolated position; with several it is a cross account, where the profit of one
 * is margin for another and a loss in one may liquidate all.
 *
 * Equity is cash + the value of all contracts at their marks + spot coins: those held count less their haircut and up to their cap, those
 * owed in full. Spot needs no margin of its own. Default of `margins`: nothing is known.
 *
 * Assumes one position a contract (no hedge mode), that unrealised profit counts in full, that long and short need the same, no margin for open orders,
 * no interest on what is owed, and the highest leverage that the schedule allows (initial margin is less than that of an account that chose a lower one).
 * Wrong for portfolio margin (see PortfolioMargin), for offsets between months, and where a venue haircuts profits.
 */
export class RuleMargin implements MarginModel {
  readonly ledger: Ledger;
  readonly #terms: readonly MarginTerms[];

  /** `margins` by number of instrument. Throws ConfigError where there are more of them than instruments, or one makes no sense for its instrument. */
  constructor(options: { ledger: Ledger; margins: readonly InstrumentMargin[] }) {
    const { ledger, margins } = options;
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
    const why = absent === undefined ? "" : ` (${absent})`;
    throw new ConfigError(`The margin of ${found.id} is not known${why}`, {
      hints: ["Give its schedule, or leave out accounts that hold it."],
    });
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
      const schedule = this.scheduleOf(instrument);
      const notional = Math.abs(this.ledger.valueUnits(instrument, lots, marks.ticks(instrument)));
      const size = this.#sizeOf(instrument, lots, notional);
      sum += initialMargin(schedule, { size, notional });
    }
    return sum;
  }

  /** What a position's signed value counts for in equity, units: of spot that is held less than its value. */
  countedUnits(instrument: number, value: number): number {
    const { weight, capUnits } = this.termsOf(instrument);
    return value > 0 ? weight * Math.min(value, capUnits) : value;
  }

  /** The maintenance margin of signed lots at a price in ticks, units; 0 for spot. Throws ConfigError where the schedule is absent or does not cover it. */
  maintenanceOf(instrument: number, lots: number, price: number): number {
    if (this.#isSpot(instrument)) return 0;
    const schedule = this.scheduleOf(instrument);
    const notional = Math.abs(this.ledger.valueUnits(instrument, lots, price));
    return maintenanceMargin(schedule, {
      size: this.#sizeOf(instrument, lots, notional),
      notional,
    });
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
