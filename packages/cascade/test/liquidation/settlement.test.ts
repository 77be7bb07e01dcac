import { describe, expect, it } from "vitest";
import { FullScan, plainTerms } from "../../src/index.ts";
import { priceForValue } from "../../src/liquidation/bankruptcy.ts";
import { TWO, twoFunds } from "./twoFunds.ts";
import { ADL, COINS, flatSchedule, INVERSE, LINEAR, step, World } from "./world.ts";

describe("orders of a step", () => {
  it("that the throttle cut are not sent again where the market took less than was sent", () => {
    const throttle = { notionalPerWindow: 5_000, windowMicros: 1e6 };
    const world = new World({ steps: [step("market")], engine: () => ({ throttle }) });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_000, 100]]);
    world.mark({ 0: 9_920 });
    world.wait(10e6);
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([504]);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  it("that nobody took have closed nothing: a mark that comes back then saves nobody", () => {
    const world = new World({ steps: [step("market")] });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_920 });
    world.market.offer(0, "bids", [[100_000, 500]]);
    world.mark({ 0: 10_000 });
    expect(world.ledger.lots(long, 0)).toBe(500);
    world.mark({ 0: 10_001 });
    expect(world.kinds().at(-1)).toBe("released");
  });

  it("leave what is over, and what is lacking, to the fund of the contract that was closed last", () => {
    for (const [price, kind] of [
      [99_100, "surplusTaken"],
      [98_000, "insurancePaid"],
    ] as const) {
      const world = new World({
        instruments: TWO,
        steps: [step("market"), step("insurance")],
        engine: twoFunds({ takesSurplus: true }, { closingOrder: "listed", release: "never" }),
      });
      world.deposit(world.vault, 1_000);
      world.mark({ 0: 10_000, 1: 500 });
      world.trader(100, [
        { lots: 1_000, price: 10_000 },
        { lots: 100, price: 500, instrument: 1 },
      ]);
      world.market.offer(0, "bids", [[price, 1_000]]);
      world.market.offer(1, "bids", [[50_000, 100]]);
      world.mark({ 0: 9_930 });
      const events = [...world.of("surplusTaken"), ...world.of("insurancePaid")];
      expect(events).toMatchObject([
        kind === "surplusTaken" ? { kind, to: world.vault } : { kind, from: world.vault },
      ]);
    }
  });

  it("leave it to the fund of the contract whose mark fell, where the owner closed all by himself", () => {
    const world = new World({
      instruments: TWO,
      steps: [step("market"), step("insurance")],
      engine: twoFunds(),
    });
    world.deposit(world.vault, 1_000);
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 100, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    world.mark({ 1: 491 });
    expect(world.of("triggered")).toMatchObject([{ moved: [1] }]);
    for (const [instrument, price] of [
      [0, 100_000],
      [1, 48_000],
    ] as const) {
      const lots = world.ledger.lots(both, instrument);
      world.ledger.exchange({ buyer: world.rest, seller: both, instrument, lots, price });
    }
    // −100 is left of him, which is settled with the next mark, of whatever contract.
    world.mark({ 0: 10_000 });
    expect(world.of("insurancePaid")).toMatchObject([{ from: world.vault, units: 100e6 }]);
    expect([world.engine.latchedCount, world.ledger.cash(both)]).toEqual([0, 0]);
    world.ledger.check();
  });
});

describe("the engine", () => {
  it("leaves accounts with a part to play alone, though what finds the liquidatable names them", () => {
    const world = new World({
      steps: [step("market")],
      engine: ({ ledger, marks, model }) => {
        const isLiquidatable = (account: number): boolean =>
          model.equity(account, marks) < model.maintenance(account, marks);
        return { triggers: new FullScan({ ledger, marks, isLiquidatable }) };
      },
    });
    world.mark({ 0: 10_000 });
    world.trader(5_000, [{ lots: 1_000, price: 10_000 }]);
    expect(world.worth(world.rest)).toBeLessThanOrEqual(0);
    world.mark({ 0: 10_100 });
    expect(world.events).toEqual([]);
  });

  it("sells what each fund took at that fund's own time", () => {
    const unwinding = { kind: "market", everyMicros: 10e6, share: 1 } as const;
    const world = new World({
      instruments: TWO,
      steps: [step("takeover")],
      engine: twoFunds({}, { unwinding }),
    });
    world.deposit(world.vault, 1_000);
    world.mark({ 0: 10_000, 1: 500 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    world.mark({ 0: 9_910 });
    world.mark({ 1: 491 }, 4e6);
    world.wait(6e6);
    expect(world.market.orders.map(({ account }) => account)).toEqual([world.fund]);
    world.wait(4e6);
    expect(world.market.orders.map(({ account }) => account)).toEqual([world.fund, world.vault]);
  });

  it("remembers the longest window of a fund that pays for several contracts", () => {
    const triggers = [{ kind: "fundDrawdown", share: 0.3, overSeconds: 3_600 }] as const;
    const world = new World({
      instruments: TWO,
      fund: 1_000,
      engine: ({ fund, ledger }) => ({
        terms: ledger.instruments.map((instrument, each) => ({
          ...plainTerms(instrument),
          fund,
          adl: each === 0 ? { ...ADL, triggers } : ADL,
        })),
      }),
    });
    world.mark({ 0: 10_000, 1: 500 });
    world.trader(1e5, [{ lots: -10_000, price: 10_000 }]);
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_550 });
    world.trader(50, [{ lots: 1_000, price: 9_600 }]);
    world.mark({ 0: 9_549 });
    expect([world.of("takenOver").length, world.of("adl").length]).toEqual([1, 1]);
  });

  it("counts what a fund has after each liquidation towards its peak", () => {
    const triggers = [{ kind: "fundDrawdown", share: 0.5, overSeconds: 3_600 }] as const;
    const world = new World({
      steps: [step("market"), step("takeover"), step("adl")],
      fund: 100,
      terms: { takesSurplus: true, adl: { ...ADL, triggers } },
    });
    world.mark({ 0: 10_000 });
    const [, loser, late] = [160, 10, 10].map((money) =>
      world.trader(money, [{ lots: 1_000, price: 10_000 }]),
    );
    world.trader(50_000, [{ lots: -3_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_400, 1_000]]);
    // The first leaves 100 to the fund; the second, bankrupt at 9,990, costs it 120 of 200; the third would cost 120 too.
    world.mark({ 0: 9_870 });
    expect(world.of("surplusTaken")).toMatchObject([{ units: 100e6 }]);
    expect(world.of("takenOver")).toMatchObject([{ account: loser, lots: 1_000 }]);
    expect(world.of("adl")).toMatchObject([{ account: late, lots: 1_000 }]);
  });

  it("weighs what a fund holds by value, though it may be beyond all tiers", () => {
    const schedule = flatSchedule(0.004);
    if (schedule.kind !== "tiers") throw new Error("Invariant: the schedule has tiers");
    const capped = { ...schedule, tiers: schedule.tiers.map((tier) => ({ ...tier, cap: 15_000 })) };
    const world = new World({
      instruments: TWO,
      steps: [step("takeover"), step("adl")],
      fund: 1_000,
      terms: { schedule: capped },
    });
    world.mark({ 0: 10_000, 1: 500 });
    for (let count = 0; count < 2; count += 1) world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    world.mark({ 0: 9_910, 1: 491 });
    expect([0, 1].map((each) => world.ledger.lots(world.fund, each))).toEqual([2_000, 1_000]);
    world.trader(50_000, [{ lots: -3_000, price: 9_910 }]);
    world.mark({ 0: 9_000 });
    expect(world.of("adl")).toMatchObject([{ account: world.fund, lots: 2_000 }]);
  });
});

