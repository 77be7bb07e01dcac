import { describe, expect, it } from "vitest";
import { ADL, byGain, ETHER, LINEAR, step, World, type WorldOptions } from "./world.ts";

const NEGATIVE = { ...ADL, triggers: [{ kind: "accountValueNegative" }] } as const;

/** A venue where a long of 1 BTC from 10,000 with 100 USDT is deleveraged as soon as it is worth less than nothing. */
function venue(options: WorldOptions = {}): { readonly world: World; readonly long: number } {
  const world = new World({
    fund: 0,
    steps: [step("adl"), step("insurance")],
    ...options,
    terms: { adl: NEGATIVE, ...options.terms },
  });
  world.mark({ 0: 10_000 });
  return { world, long: world.trader(100, [{ lots: 1_000, price: 10_000 }]) };
}

describe("the price of ADL", () => {
  it("stays at bankruptcy, whatever is stated for a fund that cannot pay what a mark leaves", () => {
    const { world } = venue({
      terms: { adl: { ...NEGATIVE, priceWhenFundExhausted: "mark" } },
    });
    world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect(world.of("adl")).toMatchObject([{ price: 99_000 }]);
  });

  it("is the mark while the fund can pay all that it leaves, to the unit", () => {
    const adl = { ...NEGATIVE, price: "mark", priceWhenFundExhausted: "bankruptcy" } as const;
    for (const [fund, price] of [
      [50, 98_500],
      [49.999_999, 99_000],
    ] as const) {
      const { world } = venue({ fund, terms: { adl } });
      world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
      world.mark({ 0: 9_850 });
      expect(world.of("adl")).toMatchObject([{ price }]);
    }
  });

  it("is rounded up for the one who is closed, a unit for a share, so that the last one closes it at nothing", () => {
    const world = new World({ fund: 0, steps: [step("adl")], terms: { adl: NEGATIVE } });
    world.mark({ 0: 10_000 });
    const long = world.trader(0.1, [{ lots: 3, price: 10_000 }]);
    world.trader(100, [{ lots: -1, price: 10_000 }]);
    world.trader(100, [{ lots: -2, price: 9_999 }]);
    world.mark({ 0: 9_960 });
    // 29.9 USDT for three lots: two thirds are 19.9333…
    expect(world.of("adl").map(({ lots, units }) => [lots, units])).toEqual([
      [2, 19_933_334],
      [1, 9_966_666],
    ]);
    expect(world.ledger.cash(long)).toBe(0);
    world.ledger.check();
  });

  it("of one of several positions is that at which its share is gone, whatever was realised", () => {
    const world = new World({
      instruments: [LINEAR, ETHER],
      fund: 0,
      steps: [step("adl")],
      terms: { adl: NEGATIVE },
    });
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 1_000, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    for (const [instrument, price] of [
      [0, 10_000],
      [1, 500],
    ] as const)
      world.trader(9_000, [{ lots: -1_000, price, instrument }]);
    // Worth 100 − 400 + 200, of which bitcoin's margin of 38.4 has the greater part beside ether's 20.8.
    world.mark({ 0: 9_600, 1: 520 });
    const [first, second] = world.of("adl");
    expect(first!.price / 10).toBeCloseTo(9_600 + (100 * 38.4) / 59.2, 3);
    expect(second!.price / 100).toBeCloseTo(520 + (10 * 20.8) / 59.2, 3);
    expect(world.ledger.cash(both)).toBe(0);
  });
});

describe("the fee of the one who is deleveraged", () => {
  const adl = { ...NEGATIVE, feeRate: 0.001 };

  it("is no more than what is left of the account then", () => {
    const { world } = venue({ terms: { adl } });
    const thin = world.trader(0, [{ lots: -1_000, price: 9_905 }]);
    world.mark({ 0: 9_850 });
    // It gains 5 USDT at 9,900, and 0.1 % of that price are 9.9.
    expect(world.of("fee")).toMatchObject([{ account: thin, units: 5e6 }]);
    expect(world.ledger.cash(thin)).toBe(0);
  });

  it("is taken of what an account is worth with what it still holds, not of its cash", () => {
    const world = new World({ fund: 0, steps: [step("adl")], terms: { adl } });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: -1_000, price: 10_000 }]);
    const long = world.trader(5_000, [{ lots: 2_000, price: 10_000 }]);
    world.mark({ 0: 10_150 });
    expect(world.of("fee")).toMatchObject([{ account: long, units: 10.1e6 }]);
    expect(world.ledger.cash(long)).toBeLessThan(0);
    // What it owes for the lots that it holds on to is no debt.
    expect([world.of("badDebt"), world.ledger.lots(long, 0)]).toEqual([[], 1_000]);
  });

  it("is none where nothing is left", () => {
    const { world } = venue({ terms: { adl } });
    world.trader(0, [{ lots: -1_000, price: 9_900 }]);
    world.mark({ 0: 9_850 });
    expect([world.of("adl").length, world.of("fee")]).toEqual([1, []]);
  });
});

