import { ConfigError, decimalToNumber, type Instrument } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { AdlPrice, AdlTrigger } from "../rules/adlRule.ts";
import type { FeeReceiver } from "../rules/feeSchedule.ts";
import { type LiquidationStep, stepDownFault } from "../rules/liquidationRule.ts";
import type { MarginSchedule } from "../rules/marginSchedule.ts";
import type { AdlAllocator } from "./adlAllocator.ts";

/** What an engine must know to deleverage: an AdlRule of which nothing is left open. */
export interface AdlTerms {
  /** Any of them sets it off. */
  readonly triggers: readonly AdlTrigger[];
  readonly price: AdlPrice;
  /** The price where the fund cannot pay the loss that `price` leaves; undefined: the same. */
  readonly priceWhenFundExhausted: AdlPrice | undefined;
  /** What the one who is deleveraged pays the venue, a fraction of the value; 0 where there is no fee. */
  readonly feeRate: number;
  readonly cancelsOrders: boolean;
  /**
   * Balance below which the trigger `fundBelowThreshold` is on, and above which `poolProfitRatio` counts, whole units; undefined where
   * the rule has neither.
   */
  readonly fundThresholdUnits: number | undefined;
  readonly allocate: AdlAllocator;
}

/** What a forced close in the market costs, of which nothing is left open. */
export interface LiquidationFeeTerms {
  /** A fraction of the value that is closed, 0 … 1. */
  readonly rate: number;
  /** Whether only what a fill gives above the bankruptcy price is taken. */
  readonly isMaximum: boolean;
  readonly paidTo: FeeReceiver;
  /** The fee of a taker that the venue charges for a forced order, a fraction of the value, 0 … 1; 0 where it charges none. */
  readonly tradingRate: number;
  /** Whether `rate` contains it: then `paidTo` receives the rest alone. */
  readonly includesTrading: boolean;
}

/** What an engine must know of one instrument of its ledger. */
export interface InstrumentTerms {
  /** The insurance fund that pays for the contract; undefined where there is none. */
  readonly fund: AccountId | undefined;
  /** Largest net notional that the fund takes over, as a share of its balance; undefined: no such bound. */
  readonly maximumNotionalShare: number | undefined;
  /** Whether what a liquidation leaves over goes to the fund. */
  readonly takesSurplus: boolean;
  readonly fee: LiquidationFeeTerms;
  /** Undefined where the rule has no such step. */
  readonly adl: AdlTerms | undefined;
  /** Undefined where no step and no order of closing needs it. */
  readonly schedule: MarginSchedule | undefined;
  /** Lots in one contract, for steps that are stated in contracts. */
  readonly lotsPerContract: number;
}

/** What a forced close costs where nothing is charged for it. */
export const NO_FEE: LiquidationFeeTerms = {
  rate: 0,
  isMaximum: false,
  paidTo: "venue",
  tradingRate: 0,
  includesTrading: false,
};

/** Terms without fund, fee, surplus and ADL: what an instrument of collateral has, and a beginning for others. */
export const plainTerms = (instrument: Instrument): InstrumentTerms => ({
  fund: undefined,
  maximumNotionalShare: undefined,
  takesSurplus: false,
  fee: NO_FEE,
  adl: undefined,
  schedule: undefined,
  // The venue's size unit is the contract.
  lotsPerContract: 1 / decimalToNumber(instrument.lot),
});

/** What must be there for the steps of a rule to be taken. */
interface Needed {
  readonly instruments: readonly Instrument[];
  readonly terms: readonly InstrumentTerms[];
  readonly steps: readonly LiquidationStep[];
  readonly vault: AccountId | undefined;
  readonly blockMicros: number | undefined;
}

const missing = (what: string, hint: string): ConfigError =>
  new ConfigError(what, { hints: [hint] });

function checkStep(step: LiquidationStep, { vault, blockMicros }: Needed): void {
  const { kind } = step;
  if (kind === "stepDown") {
    if (step.order === undefined) {
      throw missing(
        "How the excess of a stepDown is ordered is not known",
        "State the order: market or fillOrKill.",
      );
    }
    if (stepDownFault(step) !== undefined) {
      throw missing(
        `A stepDown cuts positions from ${step.fromSize ?? "no size"} on to ${step.toSize ?? "no size"}`,
        "State both sizes, and the one that is cut to below the other.",
      );
    }
  }
  if (kind === "increments" && !(step.contractsPerOrder && step.ordersPerSecond)) {
    throw missing(
      "The size or pace of increments is not known",
      "State contractsPerOrder and ordersPerSecond.",
    );
  }
  if (kind === "backstop" && vault === undefined) {
    throw missing(`There is no account of the ${step.by}`, "Open one, and name it in the roles.");
  }
  if (kind === "fillable" && !(blockMicros !== undefined && blockMicros > 0)) {
    throw missing("How long a block lasts is not known", "State blockMicros, µs above 0.");
  }
}

function checkTerms({ id }: Instrument, terms: InstrumentTerms, steps: Needed["steps"]): void {
  for (const { kind } of steps) {
    if ((kind === "takeover" || kind === "insurance") && terms.fund === undefined) {
      throw missing(
        `${id} has no insurance fund`,
        `The rule has the step ${kind}: name the fund's account.`,
      );
    }
    if (kind === "adl" && terms.adl === undefined) {
      throw missing(
        `${id} has no terms of auto-deleveraging`,
        "The rule has the step adl: state them.",
      );
    }
    const needsTiers = kind === "stepDown" || kind === "fillable";
    if (needsTiers && terms.schedule === undefined) {
      throw missing(
        `${id} has no margin schedule`,
        `The rule has the step ${kind}, which reads it.`,
      );
    }
  }
  const { rate, tradingRate, includesTrading } = terms.fee;
  if (!(rate >= 0 && rate <= 1)) {
    throw missing(`The liquidation fee of ${id} is ${rate}`, "Fees are fractions from 0 to 1.");
  }
  if (!(tradingRate >= 0 && tradingRate <= (includesTrading ? rate : 1))) {
    throw missing(
      `The taker fee of forced orders in ${id} is ${tradingRate}, and the liquidation fee ${rate}`,
      "Fees are fractions from 0 to 1, and a fee that contains another is not below it.",
    );
  }
}

/** Throws ConfigError naming what the steps of a rule need and is not there. */
export function checkLiquidationTerms(needed: Needed): void {
  const { instruments, terms, steps } = needed;
  if (terms.length !== instruments.length) {
    throw missing(
      `There are terms of ${terms.length} instruments, and the ledger has ${instruments.length}`,
      "State terms of each, in the ledger's order.",
    );
  }
  for (const step of steps) checkStep(step, needed);
  instruments.forEach((instrument, number) => {
    const own = terms[number];
    if (own !== undefined && instrument.kind !== "spot") checkTerms(instrument, own, steps);
  });
}
