import { describe, expect, it } from "vitest";
import type { LiquidationStep, MarginSchedule, StepDownStep } from "../../src/index.ts";
import { COINS, ETHER, INVERSE, LINEAR, step, World } from "./world.ts";

const stepDown = (changes: Partial<StepDownStep> = {}): LiquidationStep => ({
  kind: "stepDown",
  tiersAtOnce: undefined,
  fromTier: undefined,
  fromSize: undefined,
  toSize: undefined,
  order: "market",
  ...changes,
});

/** Tiers of 1, 2, 3 and more million USDT at 0.4, 1, 2.5 and 5 %, charged at the margin. */
const TIERS: MarginSchedule = {
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: [
    [0, 1e6, 0.004],
    [1e6, 2e6, 0.01],
    [2e6, 3e6, 0.025],
    [3e6, undefined, 0.05],
  ].map(([floor, cap, maintenanceRate]) => ({
    floor: floor!,
    cap,
    maxLeverage: 20,
    initialRate: undefined,
    maintenanceRate: maintenanceRate!,
    maintenanceAmount: undefined,
  })),
};

describe("cancel and ioc", () => {
  it("sell no worse than the bankruptcy price, short and long, linear and inverse", () => {
    const world = new World({ instruments: [INVERSE], steps: [step("cancel"), step("ioc")] });
    world.mark({ 0: 8_000 });
    // 8,000 USD at 50 times: 0.02 BTC of margin. Bankrupt where 8,000 / price = 1 ± 0.02 coins.
    const long = world.trader(0.02, [{ lots: 8_000, price: 8_000 }]);
    world.mark({ 0: 7_850 });
    const [order] = world.of("forcedOrder");
    expect(order).toMatchObject({ account: long, side: -1 });
    expect(order!.limitPrice! / 2).toBeCloseTo(8_000 / 1.02, 6);
    const short = world.trader(0.02, [{ lots: -8_000, price: 8_000 }]);
    world.mark({ 0: 8_160 });
    const bought = world.of("forcedOrder").find(({ account }) => account === short);
    expect(bought).toMatchObject({ side: 1 });
    expect(bought!.limitPrice! / 2).toBeCloseTo(8_000 / 0.98, 6);
  });

  it("is Bybit's bankruptcy price of an inverse long: 7890.08 at 50 times gives 7735.372549", () => {
    const world = new World({ instruments: [INVERSE], steps: [step("ioc")] });
    // 1 USD of 7890.08 at 50×: the entry is between two ticks, and so is the price of bankruptcy.
    world.mark({ 0: 7_890.08 });
    world.trader(1e6 / 7_890.08 / 50, [{ lots: 1e6, price: 7_890.08 }]);
    world.mark({ 0: 7_740 });
    expect(world.of("forcedOrder")[0]!.limitPrice! / 2).toBeCloseTo(7_735.372549, 4);
  });

  it("sends no order for a short that no price above 0 could save", () => {
    const world = new World({ steps: [step("ioc")] });
    world.mark({ 0: 100 });
    world.trader(1, [{ lots: -1_000, price: 100 }]);
    world.mark({ 0: 250 });
    expect(world.of("forcedOrder")[0]?.limitPrice).toBeCloseTo(1_010);
    const deep = new World({ instruments: [INVERSE], steps: [step("ioc")] });
    deep.mark({ 0: 10_000 });
    // A long of an inverse contract owes 1 BTC, and cannot lose more than it is worth at 0.
    deep.trader(0.01, [{ lots: 10_000, price: 10_000 }]);
    deep.ledger.transfer(4, deep.venue, 101e6 + 1);
    deep.mark({ 0: 9_000 });
    expect(deep.of("forcedOrder")).toEqual([]);
  });
});

