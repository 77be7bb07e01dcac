import * as fc from "fast-check";
import {
  ASK,
  BID,
  BUY,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  SELL,
  MESSAGE_END,
} from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { L3Book } from "../../src/book/l3Book.ts";
import { ExactQueue } from "../../src/venue/exactQueue.ts";
import { NO_FEES } from "../../src/venue/feeModel.ts";
import { FILLS_BY_TRADES } from "../../src/venue/fillModel.ts";
import { ProbabilityQueue, powerWeight, relativeShare } from "../../src/venue/probabilityQueue.ts";
import type { QueueModel } from "../../src/venue/queueModel.ts";
import { RISK_AVERSE_QUEUE } from "../../src/venue/riskAverseQueue.ts";
import { StudyVenue } from "../../src/venue/studyVenue.ts";
import { batchOf, type Row } from "../batchOf.ts";
import { NO_LATENCY, TestDesk, plainInstrument } from "./testDesk.ts";

const EVEN = new ProbabilityQueue(relativeShare(powerWeight(1)));

/** A bid of 4 lots at 100, behind 10 recorded ones; then 2 more come behind it. */
const behindTen = (queue: QueueModel = RISK_AVERSE_QUEUE, options = {}): TestDesk =>
  new TestDesk({ queue, ...options })
    .snapshot(0, { bids: [[100, 10]], asks: [[101, 10]] })
    .order(1, { id: "a", side: BUY, size: 4, price: 100 })
    .update(2, { bids: [[100, 12]] });

describe("an order in a queue", () => {
  it("joins at the back, and what comes later stands behind it", () => {
    expect(behindTen().ahead("a")).toBe(10);
  });

  it("moves up by a trade at its price, and fills with what gets through", () => {
    const desk = behindTen().trade(3, SELL, 100, 7);
    expect(desk.ahead("a")).toBe(3);
    desk.trade(4, SELL, 100, 5).trade(5, SELL, 100, 9);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["a: 2 @ 100", "a: 2 @ 100"]);
  });

  it("does not move by a trade of the other side, or at another price that is no worse", () => {
    const desk = behindTen().trade(3, BUY, 101, 7).trade(4, SELL, 101, 3);
    expect(desk.ahead("a")).toBe(10);
  });

  it("does not move by a delete behind it, and by one ahead only as much as was ahead", () => {
    expect(
      behindTen()
        .update(3, { bids: [[100, 10]] })
        .ahead("a"),
    ).toBe(10);
    expect(
      behindTen()
        .update(3, { bids: [[100, 7]] })
        .ahead("a"),
    ).toBe(7);
    // 4 cancelled, 10 of 12 ahead: 4 × 10 / 12 of them.
    expect(
      behindTen(EVEN)
        .update(3, { bids: [[100, 8]] })
        .ahead("a"),
    ).toBeCloseTo(10 - 40 / 12, 9);
  });

  it("is first when its level has vanished, whatever comes back", () => {
    const desk = behindTen()
      .update(3, { bids: [[100, 0]] })
      .update(4, { bids: [[100, 50]] });
    expect(desk.ahead("a")).toBe(0);
    desk.trade(5, SELL, 100, 1);
    desk.venue.finish(9);
    expect(desk.fillTexts).toEqual(["a: 1 @ 100"]);
  });

  it("has nothing ahead inside the spread, or where the source shows no level", () => {
    const desk = new TestDesk()
      .snapshot(0, { bids: [[100, 10]], asks: [[105, 10]] })
      .order(1, { id: "a", side: BUY, size: 4, price: 102 });
    expect(desk.ahead("a")).toBe(0);
  });
});

