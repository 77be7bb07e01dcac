import type { ForcedOrderCause } from "../liquidationEvent.ts";
import type { PendingOrder } from "../liquidationCase.ts";
import type { StepRun } from "./stepContext.ts";

/** What came of the orders of a step. */
export interface SentOrders {
  /** When the throttle lets the rest through, µs; undefined where nothing is held up. */
  readonly waitUntil: number | undefined;
  /** Lots that were filled. */
  readonly filled: number;
  /** Whether every order that was sent was filled whole. */
  readonly isFilled: boolean;
}

/** The limit of an order, in ticks; `none`: there is no price within it. */
function limitOf(
  { context: { desk }, latched }: StepRun,
  order: PendingOrder,
): number | undefined | "none" {
  const position = desk.ledger.position(latched.account, order.instrument);
  if (order.limit === "none" || position === undefined) return undefined;
  const limit = desk.bankruptcyPrice(latched.account, position);
  if (limit.kind === "none") return "none";
  return limit.kind === "price" ? limit.price : undefined;
}

/**
 * Sends the orders of a step that are left, one after the other, until the account is safe. An order that the market does not fill whole is
 * not sent again; one that the throttle cuts goes on later with what is left of it.
 */
export function sendPending(run: StepRun, cause: ForcedOrderCause): SentOrders {
  const { context, latched, at } = run;
  const orders = latched.orders ?? [];
  let isFilled = true;
  let sum = 0;
  for (let order = orders[0]; order !== undefined; order = orders[0]) {
    if (context.isSafe(latched)) break;
    const limit = limitOf(run, order);
    if (limit === "none") {
      isFilled = false;
      orders.shift();
      continue;
    }
    const { account, moved } = latched;
    const { instrument, fillOrKill } = order;
    const lots = Math.min(order.lots, Math.abs(context.desk.ledger.lots(account, instrument)));
    const { sent, filled } = context.trading.close({
      account,
      instrument,
      lots,
      limitPrice: limit,
      fillOrKill,
      cause,
      moved,
      at,
    });
    if (lots > 0 && sent === 0) {
      return { waitUntil: context.trading.nextWindow(at), filled: sum, isFilled };
    }
    sum += filled;
    if (filled > 0) {
      latched.hasClosed = true;
      latched.lastInstrument = instrument;
    }
    order.lots = lots - sent;
    if (filled < sent) isFilled = false;
    if (order.lots <= 0 || filled < sent) orders.shift();
  }
  return { waitUntil: undefined, filled: sum, isFilled };
}
