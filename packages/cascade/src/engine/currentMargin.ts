import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { LiquidationWatch } from "../margin/fullScan.ts";
import { type DangerBand, type DangerBandOf, dangerBands } from "../margin/dangerBand.ts";
import { type IsLiquidatable, liquidationTest } from "../margin/liquidationTest.ts";
import type { MarginModel } from "../margin/marginModel.ts";
import { MarginSlack } from "../margin/marginSlack.ts";
import { RuleMargin } from "../margin/ruleMargin.ts";
import { exemptBands, RuleBands } from "../margin/safeBands.ts";
import { type FirstLook, TriggerIndex } from "../margin/triggerIndex.fast.ts";
import type { LiquidationTrigger } from "../rules/liquidationRule.ts";
import type { MarginSchedule } from "../rules/marginSchedule.ts";

/** A schedule with all maintenance margin so many times as high; initial rates are raised where they would lie below it. `factor` above 0. */
export function scaledSchedule(schedule: MarginSchedule, factor: number): MarginSchedule {
  if (factor === 1) return schedule;
  switch (schedule.kind) {
    case "tiers":
      return {
        ...schedule,
        tiers: schedule.tiers.map((tier) => {
          const { maintenanceRate, maintenanceAmount, initialRate } = tier;
          const rate = maintenanceRate * factor;
          return {
            ...tier,
            maintenanceRate: rate,
            maintenanceAmount:
              maintenanceAmount === undefined ? undefined : maintenanceAmount * factor,
            initialRate: initialRate === undefined ? undefined : Math.max(initialRate, rate),
          };
        }),
      };
    case "steps":
      return {
        ...schedule,
        maintenanceRate: schedule.maintenanceRate * factor,
        stepMaintenanceRate: schedule.stepMaintenanceRate * factor,
        initialRate: Math.max(schedule.initialRate, schedule.maintenanceRate * factor),
      };
    case "linear":
      return {
        ...schedule,
        maintenanceRate: schedule.maintenanceRate * factor,
        maintenanceRatePerUnit: schedule.maintenanceRatePerUnit * factor,
        initialRate: Math.max(schedule.initialRate, schedule.maintenanceRate * factor),
      };
    default:
      return schedule satisfies never;
  }
}

/** What margin is taken by, and who is looked at. */
export interface CurrentMarginOptions {
  readonly ledger: Ledger;
  readonly marks: Marks;
  /** Number of the contract in the ledger. */
  readonly instrument: number;
  readonly schedule: MarginSchedule;
  readonly trigger: LiquidationTrigger;
  /** The taker fee of closing the contract, a fraction. */
  readonly takerRate: number;
  readonly isExempt: (account: AccountId) => boolean;
  /** Of engines that begin alike; default: none. Not taken by what is scaled later. */
  readonly firstLook?: FirstLook | undefined;
}

/** Margin of one contract by a schedule whose maintenance margin can be scaled while it is in use, and who becomes liquidatable by it. */
export class CurrentMargin implements MarginModel, LiquidationWatch {
  readonly #options: CurrentMarginOptions;
  #factor: number;
  #model: RuleMargin;
  #triggers: TriggerIndex;
  #test: IsLiquidatable;
  #dangerBand: DangerBandOf;

  constructor(options: CurrentMarginOptions, factor: number) {
    this.#options = options;
    this.#factor = factor;
    const { firstLook } = options;
    [this.#model, this.#test, this.#triggers, this.#dangerBand] = partsOf(
      options,
      factor,
      firstLook,
    );
  }

  /** Scales maintenance margin to so many times the schedule's. Returns whether that is a change; then every account is looked at with the next mark. */
  scale(factor: number): boolean {
    if (factor === this.#factor) return false;
    this.#factor = factor;
    [this.#model, this.#test, this.#triggers, this.#dangerBand] = partsOf(this.#options, factor);
    return true;
  }

  equity(account: AccountId, marks: Marks): number {
    return this.#model.equity(account, marks);
  }

  maintenance(account: AccountId, marks: Marks): number {
    return this.#model.maintenance(account, marks);
  }

  initial(account: AccountId, marks: Marks): number {
    return this.#model.initial(account, marks);
  }

  /** Whether an account is to be liquidated at these marks. */
  isLiquidatable(account: AccountId, marks: Marks): boolean {
    return !this.#options.isExempt(account) && this.#test(account, marks);
  }

  /** Between which marks an account that is liquidatable surely stays so, until margin is scaled: see DangerBandOf. */
  dangerBand(account: AccountId, marks: Marks): DangerBand | undefined {
    return this.#dangerBand(account, marks);
  }

  moved(instruments: readonly number[]): readonly AccountId[] {
    return this.#triggers.moved(instruments);
  }

  changed(account: AccountId): void {
    this.#triggers.changed(account);
  }
}

function partsOf(
  { ledger, marks, instrument, schedule, trigger, takerRate, isExempt }: CurrentMarginOptions,
  factor: number,
  firstLook?: FirstLook,
): [RuleMargin, IsLiquidatable, TriggerIndex, DangerBandOf] {
  const scaled = scaledSchedule(schedule, factor);
  const margins = ledger.instruments.map((_, number) =>
    number === instrument ? { schedule: scaled } : {},
  );
  const model = new RuleMargin({ ledger, margins });
  const terms = { trigger, takerRates: ledger.instruments.map(() => takerRate) };
  const test = liquidationTest({ ...terms, ledger, model });
  const isLiquidatable: IsLiquidatable = (account, at) => !isExempt(account) && test(account, at);
  const slack = new MarginSlack({ ...terms, margin: model });
  const bands = exemptBands(new RuleBands(slack), isExempt);
  const triggers = new TriggerIndex({ ledger, marks, isLiquidatable, bands, firstLook });
  return [model, test, triggers, dangerBands(slack)];
}
