import * as fc from "fast-check";
import { ConfigError } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { ExactQueue, type QueuedOrder } from "../../src/venue/exactQueue.ts";
import {
  ProbabilityQueue,
  logWeight,
  powerWeight,
  relativeShare,
  shareOfPlace,
  shareOfTotal,
  type ShareBehind,
} from "../../src/venue/probabilityQueue.ts";
import type { LevelChange } from "../../src/venue/queueModel.ts";
import { RISK_AVERSE_QUEUE } from "../../src/venue/riskAverseQueue.ts";

const fell = (ahead: number, before: number, gone: number): LevelChange => ({
  ahead,
  before,
  gone,
  isRestart: false,
});
const after = (share: ShareBehind, change: LevelChange): number =>
  new ProbabilityQueue(share).join().sizeAhead(change);

describe("with 6 lots ahead, 4 behind and 5 cancelled", () => {
  // Worked by hand. x: p = 4/10, so 3 of the 5 were ahead. x²: p = 16/52. ln(1 + x): p = ln 5 / (ln 5 + ln 7), and against the total
  // ln 5 / ln 11. By place, x²: p = 1 − 0.6².
  const change = fell(6, 10, 5);

  it("the risk-averse queue does not move", () => {
    expect(RISK_AVERSE_QUEUE.join(1, 100).sizeAhead(change)).toBe(6);
  });

  it.each<[string, ShareBehind, number]>([
    ["x weighed without the total leaves 3", relativeShare(powerWeight(1)), 3],
    ["x² without the total leaves 2.538", relativeShare(powerWeight(2)), 6 - 5 * (36 / 52)],
    ["ln(1 + x) without the total leaves 3.263", relativeShare(logWeight()), 3.2634],
    ["ln(1 + x) against the total leaves 4.356", shareOfTotal(logWeight()), 4.356],
    ["x² against the total leaves 1.8", shareOfTotal(powerWeight(2)), 1.8],
    ["x² by place leaves 4.2", shareOfPlace(powerWeight(2)), 4.2],
  ])("%s", (_name, share, expected) => {
    expect(after(share, change)).toBeCloseTo(expected, 3);
  });
});

test("what cannot have been behind was ahead", () => {
  // ln 5 / ln 11 of 8 would be 5.4 behind, where only 4 are: 4 of the 6 ahead are gone.
  expect(after(shareOfTotal(logWeight()), fell(6, 10, 8))).toBe(2);
});

test("the unit of a log is the caller's: lots of 0.001 weighed in whole units are small", () => {
  const [inLots, inUnits] = [logWeight(), logWeight(1_000)];
  expect(inUnits(6_000)).toBe(inLots(6));
});

test.each([0, -1, Number.NaN])("a weight with %s is refused", (value) => {
  expect(() => powerWeight(value)).toThrow(ConfigError);
  expect(() => logWeight(value)).toThrow(ConfigError);
});

const shares = fc.constantFrom(
  relativeShare(powerWeight(1)),
  relativeShare(powerWeight(3)),
  relativeShare(logWeight()),
  shareOfTotal(powerWeight(2)),
  shareOfTotal(logWeight(10)),
  shareOfPlace(powerWeight(2)),
);
const change = fc
  .tuple(fc.nat(1_000), fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([ahead, behind, part]) => fell(ahead, ahead + behind, Math.floor(part * (ahead + behind))));

test("whatever is cancelled, an order only moves forward, never past the front, and with what is left ahead of it", () => {
  fc.assert(
    fc.property(shares, change, (share, fall) => {
      const left = after(share, fall);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThanOrEqual(fall.ahead);
      expect(left).toBeLessThanOrEqual(fall.before - fall.gone + 1e-9);
      expect(fall.ahead - left).toBeLessThanOrEqual(fall.gone + 1e-9);
    }),
  );
});

test("at the back all cancels are ahead, at the front none, and a snapshot is not a cancel", () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 500 }), fc.nat(500), (share, size, cut) => {
      const gone = Math.min(size, cut);
      expect(after(share, fell(size, size, gone))).toBeCloseTo(size - gone, 9);
      expect(after(share, fell(0, size, gone))).toBe(0);
      expect(after(share, { ...fell(size, size, gone), isRestart: true })).toBe(size);
    }),
  );
});

describe("the exact queue", () => {
  const placeIn = (queue: QueuedOrder[]) => {
    const place = new ExactQueue({ ordersAt: () => queue }).join(1, 100);
    return (): number => place.sizeAhead(fell(1_000, 1_000, 0));
  };

  it("counts what is left of the orders that were there, and of no others", () => {
    const queue = [
      { id: "a", size: 5 },
      { id: "b", size: 3 },
    ];
    const ahead = placeIn(queue);
    expect(ahead()).toBe(8);
    queue.push({ id: "c", size: 10 });
    expect(ahead()).toBe(8);
    queue[0] = { id: "a", size: 2 };
    expect(ahead()).toBe(5);
    queue.splice(2, 1);
    expect(ahead()).toBe(5);
    queue.splice(0, 1);
    expect(ahead()).toBe(3);
  });

  it("lets an order that has grown go to the back, also where nobody came in between", () => {
    const queue = [
      { id: "a", size: 5 },
      { id: "b", size: 3 },
    ];
    const ahead = placeIn(queue);
    queue.splice(0, 2, { id: "b", size: 3 }, { id: "a", size: 6 });
    expect(ahead()).toBe(3);
    queue.splice(0, 1);
    expect(ahead()).toBe(0);
  });

  it("lets an order that has grown go to the back where it is alone", () => {
    const queue = [{ id: "a", size: 5 }];
    const ahead = placeIn(queue);
    queue[0] = { id: "a", size: 6 };
    expect(ahead()).toBe(0);
  });

  it("does not take an order for one ahead that left and came back", () => {
    const queue = [
      { id: "a", size: 5 },
      { id: "b", size: 3 },
    ];
    const ahead = placeIn(queue);
    queue.splice(0, 2, { id: "c", size: 1 }, { id: "a", size: 5 });
    expect(ahead()).toBe(0);
  });
});
