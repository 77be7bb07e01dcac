import { ASK, BID, BUY, SELL } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import type { TradingVenue, ValueView } from "../src/agents/agent.ts";
import { Arbitrageur } from "../src/agents/arbitrageur.ts";
import { DeltaHedger } from "../src/agents/deltaHedger.ts";
import { FrontRunner } from "../src/agents/frontRunner.ts";
import { Maker } from "../src/agents/maker.ts";
import { MetaorderCrowd } from "../src/agents/metaorderCrowd.ts";
import { MomentumTrader } from "../src/agents/momentumTrader.ts";
import { StopOrders } from "../src/agents/stopOrders.ts";
import { ValueTrader } from "../src/agents/valueTrader.ts";
import { CALM_MARKET } from "../src/config/presets.ts";
import { CounterRandom } from "../src/counterRandom.ts";

/** A venue of which the test sets the prices, and where every market order is filled. */
class ScriptedVenue implements TradingVenue {
  readonly tickUsd = 0.5;
  readonly lotUsd = 10;
  logMid = Math.log(64_000);
  lastTrade = 128_000;
  sigmaBps = 1;
  /** What was the price, until now. */
  logBefore = Math.log(64_000);
  readonly positions = new Map<number, number>();
  readonly orders: { account: number; side: number; lots: number }[] = [];
  readonly resting = new Map<number, { side: number; price: number; lots: number }>();
  #ids = 0;

