import { BUY, ConfigError, MAKER, SELL, TAKER } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import type { OrderRequest } from "../../src/venue/order.ts";
import { TestDesk, plainInstrument } from "./testDesk.ts";

/** Bids 99 × 5, 98 × 5; asks 101 × 2, 102 × 3, 103 × 4. */
const market = (options = {}): TestDesk =>
  new TestDesk(options).snapshot(0, {
    bids: [
      [99, 5],
      [98, 5],
    ],
    asks: [
      [101, 2],
      [102, 3],
      [103, 4],
    ],
  });

describe("a market order", () => {
  it("takes what rests at each level, from the best on: its average price is the VWAP", () => {
    const desk = market().order(1, { id: "a", side: BUY, size: 6 });
    expect(desk.fillTexts).toEqual(["a: 2 @ 101", "a: 3 @ 102", "a: 1 @ 103"]);
    expect(desk.fills.at(-1)?.averagePrice).toBe((2 * 101 + 3 * 102 + 103) / 6);
    expect(desk.fills.map(({ liquidity, by }) => [liquidity, by])).toEqual(
      Array.from({ length: 3 }, () => [TAKER, "book"]),
    );
  });

  it("ends with what the book does not have", () => {
    const desk = market().order(1, { id: "a", side: SELL, size: 12 });
    expect(desk.venue.account.position).toBe(-10);
    expect(desk.heard.at(-1)).toMatchObject({
      kind: "cancelled",
      reason: "immediate",
      filled: 10,
      open: 0,
    });
  });
});

describe("a limit order", () => {
  it("takes within its limit and rests with the rest, as a maker", () => {
    const desk = market().order(1, { id: "a", side: BUY, size: 7, price: 102 });
    expect(desk.fillTexts).toEqual(["a: 2 @ 101", "a: 3 @ 102"]);
    expect(desk.venue.order("a")).toMatchObject({
      state: "resting",
      open: 2,
      filled: 5,
      price: 102,
    });
    desk.trade(2, SELL, 102, 1);
    desk.venue.finish(3);
    expect(desk.fills.at(-1)).toMatchObject({ size: 1, price: 102, liquidity: MAKER, by: "trade" });
  });

  it.each<[string, OrderRequest, string[]]>([
    [
      "ioc takes and ends",
      { id: "a", side: BUY, size: 7, price: 102, timeInForce: "ioc" },
      ["a: 2 @ 101", "a: 3 @ 102"],
    ],
    [
      "fok takes whole",
      { id: "a", side: BUY, size: 5, price: 102, timeInForce: "fok" },
      ["a: 2 @ 101", "a: 3 @ 102"],
    ],
    [
      "fok takes nothing where it is not all there",
      { id: "a", side: BUY, size: 6, price: 102, timeInForce: "fok" },
      [],
    ],
  ])("%s", (_name, order, fills) => {
    const desk = market().order(1, order);
    expect(desk.fillTexts).toEqual(fills);
    expect(desk.venue.orderCount).toBe(0);
  });

  it("that is fok and not whole is rejected", () => {
    const desk = market().order(1, { id: "a", side: BUY, size: 10, timeInForce: "fok" });
    expect(desk.story).toEqual(["a rejected: notWhole"]);
  });

  it("that is post-only rests, or is rejected where it would take", () => {
    const order = { id: "a", side: BUY, size: 1, postOnly: true } as const;
    expect(market().order(1, { ...order, price: 100 }).story).toEqual(["a accepted"]);
    expect(market().order(1, { ...order, price: 101 }).story).toEqual(["a rejected: postOnly"]);
  });
});

describe("a reduce-only order", () => {
  it("is rejected where there is nothing to reduce", () => {
    const desk = market().order(1, { id: "a", side: SELL, size: 1, reduceOnly: true });
    expect(desk.story).toEqual(["a rejected: reduceOnly"]);
  });

  it("takes no more than the position, and ends", () => {
    const desk = market()
      .order(1, { id: "in", side: BUY, size: 2 })
      .order(2, { id: "out", side: SELL, size: 5, price: 98, reduceOnly: true });
    expect(desk.venue.account.position).toBe(0);
    expect(desk.story.slice(-3)).toEqual([
      "out accepted",
      "out filled",
      "out cancelled: reduceOnly",
    ]);
  });

  it("that rests is cut to the position when it fills, and ends when another order has closed it", () => {
    const desk = market()
      .order(1, { id: "in", side: BUY, size: 2 })
      .order(2, { id: "high", side: SELL, size: 2, price: 110, reduceOnly: true })
      .order(3, { id: "low", side: SELL, size: 9, price: 105, reduceOnly: true })
      .trade(4, BUY, 106, 50);
    desk.venue.finish(9);
    expect(desk.fillTexts.slice(1)).toEqual(["low: 2 @ 105"]);
    expect(desk.story.slice(-2)).toEqual([
      "high cancelled: reduceOnly",
      "low cancelled: reduceOnly",
    ]);
  });

  it("that is fok is not whole when the position is smaller", () => {
    const desk = market()
      .order(1, { id: "in", side: BUY, size: 2 })
      .order(2, { id: "out", side: SELL, size: 3, timeInForce: "fok", reduceOnly: true });
    expect(desk.story.at(-1)).toBe("out rejected: notWhole");
  });
});