describe("the waterfall", () => {
  it("has the fund pay debts too where its step is to take positions over", () => {
    const world = new World({ steps: [step("market"), step("takeover")], fund: 200 });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_500, 1_000]]);
    world.mark({ 0: 9_900 });
    expect(world.of("insurancePaid")).toMatchObject([{ units: 50e6, from: world.fund }]);
    expect(world.of("badDebt")).toEqual([]);
  });

  it("does not say that a fund paid which has nothing", () => {
    const world = new World({ steps: [step("market"), step("insurance")], fund: 0 });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_500, 1_000]]);
    world.mark({ 0: 9_900 });
    expect([world.of("insurancePaid"), world.of("badDebt")]).toMatchObject([[], [{ units: 50e6 }]]);
  });

  it("counts no gain of coins as one that has to share a loss", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("socialised")],
      fund: 0,
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    const gainer = world.trader(1_000, [{ lots: -100, price: 10_000 }]);
    const holder = world.trader(1_000, [{ lots: 1, price: 10_000 }]);
    world.ledger.depositLots(holder, 1, 1_000, 5_000e6);
    world.market.offer(0, "bids", [[98_500, 1_000]]);
    world.mark({ 0: 9_900 });
    expect(world.of("socialised").map(({ from, units }) => [from, units])).toEqual([
      [gainer, 10e6],
    ]);
  });

  it("keeps an account with coins and no fund to take them latched, without a bad debt", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market")],
      terms: { fund: undefined },
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(0, [{ lots: 1_000, price: 10_000 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.market.offer(0, "bids", [[92_000, 1_000]]);
    world.mark({ 0: 9_020, 1: 9_020 });
    expect([world.of("badDebt"), world.engine.isLatched(holder)]).toEqual([[], true]);
    expect(world.ledger.lots(holder, 1)).toBe(100);
  });

  it("sells coins again where the first did not bring enough, and leaves a unit of the fund's money for rounding", () => {
    const instruments = [LINEAR, COINS];
    const steps = [step("market"), step("insurance")];
    const sold = new World({ instruments, steps, fund: 0 });
    const exact = new World({ instruments, steps, fund: 99.22 });
    for (const world of [sold, exact]) {
      world.mark({ 0: 10_000, 1: 10_000 });
      const holder = world.trader(0, [{ lots: 1_000, price: 10_000 }]);
      world.ledger.depositLots(holder, 1, 100, 1_000e6);
      world.market.offer(0, "bids", [[92_000, 1_000]]);
      if (world === sold) world.market.offer(1, "bids", [[82_000, 1_000]]);
      world.mark({ 0: 9_020, 1: 9_020 });
    }
    // 800 USDT are 89 lots at the mark, which bring 729.8; 8 more bring 65.6, and the last 8.2.
    const orders = sold.of("forcedOrder").filter(({ cause }) => cause === "collateral");
    expect(orders.map(({ lots }) => lots)).toEqual([89, 8, 1]);
    // 99.22 USDT are eleven lots of 9.02, to the unit.
    expect(exact.of("takenOver").map(({ lots }) => lots)).toEqual([10]);
  });
});

describe("priceForValue", () => {
  it("has no price for an inverse contract of which next to nothing is asked", () => {
    const { ledger } = new World({ instruments: [INVERSE] });
    const position = { instrument: 0, lots: 1_000, entryValue: 0 };
    expect(priceForValue(ledger, position, -Number.MIN_VALUE)).toEqual({ kind: "none" });
    expect(priceForValue(ledger, position, 1)).toEqual({ kind: "none" });
    expect(priceForValue(ledger, { ...position, lots: -1_000 }, -1)).toEqual({ kind: "any" });
  });
});
