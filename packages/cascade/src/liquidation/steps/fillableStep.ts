import type { Position } from "../../account/ledger.ts";
import type { FillableStep } from "../../rules/liquidationRule.ts";
import type { LiquidationCase } from "../liquidationCase.ts";
import type { LiquidationDesk } from "../liquidationDesk.ts";
import { priceForValue } from "../bankruptcy.ts";
import { contractsOf, type StepContext, type StepResult, type StepRun } from "./stepContext.ts";

/** What the fillable price is made of. Amounts in units. */
export interface FillableInputs {
  /** What the position is worth at the oracle price, signed as ContractValue's values. */
  readonly value: number;
  /** Maintenance margin of the position. */
  readonly maintenance: number;
  /** Equity of the account over its maintenance margin: Q. */
  readonly health: number;
}

/**
 * What a position must bring at least when it is liquidated, units, signed as its value: value − A × spread × maintenance margin of the
 * position, where A = adjustment × (1 − Q), held between 0 and 1. For a linear contract that is the price P × (1 ∓ A × spread × maintenance
 * fraction), minus for longs. Source: dYdX v4, x/clob, calculateFillablePrice and calculateAdjustedBankruptcyRating, read 2026-11.
 */
export function fillableValue(
  { value, maintenance, health }: FillableInputs,
  { bankruptcyAdjustment, spreadToMaintenance }: FillableStep,
): number {
  const rating = Math.min(1, Math.max(0, bankruptcyAdjustment * (1 - health)));
  return value - rating * spreadToMaintenance * maintenance;
}

/** What is left of a block's limits for an account. */
interface BlockBudget {
  /** Quote currency. */
  notional: number;
  /** Units. */
  loss: number;
}

/** Lots of a position that may be sent this block; whole, 0 or more. */
function lotsInBlock(
  { desk, waterfall }: StepContext,
  step: FillableStep,
  position: { held: Position; bankrupt: number; fillable: number },
  budget: BlockBudget,
): number {
  const { held, bankrupt, fillable } = position;
  const size = Math.abs(held.lots);
  const perLot = desk.notionalAtMark(held.instrument, 1);
  const share = Math.max(step.shareOfPositionPerBlock * size, step.minimumNotional / perLot);
  const byNotional = budget.notional / perLot;
  const lossPerLot = Math.max(0, (bankrupt - fillable) / size);
  const available = waterfall.fundOf(held.instrument)?.available ?? 0;
  const byLoss = lossPerLot > 0 ? Math.min(budget.loss, available) / lossPerLot : size;
  return Math.floor(Math.min(size, Math.max(1, share), byNotional, byLoss));
}

/** One position's order of this block. */
function sendFillable(
  { context, latched, at }: StepRun,
  step: FillableStep,
  of: { readonly held: Position; readonly budget: BlockBudget },
): void {
  const { held, budget } = of;
  const { desk, trading, waterfall } = context;
  const { account, moved } = latched;
  const inputs = { value: desk.valueAtMark(held), maintenance: desk.maintenanceOf(held) };
  const fillable = fillableValue({ ...inputs, health: healthOf(desk, account) }, step);
  const limit = priceForValue(desk.ledger, held, fillable);
  if (limit.kind === "none") return;
  const bankrupt = desk.bankruptcyValue(account, held);
  const lots = lotsInBlock(context, step, { held, bankrupt, fillable }, budget);
  if (lots === 0) return;
  const { instrument } = held;
  const limitPrice = limit.kind === "price" ? limit.price : undefined;
  const order = { account, instrument, lots, limitPrice, fillOrKill: false, moved, at };
  const { filled, shortfall } = trading.close({ ...order, cause: step.kind });
  if (filled === 0) return;
  latched.hasClosed = true;
  latched.lastInstrument = instrument;
  budget.notional -= desk.notionalAtMark(instrument, filled);
  budget.loss -= shortfall;
  const units = Math.round(shortfall);
  if (units > 0) waterfall.insure({ account, instrument, units, at });
}

const healthOf = ({ model, marks }: LiquidationDesk, account: number): number =>
  model.equity(account, marks) / model.maintenance(account, marks);

/** Whether the fund has less than the account lacks: then blocks to come do not help. */
const isBeyondFund = ({ desk, waterfall }: StepContext, { account }: LiquidationCase): boolean =>
  desk.ledger.positions(account).some(({ instrument }) => {
    const available = waterfall.fundOf(instrument)?.available ?? 0;
    return -desk.worth(account) > available;
  });

/**
 * Block by block, an order for each position within the block's limits, at the fillable price or better; what a fill gives below the
 * bankruptcy price is paid by the fund at once, and no order is larger than the fund could pay for. It goes on every block while the
 * account is not safe; where the account lacks more than the fund has, the next step follows. Blocks are taken to be of one length. The mark stands for
 * the oracle price. At least one lot is sent where a share of the position is less.
 */
export function takeFillableStep(run: StepRun, step: FillableStep): StepResult {
  const { context, latched, at } = run;
  const { desk, blockMicros = 1 } = context;
  const loss = desk.ledger.currency.units(step.insuranceLossPerBlock);
  const budget = { notional: step.notionalPerBlock, loss };
  for (const held of contractsOf(context, latched)) {
    if (context.isSafe(latched)) return undefined;
    sendFillable(run, step, { held, budget });
  }
  if (contractsOf(context, latched).length === 0 || context.isSafe(latched)) return undefined;
  return isBeyondFund(context, latched) ? undefined : at + blockMicros;
}
