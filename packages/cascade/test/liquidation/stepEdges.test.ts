import { describe, expect, it } from "vitest";
import {
  type FillableStep,
  fillableValue,
  type LiquidationStep,
  type MarginSchedule,
  type StepDownStep,
} from "../../src/index.ts";
import { TWO } from "./twoFunds.ts";
import { flatSchedule, step, World } from "./world.ts";

describe("fillable", () => {
  const rule: FillableStep = {
    kind: "fillable",
    bankruptcyAdjustment: 1,
    spreadToMaintenance: 1.5,
    shareOfPositionPerBlock: 0.1,
    minimumNotional: 1,
    notionalPerBlock: 1e6,
    insuranceLossPerBlock: 1e6,
  };
  const blocks = { blockMicros: 1_000_000 };
  const steps = (changes: Partial<FillableStep>): readonly LiquidationStep[] => [
    { ...rule, ...changes },
    step("insurance"),
    step("adl"),
  ];

  it("is adjusted as the rule says: twice as fast down to the whole spread", () => {
    const inputs = { value: 100, maintenance: 3, health: 0.75 };
    expect(fillableValue(inputs, { ...rule, bankruptcyAdjustment: 2 })).toBeCloseTo(97.75, 12);
    expect(fillableValue({ ...inputs, health: 0.4 }, { ...rule, bankruptcyAdjustment: 2 })).toBe(
      95.5,
    );
  });

  it("sends a lot where a share is less, and no more of a block's notional than there is", () => {
    const sentOf = (changes: Partial<FillableStep>, lots: number) => {
      const world = new World({
        rate: 0.03,
        fund: 10_000,
        steps: steps(changes),
        engine: () => blocks,
      });
      world.mark({ 0: 10_000 });
      world.trader(0.3 * lots, [{ lots, price: 10_000 }]);
      world.market.offer(0, "bids", [[96_500, 10_000]]);
      world.mark({ 0: 9_700 });
      world.wait(1_000_000);
      return world.market.orders.map((order) => order.lots);
    };
    expect(sentOf({}, 5)).toEqual([1, 1]);
    // 9.7 USDT a lot.
    expect(sentOf({ notionalPerBlock: 500 }, 1_000)).toEqual([51, 51]);
    expect(sentOf({ minimumNotional: 2_000 }, 1_000)).toEqual([206, 206]);
    expect(sentOf({ notionalPerBlock: 9 }, 1_000)).toEqual([]);
  });

  it("gives the fund of a block no more to pay than the rule says, over all of the account's contracts", () => {
    const world = new World({
      instruments: TWO,
      rate: 0.03,
      fund: 10_000,
      steps: steps({ shareOfPositionPerBlock: 1, insuranceLossPerBlock: 2 }),
      engine: ({ rest }) => ({
        ...blocks,
        // Takers who give no more than they must.
        market: {
          take: ({ lots, limitPrice }) => [
            { price: limitPrice ?? Number.NaN, lots, counterparty: rest },
          ],
          cancelOrders: () => undefined,
        },
      }),
    });
    world.mark({ 0: 10_000, 1: 500 });
    world.trader(600, [
      { lots: 3, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
      { lots: 1, price: 10_000 },
    ]);
    world.trader(300, [
      { lots: 500, price: 10_000 },
      { lots: 1_000, price: 500, instrument: 1 },
    ]);
    world.mark({ 0: 9_700, 1: 485 });
    const paidAt = (at: number): number =>
      world
        .of("insurancePaid")
        .filter((paid) => paid.at === at)
        .reduce((sum, { units }) => sum + units / 1e6, 0);
    const first = world.at;
    expect(paidAt(first)).toBeGreaterThan(1.5);
    expect(paidAt(first)).toBeLessThanOrEqual(2.000_001);
    world.wait(1_000_000);
    expect(paidAt(first + 1_000_000)).toBeGreaterThan(1.5);
    expect(paidAt(first + 1_000_000)).toBeLessThanOrEqual(2.000_001);
    world.ledger.check();
  });

  it("has the fund pay for the fills below the bankruptcy price, which those above do not make up for", () => {
    const world = new World({
      rate: 0.03,
      fund: 10_000,
      steps: steps({ shareOfPositionPerBlock: 1 }),
      engine: () => blocks,
    });
    world.mark({ 0: 10_000 });
    world.trader(300, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [
      [97_100, 100],
      [96_900, 900],
    ]);
    world.mark({ 0: 9_650 });
    // Bankrupt at 9,700: a tenth gives 1 USDT more. What is left then is bankrupt at 9,698.9, and gives 8 less.
    expect(world.of("insurancePaid").map(({ units }) => units)).toEqual([8e6]);
  });

  it("goes on block by block while the fund has as much as the account lacks, to the unit", () => {
    for (const [fund, closed] of [
      [100, 0],
      [99.999_999, 1],
    ] as const) {
      const world = new World({ rate: 0.03, fund, steps: steps({}), engine: () => blocks });
      world.mark({ 0: 10_000 });
      world.trader(300, [{ lots: 1_000, price: 10_000 }]);
      world.trader(9_000, [{ lots: -1_000, price: 10_000 }]);
      world.mark({ 0: 9_600 });
      expect(world.of("adl")).toHaveLength(closed);
      world.wait(3_000_000);
      expect(world.of("adl")).toHaveLength(closed);
      // Nobody takes what is sent in each of four blocks; with the fund short of a unit there is but the first.
      expect(world.market.orders).toHaveLength(closed === 0 ? 4 : 1);
    }
  });
});

describe("tranche", () => {
  const steps: readonly LiquidationStep[] = [
    {
      kind: "tranche",
      aboveNotional: 100_000,
      share: 0.2,
      cooldownSeconds: 30,
      inCooldown: "wait",
    },
    step("market"),
  ];

  it("is of positions above the notional, and not of one that is just as large", () => {
    for (const [lots, sent] of [
      [10_000, 10_000],
      [10_001, 2_000],
    ] as const) {
      const world = new World({ steps });
      world.mark({ 0: 10_100 });
      world.trader(1_300, [{ lots, price: 10_100 }]);
      world.mark({ 0: 10_000 });
      expect(world.market.orders[0]?.lots).toBe(sent);
    }
  });

  it("is rounded to whole lots, up and down, and at least one", () => {
    for (const [lots, sent] of [
      [8, 2],
      [6, 1],
      [2, 1],
    ] as const) {
      const [first] = steps;
      const small = { ...first, aboveNotional: 1 } as LiquidationStep;
      const world = new World({ steps: [small, step("market")] });
      world.mark({ 0: 10_000 });
      world.trader(0.1 * lots, [{ lots, price: 10_000 }]);
      world.mark({ 0: 9_920 });
      expect(world.market.orders[0]?.lots).toBe(sent);
    }
  });

  it("is sold whole before the pause begins, where a throttle cuts it", () => {
    const throttle = { notionalPerWindow: 20_000, windowMicros: 1e6 };
    const world = new World({ steps, engine: () => ({ throttle }) });
    world.mark({ 0: 10_000 });
    world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_300, 100_000]]);
    world.mark({ 0: 9_830 });
    world.wait(5e6);
    const [first, second, ...others] = world.of("forcedOrder");
    expect([first!.lots, second!.lots, others]).toEqual([2_034, 4_000 - 2_034, []]);
    expect(world.engine.nextAt).toBe(second!.at + 30e6);
  });
});

