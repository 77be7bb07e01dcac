import fc from "fast-check";
import type { PriceFeed } from "../../src/index.ts";

/** An update of a feed: a price, or NaN for a loss. */
export interface Update {
  readonly at: number;
  readonly price: number;
}

/** Gives a feed its updates up to an instant; returns how many it has had. */
export function feed(
  into: PriceFeed,
  updates: readonly Update[],
  until = Infinity,
  from = 0,
): number {
  let next = from;
  for (; next < updates.length && updates[next]!.at <= until; next += 1) {
    const { at, price } = updates[next]!;
    if (Number.isNaN(price)) into.lose(at);
    else into.update(price, at);
  }
  return next;
}

/** The price that stands at an instant, by looking through all updates; NaN where there is none. */
export function standing(updates: readonly Update[], at: number): number {
  let price = Number.NaN;
  for (const update of updates) if (update.at <= at) price = update.price;
  return price;
}

/** The prices at the last `count` multiples of `step`, those that there are. */
export function samples(
  updates: readonly Update[],
  at: number,
  { count, step }: { readonly count: number; readonly step: number },
): readonly number[] {
  const last = Math.floor(at / step);
  return Array.from({ length: count }, (_, i) => standing(updates, (last - i) * step)).filter(
    (price) => !Number.isNaN(price),
  );
}

export const meanOf = (prices: readonly number[]): number =>
  prices.reduce((sum, price) => sum + price, 0) / prices.length;

export function middleOf(prices: readonly number[]): number {
  const sorted = prices.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (low + (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)) / 2;
}

/** Updates at rising instants, some at the same one, some a loss. */
export const updatesArb = (price: fc.Arbitrary<number>): fc.Arbitrary<readonly Update[]> =>
  fc
    .array(
      fc.record({
        after: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
        price: fc.oneof({ arbitrary: price, weight: 9 }, fc.constant(Number.NaN)),
      }),
      { minLength: 1, maxLength: 60 },
    )
    .map((steps) => {
      let at = 1_000;
      return steps.map(({ after, price: told }) => {
        at += after;
        return { at, price: told };
      });
    });

/** Whole ticks. */
export const ticksArb: fc.Arbitrary<number> = fc.integer({ min: 1, max: 1_000_000 });
export const quotesArb: fc.Arbitrary<number> = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