describe("a trade and the book that shows it", () => {
  // 12 at the level: 5 trade, and 3 are cancelled.
  const shown = { bids: [[100, 4]] } as const;

  it.each<[string, QueueModel, number]>([
    ["risk-averse", RISK_AVERSE_QUEUE, 4],
    // 5 left ahead and 2 behind when 3 are cancelled: 3 × 5 / 7 of them ahead.
    ["even", EVEN, 5 - 15 / 7],
  ])("move the queue once, whichever comes first: %s", (_name, queue, expected) => {
    const tradeFirst = behindTen(queue).trade(3, SELL, 100, 5).update(3, shown);
    const bookFirst = behindTen(queue).update(3, shown).trade(3, SELL, 100, 5);
    expect(tradeFirst.ahead("a")).toBeCloseTo(expected, 9);
    expect(bookFirst.ahead("a")).toBeCloseTo(expected, 9);
  });

  it("fill an order once, whichever comes first, also when the level vanishes with it", () => {
    const tradeFirst = behindTen()
      .trade(3, SELL, 100, 12)
      .update(3, { bids: [[100, 0]] });
    const bookFirst = behindTen()
      .update(3, { bids: [[100, 0]] })
      .trade(3, SELL, 100, 12);
    for (const desk of [tradeFirst, bookFirst]) {
      desk.venue.finish(9);
      expect(desk.fillTexts).toEqual(["a: 2 @ 100"]);
      expect(desk.ahead("a")).toBe(0);
    }
  });

  it("are one within the lead that the book may have, and two beyond it", () => {
    const options = { bookLeadMicros: 50 };
    const within = behindTen(RISK_AVERSE_QUEUE, options).update(100, { bids: [[100, 7]] });
    expect(within.trade(150, SELL, 100, 5).ahead("a")).toBe(5);
    const beyond = behindTen(RISK_AVERSE_QUEUE, options).update(100, { bids: [[100, 7]] });
    expect(beyond.trade(151, SELL, 100, 5).ahead("a")).toBe(2);
  });

  it("do not move an order that came between them", () => {
    const desk = behindTen(RISK_AVERSE_QUEUE, { bookLeadMicros: 50 })
      .update(100, { bids: [[100, 7]] })
      .order(110, { id: "b", side: BUY, size: 4, price: 100 })
      .trade(120, SELL, 100, 5);
    expect([desk.ahead("a"), desk.ahead("b")]).toEqual([5, 7]);
    desk.trade(121, SELL, 100, 6);
    expect([desk.ahead("a"), desk.ahead("b")]).toEqual([0, 1]);
  });

  it("do not fill an order that came between them", () => {
    const desk = behindTen(RISK_AVERSE_QUEUE, { bookLeadMicros: 50 })
      .update(100, { bids: [[100, 0]] })
      .order(110, { id: "b", side: BUY, size: 4, price: 100 })
      .trade(120, SELL, 100, 12);
    desk.venue.finish(120);
    expect(desk.fillTexts).toEqual(["a: 2 @ 100"]);
    desk.trade(121, SELL, 100, 3);
    desk.venue.finish(121);
    expect(desk.fillTexts.slice(1)).toEqual(["a: 2 @ 100", "b: 1 @ 100"]);
  });

  it("are one also where the book came in several messages", () => {
    const desk = behindTen()
      .update(3, { bids: [[100, 9]] })
      .update(3, { bids: [[100, 7]] })
      .trade(3, SELL, 100, 5);
    expect(desk.ahead("a")).toBe(5);
  });

  it("put an order that comes between them behind what is really left", () => {
    const desk = behindTen()
      .trade(3, SELL, 100, 5)
      .order(4, { id: "b", side: BUY, size: 1, price: 100 });
    expect(desk.ahead("b")).toBe(7);
    desk.update(5, { bids: [[100, 7]] });
    expect([desk.ahead("a"), desk.ahead("b")]).toEqual([5, 7]);
  });

  it("several of each at one instant end alike in any order that keeps books in theirs", () => {
    const plan = fc.record({
      trades: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
      cancelled: fc.nat(4),
      displaySize: fc.constantFrom(2, 100),
      queue: fc.constantFrom(RISK_AVERSE_QUEUE, EVEN),
    });
    fc.assert(
      fc.property(plan, ({ trades, cancelled, displaySize, queue }) => {
        const traded = trades.reduce((sum, size) => sum + size, 0);
        const size = Math.max(0, 30 - traded - cancelled);
        const start = () =>
          new TestDesk({ queue, fills: FILLS_BY_TRADES })
            .snapshot(0, { bids: [[100, 20]], asks: [[101, 10]] })
            .order(1, { id: "a", side: BUY, size: 100, price: 100, displaySize })
            .update(2, { bids: [[100, 30]] });
        const tradesFirst = start();
        for (const lots of trades) tradesFirst.trade(3, SELL, 100, lots);
        tradesFirst.update(3, { bids: [[100, size]] });
        const bookFirst = start().update(3, { bids: [[100, size]] });
        for (const lots of trades) bookFirst.trade(3, SELL, 100, lots);
        for (const desk of [tradesFirst, bookFirst]) desk.venue.finish(9);
        expect(bookFirst.ahead("a")).toBeCloseTo(tradesFirst.ahead("a"), 6);
        expect(bookFirst.venue.account.position).toBe(tradesFirst.venue.account.position);
      }),
    );
  });
});

