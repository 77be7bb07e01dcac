import type { Micros } from "@aftershock/schema";
import type { AccountId, Position } from "../../account/ledger.ts";
import { type ClosingOrder, contractsInOrder } from "../closingOrder.ts";
import type { Deleveraging } from "../deleveraging.ts";
import type { ForcedTrading } from "../forcedTrading.ts";
import type { FundInventory } from "../fundInventory.ts";
import type { LiquidationCase } from "../liquidationCase.ts";
import type { LiquidationDesk } from "../liquidationDesk.ts";
import type { LossWaterfall } from "../waterfall.ts";

/** What the steps of a liquidation work with. */
export interface StepContext {
  readonly desk: LiquidationDesk;
  readonly trading: ForcedTrading;
  readonly waterfall: LossWaterfall;
  readonly deleveraging: Deleveraging;
  /** Of each fund and vault, by account. */
  readonly inventories: ReadonlyMap<number, FundInventory>;
  readonly closingOrder: ClosingOrder;
  /** Length of a block, µs, above 0; undefined where no step goes by blocks. */
  readonly blockMicros: number | undefined;
  /** Of accounts of which a tranche was sold: when its cooldown is over, µs; see TrancheStep. */
  readonly cooledAt: Map<AccountId, number>;
  /** Whether a latched account has enough margin to be let go. */
  isSafe(latched: LiquidationCase): boolean;
}

/**
 * What a step leaves: `undefined` where the next one follows (the account is looked at before), else the time, µs, at which the same step goes on, Infinity for
 * the next move of a mark.
 */
export type StepResult = number | undefined;

/** Whose steps are taken, and when. */
export interface StepRun {
  readonly context: StepContext;
  readonly latched: LiquidationCase;
  readonly at: Micros;
}

/** The contracts of a latched account, in the order in which they are closed. */
export const contractsOf = (
  { desk, closingOrder }: StepContext,
  latched: LiquidationCase,
): Position[] => contractsInOrder(desk, latched.account, closingOrder);
