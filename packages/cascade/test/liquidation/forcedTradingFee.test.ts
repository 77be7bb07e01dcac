import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LiquidationFeeTerms, NO_FEE } from "../../src/index.ts";
import { step, World } from "./world.ts";

const FEE: LiquidationFeeTerms = { ...NO_FEE, rate: 0.0075, paidTo: "insuranceFund" };

/** A long of 1 BTC from 10,000 with `margin` is sold at `price` when the mark is there. */
function sold(fee: LiquidationFeeTerms, margin = 100, price = 9_930): World {
  const world = new World({ steps: [step("market"), step("insurance")], terms: { fee } });
  world.mark({ 0: 10_000 });
  world.trader(margin, [{ lots: 1_000, price: 10_000 }]);
  world.market.offer(0, "bids", [[price * 10, 1_000]]);
  world.mark({ 0: price });
  world.ledger.check();
  return world;
}
const paid = (world: World) =>
  world.of("fee").map(({ of, to, units }) => [of, to, units / 1e6] as const);

describe("a forced order", () => {
  it("pays the fee of a taker to the venue, and the liquidation fee besides, where the rule adds it", () => {
    const world = sold({ ...FEE, rate: 0.003, tradingRate: 0.0005 });
    // 30 are left at 9,930: 4.965 for the venue, and of 29.79 what is there.
    expect(paid(world)).toEqual([
      ["trading", world.venue, 4.965],
      ["liquidation", world.fund, 25.035],
    ]);
    expect(world.ledger.cash(world.venue)).toBe(4.965e6);
  });

  it("pays no more than the liquidation fee where that contains it, of which the venue keeps its part", () => {
    const fee = { ...FEE, rate: 0.002, tradingRate: 0.0005, includesTrading: true };
    const world = sold(fee);
    expect(paid(world)).toEqual([
      ["trading", world.venue, 4.965],
      ["liquidation", world.fund, 14.895],
    ]);
    // The account pays the same 19.86 as without.
    const plain = sold({ ...fee, tradingRate: 0, includesTrading: false });
    expect(paid(plain)).toEqual([["liquidation", plain.fund, 19.86]]);
    const left = world.ledger.cash(4);
    expect(left).toBe(plain.ledger.cash(4));
    expect(left).toBe(30e6 - 19.86e6);
  });

  it("pays the liquidation fee after it, where that is at most what the fill gave above the bankruptcy price", () => {
    // 30 USDT above it: less 4.965, 25.035 are left of the 74.475 that 0.75 % are.
    const world = sold({ ...FEE, isMaximum: true, tradingRate: 0.0005 });
    expect(paid(world).map(([of, , units]) => [of, units])).toEqual([
      ["trading", 4.965],
      ["liquidation", 25.035],
    ]);
  });

  it("pays nothing at the bankruptcy price or beyond, so that no fee makes a debt", () => {
    expect(paid(sold({ ...FEE, tradingRate: 0.0005 }, 70))).toEqual([]);
    const beyond = sold({ ...FEE, tradingRate: 0.0005 }, 60);
    expect(paid(beyond)).toEqual([]);
    expect(beyond.of("insurancePaid")[0]).toMatchObject({ units: 10e6 });
  });

  it("moves money from the account to venue and fund alone, and never below nothing", () => {
    fc.assert(
      fc.property(
        fc.record({
          rate: fc.double({ min: 0, max: 0.05, noNaN: true }),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
          isMaximum: fc.boolean(),
          includesTrading: fc.boolean(),
          margin: fc.integer({ min: 1, max: 109 }),
        }),
        ({ rate, share, isMaximum, includesTrading, margin }) => {
          const tradingRate = includesTrading ? rate * share : share / 100;
          const fee = { ...FEE, rate, isMaximum, tradingRate, includesTrading };
          const world = sold(fee, margin);
          const left = Math.max(0, margin - 70) * 1e6;
          const sum = world.of("fee").reduce((all, { units }) => all + units, 0);
          expect(world.ledger.cash(4)).toBe(left - sum);
          expect(sum).toBeLessThanOrEqual(left);
          const whole = Math.round(9_930e6 * rate);
          const trading = Math.min(left, Math.round(9_930e6 * tradingRate));
          expect(sum).toBe(
            Math.min(left, includesTrading ? Math.max(whole, trading) : whole + trading),
          );
        },
      ),
    );
  });

  it("refuses fees that cannot be", () => {
    for (const wrong of [
      { tradingRate: -0.001 },
      { tradingRate: 2 },
      { tradingRate: Number.NaN },
      { tradingRate: 0.01, includesTrading: true },
    ]) {
      expect(() => sold({ ...FEE, ...wrong })).toThrow(/taker fee of forced orders in v:BTCUSDT/);
    }
  });
});