describe("a snapshot over a valid book", () => {
  it("is not a cancel: only no more can be ahead than there is", () => {
    const desk = behindTen(EVEN).snapshot(3, { bids: [[100, 11]], asks: [[101, 10]] });
    expect(desk.ahead("a")).toBe(10);
    expect(desk.snapshot(4, { bids: [[100, 6]], asks: [[101, 10]] }).ahead("a")).toBe(6);
  });

  it("is all that happened since the last one where the source sends nothing else", () => {
    const desk = behindTen(EVEN, { snapshots: "update" });
    desk.snapshot(3, { bids: [[100, 8]], asks: [[101, 10]] });
    expect(desk.ahead("a")).toBeCloseTo(10 - 40 / 12, 9);
  });
});

test("two orders at a price are served by time, each lot of a trade once", () => {
  const desk = behindTen().order(3, { id: "b", side: BUY, size: 5, price: 100 });
  expect(desk.ahead("b")).toBe(12);
  // 10 ahead, 4 for a, 2 recorded ones, then 3 for b.
  desk.trade(4, SELL, 100, 19);
  desk.venue.finish(9);
  expect(desk.fillTexts).toEqual(["a: 4 @ 100", "b: 3 @ 100"]);
});

/** A model that lets whoever is far back jump to the front. */
const UNFAIR: QueueModel = {
  join: () => ({ sizeAhead: ({ ahead }) => (ahead > 5 ? 0 : ahead) }),
};

test("no order overtakes an earlier one, whatever the model makes of each", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("level" as const), size: fc.nat(30) }),
    fc.record({ kind: fc.constant("trade" as const), size: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("order" as const), size: fc.integer({ min: 1, max: 6 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.constantFrom(EVEN, UNFAIR),
      (steps, queue) => {
        const desk = new TestDesk({ queue }).snapshot(0, {
          bids: [[100, 10]],
          asks: [[101, 9]],
        });
        const ids: string[] = [];
        for (const [index, { kind, size }] of steps.entries()) {
          const at = 1 + index;
          if (kind === "level") desk.update(at, { bids: [[100, size]] });
          else if (kind === "trade") desk.trade(at, SELL, 100, size);
          else {
            ids.push(`o${at}`);
            desk.order(at, { id: `o${at}`, side: BUY, size, price: 100 });
          }
          const places = ids.map((id) => desk.ahead(id)).filter((ahead) => !Number.isNaN(ahead));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          for (const ahead of places) expect(ahead).toBeLessThanOrEqual(desk.book.sizeAt(BID, 100));
        }
      },
    ),
  );
});

test("with a book of single orders a place is exact: it moves by cancels ahead and by no others", () => {
  const instrument = plainInstrument();
  const book = new L3Book(instrument, { start: "empty" });
  const venue = new StudyVenue({
    instrument,
    latency: NO_LATENCY,
    fees: NO_FEES,
    queue: new ExactQueue(book),
    onUpdate: () => {},
  });
  const message = (at: number, rows: readonly Row<"orders">[]): void => {
    venue.advance(at);
    const stamped = rows.map((row, index) => ({
      tsRecv: at,
      tsEvent: at,
      side: BID,
      price: 100,
      ...row,
      flags: index === rows.length - 1 ? MESSAGE_END : 0,
    }));
    book.apply(batchOf("orders", stamped, instrument), 0, rows.length);
    venue.onBook(book, at);
  };
  const add = (orderId: string, size: number) => ({ orderId, action: ORDER_ADD, size });
  message(1, [add("x", 5), add("y", 3), { ...add("z", 9), side: ASK, price: 101 }]);
  venue.submit({ id: "a", side: BUY, size: 2, price: 100 }, 1);
  message(2, [add("later", 7)]);
  const ahead = (): number => venue.order("a")?.ahead ?? Number.NaN;
  expect(ahead()).toBe(8);
  message(3, [{ orderId: "later", action: ORDER_CANCEL, size: 0 }]);
  expect(ahead()).toBe(8);
  message(4, [{ orderId: "x", action: ORDER_CANCEL, size: 0 }]);
  expect(ahead()).toBe(3);
  // The execution of y in the book, and the trade that it was: once.
  message(5, [{ orderId: "y", action: ORDER_EXECUTE, size: 2 }]);
  venue.onTrade({ at: 5, side: SELL, price: 100, size: 2 });
  expect(ahead()).toBe(1);
  venue.onTrade({ at: 6, side: SELL, price: 100, size: 2 });
  message(6, [add("last", 4)]);
  expect(ahead()).toBe(0);
  message(7, [{ orderId: "y", action: ORDER_EXECUTE, size: 1 }]);
  expect([ahead(), venue.account.position]).toEqual([0, 1]);
});
