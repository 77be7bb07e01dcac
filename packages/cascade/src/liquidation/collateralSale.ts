import type { Micros } from "@aftershock/schema";
import type { Position } from "../account/ledger.ts";
import type { InsuranceFund } from "./insuranceFund.ts";
import type { LiquidationCase } from "./liquidationCase.ts";
import type { StepContext } from "./steps/stepContext.ts";

/** Coins that can be sold. */
const coinsOf = ({ desk }: StepContext, { account }: LiquidationCase): readonly Position[] =>
  desk.ledger
    .positions(account)
    .filter(({ lots }) => lots > 0)
    .map((held) => ({ ...held }));

/** Lots of coins whose value at the mark pays a debt, at most those held. */
function lotsFor({ desk }: StepContext, { instrument, lots }: Position, debt: number): number {
  const perLot = desk.ledger.valueUnits(instrument, 1, desk.marks.ticks(instrument));
  return Math.min(lots, Math.max(1, Math.ceil(debt / perLot)));
}

/** Lots of coins that a fund can pay for at the mark, a unit for rounding left aside. */
function affordable({ desk }: StepContext, { instrument }: Position, fund: InsuranceFund): number {
  const perLot = desk.ledger.valueUnits(instrument, 1, desk.marks.ticks(instrument));
  return Math.max(0, Math.floor((fund.available - 1) / perLot));
}

/**
 * Coins that an account owes are bought back in the market, at any price and for money that it may not have: what it lacks then is a debt like any other. Returns undefined once it
 * owes none, else when it goes on, µs: Infinity where the market has no more of them, for the next move of a mark. A fund does not take debts of coins over: it could not carry
 * them when the coin rises. So nothing that is left over in money is paid out while coins are owed.
 */
function buyBackCoins(
  { desk, trading }: StepContext,
  { account, moved }: LiquidationCase,
  at: Micros,
): number | undefined {
  const owed = desk.ledger
    .positions(account)
    .flatMap((held) => (held.lots < 0 ? [held.instrument] : []));
  for (const instrument of owed) {
    const order = { account, instrument, limitPrice: undefined, fillOrKill: false, moved, at };
    for (let lots = -desk.ledger.lots(account, instrument); lots > 0;) {
      const { sent, filled } = trading.close({ ...order, lots, cause: "collateral" });
      if (sent === 0) return trading.nextWindow(at);
      if (filled < sent) return Number.POSITIVE_INFINITY;
      lots -= filled;
    }
  }
  return undefined;
}

/**
 * An account whose contracts are closed: coins that it owes are bought back (see buyBackCoins). With a debt and coins then, the coins are sold in the market as far as the debt needs, by number of
 * instrument; what the market does not take, the fund takes at the mark, without a haircut, as many as it can pay for. Returns undefined once
 * there is no debt or no coin left, else when it goes on, µs: Infinity where market and fund take no more, for the next move of a mark. Venues convert collateral by rules of their
 * own, which are not recorded.
 */
export function sellCollateral(
  context: StepContext,
  latched: LiquidationCase,
  at: Micros,
): number | undefined {
  const { desk, trading, waterfall, inventories } = context;
  const { account, moved } = latched;
  if (desk.ledger.positions(account).length === 0) return undefined;
  const waitUntil = buyBackCoins(context, latched, at);
  if (waitUntil !== undefined) return waitUntil;
  const debt = (): number => -desk.ledger.cash(account);
  for (const coins of coinsOf(context, latched)) {
    const { instrument } = coins;
    const order = { account, instrument, limitPrice: undefined, fillOrKill: false, moved, at };
    for (let held: Position | undefined = coins; held !== undefined && debt() > 0;) {
      const lots = lotsFor(context, held, debt());
      const { sent, filled } = trading.close({ ...order, lots, cause: "collateral" });
      if (sent === 0) return trading.nextWindow(at);
      if (filled < sent) break;
      held = desk.ledger.position(account, instrument);
    }
  }
  const fund = waterfall.fundOf(latched.lastInstrument);
  for (const held of coinsOf(context, latched)) {
    if (debt() <= 0) return undefined;
    if (fund === undefined) return Number.POSITIVE_INFINITY;
    const { instrument } = held;
    const lots = Math.min(lotsFor(context, held, debt()), affordable(context, held, fund));
    if (lots === 0) return Number.POSITIVE_INFINITY;
    const passed = { from: account, to: fund.account, instrument, lots, units: undefined };
    const booked = desk.pass(passed);
    const mark = desk.marks.ticks(instrument);
    desk.emit({
      kind: "takenOver",
      at,
      account,
      instrument,
      lots,
      ...booked,
      mark,
      by: fund.account,
    });
    inventories.get(fund.account)?.tookOver(at);
  }
  // The fund had not enough for all of the last coin that it took.
  if (debt() > 0 && coinsOf(context, latched).length > 0) return Number.POSITIVE_INFINITY;
  return undefined;
}
