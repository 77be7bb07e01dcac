import type { Micros } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { LiquidationStep } from "../rules/liquidationRule.ts";

/** The kind of the step of the rule that an order belongs to; `collateral`: spot coins sold for a debt, or bought back where they are owed; `unwind`: positions that a fund or vault had taken over. */
export type ForcedOrderCause = LiquidationStep["kind"] | "collateral" | "unwind";

interface Happened {
  readonly at: Micros;
  /** The account that is liquidated; of what a fund or vault does with its own positions, that account. */
  readonly account: AccountId;
}

/** A position, or a part of it, passes from the account to another. */
interface Passed extends Happened {
  /** Number of the instrument in the ledger. */
  readonly instrument: number;
  /** Signed lots that the account held: positive where a long was closed. */
  readonly lots: number;
  /** Ticks, whole or not: what the ledger booked. */
  readonly price: number;
  /** What the lots were worth at the price, whole units, signed as ContractValue's values: what the account received for them. */
  readonly units: number;
  /** Mark price at that time, ticks. */
  readonly mark: number;
}

/** Money passes from one account to another, whole units above 0. */
interface Paid extends Happened {
  readonly units: number;
}

/** An account has been found to have too little margin; it is latched and waits for its steps. */
export interface Triggered extends Happened {
  readonly kind: "triggered";
  /** The instruments whose marks moved against the account with the last change of marks; none where something else made it liquidatable. */
  readonly moved: readonly number[];
  /** As the margin model has them, units, not rounded. */
  readonly equity: number;
  readonly maintenance: number;
}

/** The account's open orders were cancelled. */
export interface OrdersCancelled extends Happened {
  readonly kind: "cancelled";
}

/** An order was sent for the account; what it met follows as fills. */
export interface ForcedOrderSent extends Happened {
  readonly kind: "forcedOrder";
  readonly instrument: number;
  /** BUY 1 closes a short, SELL −1 a long. */
  readonly side: 1 | -1;
  /** Whole, above 0. */
  readonly lots: number;
  /** Ticks; undefined: at any price. */
  readonly limitPrice: number | undefined;
  readonly fillOrKill: boolean;
  readonly cause: ForcedOrderCause;
  /** Whether what is sold is not what moved: a loss in one instrument sells another. */
  readonly contagion: boolean;
  /** Mark price at that time, ticks. */
  readonly mark: number;
}

/** A part of a forced order was filled. */
export interface ForcedOrderFilled extends Passed {
  readonly kind: "fill";
  readonly counterparty: AccountId;
  readonly cause: ForcedOrderCause;
  readonly contagion: boolean;
}

/** The account, or for `adl` its counterparty, paid a fee. */
export interface FeePaid extends Paid {
  readonly kind: "fee";
  readonly instrument: number;
  /** `trading`: what a taker pays, for a forced order. */
  readonly of: "trading" | "liquidation" | "adl";
  readonly to: AccountId;
}

/** The fund took lots over: contracts at the bankruptcy price, collateral at the mark. */
export interface TakenOver extends Passed {
  readonly kind: "takenOver";
  readonly by: AccountId;
}

/** The vault took lots over with the margin that was left. */
export interface Backstopped extends Passed {
  readonly kind: "backstopped";
  readonly by: AccountId;
}

/** Lots were closed against a position of the other side. */
export interface Deleveraged extends Passed {
  readonly kind: "adl";
  readonly counterparty: AccountId;
}

/** What a liquidation left over went to the fund. */
export interface SurplusTaken extends Paid {
  readonly kind: "surplusTaken";
  readonly to: AccountId;
}

/** The fund paid what the account lacked. */
export interface InsurancePaid extends Paid {
  readonly kind: "insurancePaid";
  readonly from: AccountId;
}

/** Somebody who gained paid a part of what the account lacked. */
export interface LossSocialised extends Paid {
  readonly kind: "socialised";
  readonly from: AccountId;
}

/** The default fund of a clearing house paid. */
export interface DefaultFundPaid extends Paid {
  readonly kind: "defaultFundPaid";
  readonly from: AccountId;
  readonly layer: DefaultFundLayer;
}

/** Whose money a default fund takes, in this order. */
export type DefaultFundLayer = "defaulter" | "house" | "survivors";

/** What nobody covered: the creditor, to whom the account owes it, makes it good. Booked once. */
export interface BadDebt extends Paid {
  readonly kind: "badDebt";
  readonly creditor: AccountId;
}

/** The account has enough margin again: it is no longer latched. */
export interface Released extends Happened {
  readonly kind: "released";
}

/** The account has no contracts left and its debts are settled: it is no longer latched. */
export interface Closed extends Happened {
  readonly kind: "closed";
}

/**
 * What a liquidation engine did, in order. Applied to a copy of the ledger as it was (`applyLiquidationEvent`), the events give the
 * ledger as it is.
 */
export type LiquidationEvent =
  | Triggered
  | OrdersCancelled
  | ForcedOrderSent
  | ForcedOrderFilled
  | FeePaid
  | TakenOver
  | Backstopped
  | Deleveraged
  | SurplusTaken
  | InsurancePaid
  | LossSocialised
  | DefaultFundPaid
  | BadDebt
  | Released
  | Closed;

/** What an event says. */
export type LiquidationEventKind = LiquidationEvent["kind"];

/** Called with each event, after it was booked. */
export type OnLiquidationEvent = (event: LiquidationEvent) => void;
