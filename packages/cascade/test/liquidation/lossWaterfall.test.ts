import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LiquidationStep } from "../../src/index.ts";
import { DefaultFund, NO_FEE } from "../../src/index.ts";
import { shareOut } from "../../src/liquidation/shareOut.ts";
import { ADL, BINANCE, step, World, type WorldOptions } from "./world.ts";

/** A venue on which one long of 1 BTC at 10,000 with 100 USDT is sold at 9,800, and lacks 100. */
function lacking100(options: WorldOptions): World {
  const world = new World({ fund: 0, ...options });
  world.mark({ 0: 10_000 });
  world.trader(100, [{ lots: 1_000, price: 10_000 }]);
  world.market.offer(0, "bids", [[98_000, 1_000]]);
  return world;
}

describe("the loss waterfall", () => {
  const all = [step("market"), step("insurance"), step("socialised")];

  it("asks the fund first, then those who gained in proportion, and the venue makes good the rest", () => {
    const world = lacking100({ steps: all, fund: 30 });
    // Gains of 10 and 30 USDT at the mark of 9,900.
    const small = world.trader(1_000, [{ lots: -100, price: 10_000 }]);
    const large = world.trader(1_000, [{ lots: -300, price: 10_000 }]);
    const loser = world.trader(1_000, [{ lots: 100, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    expect(world.of("insurancePaid").map(({ units }) => units)).toEqual([30e6]);
    expect(world.of("socialised").map(({ from, units }) => [from, units])).toEqual([
      [small, 10e6],
      [large, 30e6],
    ]);
    expect(world.of("badDebt").map(({ creditor, units }) => [creditor, units])).toEqual([
      [world.venue, 30e6],
    ]);
    expect(world.ledger.cash(world.fund)).toBe(0);
    expect(world.worth(loser)).toBe(990);
    world.ledger.check();
  });

  it("takes from gains no more than is lacking", () => {
    const world = lacking100({ steps: all });
    const gainers = [1_000, 3_000].map((lots) =>
      world.trader(5_000, [{ lots: -lots, price: 10_000 }]),
    );
    world.mark({ 0: 9_900 });
    expect(world.of("socialised").map(({ from, units }) => [from, units])).toEqual([
      [gainers[0], 25e6],
      [gainers[1], 75e6],
    ]);
    expect(world.of("badDebt")).toEqual([]);
  });

  it("asks nobody where the rule has no such step", () => {
    const world = lacking100({ steps: [step("market")], fund: 1_000 });
    world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    expect(world.kinds()).toEqual(["triggered", "forcedOrder", "fill", "badDebt", "closed"]);
  });

  it("gives what is left over to the fund where the rule says so, and else leaves it", () => {
    for (const takesSurplus of [true, false]) {
      const world = new World({
        steps: [step("market"), step("insurance")],
        terms: { takesSurplus },
      });
      world.mark({ 0: 10_000 });
      const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[99_500, 1_000]]);
      world.mark({ 0: 9_930 });
      expect(world.ledger.cash(long)).toBe(takesSurplus ? 0 : 50e6);
      expect(world.ledger.cash(world.fund)).toBe(takesSurplus ? 150e6 : 100e6);
    }
  });
});

describe("the default fund of a clearing house", () => {
  /** Members A, whose client is liquidated, B and C; and the house. Contributions in USDT. */
  function cleared(contributions: Readonly<Record<string, number>>): World {
    return lacking100({
      steps: [step("market")],
      engine: (world) => {
        const opened = Object.entries(contributions).map(([member, amount]) => {
          const account = world.ledger.open(`contribution of ${member}`);
          world.deposit(account, amount);
          return { member, account };
        });
        const house = opened.find(({ member }) => member === "house");
        return {
          defaultFund: new DefaultFund({
            contributions: opened.filter((one) => one !== house),
            house: house?.account,
            memberOf: () => "A",
          }),
        };
      },
    });
  }
  const paid = (world: World): unknown =>
    world
      .of("defaultFundPaid")
      .map(({ from, layer, units }) => [world.ledger.nameOf(from).slice(16), layer, units / 1e6]);

  it("takes the defaulter's contribution, the house's tranche, then the survivors' in proportion", () => {
    const world = cleared({ A: 20, B: 100, C: 300, house: 30 });
    world.mark({ 0: 9_900 });
    expect(paid(world)).toEqual([
      ["A", "defaulter", 20],
      ["house", "house", 30],
      ["B", "survivors", 12.5],
      ["C", "survivors", 37.5],
    ]);
    expect(world.of("badDebt")).toEqual([]);
    world.ledger.check();
  });

  it("leaves a bad debt where all of it is used up, and nobody pays more than the contribution", () => {
    const world = cleared({ A: 20, B: 10, C: 5, house: 30 });
    world.mark({ 0: 9_900 });
    expect(paid(world)).toEqual([
      ["A", "defaulter", 20],
      ["house", "house", 30],
      ["B", "survivors", 10],
      ["C", "survivors", 5],
    ]);
    expect(world.of("badDebt").map(({ units }) => units)).toEqual([35e6]);
  });

  it("spares the survivors where the defaulter's contribution is enough", () => {
    const world = cleared({ A: 120, B: 100, C: 300, house: 30 });
    world.mark({ 0: 9_900 });
    expect(paid(world)).toEqual([["A", "defaulter", 100]]);
  });

  it("refuses a member or an account that is there twice", () => {
    const twice = [
      { member: "A", account: 5 },
      { member: "A", account: 6 },
    ];
    const options = { house: undefined, memberOf: () => undefined };
    expect(() => new DefaultFund({ ...options, contributions: twice })).toThrow(/twice/);
    const same = [{ member: "A", account: 5 }];
    expect(() => new DefaultFund({ ...options, contributions: same, house: 5 })).toThrow(/twice/);
  });
});

describe("an insurance fund", () => {
  it("takes as many lots as it can carry, and the rest is closed against the other side", () => {
    const world = new World({ fund: 30 });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    const short = world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    // Bankrupt at 9,900, and 40 USDT beyond it a coin: 30 USDT carry 0.75 BTC.
    world.mark({ 0: 9_860 });
    expect(world.of("takenOver")).toMatchObject([{ account: long, lots: 750, price: 99_000 }]);
    expect(world.of("adl")).toMatchObject([{ counterparty: short, lots: 250, price: 99_000 }]);
    expect(world.worth(world.fund)).toBe(0);
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("holds no more notional than its share (Binance: 100 % of the fund)", () => {
    const world = new World({ fund: 5_000, terms: { maximumNotionalShare: 1 } });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.trader(50_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    expect(world.ledger.lots(world.fund, 0)).toBe(Math.floor(5_000 / 9.9));
    expect(world.of("adl")[0]!.lots).toBe(1_000 - Math.floor(5_000 / 9.9));
  });

  it("gives way to ADL once it has fallen by 30 % from its peak of 8 hours, and comes back when the peak is past (OKX)", () => {
    const triggers = [{ kind: "fundDrawdown", share: 0.3, overSeconds: 28_800 }] as const;
    const world = new World({ fund: 1_000, terms: { adl: { ...ADL, triggers } } });
    world.mark({ 0: 10_000 });
    world.trader(1e5, [{ lots: -10_000, price: 10_000 }]);
    const shares = (): readonly string[] =>
      world.events.map(({ kind }) => kind).filter((kind) => kind === "takenOver" || kind === "adl");
    // Bankrupt at 9,900: each loses 350 USDT to the fund at 9,550.
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_550 });
    expect(shares()).toEqual(["takenOver"]);
    world.trader(50, [{ lots: 1_000, price: 9_600 }]);
    world.mark({ 0: 9_549 });
    expect(shares()).toEqual(["takenOver", "adl"]);
    world.mark({ 0: 9_549 }, 28_801e6);
    world.trader(30, [{ lots: 1_000, price: 9_549 }]);
    world.mark({ 0: 9_519 });
    expect(shares()).toEqual(["takenOver", "adl", "takenOver"]);
  });

  it("gives way below the threshold that is stated, closed at the mark while it can pay, at bankruptcy else (OKX 2025)", () => {
    const adl = {
      ...ADL,
      triggers: [{ kind: "fundBelowThreshold" }],
      price: "mark",
      priceWhenFundExhausted: "bankruptcy",
      fundThresholdUnits: 500e6,
    } as const;
    const world = new World({ fund: 100, terms: { adl } });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.trader(5_000, [{ lots: -3_000, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect(world.of("adl")[0]).toMatchObject({ price: 98_500 });
    expect(world.of("insurancePaid")[0]).toMatchObject({ units: 50e6 });
    world.trader(50, [{ lots: 1_000, price: 9_850 }]);
    world.mark({ 0: 9_700 });
    expect(world.of("adl")[1]).toMatchObject({ price: 98_000 });
    expect(world.of("insurancePaid")).toHaveLength(1);
  });

  it("sells what it took over by its policy, within what it has", () => {
    const unwinding = { kind: "market", everyMicros: 10e6, share: 0.5 } as const;
    const world = new World({ fund: 20, engine: () => ({ unwinding }) });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.mark({ 0: 9_910 });
    expect(world.ledger.lots(world.fund, 0)).toBe(1_000);
    world.market.offer(0, "bids", [
      [99_050, 300],
      [98_000, 1_000],
    ]);
    world.wait(10e6);
    // Half of it, no lower than 20 USDT below the 9,900 that it paid.
    expect(world.of("forcedOrder").at(-1)).toMatchObject({
      account: world.fund,
      lots: 500,
      cause: "unwind",
    });
    expect(world.of("fill").map(({ lots, price }) => [lots, price])).toEqual([[300, 99_050]]);
    world.market.offer(0, "bids", [[99_000, 5_000]]);
    world.wait(10e6);
    expect(world.ledger.lots(world.fund, 0)).toBe(350);
    world.wait(1_000e6);
    expect(world.ledger.lots(world.fund, 0)).toBe(0);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
    expect(world.ledger.cash(world.fund)).toBe(21.5e6);
  });
});

describe("auto-deleveraging", () => {
  it("charges the fee of a maker, and cancels the orders of the one who is deleveraged, where the rule says so", () => {
    const adl = { ...ADL, feeRate: 0.001, cancelsOrders: true };
    const world = new World({ fund: 0, terms: { adl } });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    const short = world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect(world.of("fee")).toMatchObject([
      { account: short, of: "adl", units: 9.9e6, to: world.venue },
    ]);
    expect(world.market.cancelled).toContain(short);
  });

  it("leaves what the other side has not, and passes over latched accounts and those with a part to play", () => {
    const world = new World({ fund: 0, steps: BINANCE });
    world.mark({ 0: 10_000 });
    const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    const short = world.trader(5_000, [{ lots: -300, price: 10_000 }]);
    world.mark({ 0: 9_850 });
    expect(world.of("adl").map(({ counterparty, lots }) => [counterparty, lots])).toEqual([
      [short, 300],
    ]);
    expect(world.ledger.lots(long, 0)).toBe(700);
    expect(world.engine.isLatched(long)).toBe(true);
    expect(world.of("badDebt")).toEqual([]);
    // The rest finds a taker when somebody goes short and the mark moves.
    world.trader(5_000, [{ lots: -2_000, price: 9_850 }]);
    world.mark({ 0: 9_849 });
    expect(world.ledger.lots(long, 0)).toBe(0);
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("makes no hidden debt of those whom it closes beyond what they have", () => {
    const world = new World({ fund: 0 });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    // Long from 10,000, so short from there with little: at 9,900 it would lose 50 more than it has.
    const thin = world.trader(20, [{ lots: -1_000, price: 9_860 }]);
    world.mark({ 0: 9_830 });
    expect(world.of("adl")).toMatchObject([{ counterparty: thin, price: 99_000 }]);
    expect(world.of("badDebt")).toMatchObject([{ account: thin, units: 20e6 }]);
    expect(world.ledger.cash(thin)).toBe(0);
  });
});

describe("shareOut", () => {
  it("shares exactly, within weights, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1e12), { maxLength: 20 }),
        fc.nat(2 ** 31 - 1).map((total) => total * 1_000),
        (weights, total) => {
          const shares = shareOut(total, weights);
          const sum = weights.reduce((all, weight) => all + weight, 0);
          expect(shares.reduce((all, share) => all + share, 0)).toBe(Math.min(total, sum));
          shares.forEach((share, i) => {
            expect(Number.isSafeInteger(share)).toBe(true);
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(weights[i]!);
            if (total < sum)
              expect(Math.abs(share - (total * weights[i]!) / sum)).toBeLessThan(1.01);
          });
        },
      ),
    );
  });
});

describe("an engine", () => {
  const withSteps =
    (steps: readonly LiquidationStep[], options: WorldOptions = {}): (() => World) =>
    () =>
      new World({ steps, ...options });

  it("names what its rule needs and the options do not state", () => {
    expect(withSteps([step("adl")], { terms: { adl: undefined } })).toThrow(
      /v:BTCUSDT has no terms of auto-deleveraging/,
    );
    expect(withSteps([step("takeover")], { terms: { fund: undefined } })).toThrow(
      /no insurance fund/,
    );
    const backstop = { kind: "backstop", by: "HLP", belowShareOfMaintenance: 0.5 } as const;
    const noVault = (): Partial<{ vault: number }> => ({ vault: undefined }) as never;
    expect(withSteps([backstop], { engine: noVault })).toThrow(/no account of the HLP/);
    const increments = {
      kind: "increments",
      contractsPerOrder: 1,
      ordersPerSecond: undefined,
    } as const;
    expect(withSteps([increments])).toThrow(/pace of increments/);
    expect(withSteps(BINANCE, { terms: { fee: { ...NO_FEE, rate: 2 } } })).toThrow(
      /fee of v:BTCUSDT is 2/,
    );
    expect(withSteps(BINANCE, { engine: () => ({ terms: [] }) })).toThrow(/terms of 0 instruments/);
    const unwinding = { kind: "market", everyMicros: 0, share: 1 } as const;
    expect(withSteps(BINANCE, { engine: () => ({ unwinding }) })).toThrow(/every 0 µs/);
    const throttle = { notionalPerWindow: 0, windowMicros: 1 };
    expect(withSteps(BINANCE, { engine: () => ({ throttle }) })).toThrow(/lets nothing through/);
  });

  it("refuses time that runs backwards and marks that are missing, with nothing done", () => {
    const world = new World();
    world.mark({ 0: 10_000 });
    world.trader(1, [{ lots: 1_000, price: 10_000 }]);
    world.marks.set(0, 9_000);
    expect(() => world.engine.onMarks([0], 5 as never)).toThrow(/cannot go to 5/);
    expect(() => world.engine.advance(Number.NaN as never)).toThrow(/cannot go to NaN/);
    expect(() => world.engine.onMarks([0, 7], (world.at + 1) as never)).toThrow(/no mark/);
    expect(world.events).toEqual([]);
  });

  it("books nothing of an answer of the market that cannot be", () => {
    const fills = [
      [{ price: 99_000, lots: 2_000, counterparty: 0 }],
      [{ price: 97_000, lots: 100, counterparty: 0 }],
      [{ price: 99_000, lots: 1.5, counterparty: 0 }],
      [{ price: Number.NaN, lots: 100, counterparty: 0 }],
      [{ price: 99_000, lots: 100, counterparty: 4 }],
      [{ price: 99_000, lots: 100, counterparty: 99 }],
    ];
    for (const answer of fills) {
      const market = { take: () => answer, cancelOrders: () => {} };
      const world = new World({ engine: () => ({ market }) });
      world.mark({ 0: 10_000 });
      const long = world.trader(200, [{ lots: 1_000, price: 10_000 }]);
      expect(() => world.mark({ 0: 9_830 })).toThrow(/A market filled/);
      expect(world.ledger.lots(long, 0)).toBe(1_000);
      expect(world.ledger.cash(long)).toBe(200e6 - 10_000e6);
    }
  });

  it("books nothing of an allocation that cannot be", () => {
    const allocations = [
      [{ account: 5, lots: 2_000 }],
      [{ account: 5, lots: 999 }],
      [{ account: 5, lots: -1 }],
      [{ account: 9, lots: 1_000 }],
    ];
    for (const shares of allocations) {
      const world = new World({ fund: 0, terms: { adl: { ...ADL, allocate: () => shares } } });
      world.mark({ 0: 10_000 });
      const long = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
      world.trader(5_000, [{ lots: -1_500, price: 10_000 }]);
      expect(() => world.mark({ 0: 9_850 })).toThrow(/An allocation of 1000 lots/);
      expect(world.ledger.lots(long, 0)).toBe(1_000);
    }
  });

  it("sends no more than its throttle lets through, first come first served, and keeps the rest", () => {
    const throttle = { notionalPerWindow: 5_000, windowMicros: 1e6 };
    const world = new World({
      steps: [step("market")],
      engine: () => ({ throttle, release: "never" }),
    });
    world.mark({ 0: 10_000 });
    const first = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    const second = world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_500, 100_000]]);
    world.mark({ 0: 9_920 });
    const sent = (): unknown => world.market.orders.map(({ account, lots }) => [account, lots]);
    expect(sent()).toEqual([[first, 504]]);
    world.wait(1e6);
    world.wait(1e6);
    expect(sent()).toEqual([
      [first, 504],
      [first, 496],
      [second, 8],
      [second, 504],
    ]);
    world.wait(1e6);
    expect(world.ledger.lots(second, 0)).toBe(0);
    expect(world.engine.latchedCount).toBe(0);
  });

  it("sends an order that may not be cut whole, and takes it from the windows after", () => {
    const throttle = { notionalPerWindow: 5_000, windowMicros: 1e6 };
    const cut = { kind: "stepDown", tiersAtOnce: undefined, fromTier: undefined } as const;
    const steps = [
      { ...cut, fromSize: 1, toSize: 0.5, order: "fillOrKill" } as const,
      step("market"),
    ];
    const world = new World({ steps, engine: () => ({ throttle, release: "never" }) });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 2_010, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_500, 100_000]]);
    world.mark({ 0: 9_960 });
    // 15,039.6 USDT are three windows, and 39.6 of the fourth: the rest of that is 498 lots.
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([1_510]);
    world.wait(2e6);
    expect(world.market.orders).toHaveLength(1);
    world.wait(1e6);
    expect(world.market.orders.map(({ lots }) => lots)).toEqual([1_510, 498]);
  });
});