describe("market", () => {
  it("releases an account that is safe again after a part is sold", () => {
    const world = new World({ steps: [step("market")], rate: 0.01 });
    world.mark({ 0: 10_000 });
    const long = world.trader(150, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_480, 200]]);
    // Equity 98 against 99.48; sold at the mark, 0.2 BTC less need 19.9 less.
    world.mark({ 0: 9_948 });
    expect(world.kinds()).toEqual(["triggered", "forcedOrder", "fill", "released"]);
    expect(world.ledger.lots(long, 0)).toBe(800);
    expect(world.engine.isLatched(long)).toBe(false);
  });

  it("keeps what found no taker latched, and begins anew when the mark moves", () => {
    const world = new World({ steps: [step("market")] });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    world.wait(60e6);
    expect(world.kinds()).toEqual(["triggered", "forcedOrder"]);
    expect(world.engine.isLatched(long)).toBe(true);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
    world.market.offer(0, "bids", [[98_800, 5_000]]);
    world.mark({ 0: 9_890 });
    expect(world.kinds().slice(2)).toEqual(["forcedOrder", "fill", "badDebt", "closed"]);
    // 100 − 1 × (10,000 − 9,880) = −20, made good by the venue.
    expect(world.of("badDebt")[0]).toMatchObject({ units: 20e6, creditor: world.venue });
    expect(world.ledger.cash(world.venue)).toBe(-20e6);
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("lets a mark that comes back save it only where the release is whenSafe", () => {
    for (const release of ["whenSafe", "whenSafeAfterClose", "never"] as const) {
      const world = new World({
        steps: [step("market")],
        engine: () => ({ release, throttle: { notionalPerWindow: 1_000, windowMicros: 5e6 } }),
      });
      world.mark({ 0: 10_000 });
      world.trader(500, [{ lots: 1_000, price: 10_000 }]);
      const late = world.trader(500, [{ lots: 1_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[95_300, 100_000]]);
      world.mark({ 0: 9_530 });
      expect(world.engine.latchedCount).toBe(2);
      world.mark({ 0: 10_000 });
      world.wait(300e6);
      const sold = 1_000 - world.ledger.lots(late, 0);
      if (release === "whenSafe") expect(sold).toBe(0);
      if (release === "whenSafeAfterClose") expect(sold).toBeGreaterThan(0);
      if (release === "never") expect(sold).toBe(1_000);
    }
  });
});

describe("stepDown", () => {
  const taker = { steps: [stepDown({ order: "fillOrKill" }), step("takeover")], rate: 0.05 };

  it("cuts to the tier below as one order that fills whole, again and again (Bybit)", () => {
    const world = new World({ ...taker, terms: { schedule: TIERS } });
    world.mark({ 0: 10_000 });
    const long = world.trader(162_000, [{ lots: 320_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_000, 1e6]]);
    world.mark({ 0: 9_900 });
    // 3.168 M USDT: down to 3 M, then to 2 M; the model's flat 5 % is met after the second.
    expect(world.market.orders.map(({ lots, fillOrKill }) => [lots, fillOrKill])).toEqual(
      [
        [320_000 - Math.floor(3e6 / 9.9), true],
        [Math.floor(3e6 / 9.9) - Math.floor(2e6 / 9.9), true],
        [Math.floor(2e6 / 9.9) - Math.floor(1e6 / 9.9), true],
      ].slice(0, world.market.orders.length),
    );
    expect(world.market.orders.length).toBeGreaterThan(1);
    expect(world.ledger.lots(long, 0)).toBeLessThan(320_000);
  });

  it("goes on to the takeover where the order is killed, and in the lowest tier at once", () => {
    const world = new World({ ...taker, fund: 1e6, terms: { schedule: TIERS } });
    world.mark({ 0: 10_000 });
    const large = world.trader(60_000, [{ lots: 120_000, price: 10_000 }]);
    const small = world.trader(500, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_900, 10]]);
    world.mark({ 0: 9_990 });
    expect(world.market.orders.map(({ account }) => account)).toEqual([large]);
    expect(world.of("fill")).toEqual([]);
    expect(world.of("takenOver").map(({ account, lots }) => [account, lots])).toEqual([
      [large, 120_000],
      [small, 1_000],
    ]);
  });

  it("cuts two tiers at a time from the third on (OKX)", () => {
    const steps = [stepDown({ tiersAtOnce: 2, fromTier: 3 }), step("takeover")];
    const world = new World({ steps, rate: 0.05, terms: { schedule: TIERS }, fund: 1e6 });
    world.mark({ 0: 10_000 });
    const third = world.trader(125_000, [{ lots: 250_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_000, 1e6]]);
    world.mark({ 0: 9_999 });
    expect(world.market.orders[0]).toMatchObject({
      account: third,
      lots: 250_000 - Math.floor(1e6 / 9.999),
    });
    const second = world.trader(75_000, [{ lots: 150_000, price: 10_000 }]);
    world.mark({ 0: 9_990 });
    expect(world.market.orders.filter(({ account }) => account === second)).toEqual([]);
    expect(world.of("takenOver").map(({ account }) => account)).toContain(second);
  });

  it("cuts by contracts where the rule is stated in them (OKEx 2019: from 12,001 to 2,000)", () => {
    const steps = [stepDown({ fromSize: 12_001, toSize: 2_000 }), step("takeover")];
    const world = new World({ steps, fund: 1e6, terms: { lotsPerContract: 10 } });
    world.mark({ 0: 10_000 });
    world.trader(5_000, [{ lots: 120_010, price: 10_000 }]);
    world.trader(5_000, [{ lots: 120_000, price: 10_000 }]);
    world.mark({ 0: 9_990 });
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([120_010 - 20_000]);
  });

  it("refuses a cut to a size that is not below the one from which it cuts, or of which one is not stated", () => {
    for (const wrong of [
      { fromSize: 2_000, toSize: 2_000 },
      { fromSize: 2_000, toSize: 12_001 },
      { fromSize: 2_000 },
      { toSize: 2_000 },
    ]) {
      expect(() => new World({ steps: [stepDown(wrong), step("takeover")] })).toThrow(
        /A stepDown cuts positions from .* on to /,
      );
    }
  });

  it("counts BitMEX's risk limits as tiers", () => {
    const schedule: MarginSchedule = {
      kind: "steps",
      unit: "coin",
      baseLimit: 200,
      step: 100,
      initialRate: 0.01,
      maintenanceRate: 0.005,
      stepInitialRate: 0.005,
      stepMaintenanceRate: 0.005,
    };
    const steps = [stepDown(), step("takeover")];
    const world = new World({ instruments: [INVERSE], steps, rate: 0.01, terms: { schedule } });
    world.mark({ 0: 8_000 });
    // 250 XBT of notional: one step above the base of 200.
    world.trader(2.5, [{ lots: 2_000_000, price: 8_000 }]);
    world.market.offer(0, "bids", [[15_900, 1e9]]);
    world.mark({ 0: 7_999 });
    expect(world.market.orders[0]!.lots).toBe(2_000_000 - Math.floor(2e6 * (200 / (2e6 / 7_999))));
  });
});