describe("who is deleveraged", () => {
  it("is nobody who is latched, though he gained most", () => {
    const { world } = venue({ rate: 0.01 });
    // Gained 650 of which he took 600 out: 50 left of the 98.5 that he needs.
    const latched = world.trader(-600, [{ lots: -1_000, price: 10_500 }]);
    const other = world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect(world.engine.isLatched(latched)).toBe(true);
    expect(world.of("adl").map(({ counterparty }) => counterparty)).toEqual([other]);
  });

  it("is nobody who has nothing left, though he gained most", () => {
    const { world, long } = venue({ rate: 0 });
    const empty = world.trader(-650, [{ lots: -1_000, price: 10_500 }]);
    const other = world.trader(5_000, [{ lots: -400, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect([world.engine.isLatched(empty), world.worth(empty)]).toEqual([false, 0]);
    expect(world.of("adl").map(({ counterparty }) => counterparty)).toEqual([other]);
    expect(world.ledger.lots(long, 0)).toBe(600);
  });

  it("is nobody with a part to play, though the rest of the world holds all of the other side", () => {
    const { world, long } = venue();
    world.mark({ 0: 9_850 });
    expect(world.of("adl")).toEqual([]);
    expect(world.ledger.lots(long, 0)).toBe(1_000);
  });

  it("may not be chosen for nothing, nor for more than he holds", () => {
    const shares: readonly (readonly (readonly [which: number, lots: number])[])[] = [
      [
        [0, 1_000],
        [1, 0],
      ],
      [
        [0, 400],
        [1, 600],
      ],
      [
        [1, 200],
        [0, 600],
        [1, 200],
      ],
    ];
    for (const chosen of shares) {
      const accounts: number[] = [];
      const allocate = () => chosen.map(([which, lots]) => ({ account: accounts[which]!, lots }));
      const { world, long } = venue({ terms: { adl: { ...NEGATIVE, allocate } } });
      accounts.push(world.trader(5_000, [{ lots: -1_500, price: 10_000 }]));
      accounts.push(world.trader(5_000, [{ lots: -300, price: 10_000 }]));
      expect(() => world.mark({ 0: 9_850 })).toThrow(/An allocation of 1000 lots/);
      expect(world.ledger.lots(long, 0)).toBe(1_000);
    }
  });
});

describe("ADL as a step", () => {
  it("by the account's value is off while it is worth nothing, and on below", () => {
    const { world } = venue();
    world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    expect(world.of("adl")).toEqual([]);
    world.mark({ 0: 9_899.9 });
    expect(world.of("adl")).toHaveLength(1);
  });

  it("by the fund, where that takes nothing over, is off while it has as much as the account lacks", () => {
    for (const [fund, closed] of [
      [50, 0],
      [49.999_999, 1],
    ] as const) {
      const { world } = venue({ fund, terms: { adl: ADL } });
      world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
      world.mark({ 0: 9_850 });
      expect(world.of("adl")).toHaveLength(closed);
    }
  });

  it("stops where the account is safe, and asks the fund of the instrument that was closed last for what is lacking", () => {
    const run = (
      maintenanceOf: readonly number[],
      marks: Record<number, number>,
      money: number,
    ) => {
      const world = new World({
        instruments: [LINEAR, ETHER],
        fund: 1_000,
        steps: [step("adl"), step("insurance")],
        engine: ({ ledger, fund, model, vault }) => {
          const needs = (account: number): number =>
            maintenanceOf.reduce(
              (sum, units, each) => sum + (ledger.lots(account, each) === 0 ? 0 : units),
              0,
            );
          // Bitcoin's fund and ether's, which is kept in the vault's account.
          const terms = [LINEAR, ETHER].map((_, each) => ({
            fund: each === 0 ? fund : vault,
            maximumNotionalShare: undefined,
            takesSurplus: false,
            fee: {
              rate: 0,
              isMaximum: false,
              paidTo: "venue",
              tradingRate: 0,
              includesTrading: false,
            } as const,
            adl: {
              ...ADL,
              triggers: [{ kind: "fundCannotPay" }, { kind: "accountValueNegative" }] as const,
              price: "mark" as const,
              allocate: byGain,
            },
            schedule: undefined,
            lotsPerContract: 1,
          }));
          return {
            terms,
            closingOrder: "listed",
            model: { ...model, maintenance: needs },
            isLiquidatable: (account, now) => model.equity(account, now) < needs(account),
          };
        },
      });
      world.deposit(world.vault, 1_000);
      world.mark({ 0: 10_000, 1: 500 });
      const both = world.trader(money, [
        { lots: 1_000, price: 10_000 },
        { lots: 1_000, price: 500, instrument: 1 },
      ]);
      world.trader(90_000, [
        { lots: -1_000, price: 10_000 },
        { lots: -1_000, price: 500, instrument: 1 },
      ]);
      world.mark(marks);
      return { world, both };
    };
    // Worth −50 at the mark: nothing is safe, and all is closed at the mark; ether is the last.
    const debt = run([10e6, 10e6], { 0: 9_850 }, 100);
    expect(debt.world.of("adl").map(({ instrument }) => instrument)).toEqual([0, 1]);
    expect(debt.world.of("insurancePaid")).toMatchObject([{ from: debt.world.vault, units: 50e6 }]);
    // With ether counting for 59 USDT of credit, −50 is too little with bitcoin, and enough without.
    const saved = run([10e6, -59e6], { 0: 9_850 }, 100);
    expect(saved.world.of("adl").map(({ instrument }) => instrument)).toEqual([0]);
    expect(saved.world.kinds().at(-1)).toBe("released");
    expect(saved.world.ledger.lots(saved.both, 1)).toBe(1_000);
  });
});