describe("stepDown", () => {
  const tiers: MarginSchedule = {
    kind: "tiers",
    unit: "quote",
    charge: "marginal",
    amountStep: 1,
    truncated: false,
    tiers: [
      [0, 1e6],
      [1e6, 2e6],
      [2e6, undefined],
    ].map(([floor, cap]) => ({
      floor: floor ?? 0,
      cap,
      maxLeverage: 20,
      initialRate: undefined,
      maintenanceRate: 0.05,
      maintenanceAmount: undefined,
    })),
  };
  const ordersOf = (changes: Partial<StepDownStep>, lots: number): readonly number[] => {
    const cut: StepDownStep = {
      kind: "stepDown",
      tiersAtOnce: undefined,
      fromTier: undefined,
      fromSize: undefined,
      toSize: undefined,
      order: "market",
      ...changes,
    };
    const world = new World({
      steps: [cut, step("takeover")],
      rate: 0.05,
      fund: 1e6,
      terms: { schedule: tiers },
    });
    world.mark({ 0: 10_000 });
    world.trader(0.5 * lots, [{ lots, price: 10_000 }]);
    world.mark({ 0: 9_999 });
    return world.market.orders.map((order) => order.lots);
  };

  it("cuts to the lowest tier where it would go below it, and nothing of that one, though the rule begins there", () => {
    const toLowest = 150_000 - Math.floor(1e6 / 9.999);
    expect(ordersOf({ tiersAtOnce: 2, fromTier: 2 }, 150_000)).toEqual([toLowest]);
    expect(ordersOf({ fromTier: 1 }, 150_000)).toEqual([toLowest]);
    expect(ordersOf({ fromTier: 1 }, 50_000)).toEqual([]);
    expect(ordersOf({ fromTier: 3 }, 150_000)).toEqual([]);
  });
});