  logMidBefore(): number {
    return this.logBefore;
  }
  best(side: number): number | undefined {
    const prices = [...this.resting.values()]
      .filter((one) => one.side === side)
      .map(({ price }) => price * side);
    return prices.length === 0 ? undefined : Math.max(...prices) * side;
  }
  position(account: number): number {
    return this.positions.get(account) ?? 0;
  }
  place(_account: number, side: number, price: number, lots: number): number {
    this.#ids += 1;
    this.resting.set(this.#ids, { side, price, lots });
    return this.#ids;
  }
  cancel(id: number): void {
    this.resting.delete(id);
  }
  restingLots(id: number): number {
    return this.resting.get(id)?.lots ?? 0;
  }
  take(account: number, side: number, lots: number): number {
    this.orders.push({ account, side, lots });
    this.positions.set(account, this.position(account) + side * lots);
    return lots;
  }
  depth(side: number): number {
    return [...this.resting.values()].reduce(
      (sum, one) => sum + (one.side === side ? one.lots : 0),
      0,
    );
  }
}

const random = (name = "x"): CounterRandom => new CounterRandom(1, name);
const steady: ValueView = { logOrdinary: Math.log(64_000), logNews: () => 0 };
const run = (agent: { act(step: number): void }, steps: number, from = 0): void => {
  for (let step = from; step < from + steps; step += 1) agent.act(step);
};

describe("a maker", () => {
  const made = (venue: ScriptedVenue, change = {}): Maker =>
    new Maker({
      venue,
      value: steady,
      account: 1,
      config: { ...CALM_MARKET.makers, ...change },
      random: random(),
      traits: random("traits"),
      committed: false,
    });

  test("quotes both sides around its view, never across", () => {
    const venue = new ScriptedVenue();
    run(made(venue), 30);
    expect(venue.best(BID)).toBeLessThan(128_000);
    expect(venue.best(ASK)).toBeGreaterThan(venue.best(BID)!);
    expect(venue.depth(BID)).toBeGreaterThan(10_000);
  });

  test("thins out and widens as volatility rises, withdraws past its limit, and returns", () => {
    const venue = new ScriptedVenue();
    const maker = made(venue);
    run(maker, 30);
    const calm = venue.depth(BID);
    venue.sigmaBps = 8;
    run(maker, 30, 30);
    expect(venue.depth(BID)).toBeLessThan(calm * 0.9);
    venue.sigmaBps = 100;
    run(maker, 30, 60);
    expect(venue.resting.size).toBe(0);
    venue.sigmaBps = 1;
    run(maker, 100, 90);
    expect(venue.depth(BID)).toBeGreaterThan(calm * 0.6);
  });

  test("quotes one side only at its inventory limit, and shifts both sides before it", () => {
    const venue = new ScriptedVenue();
    const maker = made(venue, { inventoryLimitUsd: 1_000_000, opinionBps: 0 });
    run(maker, 30);
    const ask = venue.best(ASK)!;
    venue.positions.set(1, 99_000);
    run(maker, 30, 30);
    expect(venue.best(ASK)).toBeLessThan(ask);
    expect(venue.depth(BID)).toBeGreaterThan(0);
    venue.positions.set(1, 100_001);
    run(maker, 30, 60);
    expect(venue.depth(BID)).toBe(0);
    expect(venue.depth(ASK)).toBeGreaterThan(0);
  });
});

describe("a momentum trader", () => {
  test("sells a fall up to its limit, and works the position back when it is over", () => {
    const venue = new ScriptedVenue();
    const trader = new MomentumTrader({
      venue,
      account: 1,
      config: CALM_MARKET.momentum,
      random: random(),
    });
    run(trader, 100);
    expect(venue.orders).toEqual([]);
    venue.logMid = venue.logBefore - 0.05;
    run(trader, 5_000, 100);
    const short = venue.position(1);
    expect(short).toBe(-CALM_MARKET.momentum.limitClips * venue.orders[0]!.lots);
    venue.logMid = venue.logBefore;
    run(trader, 5_000, 5_100);
    expect(venue.position(1)).toBe(0);
  });
});

describe("a fundamental trader", () => {
  test("buys what is cheaper than the value that it knows by more than its threshold", () => {
    const venue = new ScriptedVenue();
    const trader = new ValueTrader({
      venue,
      value: steady,
      account: 1,
      config: CALM_MARKET.valueTraders,
      random: random(),
    });
    venue.logMid -= 0.001;
    run(trader, 100);
    expect(venue.orders).toEqual([]);
    venue.logMid -= 0.2;
    run(trader, 500, 100);
    expect(venue.orders.every(({ side }) => side === BUY)).toBe(true);
    expect(venue.orders.length).toBeGreaterThan(1);
  });
});

describe("an arbitrageur", () => {
  test("sells the dear perpetual, buys as much spot, and closes both legs when they are together again", () => {
    const [perpetual, spot] = [new ScriptedVenue(), new ScriptedVenue()];
    const legs = { perpetual: { venue: perpetual, account: 1 }, spot: { venue: spot, account: 2 } };
    const arbitrageur = new Arbitrageur({
      ...legs,
      config: CALM_MARKET.arbitrage,
      random: random(),
    });
    perpetual.logMid += 0.01;
    run(arbitrageur, 100);
    expect(perpetual.position(1)).toBeLessThan(0);
    expect(spot.position(2)).toBe(-perpetual.position(1));
    perpetual.logMid -= 0.01;
    run(arbitrageur, 1_000, 100);
    expect(perpetual.position(1)).toBe(0);
    expect(spot.position(2)).toBe(0);
  });
});

describe("a dealer short of gamma", () => {
  test("sells what falls and buys it back when it rises, and trades nothing within its band", () => {
    const venue = new ScriptedVenue();
    const hedger = new DeltaHedger({
      venue,
      account: 1,
      config: CALM_MARKET.hedgers,
      random: random(),
      startUsd: 64_000,
    });
    venue.positions.set(1, hedger.hedgeLots(64_000, 0));
    run(hedger, 200);
    expect(venue.orders).toEqual([]);
    venue.logMid = Math.log(60_000);
    run(hedger, 200, 200);
    expect(venue.orders[0]?.side).toBe(SELL);
    venue.logMid = Math.log(64_000);
    run(hedger, 200, 400);
    expect(venue.orders.at(-1)?.side).toBe(BUY);
    expect(venue.position(1) / hedger.hedgeLots(64_000, 0)).toBeCloseTo(1, 1);
  });
});

describe("a front-runner", () => {
  test("sells only while the price falls towards liquidations that it can see, and buys back when they are gone", () => {
    const venue = new ScriptedVenue();
    let ahead = 1e9;
    const levels = { notionalAhead: (): number => ahead };
    const runner = new FrontRunner({
      venue,
      levels,
      account: 1,
      config: CALM_MARKET.frontRunners,
      random: random(),
    });
    run(runner, 200);
    expect(venue.orders).toEqual([]);
    venue.logMid -= 0.02;
    run(runner, 200, 200);
    expect(venue.position(1)).toBeLessThan(0);
    ahead = 0;
    run(runner, 2_000, 400);
    expect(venue.position(1)).toBe(0);
  });
});

describe("stop-loss orders", () => {
  test("close longs at or below their stop and shorts at or above it, once, for what is left of the position", () => {
    const venue = new ScriptedVenue();
    venue.positions.set(1, 50).set(2, 70).set(3, -40).set(4, 0);
    const stops = new StopOrders(venue, [
      { account: 1, position: BUY, stopPrice: 127_000 },
      { account: 2, position: BUY, stopPrice: 126_000 },
      { account: 3, position: SELL, stopPrice: 129_000 },
      { account: 4, position: BUY, stopPrice: 127_500 },
    ]);
    stops.act();
    expect(venue.orders).toEqual([]);
    venue.lastTrade = 127_000;
    stops.act();
    stops.act();
    expect(venue.orders).toEqual([{ account: 1, side: SELL, lots: 50 }]);
    venue.lastTrade = 129_500;
    stops.act();
    expect(venue.orders.at(-1)).toEqual({ account: 3, side: BUY, lots: 40 });
  });

  test("are not set off, nor sent again, once the venue has cancelled them", () => {
    const venue = new ScriptedVenue();
    venue.positions.set(1, 50).set(2, 70);
    const stops = new StopOrders(venue, [
      { account: 1, position: BUY, stopPrice: 127_000 },
      { account: 2, position: BUY, stopPrice: 127_000 },
    ]);
    stops.cancel(1);
    venue.take = () => 0;
    venue.lastTrade = 127_000;
    stops.act();
    stops.cancel(2);
    const sent: number[] = [];
    venue.take = (account) => sent.push(account);
    stops.act();
    expect(sent).toEqual([]);
  });
});

describe("metaorders", () => {
  test("keep one side for many parts, and start and end regardless of the market", () => {
    const [venue, other] = [new ScriptedVenue(), new ScriptedVenue()];
    const config = { ...CALM_MARKET.metaorders, count: 1 };
    run(new MetaorderCrowd({ venue, account: 1, config, random: random() }), 100_000);
    other.sigmaBps = 50;
    other.logMid -= 0.3;
    run(new MetaorderCrowd({ venue: other, account: 1, config, random: random() }), 100_000);
    expect(other.orders).toEqual(venue.orders);
    const sides = venue.orders.map(({ side }) => side);
    const same = sides.filter((side, i) => side === sides[i - 1]).length / sides.length;
    expect(same).toBeGreaterThan(0.6);
  });
});
