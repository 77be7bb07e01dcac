import { BUY, SELL } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { ProbabilityQueue, powerWeight, relativeShare } from "../../src/venue/probabilityQueue.ts";
import { TestDesk } from "./testDesk.ts";

const queue = new ProbabilityQueue(relativeShare(powerWeight(3)));

/** A bid at 100 behind 10 recorded lots, of which 6 go at one instant, 3 of them by a trade, and 5 come at the same instant. */
const sixGoAndFiveCome = (isTradeFirst: boolean): TestDesk => {
  const desk = new TestDesk({ queue })
    .snapshot(0, { bids: [[100, 10]], asks: [[101, 10]] })
    .order(1, { id: "a", side: BUY, size: 4, price: 100 });
  if (isTradeFirst) desk.trade(1.5, SELL, 100, 3);
  desk.update(2, { bids: [[100, 4]] }).update(2, { bids: [[100, 9]] });
  return isTradeFirst ? desk : desk.trade(2, SELL, 100, 3);
};

describe("size that is added at the instant of a fall", () => {
  it("was not there to fall: what fell stood ahead where nothing was behind", () => {
    expect(sixGoAndFiveCome(true).ahead("a")).toBe(4);
  });

  it("moves nobody, whether the trade that explains the fall is told before it or after", () => {
    expect(sixGoAndFiveCome(false).ahead("a")).toBe(4);
  });
});

describe("a trade at the instant at which its level grows", () => {
  // 10 ahead of the order; 3 trade and 5 come, so that 12 are there; then 6 of them go.
  const grown = { bids: [[100, 12]] } as const;
  const start = (): TestDesk =>
    new TestDesk({ queue })
      .snapshot(0, { bids: [[100, 10]], asks: [[101, 10]] })
      .order(1, { id: "a", side: BUY, size: 4, price: 100 });

  it("is shown by the book, and does not explain the next fall too", () => {
    const tradeFirst = start().trade(2, SELL, 100, 3).update(2, grown);
    const bookFirst = start().update(2, grown).trade(2, SELL, 100, 3);
    // 7 ahead and 5 behind when 6 go.
    const expected = 7 - 6 * (1 - 5 ** 3 / (5 ** 3 + 7 ** 3));
    for (const desk of [tradeFirst, bookFirst]) {
      desk.update(3, { bids: [[100, 6]] });
      expect(desk.ahead("a")).toBeCloseTo(expected, 9);
    }
  });

  it("leaves an order that comes then behind all that the book shows", () => {
    const desk = start().update(2, grown).trade(2, SELL, 100, 3);
    desk.order(2, { id: "b", side: BUY, size: 1, price: 100 });
    expect(desk.ahead("b")).toBe(12);
  });
});