describe("the size that is stepped down", () => {
  const cut: StepDownStep = {
    kind: "stepDown",
    tiersAtOnce: undefined,
    fromTier: undefined,
    fromSize: undefined,
    toSize: undefined,
    order: "market",
  };
  const sentOf = (steps: readonly LiquidationStep[], schedule: MarginSchedule, lots: number) => {
    const world = new World({ steps, fund: 1e6, terms: { schedule, lotsPerContract: 1 } });
    world.mark({ 0: 10_000 });
    world.trader(0.03 * Math.abs(lots), [{ lots, price: 10_000 }]);
    world.mark({ 0: lots > 0 ? 9_997 : 10_003 });
    return world.market.orders.map((order) => order.lots);
  };

  it("is that of shorts as of longs", () => {
    const steps = [{ ...cut, fromSize: 100, toSize: 40 }, step("takeover")];
    for (const lots of [100, -100]) expect(sentOf(steps, flatSchedule(0.004), lots)).toEqual([60]);
    for (const lots of [99, -99]) expect(sentOf(steps, flatSchedule(0.004), lots)).toEqual([]);
  });

  it("is in coins of a linear contract where its tiers are, and a tier ends with its cap", () => {
    const { tiers, ...schedule } = flatSchedule(0.004) as Extract<
      MarginSchedule,
      { kind: "tiers" }
    >;
    const ends = [
      { floor: 0, cap: 2 },
      { floor: 2, cap: undefined },
    ];
    const inCoins: MarginSchedule = {
      ...schedule,
      unit: "coin",
      tiers: ends.map((end) => ({ ...tiers[0]!, ...end })),
    };
    const steps = [cut, step("takeover")];
    // Lots of 0.001 coins.
    expect(sentOf(steps, inCoins, 2_000)).toEqual([]);
    expect(sentOf(steps, inCoins, 2_500)).toEqual([500]);
  });

  it("needs no step of a risk limit that it does not pass", () => {
    const limits: MarginSchedule = {
      kind: "steps",
      unit: "coin",
      baseLimit: 2,
      step: undefined,
      initialRate: 0.01,
      maintenanceRate: 0.005,
      stepInitialRate: 0.005,
      stepMaintenanceRate: 0.005,
    };
    expect(sentOf([cut, step("takeover")], limits, 2_000)).toEqual([]);
    expect(() => sentOf([cut, step("takeover")], limits, 2_001)).toThrow(/is not known/);
  });
});

describe("increments", () => {
  const pace = (contractsPerOrder: number): readonly LiquidationStep[] => [
    { kind: "increments", contractsPerOrder, ordersPerSecond: 20 },
  ];

  it("are of a lot at least, and wait for the mark where nobody takes them", () => {
    const world = new World({ steps: pace(0.2), terms: { lotsPerContract: 1 } });
    world.mark({ 0: 10_000 });
    world.trader(0.03, [{ lots: 1, price: 10_000 }]);
    world.mark({ 0: 9_995 });
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([1]);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
    world.wait(10e6);
    expect(world.market.orders).toHaveLength(1);
    world.mark({ 0: 9_994 });
    expect(world.market.orders).toHaveLength(2);
  });

  it("are of one instrument until an order is sent whole, and go on at their pace", () => {
    const world = new World({
      instruments: TWO,
      steps: pace(200),
      terms: { lotsPerContract: 1 },
      engine: () => ({
        throttle: { notionalPerWindow: 1_000, windowMicros: 1e6 },
        release: "never",
      }),
    });
    world.mark({ 0: 10_000, 1: 490 });
    world.trader(100, [
      { lots: 1_000, price: 10_000 },
      { lots: 2_000, price: 490, instrument: 1 },
    ]);
    world.market.offer(0, "bids", [[99_000, 10_000]]);
    world.mark({ 0: 9_920 });
    world.wait(1e6);
    // 1,984 USDT in two windows; then ether is the larger position.
    expect(world.market.orders.map(({ instrument, lots }) => [instrument, lots])).toEqual([
      [0, 100],
      [0, 100],
    ]);
    expect(world.engine.nextAt).toBe(world.at + 50_000);
  });
});

describe("contracts by their losses", () => {
  it("are closed the largest loss since entry first, however small the position is", () => {
    const firstOf = (btc: number, eth: number): unknown => {
      const world = new World({
        instruments: TWO,
        steps: [step("market")],
        engine: () => ({ closingOrder: "largestLoss", release: "never" }),
      });
      world.mark({ 0: 10_000, 1: 500 });
      world.trader(100, [
        { lots: 100, price: 10_000 },
        { lots: 4_000, price: 500, instrument: 1 },
      ]);
      world.mark({ 0: btc, 1: eth });
      return world.market.orders[0]?.instrument;
    };
    expect([firstOf(9_000, 499), firstOf(9_900, 480)]).toEqual([0, 1]);
  });
});