describe("increments", () => {
  const steps: readonly LiquidationStep[] = [
    { kind: "increments", contractsPerOrder: 200, ordersPerSecond: 20 },
    step("insurance"),
    step("socialised"),
  ];

  it("sends 200 contracts every 50 ms until the account is safe (Deribit)", () => {
    const world = new World({ steps, rate: 0.01, terms: { lotsPerContract: 1 } });
    world.mark({ 0: 10_000 });
    const long = world.trader(150, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_400, 10_000]]);
    // Equity 90 against 99.4: safe with 0.9 BTC or less; sold at the mark.
    world.mark({ 0: 9_940 });
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([200]);
    expect(world.kinds().at(-1)).toBe("released");
    const next = world.trader(20, [{ lots: 700, price: 9_940 }]);
    world.mark({ 0: 9_939 });
    world.wait(50_000);
    world.wait(49_999);
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([200, 200, 200]);
    world.wait(1);
    expect(world.ledger.lots(next, 0)).toBe(100);
    expect(
      world
        .of("fill")
        .map(({ at }) => at - world.of("triggered").at(-1)!.at)
        .slice(1),
    ).toEqual([0, 50_000, 100_000]);
    expect(world.ledger.lots(long, 0)).toBe(800);
  });

  it("catches up with all orders that are due, each at its time", () => {
    const world = new World({ steps, terms: { lotsPerContract: 1 } });
    world.mark({ 0: 10_000 });
    world.trader(20, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_600, 10_000]]);
    world.mark({ 0: 9_970 });
    world.wait(10e6);
    const times = world.of("fill").map(({ at }) => at);
    expect(times.map((at) => at - times[0]!)).toEqual([0, 50_000, 100_000, 150_000, 200_000]);
    expect(world.kinds().at(-1)).toBe("closed");
  });
});

