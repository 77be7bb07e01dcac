import { describe, expect, it } from "vitest";
import type { UnwindingPolicy } from "../../src/liquidation/fundInventory.ts";
import { ADL, COINS, ETHER, LINEAR, step, World, type WorldOptions } from "./world.ts";

const market = (share: number, everyMicros = 10e6): UnwindingPolicy => ({
  kind: "market",
  everyMicros,
  share,
});

/** A fund with 100 USDT that has taken 1,000 lots over at 9,900, with the mark at 9,910; instrument 1, where there is one, at 500. */
function holding(options: WorldOptions = {}, unwinding?: UnwindingPolicy): World {
  const { instruments = [LINEAR] } = options;
  const world = new World({
    ...options,
    engine: () => (unwinding === undefined ? {} : { unwinding }),
  });
  world.mark(instruments.length > 1 ? { 0: 10_000, 1: 500 } : { 0: 10_000 });
  world.trader(100, [{ lots: 1_000, price: 10_000 }]);
  world.mark({ 0: 9_910 });
  expect(world.ledger.lots(world.fund, 0)).toBe(1_000);
  return world;
}

describe("what a fund has taken over is deleveraged", () => {
  it("once it is worth less than nothing, and not while it is worth nothing", () => {
    const world = holding();
    const short = world.trader(5_000, [{ lots: -2_000, price: 9_910 }]);
    world.mark({ 0: 9_800 });
    expect([world.worth(world.fund), world.of("adl")]).toEqual([0, []]);
    world.mark({ 0: 9_799.9 });
    // 100 USDT below the 9,900 that it paid: then nothing is left of it, and nothing lacks.
    expect(world.of("adl")).toMatchObject([
      { account: world.fund, counterparty: short, lots: 1_000, price: 98_000 },
    ]);
    expect(world.ledger.cash(world.fund)).toBe(0);
  });

  it("at its bankruptcy price, whatever price the rule has for others", () => {
    const world = holding({ terms: { adl: { ...ADL, price: "mark" } } });
    world.trader(5_000, [{ lots: -2_000, price: 9_910 }]);
    world.mark({ 0: 9_700 });
    expect(world.of("adl")).toMatchObject([{ account: world.fund, price: 98_000 }]);
  });

  it("not where the rule has no such step: it holds on, and what it realised stays", () => {
    const world = holding({ steps: [step("takeover")] });
    world.trader(5_000, [{ lots: -2_000, price: 9_910 }]);
    world.mark({ 0: 9_700 });
    expect([world.of("adl"), world.worth(world.fund)]).toEqual([[], -100]);
    expect(world.ledger.walletUnits(world.fund)).toBe(100e6);
  });

  it("the most profitable first, at prices that realise no more than it has", () => {
    const world = holding({ instruments: [LINEAR, ETHER], fund: 100 });
    const [shorts, ether] = [
      world.trader(50_000, [{ lots: -2_000, price: 9_910 }]),
      world.trader(50_000, [{ lots: -2_000, price: 500, instrument: 1 }]),
    ];
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    // Bankrupt at 490, and taken over there.
    world.mark({ 1: 491 });
    expect(world.ledger.lots(world.fund, 1)).toBe(1_000);
    // Ether gains 100, and bitcoin loses 250: worth −50.
    world.mark({ 0: 9_650, 1: 500 });
    const closed = world.of("adl");
    expect(closed.map(({ counterparty, instrument }) => [counterparty, instrument])).toEqual([
      [ether, 1],
      [shorts, 0],
    ]);
    // By weight 5,000 of 14,650 of −50 are ether's: it is closed 17.065 above its value at the mark, to a unit.
    expect(closed[0]!.units).toBe(Math.ceil(5_000e6 + (50e6 * 5_000) / 14_650));
    expect(world.ledger.cash(world.fund)).toBe(0);
  });

  it("no lower than what it has realised allows, where another of its positions gains", () => {
    const world = holding({ instruments: [LINEAR, ETHER], fund: 100 });
    const short = world.trader(50_000, [{ lots: -2_000, price: 9_910 }]);
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    world.mark({ 1: 491 });
    // Ether gains 700 and has no counterparty; bitcoin loses 900, so that all is worth −100.
    world.mark({ 0: 9_000, 1: 560 });
    const [closed, ...others] = world.of("adl");
    expect(others).toEqual([]);
    // Its share of −100 would let it go at 9,061.6, which would realise 838 with a wallet of 100.
    expect(closed).toMatchObject({ counterparty: short, instrument: 0, price: 98_000 });
    expect(world.ledger.walletUnits(world.fund)).toBe(0);
    expect(world.worth(world.fund)).toBe(700);
  });
});

