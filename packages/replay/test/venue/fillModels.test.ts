import { BUY, IntegrityError, MAKER, SELL } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import {
  FILLS_BY_BOOK,
  FILLS_BY_TRADES,
  FILLS_BY_TRADES_AND_BOOK,
  NO_PARTIAL_FILLS,
  type FillModel,
} from "../../src/venue/fillModel.ts";
import { TestDesk } from "./testDesk.ts";

/** A bid of 10 lots at 100 behind 5 recorded ones. */
const bid = (fills: FillModel): TestDesk =>
  new TestDesk({ fills })
    .snapshot(0, { bids: [[100, 5]], asks: [[102, 50]] })
    .order(1, { id: "a", side: BUY, size: 10, price: 100 });

const cases: readonly (readonly [string, FillModel])[] = [
  ["no partial fills", NO_PARTIAL_FILLS],
  ["by trades", FILLS_BY_TRADES],
  ["by book", FILLS_BY_BOOK],
  ["by trades and book", FILLS_BY_TRADES_AND_BOOK],
];

describe.each([
  [
    "a trade that the queue ahead absorbs",
    (desk: TestDesk) => desk.trade(2, SELL, 100, 5),
    [0, 0, 0, 0],
  ],
  [
    "a trade of which 3 lots get through",
    (desk: TestDesk) => desk.trade(2, SELL, 100, 8),
    [10, 3, 0, 3],
  ],
  [
    "a trade of 4 lots at a worse price",
    (desk: TestDesk) => desk.trade(2, SELL, 99, 4),
    [10, 4, 0, 4],
  ],
  [
    "asks of 6 and 1 lots that come to the order's price and below",
    (desk: TestDesk) =>
      desk.update(2, {
        bids: [[100, 0]],
        asks: [
          [100, 6],
          [99, 1],
        ],
      }),
    [10, 0, 7, 7],
  ],
  [
    "a trade of 8, and then 2 lots that come to rest at the price",
    (desk: TestDesk) =>
      desk.trade(2, SELL, 100, 8).update(3, { bids: [[100, 0]], asks: [[100, 2]] }),
    [10, 3, 2, 5],
  ],
] as const)("%s", (_name, event, expected) => {
  it.each(
    cases.map(([name, fills], index) => [name, fills, expected[index] ?? Number.NaN] as const),
  )("%s", (_model, fills, lots) => {
    const desk = event(bid(fills));
    desk.venue.finish(9);
    expect(desk.venue.account.position).toBe(lots);
    for (const { price, liquidity } of desk.fills) expect([price, liquidity]).toEqual([100, MAKER]);
  });
});

describe("one trade", () => {
  const ladder = (fills: FillModel): TestDesk =>
    new TestDesk({ fills })
      .snapshot(0, { bids: [[97, 5]], asks: [[105, 5]] })
      .order(1, { id: "low", side: BUY, size: 3, price: 98 })
      .order(2, { id: "high", side: BUY, size: 3, price: 99 })
      .order(3, { id: "second", side: BUY, size: 3, price: 99 });

  it("fills orders by price, then time, and none of its lots twice", () => {
    const desk = ladder(FILLS_BY_TRADES).trade(4, SELL, 98, 7);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["high: 3 @ 99", "second: 3 @ 99", "low: 1 @ 98"]);
  });

  it("leaves nothing for orders at its own price when better ones took all", () => {
    const desk = ladder(FILLS_BY_TRADES).trade(4, SELL, 98, 4);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["high: 3 @ 99", "second: 1 @ 99"]);
  });

  it("fills one order whole without partial fills, and the next only with what is left", () => {
    const desk = ladder(NO_PARTIAL_FILLS).trade(4, SELL, 98, 1);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["high: 3 @ 99"]);
  });
});

describe("the book", () => {
  it("that has come to an order fills it with each resting lot once", () => {
    const desk = bid(FILLS_BY_BOOK).update(2, { bids: [[100, 0]], asks: [[100, 6]] });
    desk.update(3, { asks: [[102, 60]] }).update(4, { asks: [[100, 7]] });
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["a: 6 @ 100", "a: 1 @ 100"]);
  });

  it("that is locked or crossed by itself fills nothing, and that is counted", () => {
    const desk = bid(FILLS_BY_TRADES_AND_BOOK)
      .update(2, { asks: [[100, 6]] })
      .update(3, { asks: [[99, 6]] });
    expect([desk.venue.account.position, desk.venue.tally.crossedMessages]).toEqual([0, 2]);
    desk.update(4, { bids: [[100, 0]] });
    expect(desk.venue.account.position).toBe(10);
  });

  it("that is crossed is told of orders that take from it", () => {
    const desk = new TestDesk().snapshot(0, { bids: [[103, 5]], asks: [[101, 5]] });
    desk.order(1, { id: "a", side: BUY, size: 1 });
    expect(desk.venue.tally.crossedTakes).toBe(1);
  });

  it("may have one side only, and then comes to nobody", () => {
    const desk = new TestDesk()
      .snapshot(0, { bids: [[100, 5]] })
      .order(1, { id: "a", side: BUY, size: 1, price: 200 })
      .update(2, { bids: [[100, 6]] });
    expect(desk.fills).toEqual([]);
  });
});

describe("a trade without a side", () => {
  const desk = (): TestDesk => bid(FILLS_BY_TRADES);

  it("is a sale at the bid or below, and a purchase at the ask or above", () => {
    const sold = desk().trade(2, 0, 100, 8);
    expect([sold.venue.account.position, sold.venue.tally.inferredSides]).toEqual([3, 1]);
    const bought = desk().trade(2, 0, 102, 8);
    expect([bought.venue.account.position, bought.venue.tally.inferredSides]).toEqual([0, 1]);
  });

  it("fills nothing inside the spread, and is counted", () => {
    const inside = desk().order(2, { id: "b", side: BUY, size: 1, price: 101 }).trade(3, 0, 101, 8);
    expect([inside.venue.account.position, inside.venue.tally.tradesWithoutSide]).toEqual([0, 1]);
  });
});

test("a fill model that fills more than is open is an error", () => {
  const tooMuch: FillModel = { byTrade: (_reach, open) => open + 1, byBook: () => 0.5 };
  expect(() => bid(tooMuch).trade(2, SELL, 99, 4)).toThrow(IntegrityError);
});