describe("accounts with several instruments", () => {
  it("close in the stated order, and say where a loss in one instrument sells another", () => {
    const orderOf = (closingOrder: "largestMaintenance" | "largestLoss" | "listed"): unknown => {
      const world = new World({
        instruments: [LINEAR, ETHER],
        steps: [step("market")],
        rate: 0.01,
        engine: () => ({ closingOrder }),
      });
      world.mark({ 0: 10_000, 1: 500 });
      // 5,000 USDT of BTC, 20,000 of ETH, and 6,000 more of BTC's loss to come.
      world.trader(600, [
        { lots: 500, price: 10_000, instrument: 0 },
        { lots: 4_000, price: 500, instrument: 1 },
      ]);
      world.market.offer(0, "bids", [[90_000, 100]]);
      world.market.offer(1, "bids", [[49_900, 100]]);
      world.mark({ 0: 9_200, 1: 500 });
      return world.of("forcedOrder").map(({ instrument, contagion }) => [instrument, contagion]);
    };
    const btcFirst = [
      [0, false],
      [1, true],
    ];
    expect(orderOf("largestMaintenance")).toEqual(btcFirst.toReversed());
    expect(orderOf("largestLoss")).toEqual(btcFirst);
    expect(orderOf("listed")).toEqual(btcFirst);
  });

  it("are taken over at prices that leave nothing, whatever the order", () => {
    const world = new World({ instruments: [LINEAR, ETHER], fund: 1e6 });
    world.mark({ 0: 10_000, 1: 500 });
    const both = world.trader(100, [
      { lots: 500, price: 10_000, instrument: 0 },
      { lots: -2_000, price: 500, instrument: 1 },
    ]);
    world.mark({ 0: 9_900, 1: 503 });
    expect(world.of("takenOver")).toHaveLength(2);
    expect(world.ledger.cash(both)).toBe(0);
    expect(world.ledger.positions(both)).toEqual([]);
  });

  it("sell the coins that they hold for a debt, as many as it needs", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(0, [{ lots: 1_000, price: 10_000, instrument: 0 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.market.offer(0, "bids", [[90_500, 1_000]]);
    world.market.offer(1, "bids", [
      [90_000, 60],
      [89_000, 1_000],
    ]);
    // Worth 1,000 × 0.905 − 950 = −45 at the mark of 9,050: coins for 950 USDT are not there.
    world.mark({ 0: 9_050, 1: 9_050 });
    const sold = world.of("fill").filter(({ cause }) => cause === "collateral");
    expect(sold.map(({ lots, price }) => [lots, price])).toEqual([
      [60, 90_000],
      [40, 89_000],
    ]);
    expect(world.of("insurancePaid")[0]).toMatchObject({ units: 950e6 - 540e6 - 356e6 });
    expect(world.ledger.positions(holder)).toEqual([]);
    expect(world.ledger.cash(holder)).toBe(0);
  });

  it("leave to the fund, at the mark, the coins that the market does not take", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
      fund: 1_000,
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(0, [{ lots: 1_000, price: 10_000, instrument: 0 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.market.offer(0, "bids", [[92_000, 1_000]]);
    world.mark({ 0: 9_020, 1: 9_020 });
    // 800 USDT of debt: 89 lots of 9.02 USDT, and 2.78 are left over.
    expect(world.of("takenOver")).toMatchObject([
      { account: holder, instrument: 1, lots: 89, price: 90_200, by: world.fund },
    ]);
    expect(world.ledger.lots(holder, 1)).toBe(11);
    expect(world.ledger.cash(holder)).toBe(2.78e6);
    expect(world.of("insurancePaid")).toEqual([]);
    expect(world.kinds().at(-1)).toBe("closed");
  });

  it("are left with nothing and owe nothing, to the unit, however large the position that the fund takes whole", () => {
    // value × lots is far above 2^53, where multiplying by the lots and dividing by them again may lose a unit.
    for (let units = 1; units <= 40; units += 1) {
      const world = new World({ steps: [step("takeover")], fund: 5_000_000 });
      world.mark({ 0: 10_000 });
      const long = world.trader(100_000, [{ lots: 1_000_003, price: 10_000 }]);
      world.ledger.deposit(long, units);
      world.mark({ 0: 9_938 });
      expect(world.kinds()).toEqual(["triggered", "takenOver", "closed"]);
      expect(world.ledger.cash(long)).toBe(0);
    }
  });

  it("leave to the fund no more coins than it can pay for, and keep the others until marks move", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
      fund: 100,
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(0, [{ lots: 1_000, price: 10_000, instrument: 0 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.market.offer(0, "bids", [[92_000, 1_000]]);
    world.mark({ 0: 9_020, 1: 9_020 });
    // 100 USDT pay for 11 lots of 9.02 USDT, of the 89 that the debt of 800 USDT needs.
    expect(world.of("takenOver").map(({ lots }) => lots)).toEqual([11]);
    expect(world.ledger.walletUnits(world.fund)).toBe(100e6 - 99.22e6);
    expect(world.engine.isLatched(holder)).toBe(true);
    expect([world.of("badDebt"), world.of("insurancePaid")]).toEqual([[], []]);
    world.market.offer(1, "bids", [[90_000, 1_000]]);
    world.mark({ 1: 9_010 });
    expect(world.kinds().at(-1)).toBe("closed");
    expect(world.ledger.cash(holder)).toBeGreaterThanOrEqual(0);
  });

  it("buy back the coins that they owe before anything that is left is taken, and what that costs too much is a debt", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
      terms: { takesSurplus: true },
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    // It has sold 100 lots that it does not have, for 1,000 USDT, and is short 1 BTC besides, with 300 USDT of its own.
    const borrower = world.trader(300, [
      { lots: -100, price: 10_000, instrument: 1 },
      { lots: -1_000, price: 10_000, instrument: 0 },
    ]);
    world.market.offer(0, "asks", [[102_700, 1_000]]);
    world.market.offer(1, "asks", [[102_800, 60]]);
    world.mark({ 0: 10_250, 1: 10_250 });
    // 1,300 − 270 are left of its money after the contract, and 60 of the coins are bought.
    expect(world.ledger.cash(borrower)).toBe(1_030e6 - 616.8e6);
    expect(world.ledger.lots(borrower, 1)).toBe(-40);
    expect(world.engine.isLatched(borrower)).toBe(true);
    expect([world.of("surplusTaken"), world.of("closed")]).toEqual([[], []]);
    world.market.offer(1, "asks", [[104_000, 1_000]]);
    world.mark({ 1: 10_400 });
    expect(world.of("fill").filter(({ cause }) => cause === "collateral")).toMatchObject([
      { lots: -60, price: 102_800 },
      { lots: -40, price: 104_000 },
    ]);
    expect(world.of("insurancePaid")).toMatchObject([{ units: 2.8e6 }]);
    expect(world.ledger.positions(borrower)).toEqual([]);
    expect(world.ledger.cash(borrower)).toBe(0);
    world.ledger.check();
  });

  it("are liquidated for coins alone that they owe, and keep what is left of their money", () => {
    const world = new World({ instruments: [LINEAR, COINS], steps: [step("market")] });
    world.mark({ 0: 10_000, 1: 10_000 });
    const borrower = world.trader(50, [{ lots: -100, price: 10_000, instrument: 1 }]);
    world.market.offer(1, "asks", [[104_900, 1_000]]);
    world.mark({ 1: 10_510 });
    expect(world.kinds()).toEqual(["triggered", "forcedOrder", "fill", "closed"]);
    expect(world.ledger.positions(borrower)).toEqual([]);
    expect(world.ledger.cash(borrower)).toBe(1e6);
  });

  it("have their coins sold where they hold nothing else and owe more than these count for", () => {
    const world = new World({ instruments: [LINEAR, COINS], steps: [step("market")] });
    world.mark({ 0: 10_000, 1: 10_000 });
    const borrower = world.ledger.open("borrower");
    world.ledger.depositLots(borrower, 1, 100, 1_000e6);
    world.ledger.deposit(borrower, -950e6);
    world.market.offer(1, "bids", [[94_000, 1_000]]);
    world.mark({ 0: 9_400, 1: 9_400 });
    expect(world.kinds()).toEqual(["triggered", "forcedOrder", "fill", "badDebt", "closed"]);
    expect(world.of("badDebt")[0]).toMatchObject({ account: borrower, units: 10e6 });
    expect(world.ledger.positions(borrower)).toEqual([]);
  });

  it("leave their owner what is left where he closes by himself while they are latched", () => {
    const world = new World({
      steps: [step("market"), step("insurance")],
      terms: { takesSurplus: true },
    });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_930 });
    expect(world.engine.isLatched(long)).toBe(true);
    world.ledger.exchange({
      buyer: world.rest,
      seller: long,
      instrument: 0,
      lots: 1_000,
      price: 99_400,
    });
    world.mark({ 0: 9_929 });
    world.mark({ 0: 9_928 });
    expect(world.ledger.cash(long)).toBe(40e6);
  });
});
