import { BUY, IntegrityError, SELL } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { TestDesk } from "./testDesk.ts";

const BOOK = { bids: [[100, 10]], asks: [[102, 10]] } as const;

describe("while the recording has no valid book", () => {
  const inGap = (): TestDesk =>
    new TestDesk().snapshot(0, BOOK).order(1, { id: "a", side: BUY, size: 4, price: 100 }).gap(2);

  it("resting orders stay and are not filled, and the trades that passed them are counted", () => {
    const desk = inGap().trade(3, SELL, 99, 50).trade(4, SELL, 101, 1).trade(5, BUY, 103, 1);
    expect(desk.venue.order("a")).toMatchObject({ state: "resting", open: 4 });
    expect(desk.venue.tally).toMatchObject({ gaps: 1, tradesInGaps: 1, lotsInGaps: 50 });
  });

  it("and after it, no more is ahead of them than the snapshot shows", () => {
    expect(inGap().snapshot(9, BOOK).ahead("a")).toBe(10);
    expect(
      inGap()
        .snapshot(9, { ...BOOK, bids: [[100, 3]] })
        .ahead("a"),
    ).toBe(3);
  });

  it("and the snapshot after it fills orders that it has come to", () => {
    const desk = inGap().snapshot(9, { bids: [[90, 1]], asks: [[95, 3]] });
    desk.venue.finish(9);
    expect(desk.fills.map(({ at, price, size }) => [at, price, size])).toEqual([[9, 100, 3]]);
  });

  it("orders that must trade at once are rejected", () => {
    const desk = inGap()
      .order(3, { id: "m", side: BUY, size: 1 })
      .order(4, { id: "i", side: BUY, size: 1, price: 200, timeInForce: "ioc" });
    expect(desk.story.slice(-2)).toEqual(["m rejected: bookInvalid", "i rejected: bookInvalid"]);
    expect(desk.venue.tally.rejectedInGaps).toBe(2);
  });

  it("other orders are held, and come to the snapshot in their order, after those that rest", () => {
    const desk = inGap()
      .order(3, { id: "b", side: BUY, size: 2, price: 101 })
      .order(4, { id: "c", side: BUY, size: 9, price: 101 });
    expect(desk.venue.order("b")?.state).toBe("held");
    desk.snapshot(9, {
      bids: [[90, 1]],
      asks: [
        [95, 5],
        [101, 3],
      ],
    });
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["a: 4 @ 100", "b: 1 @ 95", "b: 1 @ 101", "c: 2 @ 101"]);
    expect(desk.venue.order("c")).toMatchObject({ state: "resting", open: 7 });
    expect(desk.venue.tally.heldOrders).toBe(2);
  });

  it("stops are triggered, and trade when there is a book again", () => {
    const stop = { kind: "stop", trigger: "last", price: 98 } as const;
    const desk = inGap().order(3, { id: "s", side: SELL, size: 2, stop }).trade(4, SELL, 97, 1);
    desk.venue.finish(5);
    expect(desk.story.at(-1)).toBe("s triggered");
    desk.snapshot(9, { bids: [[90, 5]], asks: [[120, 5]] });
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["s: 2 @ 90"]);
  });

  it("cancels and amendments work", () => {
    const desk = inGap();
    desk.venue.amend("a", { price: 101 }, 3);
    desk.venue.submit({ id: "b", side: BUY, size: 2, price: 99 }, 4);
    desk.venue.cancel("b", 5);
    desk.venue.finish(6);
    expect(desk.story.slice(1)).toEqual(["a amended", "b accepted", "b cancelled: request"]);
    expect(desk.venue.order("a")).toMatchObject({ state: "held", price: 101 });
    desk.snapshot(9, BOOK);
    expect(desk.venue.order("a")).toMatchObject({ state: "resting", ahead: 0 });
  });

  it("a post-only order that would take from the snapshot is cancelled", () => {
    const desk = inGap().order(3, { id: "p", side: BUY, size: 1, price: 110, postOnly: true });
    desk.snapshot(9, BOOK);
    desk.venue.finish(9);
    expect(desk.story.at(-1)).toBe("p cancelled: postOnly");
  });
});

test("before the first snapshot nothing is filled, and no gap is counted", () => {
  const desk = new TestDesk().order(1, { id: "a", side: BUY, size: 1, price: 102 });
  desk.update(2, {}).trade(3, SELL, 50, 9);
  expect(desk.venue.order("a")?.state).toBe("held");
  desk.snapshot(4, BOOK);
  expect([desk.venue.account.position, desk.venue.tally.gaps]).toEqual([1, 0]);
});

test("a book that took a message before time had passed is an error: requests would meet the future", () => {
  const desk = new TestDesk().snapshot(0, BOOK);
  desk.venue.submit({ id: "a", side: BUY, size: 1 }, 5);
  expect(() => desk.venue.onBook(desk.book, 6)).toThrow(IntegrityError);
});

test("events that run back in time are an error", () => {
  const desk = new TestDesk().snapshot(10, BOOK);
  expect(() => desk.venue.onTrade({ at: 9, side: BUY, price: 102, size: 1 })).toThrow(
    IntegrityError,
  );
  expect(() => desk.venue.onBook(desk.book, 9)).toThrow(IntegrityError);
});
