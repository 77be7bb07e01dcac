import type { Instrument } from "@aftershock/schema";
import { Account, type Side, type TieredFees } from "@aftershock/replay";

/** A fill. Fills of one order at one time and price are one: hftbacktest tells only what they add up to. */
export interface Fill {
  /** When it happened at the venue, µs. */
  readonly at: number;
  /** Ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
}

/** An order that a study sent. */
export interface SentOrder {
  /** µs. */
  readonly sentAt: number;
  readonly side: Side;
  /** Limit, ticks. */
  readonly price: number;
  /** Lots. */
  readonly size: number;
  /** True for one that takes what is there and ends; others are post-only. */
  readonly isIoc: boolean;
}

/** What a study did with a venue, of either program. */
export interface StudyRun {
  /** In the order in which they were sent. */
  readonly orders: readonly SentOrder[];
  /** Of each order, in order of time. */
  readonly fills: readonly (readonly Fill[])[];
}

/** Adds a fill to those of its order. */
export function addFill(fills: Fill[], { at, price, size }: Fill): void {
  const last = fills.at(-1);
  if (last?.at !== at || last.price !== price) fills.push({ at, price, size });
  else fills[fills.length - 1] = { at, price, size: last.size + size };
}

/** Fills at times that are rounded up to multiples of a unit, µs. */
function roundedTo(unitMicros: number, fills: readonly Fill[]): readonly Fill[] {
  const rounded: Fill[] = [];
  for (const { at, ...rest } of fills) {
    addFill(rounded, { ...rest, at: Math.ceil(at / unitMicros) * unitMicros });
  }
  return rounded;
}

/** Whether two orders were filled alike. `unitMicros`: times are the same when they are rounded up to the same multiple of it. */
export function sameFills(
  one: readonly Fill[],
  other: readonly Fill[],
  unitMicros: number = 1,
): boolean {
  const [a, b] = [roundedTo(unitMicros, one), roundedTo(unitMicros, other)];
  return (
    a.length === b.length &&
    a.every(({ at, price, size }, index) => {
      const fill = b[index];
      return fill?.at === at && fill.price === price && fill.size === size;
    })
  );
}

/** How many fills of an order have one of the same time, price and size in another run. */
export const equalFills = (one: readonly Fill[], other: readonly Fill[]): number =>
  one.filter((fill) => other.some((theirs) => sameFills([fill], [theirs]))).length;

/** What a run came to. Money is in the settle currency. */
export interface Money {
  readonly fills: number;
  readonly filledLots: number;
  /** Lots; negative: short. */
  readonly position: number;
  readonly fees: number;
  /** Value of all fills and of the position at the end, less fees. */
  readonly pnl: number;
}

/** Reckons what the fills of a run came to, at a last price in ticks. */
export function moneyOf(
  { orders, fills }: StudyRun,
  { instrument, fees, lastTicks }: { instrument: Instrument; fees: TieredFees; lastTicks: number },
): Money {
  const account = new Account(instrument);
  let count = 0;
  let filledLots = 0;
  for (const [index, { side, isIoc }] of orders.entries()) {
    for (const { price, size } of fills[index] ?? []) {
      const fee = fees.fee(account.notional(size, price), isIoc ? 1 : -1);
      account.applyFill({ side, price, size, fee });
      count += 1;
      filledLots += size;
    }
  }
  const tick = instrument.tick.mantissa / 10 ** instrument.tick.decimals;
  const { position, feesPaid } = account;
  return {
    fills: count,
    filledLots,
    position,
    fees: feesPaid,
    pnl: account.equity(lastTicks * tick),
  };
}
