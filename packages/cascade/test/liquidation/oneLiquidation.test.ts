import { describe, expect, it } from "vitest";
import { NO_FEE } from "../../src/index.ts";
import { World } from "./world.ts";

/** The walk of the package's README, "One liquidation". */
describe("one liquidation, from mark price to loss", () => {
  const world = new World({
    fund: 100,
    terms: { fee: { ...NO_FEE, rate: 0.003, paidTo: "insuranceFund" }, takesSurplus: false },
  });
  const { ledger } = world;
  // 1 BTC long at 10,000 with 200 USDT; a winner who is short 2 BTC from there with 5,000.
  const long = world.trader(200, [{ lots: 1_000, price: 10_000 }]);
  const short = world.trader(5_000, [{ lots: -2_000, price: 10_000 }]);
  const amount = (units: number): number => ledger.currency.amount(units);

  it("leaves an account alone whose equity is at or above its maintenance margin", () => {
    // Equity 200 + 9,840 − 10,000 = 40 against 0.4 % of 9,840 = 39.36.
    world.mark({ 0: 9_840 });
    expect(world.events).toEqual([]);
  });

  it("latches it at 9,830, where 30 USDT stand against 39.32", () => {
    world.market.offer(0, "bids", [
      [98_250, 300],
      [98_100, 200],
      [97_990, 1_000],
    ]);
    world.mark({ 0: 9_830 });
    const [triggered] = world.of("triggered");
    expect(triggered).toMatchObject({ account: long, moved: [0] });
    expect(amount(triggered!.equity)).toBeCloseTo(30, 9);
    expect(amount(triggered!.maintenance)).toBeCloseTo(39.32, 9);
  });

  it("cancels its orders, and sends one order no worse than the bankruptcy price of 9,800", () => {
    expect(world.market.cancelled).toEqual([long]);
    const [order] = world.of("forcedOrder");
    expect(order).toMatchObject({ side: -1, lots: 1_000, cause: "ioc", contagion: false });
    expect(order!.limitPrice).toBeCloseTo(98_000, 9);
  });

  it("sells 0.5 BTC above that price, with a fee of 0.3 % into the fund for each fill", () => {
    expect(world.of("fill").map(({ lots, price }) => [lots, price])).toEqual([
      [300, 98_250],
      [200, 98_100],
    ]);
    // 0.3 % of 2,947.5 and of 1,962.
    expect(world.of("fee").map(({ units }) => amount(units))).toEqual([8.8425, 5.886]);
  });

  it("hands what is left to the fund at the price at which nothing remains: 9,810.457", () => {
    // 30 − 0.3 × 5 − 8.8425 − 0.2 × 20 − 5.886 = 9.7715 USDT of margin on 0.5 BTC at 9,830.
    const [taken] = world.of("takenOver");
    expect(taken).toMatchObject({ account: long, lots: 500, by: world.fund });
    expect(taken!.price).toBeCloseTo(98_104.57, 6);
    expect(world.kinds().slice(-1)).toEqual(["closed"]);
    expect(ledger.cash(long)).toBe(0);
    expect(world.worth(world.fund)).toBeCloseTo(100 + 14.7285 + 9.7715, 9);
  });

  it("deleverages the fund's 0.5 BTC at 9,581 when the mark falls to 9,500, where it would owe 40.5", () => {
    // The fund has 114.7285 USDT realised and 0.5 BTC at 9,810.457: it lasts to 9,810.457 − 229.457 = 9,581.
    world.mark({ 0: 9_500 });
    const [closed] = world.of("adl");
    expect(closed).toMatchObject({ account: world.fund, counterparty: short, lots: 500 });
    expect(closed!.price).toBeCloseTo(95_810, 6);
    expect(ledger.cash(world.fund)).toBe(0);
    expect(ledger.lots(short, 0)).toBe(-1_500);
    // The winner bought 0.5 BTC back 81 USDT above the mark: 40.5 USDT of the loss are his.
    expect(world.worth(short)).toBeCloseTo(5_000 + 2 * 500 - 40.5, 6);
    expect(world.of("badDebt")).toEqual([]);
    ledger.check();
  });
});