describe("a stop", () => {
  const stopAt = (price: number, more = {}): OrderRequest => ({
    id: "s",
    side: SELL,
    size: 2,
    stop: { kind: "stop", trigger: "last", price },
    ...more,
  });

  it("becomes a market order when a trade is at its price or beyond", () => {
    const desk = market().order(1, stopAt(98)).trade(2, SELL, 99, 1).update(3, {});
    expect(desk.venue.order("s")?.state).toBe("waiting");
    desk.trade(4, SELL, 98, 1);
    desk.venue.finish(9);
    expect(desk.story).toEqual(["s accepted", "s triggered", "s filled"]);
  });

  it("does not take what the trade that triggers it has taken", () => {
    // The book still shows 5 at 99 and at 98: the trade took 3 at 98, and so all at 99.
    const desk = market()
      .order(1, stopAt(98, { size: 5 }))
      .trade(2, SELL, 98, 3);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["s: 2 @ 98"]);
  });

  it("takes what the book shows where it shows the trade already", () => {
    const desk = market().order(1, stopAt(98, { size: 5 }));
    desk
      .update(2, {
        bids: [
          [99, 0],
          [98, 4],
        ],
      })
      .trade(2, SELL, 98, 1);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["s: 4 @ 98"]);
  });

  it("with a limit becomes a limit order", () => {
    const desk = market()
      .order(1, stopAt(99, { price: 100 }))
      .trade(2, SELL, 99, 1);
    desk.venue.finish(9);
    expect(desk.venue.order("s")).toMatchObject({ state: "resting", price: 100 });
  });

  it("may watch the mark, and then trades do nothing to it", () => {
    const desk = market().order(
      1,
      stopAt(98, { stop: { kind: "stop", trigger: "mark", price: 98 } }),
    );
    desk
      .trade(2, SELL, 90, 1)
      .update(3, { bids: [[99, 5]] })
      .mark(4, 98.1);
    expect(desk.venue.order("s")?.state).toBe("waiting");
    desk.mark(5, 98);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["s: 2 @ 99"]);
  });

  it("is triggered by a mark that is its price on the grid, however it is rounded", () => {
    // 0.3 / 0.1 is 2.9999999999999996.
    const instrument = plainInstrument({ tick: { mantissa: 1, decimals: 1 } });
    const stop = { kind: "stop", trigger: "mark", price: 3 } as const;
    const desk = new TestDesk({ instrument }).snapshot(0, { asks: [[4, 5]] });
    desk.order(1, { id: "s", side: BUY, size: 1, stop }).mark(2, 0.3);
    expect(desk.venue.account.position).toBe(1);
  });

  it("that is beyond the last price when it comes triggers at once", () => {
    const desk = market().trade(1, SELL, 97, 1).update(2, {}).order(3, stopAt(97));
    expect(desk.story.slice(0, 2)).toEqual(["s accepted", "s triggered"]);
  });

  it("triggers after the resting orders that the same trade fills", () => {
    const desk = market()
      .order(1, { id: "r", side: BUY, size: 2, price: 100 })
      .order(2, stopAt(99))
      .trade(3, SELL, 99, 1);
    desk.venue.finish(9);
    expect(desk.story).toEqual(["r accepted", "s accepted", "r filled", "s triggered", "s filled"]);
  });

  it("to buy triggers at its price or above", () => {
    const desk = market()
      .order(1, stopAt(104, { side: BUY }))
      .trade(2, BUY, 103, 1)
      .update(3, {});
    expect(desk.venue.order("s")?.state).toBe("waiting");
    desk.trade(4, BUY, 104, 1);
    expect(desk.venue.order("s")).toBeUndefined();
  });
});