describe("what a fund has taken over is sold by its policy", () => {
  it("first a time after the first takeover, which later ones do not put off", () => {
    const world = holding({}, market(0.5));
    expect(world.engine.nextAt).toBe(world.at + 10e6);
    const first = world.engine.nextAt;
    world.trader(100, [{ lots: 1_000, price: 9_910 }]);
    world.mark({ 0: 9_820 }, 4e6);
    expect(world.ledger.lots(world.fund, 0)).toBe(2_000);
    expect(world.engine.nextAt).toBe(first);
  });

  it("a share of its lots rounded down, and at least one", () => {
    for (const [share, sent] of [
      [1, 1_000],
      [0.333_9, 333],
      [0.000_1, 1],
    ] as const) {
      const world = holding({}, market(share));
      world.wait(10e6);
      expect(world.market.orders.at(-1)).toMatchObject({ account: world.fund, lots: sent });
    }
    for (const share of [0, 1.001, Number.NaN]) {
      expect(() => holding({}, market(share))).toThrow(/share of/);
    }
  });

  it("no lower than where its wallet would be used up, a unit a lot left aside", () => {
    const world = holding({}, market(1));
    world.wait(10e6);
    // 9,900 − 100 for a coin, and 1,000 units for 1,000 lots.
    expect((world.market.orders.at(-1)?.limitPrice ?? 0) / 10).toBeCloseTo(9_800.001, 9);
  });

  it("no lower than that though another of its positions gains", () => {
    const world = holding({ instruments: [LINEAR, ETHER] }, market(1));
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    world.mark({ 1: 491 });
    world.market.offer(0, "bids", [[97_000, 5_000]]);
    world.mark({ 0: 9_850, 1: 540 });
    world.wait(10e6);
    const [btc] = world.market.orders.filter(
      ({ account, instrument, limitPrice }) =>
        account === world.fund && instrument === 0 && limitPrice !== undefined,
    );
    expect(btc!.limitPrice! / 10).toBeCloseTo(9_800.001, 9);
    expect(world.ledger.lots(world.fund, 0)).toBe(1_000);
  });

  it("not at all where no price gives as much as it would need", () => {
    const world = new World({
      instruments: [LINEAR, ETHER],
      steps: [step("takeover")],
      engine: () => ({ unwinding: market(1) }),
    });
    world.mark({ 0: 10_000, 1: 500 });
    world.trader(10, [{ lots: -100, price: 10_000 }]);
    world.trader(100, [{ lots: 1_000, price: 500, instrument: 1 }]);
    world.mark({ 0: 10_080, 1: 491 });
    expect([0, 1].map((each) => world.ledger.lots(world.fund, each))).toEqual([-100, 1_000]);
    world.market.offer(0, "asks", [[100_800, 5_000]]);
    // Ether falls so far that the bitcoin would have to be bought back for less than nothing.
    world.mark({ 1: 100 });
    world.wait(10e6);
    expect(world.market.orders.map(({ instrument }) => instrument)).toEqual([1]);
    expect(world.ledger.lots(world.fund, 0)).toBe(-100);
  });

  it("nothing any more, once it was deleveraged whole", () => {
    const world = holding({}, market(0.5));
    world.trader(5_000, [{ lots: -2_000, price: 9_910 }]);
    world.mark({ 0: 9_790 });
    expect(world.ledger.lots(world.fund, 0)).toBe(0);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
  });

  it("but for coins that it took for a debt, which it keeps", () => {
    const world = new World({
      instruments: [LINEAR, COINS],
      steps: [step("market"), step("insurance")],
      fund: 1_000,
      engine: () => ({ unwinding: market(1) }),
    });
    world.mark({ 0: 10_000, 1: 10_000 });
    const holder = world.trader(0, [{ lots: 1_000, price: 10_000, instrument: 0 }]);
    world.ledger.depositLots(holder, 1, 100, 1_000e6);
    world.market.offer(0, "bids", [[92_000, 1_000]]);
    world.mark({ 0: 9_020, 1: 9_020 });
    const coins = world.ledger.lots(world.fund, 1);
    expect(coins).toBeGreaterThan(0);
    world.market.offer(1, "bids", [[90_200, 1_000]]);
    world.wait(20e6);
    expect(world.ledger.lots(world.fund, 1)).toBe(coins);
    expect(world.of("forcedOrder").filter(({ cause }) => cause === "unwind")).toEqual([]);
    expect(world.engine.nextAt).toBe(Number.POSITIVE_INFINITY);
  });
});
