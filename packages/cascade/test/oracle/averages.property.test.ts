import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DelayedFeed,
  ExponentialAverage,
  type PriceFeed,
  RollingMedian,
  TimeAverage,
} from "../../src/index.ts";
import {
  feed,
  meanOf,
  middleOf,
  quotesArb,
  samples,
  standing,
  ticksArb,
  type Update,
  updatesArb,
} from "./plainAverages.ts";

const windowArb = fc
  .record({ count: fc.integer({ min: 1, max: 30 }), step: fc.integer({ min: 1, max: 7 }) })
  .map(({ count, step }) => ({ count, step, windowMicros: count * step, stepMicros: step }));

const FEEDS: Readonly<
  Record<string, (window: { windowMicros: number; stepMicros: number }) => PriceFeed>
> = {
  "time average": (window) => new TimeAverage(window),
  median: (window) => new RollingMedian(window),
  "exponential average": ({ windowMicros }) => new ExponentialAverage({ timeMicros: windowMicros }),
  "delayed median": (window) => new DelayedFeed(new RollingMedian(window), { latencyMicros: 5 }),
  "delayed average": (window) => new DelayedFeed(new TimeAverage(window), { latencyMicros: 5 }),
};

/** What a feed says at some instants, each read where `reads` has it, or all of them. */
function pathOf(
  into: PriceFeed,
  updates: readonly Update[],
  instants: readonly number[],
): number[] {
  let next = 0;
  return instants.map((at) => {
    next = feed(into, updates, at, next);
    return into.price(at);
  });
}

const instantsOf = (updates: readonly Update[]): number[] =>
  [...new Set(updates.flatMap(({ at }) => [at, at + 1, at + 13]))].toSorted((a, b) => a - b);

describe("an average over time", () => {
  it("of whole ticks is exactly the mean of the prices at each step of its window", () => {
    fc.assert(
      fc.property(updatesArb(ticksArb), windowArb, (updates, window) => {
        const instants = instantsOf(updates);
        const plain = instants.map((at) => meanOf(samples(updates, at, window)));
        const rolled = pathOf(new TimeAverage(window), updates, instants);
        expect(rolled).toEqual(plain);
      }),
    );
  });

  it("of a window of one step is the price itself, bit for bit", () => {
    fc.assert(
      fc.property(updatesArb(quotesArb), (updates) => {
        const instants = instantsOf(updates);
        const spot = instants.map((at) => standing(updates, at));
        expect(pathOf(new TimeAverage({ windowMicros: 1 }), updates, instants)).toEqual(spot);
        expect(pathOf(new RollingMedian({ windowMicros: 1 }), updates, instants)).toEqual(spot);
      }),
    );
  });

  it("stays exact over thousands of updates, of which it keeps those in the window", () => {
    const average = new TimeAverage({ windowMicros: 1_000 });
    const median = new RollingMedian({ windowMicros: 1_000 });
    const updates = Array.from({ length: 5_000 }, (_, i) => ({
      at: i * 37,
      price: 60_000 + ((i * 7_919) % 1_009),
    }));
    for (const { at, price } of updates) {
      average.update(price, at);
      median.update(price, at);
      if (at % 1_369 === 0 && at > 1_000) {
        const near = updates.filter((update) => update.at <= at && update.at > at - 1_100);
        const there = samples(near, at, { count: 1_000, step: 1 });
        expect(average.price(at)).toBeCloseTo(meanOf(there), 8);
        expect(median.price(at)).toBe(middleOf(there));
      }
    }
  });
});

describe("a median over time", () => {
  it("is exactly that of the prices at each step of its window, also when it is read late and seldom", () => {
    fc.assert(
      fc.property(
        updatesArb(ticksArb),
        windowArb,
        fc.integer({ min: 1, max: 7 }),
        (updates, window, every) => {
          const instants = instantsOf(updates).filter((_, i) => i % every === 0);
          const plain = instants.map((at) => middleOf(samples(updates, at, window)));
          expect(pathOf(new RollingMedian(window), updates, instants)).toEqual(plain);
        },
      ),
    );
  });

  it("does not see a spike that stands for less than half of the window", () => {
    const median = new RollingMedian({ windowMicros: 100 });
    median.update(500, 0);
    median.update(1, 200);
    median.update(500, 249);
    expect([median.price(200), median.price(248), median.price(300)]).toEqual([500, 500, 500]);
  });
});