describe("a trailing stop", () => {
  const trailing = (by: { ticks: number } | { bps: number }, more = {}): OrderRequest => ({
    id: "t",
    side: SELL,
    size: 1,
    stop: { kind: "trailing", trigger: "mark", by, ...more },
  });
  const states = (desk: TestDesk, marks: readonly number[]): readonly string[] =>
    marks.map((mark, index) => desk.mark(10 + index, mark).venue.order("t")?.state ?? "gone");

  it("follows the highest price and triggers a distance below it", () => {
    const desk = market().order(1, trailing({ ticks: 5 }));
    expect(states(desk, [100, 110, 106, 120, 116, 115])).toEqual([
      ...Array.from({ length: 5 }, () => "waiting"),
      "gone",
    ]);
  });

  it("may trail by basis points of the highest price", () => {
    // 1 % of 200 is 2.
    const desk = market().order(1, trailing({ bps: 100 }));
    expect(states(desk, [200, 198.1, 198])).toEqual(["waiting", "waiting", "gone"]);
  });

  it("waits for its activation price", () => {
    const desk = market().order(1, trailing({ ticks: 5 }, { activation: 110 }));
    expect(states(desk, [100, 90, 110, 106, 105])).toEqual([
      "waiting",
      "waiting",
      "waiting",
      "waiting",
      "gone",
    ]);
  });

  it("to buy follows the lowest price, and starts from the last one before it came", () => {
    const desk = market()
      .mark(0, 100)
      .order(1, { ...trailing({ ticks: 3 }), side: BUY });
    expect(states(desk, [98, 96, 98, 99])).toEqual(["waiting", "waiting", "waiting", "gone"]);
  });
});

describe("an iceberg", () => {
  const iceberg: OrderRequest = { id: "i", side: BUY, size: 10, price: 99, displaySize: 4 };

  it("shows a slice, and the next one joins the back of the queue", () => {
    const desk = market()
      .order(1, iceberg)
      .update(2, { bids: [[99, 8]] });
    expect(desk.venue.order("i")).toMatchObject({ displayed: 4, open: 10, ahead: 5 });
    // 5 ahead, the slice of 4, and 1 of the 3 behind: 8 − 10 of the level are left, so 0 in the book's place.
    desk.trade(3, SELL, 99, 10);
    desk.venue.finish(3);
    expect(desk.fillTexts).toEqual(["i: 4 @ 99"]);
    expect(desk.venue.order("i")).toMatchObject({ displayed: 4, open: 6, ahead: 0 });
  });

  it("stands behind what was behind its last slice", () => {
    const desk = market()
      .order(1, iceberg)
      .update(2, { bids: [[99, 20]] })
      .trade(3, SELL, 99, 9);
    expect(desk.venue.order("i")).toMatchObject({ open: 6, displayed: 4, ahead: 11 });
    desk.update(4, { bids: [[99, 11]] });
    expect(desk.ahead("i")).toBe(11);
  });

  it("is reached by one trade again where that goes through everything behind it, also where the book shows it first", () => {
    const start = (): TestDesk =>
      market()
        .order(1, iceberg)
        .update(2, { bids: [[99, 8]] });
    const tradeFirst = start().trade(3, SELL, 99, 14);
    const bookFirst = start()
      .update(3, { bids: [[99, 0]] })
      .trade(3, SELL, 99, 14);
    for (const desk of [tradeFirst, bookFirst]) {
      desk.venue.finish(3);
      // 8 recorded lots, and 4 + 2 of the iceberg.
      expect(desk.fillTexts).toEqual(["i: 4 @ 99", "i: 2 @ 99"]);
    }
  });

  it("stands behind the study's own orders after a refill", () => {
    const desk = market()
      .order(1, iceberg)
      .order(2, { id: "b", side: BUY, size: 3, price: 99 })
      .trade(3, SELL, 99, 12);
    desk.venue.finish(3);
    expect(desk.fillTexts).toEqual(["i: 4 @ 99", "b: 3 @ 99"]);
  });

  it("takes with all of its size on arrival, and hides the rest", () => {
    const desk = market().order(1, { id: "i", side: BUY, size: 9, price: 102, displaySize: 3 });
    expect(desk.venue.order("i")).toMatchObject({ filled: 5, open: 4, displayed: 3 });
  });
});

