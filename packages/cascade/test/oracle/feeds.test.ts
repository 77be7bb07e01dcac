import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DelayedFeed,
  ExpiringFeed,
  FrozenFeed,
  LastPrice,
  ManipulatedFeed,
  type PriceFeed,
  TimeAverage,
} from "../../src/index.ts";
import { feed, quotesArb, standing, updatesArb } from "./plainAverages.ts";

const pricesAt = (of: PriceFeed, ...instants: readonly number[]): number[] =>
  instants.map((at) => of.price(at));

describe("a delayed feed", () => {
  it("says what was the price a latency ago, to the µs", () => {
    fc.assert(
      fc.property(updatesArb(quotesArb), fc.nat(50), (updates, latencyMicros) => {
        const delayed = new DelayedFeed(new LastPrice(), { latencyMicros });
        let next = 0;
        for (const { at } of updates) {
          next = feed(delayed, updates, at, next);
          expect(delayed.price(at)).toEqual(standing(updates, at - latencyMicros));
        }
      }),
    );
  });

  it("keeps what is under way only", () => {
    const delayed = new DelayedFeed(new LastPrice(), { latencyMicros: 10 });
    for (let at = 0; at < 10_000; at += 1) delayed.update(at + 1, at);
    expect(pricesAt(delayed, 9_999, 10_003, 20_000)).toEqual([9_990, 9_994, 10_000]);
  });
});

describe("an expiring feed", () => {
  it("loses its price at the age given, or holds it and says so", () => {
    const lost = new ExpiringFeed(new LastPrice(), { maxAgeMicros: 10, whenStale: "absent" });
    const held = new ExpiringFeed(new LastPrice(), { maxAgeMicros: 10, whenStale: "hold" });
    for (const one of [lost, held]) one.update(5, 100);
    expect([lost.isStale(109), lost.isStale(110), held.isStale(110)]).toEqual([false, true, true]);
    expect([...pricesAt(lost, 109, 110), ...pricesAt(held, 109, 110)]).toEqual([
      5,
      Number.NaN,
      5,
      5,
    ]);
    for (const one of [lost, held]) one.update(6, 120);
    expect([lost.price(120), held.isStale(120)]).toEqual([6, false]);
  });

  it("leaves the stale stretch out of an average behind it, at whatever instants that is read", () => {
    const make = (): ExpiringFeed =>
      new ExpiringFeed(new TimeAverage({ windowMicros: 100 }), {
        maxAgeMicros: 10,
        whenStale: "absent",
      });
    const [seldom, often] = [make(), make()];
    for (const one of [seldom, often]) one.update(10, 0);
    for (let at = 1; at < 60; at += 1) often.price(at);
    for (const one of [seldom, often]) one.update(30, 60);
    // 10 µs at 10, then nothing, then 10 µs at 30.
    expect([seldom.price(69), often.price(69)]).toEqual([20, 20]);
  });
});

describe("a frozen feed", () => {
  it("stands still, as LUNA's stood at 0.107 on 2022-05-12, and comes back with the price of the time", () => {
    const frozen = new FrozenFeed(new LastPrice(), { from: 100, to: 200 });
    frozen.update(0.107, 99);
    frozen.update(0.05, 100);
    frozen.update(0.01, 150);
    expect(pricesAt(frozen, 150, 199, 200)).toEqual([0.107, 0.107, 0.01]);
    expect([frozen.isFrozen(99), frozen.isFrozen(100), frozen.isFrozen(200)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("puts a price that came after its end behind the one that it held", () => {
    const frozen = new FrozenFeed(new TimeAverage({ windowMicros: 10 }), { from: 100, to: 200 });
    frozen.update(1, 50);
    frozen.update(3, 150);
    frozen.update(5, 205);
    expect(frozen.price(209)).toBe(4);
  });

  it("holds a loss back too", () => {
    const frozen = new FrozenFeed(new LastPrice(), { from: 100, to: 200 });
    frozen.update(1, 50);
    frozen.lose(150);
    expect(pricesAt(frozen, 199, 200)).toEqual([1, Number.NaN]);
  });
});

describe("a manipulated feed", () => {
  it("moves its source along the path, also between updates, and lets go of it", () => {
    const moved = new ManipulatedFeed(new LastPrice(), [
      { at: 100, factor: 5 },
      { at: 200, added: -3 },
      { at: 300 },
    ]);
    moved.update(10, 50);
    expect(pricesAt(moved, 99, 100, 150)).toEqual([10, 50, 50]);
    moved.update(12, 160);
    expect(pricesAt(moved, 160, 200, 299, 300)).toEqual([60, 9, 9, 12]);
  });

  it("moves an average behind it by the share of the window that it lasts", () => {
    const moved = new ManipulatedFeed(new TimeAverage({ windowMicros: 60 }), [
      { at: 100, factor: 2 },
      { at: 115 },
    ]);
    moved.update(100, 0);
    expect(moved.price(140)).toBe(125);
  });
});

describe("feeds that make no sense", () => {
  it("are refused by name", () => {
    const last = new LastPrice();
    expect(() => new DelayedFeed(last, { latencyMicros: -1 })).toThrow(/late by -1/);
    expect(() => new ExpiringFeed(last, { maxAgeMicros: 0, whenStale: "hold" })).toThrow(
      /stale after 0/,
    );
    expect(() => new FrozenFeed(last, { from: 5, to: 5 })).toThrow(/frozen from 5 to 5/);
    for (const path of [
      [{ at: 1, factor: 0 }],
      [{ at: 1 }, { at: 1 }],
      [{ at: 1, added: Number.NaN }],
    ]) {
      expect(() => new ManipulatedFeed(last, path)).toThrow(/No price can be moved/);
    }
  });
});
