import { describe, expect, it } from "vitest";
import { type LiquidationStep } from "../../src/index.ts";
import { TWO, twoFunds } from "./twoFunds.ts";
import { COINS, step, World } from "./world.ts";

describe("takeover", () => {
  it("of a part pays for it rounded down, so that the fund never pays more than it has", () => {
    const world = new World({ steps: [step("takeover")], fund: 30 });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.ledger.deposit(long, 3);
    // 9,899,999,997 units for all: three quarters are 7,424,999,997.75.
    world.mark({ 0: 9_860 });
    expect(world.of("takenOver")).toMatchObject([{ lots: 750, units: 7_424_999_997 }]);
  });

  it("ends where the account is safe again, and lets go of the rest", () => {
    const world = new World({
      instruments: TWO,
      steps: [step("takeover")],
      fund: 1_000,
      engine: ({ ledger, model }) => {
        // Bitcoin alone needs margin.
        const needs = (account: number): number => (ledger.lots(account, 0) === 0 ? 0 : 100e6);
        return {
          closingOrder: "listed",
          model: { ...model, maintenance: needs },
          isLiquidatable: (account, marks) => model.equity(account, marks) < needs(account),
        };
      },
    });
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 500, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    world.mark({ 0: 9_990 });
    expect(world.of("takenOver").map(({ instrument }) => instrument)).toEqual([0]);
    expect(world.kinds().at(-1)).toBe("released");
    expect(world.ledger.lots(both, 1)).toBe(1_000);
  });

  it("of several contracts without margin of their own gives each the same share of what is left", () => {
    const world = new World({ instruments: TWO, steps: [step("takeover")], rate: 0, fund: 1_000 });
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 1_000, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    world.mark({ 0: 9_880 });
    const prices = world.of("takenOver").map(({ instrument, price }) => [instrument, price]);
    // Worth −20: 10 more for one bitcoin, and 1 more for each of ten ethers.
    expect(prices).toEqual([
      [0, 98_900],
      [1, 50_100],
    ]);
    expect(world.ledger.cash(both)).toBe(0);
  });

  it("leaves coins of the account to the fund of the contract that was closed last", () => {
    const world = new World({
      instruments: [...TWO, COINS],
      steps: [step("takeover")],
      fund: 1_000,
      engine: twoFunds({}, { closingOrder: "listed" }),
    });
    world.deposit(world.vault, 1_000);
    world.mark({ 0: 10_000, 1: 500, 2: 10_000 });
    const holder = world.trader(0, [
      { lots: 1_000, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    world.ledger.depositLots(holder, 2, 10, 100e6);
    world.mark({ 0: 9_900, 2: 9_900 });
    expect(world.of("takenOver").map(({ instrument, by }) => [instrument, by])).toEqual([
      [0, world.fund],
      [1, world.vault],
      [2, world.vault],
    ]);
  });
});

describe("backstop", () => {
  const backstop = (belowShareOfMaintenance: number): LiquidationStep => ({
    kind: "backstop",
    by: "the vault",
    belowShareOfMaintenance,
  });

  it("takes an account of which nothing is left, and none of which less is", () => {
    for (const [mark, taken] of [
      [9_900, 1],
      [9_899.9, 0],
    ] as const) {
      const world = new World({ steps: [backstop(0.5)] });
      world.mark({ 0: 10_000 });
      world.trader(100, [{ lots: 1_000, price: 10_000 }]);
      world.mark({ 0: mark });
      expect(world.of("backstopped")).toHaveLength(taken);
    }
  });

  it("takes it below its share of maintenance margin, and not at it", () => {
    const world = new World({ steps: [backstop(0.5)], rate: 1 / 64 });
    world.mark({ 0: 10_000 });
    // At 9,984 it has 78 USDT of 156.
    world.trader(94, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_984 });
    expect([world.of("triggered").length, world.of("backstopped")]).toEqual([1, []]);
    world.mark({ 0: 9_983.9 });
    expect(world.of("backstopped")).toHaveLength(1);
  });

  it("pays for each contract rounded down, and sells by its policy what it took", () => {
    const unwinding = { kind: "market", everyMicros: 10e6, share: 0.5 } as const;
    const world = new World({
      instruments: TWO,
      steps: [backstop(1)],
      engine: () => ({ unwinding }),
    });
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 1_000, price: 10_000 },
      { lots: 777, price: 500, instrument: 1 },
    ]);
    world.mark({ 0: 9_930 });
    const [first] = world.of("backstopped");
    // 30 USDT in proportion to margin, which is to value: 9,930 beside 3,885.
    const exact = 9_930e6 - (30e6 * 9_930) / (9_930 + 3_885);
    expect(exact % 1).toBeGreaterThan(0.01);
    expect(first!.units).toBe(Math.floor(exact));
    expect(world.ledger.cash(both)).toBe(0);
    expect(world.engine.nextAt).toBe(world.at + 10e6);
    world.wait(10e6);
    expect(world.market.orders.map(({ account, lots }) => [account, lots])).toEqual([
      [world.vault, 500],
      [world.vault, 388],
    ]);
  });

  it("leaves to a step after it the account that has come to that one", () => {
    const pace: LiquidationStep = {
      kind: "increments",
      contractsPerOrder: 100,
      ordersPerSecond: 1,
    };
    const world = new World({ steps: [backstop(0.5), pace], terms: { lotsPerContract: 1 } });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_200, 10_000]]);
    // Equity 30 of 39.7; ten microseconds later 10 of 39.6.
    world.mark({ 0: 9_930 });
    world.mark({ 0: 9_910 }, 10);
    expect([world.of("backstopped"), world.ledger.lots(long, 0)]).toEqual([[], 900]);
    world.wait(1_000_000);
    expect([world.of("backstopped"), world.ledger.lots(long, 0)]).toEqual([[], 800]);
  });
});
