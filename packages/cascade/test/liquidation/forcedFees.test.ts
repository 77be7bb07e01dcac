import { describe, expect, it } from "vitest";
import { DefaultFund, NO_FEE } from "../../src/index.ts";
import { COINS, flatSchedule, LINEAR, step, World, type WorldOptions } from "./world.ts";

const FEE = { ...NO_FEE, rate: 0.001, paidTo: "insuranceFund" } as const;

/** A long of 1 BTC from 10,000 with 380 USDT, bankrupt at 9,620, at a mark with bids in tenths of a coin. */
function soldTo(
  prices: readonly number[],
  mark: number,
  options: Omit<WorldOptions, "terms"> & {
    readonly isMaximum?: boolean;
    readonly feeRate?: number;
  } = {},
): World {
  const { isMaximum = false, feeRate = 0.001, ...others } = options;
  const world = new World({
    rate: 0.03,
    steps: [step("market"), step("insurance")],
    ...others,
    terms: {
      fee: { ...FEE, rate: feeRate, isMaximum },
      schedule: flatSchedule(0.03),
    },
  });
  world.mark({ 0: 10_000 });
  world.trader(380, [{ lots: 1_000, price: 10_000 }]);
  world.market.offer(
    0,
    "bids",
    prices.map((price) => [price * 10, 100] as const),
  );
  world.mark({ 0: mark });
  return world;
}
const feesOf = (world: World) => world.of("fee").map(({ units }) => units);

describe("the fee of a forced order", () => {
  it("is a share of the value that was closed, to the nearest unit, and goes where the rule says", () => {
    const world = new World({ rate: 0.03, steps: [step("market")], terms: { fee: FEE } });
    world.mark({ 0: 10_000 });
    world.trader(0.1, [{ lots: 1, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_998.4, 1]]);
    world.mark({ 0: 9_999.9 });
    // 9.99984 USDT of which 0.1 % are 9,999.84 units.
    expect(world.of("fee")).toMatchObject([{ units: 10_000, to: world.fund, of: "liquidation" }]);
    const below = new World({ rate: 0.03, steps: [step("market")], terms: { fee: FEE } });
    below.mark({ 0: 10_000 });
    below.trader(0.1, [{ lots: 1, price: 10_000 }]);
    below.market.offer(0, "bids", [[99_992, 1]]);
    below.mark({ 0: 9_999.9 });
    expect(feesOf(below)).toEqual([9_999]);
  });

  it("takes at most what the account is still worth with what it holds", () => {
    for (const isMaximum of [true, false]) {
      const world = soldTo([9_700], 9_617, { isMaximum, feeRate: 0.01 });
      // 8 USDT are gained above 9,620 and 2.7 lost below it, and the fee would be 9.7.
      expect([feesOf(world), world.worth(4)]).toEqual([[5.3e6], 0]);
    }
  });

  it("is none of an account that is worth less than nothing, though the fill itself was above its bankruptcy price", () => {
    for (const isMaximum of [true, false]) {
      const world = soldTo([9_700], 9_600, { isMaximum });
      expect([world.of("fill").length, feesOf(world)]).toEqual([1, []]);
    }
  });

  it("is none of a fill below the bankruptcy price where it is a maximum, though the account has something left", () => {
    expect(feesOf(soldTo([9_610], 9_650, { isMaximum: true }))).toEqual([]);
    expect(feesOf(soldTo([9_610], 9_650))).toEqual([961_000]);
  });

  it("is not taken of what a fund sells, nor of coins that are sold for a debt", () => {
    const unwinding = { kind: "market", everyMicros: 10e6, share: 1 } as const;
    const fund = new World({ terms: { fee: FEE }, engine: () => ({ unwinding }) });
    fund.mark({ 0: 10_000 });
    fund.trader(100, [{ lots: 1_000, price: 10_000 }]);
    fund.mark({ 0: 9_910 });
    fund.market.offer(0, "bids", [[99_100, 5_000]]);
    fund.wait(10e6);
    expect([fund.of("fill").length, feesOf(fund), fund.ledger.cash(fund.fund)]).toEqual([
      1,
      [],
      110e6,
    ]);
    const coins = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
      terms: { fee: { ...FEE, paidTo: "venue" } },
    });
    coins.mark({ 0: 10_000, 1: 10_000 });
    const holder = coins.trader(0, [{ lots: 1_000, price: 10_000 }]);
    coins.ledger.depositLots(holder, 1, 236, 2_000e6);
    coins.market.offer(0, "bids", [[81_000, 1_000]]);
    coins.market.offer(1, "bids", [[81_000, 1_000]]);
    coins.mark({ 0: 8_100, 1: 8_100 });
    // 1,900 USDT of debt against 1,911.6 of coins: after a fee of 8.1 there is something left to charge.
    expect(coins.worth(holder)).toBeCloseTo(3.5, 6);
    const sold = coins.of("fill").filter(({ cause }) => cause === "collateral");
    expect(sold.length).toBeGreaterThan(0);
    expect(coins.of("fee").every(({ instrument }) => instrument === 0)).toBe(true);
  });
});

describe("a forced order", () => {
  it("is no contagion where no mark has moved against the account: it was too poor from the first one on", () => {
    const world = new World({ steps: [step("market")] });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_920 });
    expect(world.of("triggered")).toMatchObject([{ moved: [] }]);
    expect(world.of("forcedOrder")).toMatchObject([{ contagion: false }]);
  });

  it("that fills whole or not at all is refused in part", () => {
    const cut = {
      kind: "stepDown",
      tiersAtOnce: undefined,
      fromTier: undefined,
      fromSize: 1,
      toSize: 0.5,
      order: "fillOrKill",
    } as const;
    for (const share of [0.5, 1.5]) {
      const world = new World({
        steps: [cut, step("market")],
        engine: ({ rest }) => ({
          market: {
            take: ({ lots }) => [{ price: 99_000, lots: lots * share, counterparty: rest }],
            cancelOrders: () => undefined,
          },
        }),
      });
      world.mark({ 0: 10_000 });
      const long = world.trader(100, [{ lots: 2_010, price: 10_000 }]);
      world.ledger.deposit(long, 1);
      expect(() => world.mark({ 0: 9_960 })).toThrow(/of an order of 1510/);
      expect(world.ledger.lots(long, 0)).toBe(2_010);
    }
  });
});

describe("money that is not there", () => {
  it("pays nothing out of a contribution to the default fund that is below zero", () => {
    const world = new World({
      fund: 0,
      steps: [step("market")],
      engine: (made) => {
        const contributions = (
          [
            ["A", -50],
            ["B", 20],
            ["C", 60],
          ] as const
        ).map(([member, amount]) => {
          const account = made.ledger.open(member);
          made.deposit(account, amount);
          return { member, account };
        });
        const options = { contributions, house: undefined, memberOf: () => "A" };
        return { defaultFund: new DefaultFund(options) };
      },
    });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_600, 1_000]]);
    world.mark({ 0: 9_900 });
    const paid = world
      .of("defaultFundPaid")
      .map(({ from, units }) => [world.ledger.nameOf(from), units]);
    expect(paid).toEqual([
      ["B", 10e6],
      ["C", 30e6],
    ]);
    expect(world.of("badDebt")).toEqual([]);
  });

  it("of an account with coins is all counted to its contracts, the coins being none", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("takeover")],
      fund: 1_000,
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(-950, [{ lots: 1_000, price: 10_000 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.mark({ 0: 9_989 });
    // 50 less 11 are left of it, and the one contract has all of them.
    expect(world.of("takenOver")[0]).toMatchObject({ instrument: 0, price: 99_500 });
  });
});