describe("an exponential average over time", () => {
  it("is that of the formula: weights e^(−s/τ) that sum to 1", () => {
    const updates = [
      { at: 0, price: 100 },
      { at: 10, price: 130 },
      { at: 40, price: 70 },
    ];
    const average = new ExponentialAverage({ timeMicros: 30 });
    feed(average, updates);
    const weight = (from: number, to: number): number => Math.exp(-from / 30) - Math.exp(-to / 30);
    const sum = 100 * weight(50, 60) + 130 * weight(20, 50) + 70 * weight(0, 20);
    expect(average.price(60)).toBeCloseTo(sum / weight(0, 60), 10);
  });

  it("takes 63.2 % of a step after its time, once it has seen long enough", () => {
    const average = new ExponentialAverage({ timeMicros: 30e6 });
    average.update(100, 0);
    average.update(200, 3600e6);
    expect(average.price(3630e6)).toBeCloseTo(100 + 100 * (1 - Math.exp(-1)), 10);
  });

  it("starts at the first price, and stands where there is none", () => {
    const average = new ExponentialAverage({ timeMicros: 10 });
    expect(average.price(0)).toBeNaN();
    average.update(5, 0);
    expect(average.price(0)).toBe(5);
    average.lose(20);
    expect(average.price(1_000)).toBe(5);
  });
});

for (const [name, make] of Object.entries(FEEDS)) {
  describe(`a ${name}`, () => {
    it("lies between the lowest and the highest price that there was", () => {
      fc.assert(
        fc.property(updatesArb(quotesArb), windowArb, (updates, window) => {
          const instants = instantsOf(updates);
          for (const [i, price] of pathOf(make(window), updates, instants).entries()) {
            const before = updates.filter(
              ({ at, price: told }) => at <= instants[i]! && !Number.isNaN(told),
            );
            const prices = before.map((update) => update.price);
            if (Number.isNaN(price)) continue;
            // Sums that went through a high price are rounded as it is.
            const rounding = 1e-9 + 1e-12 * Math.max(...prices);
            expect(price).toBeGreaterThanOrEqual(Math.min(...prices) - rounding);
            expect(price).toBeLessThanOrEqual(Math.max(...prices) + rounding);
          }
        }),
      );
    });

    it("follows the unit of its prices", () => {
      fc.assert(
        fc.property(
          updatesArb(quotesArb),
          windowArb,
          fc.integer({ min: -8, max: 8 }),
          (updates, window, power) => {
            const scale = 2 ** power;
            const scaled = updates.map(({ at, price }) => ({ at, price: price * scale }));
            const instants = instantsOf(updates);
            const plain = pathOf(make(window), updates, instants).map((price) => price * scale);
            expect(pathOf(make(window), scaled, instants)).toEqual(plain);
          },
        ),
      );
    });

    it("says the same whether it is read often or seldom, and whatever comes later", () => {
      fc.assert(
        fc.property(updatesArb(quotesArb), windowArb, fc.nat(60), (updates, window, cut) => {
          const instants = instantsOf(updates);
          const often = pathOf(make(window), updates, instants);
          for (const [i, at] of instants.entries()) {
            if (i % 5 !== 0) continue;
            const once = make(window);
            feed(once, updates, at);
            expect(once.price(at)).toEqual(often[i]);
          }
          const end = updates[Math.min(cut, updates.length - 1)]!.at;
          const early = updates.filter(({ at }) => at <= end);
          const shown = instants.filter((at) => at <= end);
          expect(pathOf(make(window), early, shown)).toEqual(often.slice(0, shown.length));
        }),
      );
    });

    it("refuses what is no price and what comes late, and stays as it was", () => {
      const one = make({ windowMicros: 10, stepMicros: 1 });
      one.update(7, 100);
      for (const bad of [Number.NaN, Infinity])
        expect(() => one.update(bad, 101)).toThrow(/is (NaN|Infinity)/);
      expect(() => one.update(8, 99)).toThrow(/is of 99, after one of 100/);
      expect(() => one.lose(Number.NaN)).toThrow(/NaN/);
      expect(one.price(150)).toBe(7);
    });
  });
}

describe("a window", () => {
  it("must be a whole number of steps, and a time above 0", () => {
    const bad = [
      { windowMicros: 0 },
      { windowMicros: 1.5 },
      { windowMicros: 10, stepMicros: 3 },
      { windowMicros: 10, stepMicros: 0 },
      { windowMicros: Number.NaN },
    ];
    for (const window of bad) {
      expect(() => new TimeAverage(window)).toThrow(/not a whole number of steps/);
      expect(() => new RollingMedian(window)).toThrow(/not a whole number of steps/);
    }
    expect(() => new ExponentialAverage({ timeMicros: 0 })).toThrow(/a time of 0/);
  });
});
