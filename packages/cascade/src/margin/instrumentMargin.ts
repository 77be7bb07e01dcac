import { ConfigError, type Instrument } from "@aftershock/schema";
import type { Ledger } from "../account/ledger.ts";
import { maintenanceAmounts, type MarginSchedule } from "../rules/marginSchedule.ts";
import type { OptionMarginRule } from "../rules/optionMarginRule.ts";
import { isHeld, type RulesAt } from "../rules/rulesOf.ts";
import { type ScheduleSize, scheduleSize } from "./scheduleSize.ts";

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
  /** Of an option, in place of a schedule: how its shorts are margined. */
  readonly option?: OptionMarginRule | undefined;
  /** Of spot: what it counts for. */
  readonly collateral?: CollateralTerms | undefined;
}

/** The margin of an option, where the venue's rule covers its coin and currency. */
function optionMarginIn(rules: RulesAt, { symbol, base, settle }: Instrument): InstrumentMargin {
  const rule = rules.symbols[symbol]?.optionMargin;
  if (rule === undefined) return { absent: `${rules.venue} has no rules of ${symbol}` };
  if (!isHeld(rule)) return { absent: `${rules.venue}: ${rule.reason}` };
  const isCovered = rule.value.covers.some((one) => one.base === base && one.settle === settle);
  if (isCovered) return { option: rule.value };
  return { absent: `${rules.venue}: no rule of options on ${base} that are settled in ${settle}` };
}

/** The margin of each instrument of a ledger by what holds at a venue; absent where the venue's rules do not give it. */
export const instrumentMargins = (
  rules: RulesAt,
  instruments: readonly Instrument[],
): readonly InstrumentMargin[] =>
  instruments.map((instrument) => {
    const { symbol, kind } = instrument;
    if (kind === "spot") return {};
    if (kind === "option") return optionMarginIn(rules, instrument);
    const rule = rules.symbols[symbol]?.margin;
    if (rule === undefined) return { absent: `${rules.venue} has no rules of ${symbol}` };
    return isHeld(rule) ? { schedule: rule.value } : { absent: `${rules.venue}: ${rule.reason}` };
  });

/** One instrument, as RuleMargin keeps it. */
export interface MarginTerms {
  readonly instrument: Instrument;
  readonly schedule: MarginSchedule | undefined;
  readonly size: ScheduleSize;
  /** Of an option whose margin is known. */
  readonly option: OptionMarginRule | undefined;
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

/** How an instrument of a ledger is margined. Throws ConfigError where that makes no sense for it. */
export function marginTerms(
  ledger: Ledger,
  instrument: Instrument,
  { schedule, absent, option, collateral }: InstrumentMargin,
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
  const isOption = instrument.kind === "option";
  if (isOption ? schedule !== undefined : option !== undefined) {
    throw new ConfigError(
      `${instrument.id} (${instrument.kind}) has the margin of ${isOption ? "a contract" : "an option"}`,
      { hints: ["Give options a rule of options, and other contracts a schedule."] },
    );
  }
  return {
    instrument,
    option,
    schedule: schedule === undefined ? undefined : withAmounts(schedule),
    size: schedule === undefined ? "notional" : scheduleSize(instrument, schedule.unit),
    weight: 1 - haircut,
    capUnits: cap * ledger.currency.unitsPerOne,
    absent,
  };
}