describe("an amendment", () => {
  const resting = (): TestDesk =>
    market()
      .order(1, { id: "a", side: BUY, size: 4, price: 99 })
      .update(2, { bids: [[99, 20]] });

  it("to a smaller size keeps the place, to a larger one loses it", () => {
    const desk = resting();
    desk.venue.amend("a", { size: 2 }, 3);
    desk.venue.finish(3);
    expect(desk.venue.order("a")).toMatchObject({ open: 2, ahead: 5 });
    desk.venue.amend("a", { size: 6 }, 4);
    desk.venue.finish(4);
    expect(desk.venue.order("a")).toMatchObject({ open: 6, ahead: 20 });
  });

  it("to another price loses the place, and takes where it crosses", () => {
    const desk = resting();
    desk.venue.amend("a", { price: 101 }, 3);
    desk.venue.finish(3);
    expect(desk.story).toEqual(["a accepted", "a amended", "a filled"]);
    expect(desk.venue.order("a")).toMatchObject({ price: 101, open: 2, ahead: 0 });
  });

  it("is refused for what is filled, what is unknown, and what does not apply", () => {
    const desk = resting().trade(3, SELL, 99, 7);
    desk.venue.amend("a", { size: 2 }, 4);
    desk.venue.amend("b", { size: 2 }, 4);
    desk.venue.amend("a", { stopPrice: 2 }, 4);
    desk.venue.finish(4);
    expect(desk.story.slice(-3)).toEqual([
      "a refused: sizeFilled",
      "b refused: unknownOrder",
      "a refused: notApplicable",
    ]);
    expect(desk.venue.order("a")).toMatchObject({ filled: 2, open: 2 });
  });

  it("of a post-only order may not make it take: it stays where it is", () => {
    const desk = market().order(1, { id: "p", side: BUY, size: 4, price: 99, postOnly: true });
    desk.venue.amend("p", { price: 101 }, 2);
    desk.venue.finish(2);
    expect(desk.story.at(-1)).toBe("p refused: postOnly");
    expect(desk.venue.order("p")).toMatchObject({ price: 99, ahead: 5 });
  });

  it("of a stop that waits moves its trigger", () => {
    const stop = { kind: "stop", trigger: "last", price: 90 } as const;
    const desk = market()
      .trade(1, SELL, 95, 1)
      .update(2, {})
      .order(3, { id: "s", side: SELL, size: 1, stop });
    desk.venue.amend("s", { stopPrice: 96 }, 4);
    desk.venue.finish(4);
    expect(desk.story).toEqual(["s accepted", "s amended", "s triggered", "s filled"]);
  });
});

test("a cancel ends an order, and of one that has ended it is refused", () => {
  const desk = market().order(1, { id: "a", side: BUY, size: 4, price: 99 });
  desk.venue.cancel("a", 2);
  desk.venue.cancel("a", 3);
  desk.venue.finish(4);
  expect(desk.story).toEqual(["a accepted", "a cancelled: request", "a refused: unknownOrder"]);
});

test("an id is an order's as long as it works, and may then be used again", () => {
  const order = { id: "a", side: BUY, size: 1, price: 90 } as const;
  const desk = market().order(1, order).order(2, order);
  desk.venue.cancel("a", 3);
  desk.venue.finish(3);
  desk.order(4, order);
  expect(desk.story).toEqual([
    "a accepted",
    "a rejected: duplicateId",
    "a cancelled: request",
    "a accepted",
  ]);
});

test("the study's orders never trade with each other", () => {
  const desk = market()
    .order(1, { id: "s", side: SELL, size: 1, price: 100 })
    .order(2, { id: "b", side: BUY, size: 1, price: 100 });
  expect(desk.fills).toEqual([]);
});

test.each<[string, Partial<OrderRequest>]>([
  ["a size that is not whole", { size: 1.5 }],
  ["a size of 0", { size: 0 }],
  ["a price off the grid", { price: 100.5 }],
  ["post-only without a price", { postOnly: true }],
  ["post-only that may not rest", { price: 99, postOnly: true, timeInForce: "ioc" }],
  ["an iceberg without a price", { displaySize: 1 }],
  ["a display size of 0", { price: 99, displaySize: 0 }],
  ["a market order that shall rest", { timeInForce: "gtc" }],
  ["a trailing stop of 0", { stop: { kind: "trailing", trigger: "last", by: { bps: 0 } } }],
  [
    "a trailing stop with a limit",
    { price: 99, stop: { kind: "trailing", trigger: "last", by: { bps: 1 } } },
  ],
  ["a stop at no price", { stop: { kind: "stop", trigger: "last", price: Number.NaN } }],
])("%s is refused when it is sent", (_name, terms) => {
  const desk = market();
  expect(() => desk.venue.submit({ id: "a", side: BUY, size: 1, ...terms }, 1)).toThrow(
    ConfigError,
  );
  expect(() => desk.venue.amend("a", {}, 1)).toThrow(ConfigError);
});
