import { NO_PARTIAL_FILLS } from "@aftershock/replay";
import { ConfigError } from "@aftershock/schema";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarketMaker, type MarketMakerOptions } from "../../src/examples/marketMaker.ts";
import { madeStreams, type MadeBook, type MadeMarket, type MadeTrade } from "./madeMarket.ts";
import { fillTexts, playMaker } from "./playExamples.ts";

const OPTIONS: MarketMakerOptions = {
  quoteLots: 5,
  maxPositionLots: 10,
  halfSpreadTicks: 1,
  skewTicks: 1,
};

/** The same book at each of some instants: 10 lots bid at 100, 10 asked at 104. */
const still = (...times: readonly number[]): readonly MadeBook[] =>
  times.map((at) => [at, [[100, 10]], [[104, 10]]]);

const pricesOf = (maker: MarketMaker, bid: number, ask: number): readonly unknown[] =>
  maker
    .requote(bid, ask)
    .map((request) => (request.kind === "submit" ? request.order.price : request.id));

describe("a market maker's quotes", () => {
  it("stand around the middle of the market, post-only", () => {
    const maker = new MarketMaker(OPTIONS);
    expect(maker.requote(100, 104)).toEqual([
      { kind: "submit", order: { id: "quote-1", side: 1, size: 5, price: 101, postOnly: true } },
      { kind: "submit", order: { id: "quote-2", side: -1, size: 5, price: 103, postOnly: true } },
    ]);
  });

  it("are rounded outwards, and never at the other side's best price or beyond it", () => {
    expect(pricesOf(new MarketMaker(OPTIONS), 100, 103)).toEqual([100, 103]);
    expect(pricesOf(new MarketMaker({ ...OPTIONS, halfSpreadTicks: 0 }), 100, 101)).toEqual([
      100, 101,
    ]);
  });

  it("are not replaced before their end was heard", () => {
    const maker = new MarketMaker(OPTIONS);
    maker.requote(100, 104);
    expect(pricesOf(maker, 102, 106)).toEqual(["quote-1", "quote-2"]);
    expect(pricesOf(maker, 104, 108)).toEqual([]);
  });

  it("stay where the price they should have is within the tolerance", () => {
    const maker = new MarketMaker({ ...OPTIONS, toleranceTicks: 2 });
    maker.requote(100, 104);
    expect(pricesOf(maker, 102, 106)).toEqual([]);
    expect(pricesOf(maker, 103, 107)).toEqual(["quote-1", "quote-2"]);
  });

  it("are taken back where there is no market", () => {
    const maker = new MarketMaker(OPTIONS);
    expect(pricesOf(maker, Number.NaN, 104)).toEqual([]);
    maker.requote(100, 104);
    expect(pricesOf(maker, 104, 104)).toEqual(["quote-1", "quote-2"]);
  });

  it.each<[Partial<MarketMakerOptions>]>([
    [{ quoteLots: 0 }],
    [{ quoteLots: 1.5 }],
    [{ maxPositionLots: -1 }],
    [{ halfSpreadTicks: -1 }],
    [{ skewTicks: Number.NaN }],
    [{ toleranceTicks: Number.POSITIVE_INFINITY }],
  ])("are not possible with %o", (wrong) => {
    expect(() => new MarketMaker({ ...OPTIONS, ...wrong })).toThrow(ConfigError);
  });
});

describe("a market maker at a venue", () => {
  it("buys, shifts its quotes down, sells, and earns what can be reckoned by hand", async () => {
    const played = await playMaker(
      {
        streams: madeStreams({
          books: still(0, 20, 30, 60),
          trades: [
            [10, -1, 101, 3],
            [40, 1, 103, 9],
          ],
        }),
      },
      OPTIONS,
    );
    expect(played.requests.slice(0, 4)).toEqual([
      "0 submit quote-1 buy 5 @ 101",
      "0 submit quote-2 sell 5 @ 103",
      // The centre is 102 − 3 / 5.
      "20 cancel quote-1",
      "30 submit quote-3 buy 5 @ 100",
    ]);
    expect(fillTexts(played)).toEqual(["10 quote-1 3 @ 101", "40 quote-2 5 @ 103"]);
    const { account } = played.venue;
    expect(account.position).toBe(-2);
    expect(account.feesPaid).toBeCloseTo((3 * 101 + 5 * 103) / 1_000, 9);
    expect(account.equity(102)).toBeCloseTo(3 + 5 - account.feesPaid, 9);
  });

  it("stands behind who was there before: the queue must trade first", async () => {
    const books: readonly MadeBook[] = [0, 50].map((at) => [at, [[101, 10]], [[103, 10]]]);
    const trades: readonly MadeTrade[] = [
      [10, -1, 101, 10],
      [20, -1, 101, 1],
    ];
    const { halfSpreadTicks, quoteLots, maxPositionLots } = OPTIONS;
    const options = { halfSpreadTicks, quoteLots, maxPositionLots };
    const streams = madeStreams({ books, trades });
    expect(fillTexts(await playMaker({ streams }, options))).toEqual(["20 quote-1 1 @ 101"]);
    const whole = await playMaker({ streams, models: { fills: NO_PARTIAL_FILLS } }, options);
    expect(fillTexts(whole)).toEqual(["20 quote-1 5 @ 101"]);
  });

  it("quotes what is left to its limit, and at the limit one side only", async () => {
    const trades: readonly MadeTrade[] = [
      [10, -1, 90, 3],
      [30, -1, 90, 9],
      [50, -1, 90, 9],
      [70, -1, 90, 9],
    ];
    const options = { quoteLots: 5, maxPositionLots: 7, halfSpreadTicks: 1 };
    const played = await playMaker(
      { streams: madeStreams({ books: still(0, 20, 40, 60, 80), trades }) },
      options,
    );
    expect(fillTexts(played)).toEqual([
      "10 quote-1 3 @ 101",
      "30 quote-1 2 @ 101",
      "50 quote-3 2 @ 101",
    ]);
    expect(played.venue.account.position).toBe(7);
  });

  it("never holds more than its limit, has one quote a side, and its position is what it was filled", async () => {
    const books = fc.array(
      fc.record({
        bid: fc.integer({ min: 95, max: 105 }),
        spread: fc.integer({ min: 1, max: 4 }),
        trade: fc.record({
          side: fc.constantFrom<1 | -1>(1, -1),
          away: fc.integer({ min: 0, max: 3 }),
          size: fc.integer({ min: 1, max: 30 }),
        }),
      }),
      { minLength: 2, maxLength: 30 },
    );
    const latency = fc.integer({ min: 0, max: 35 });
    const plan = fc.record({ books, orderMicros: latency, responseMicros: latency });
    await fc.assert(
      fc.asyncProperty(plan, async ({ books: steps, orderMicros, responseMicros }) => {
        const market: MadeMarket = {
          books: steps.map(({ bid, spread }, index) => [
            index * 10,
            [[bid, 5]],
            [[bid + spread, 5]],
          ]),
          trades: steps.map(({ bid, spread, trade: { side, away, size } }, index) => {
            return [index * 10 + 5, side, side > 0 ? bid + spread + away : bid - away, size];
          }),
        };
        const streams = madeStreams(market);
        const latencies = { orderMicros, responseMicros };
        const { heard, venue } = await playMaker({ streams, latencies }, OPTIONS);
        let position = 0;
        const working = new Map<string, 1 | -1>();
        for (const update of heard) {
          if (update.kind === "filled") {
            position += update.side * update.size;
            expect(Math.abs(position)).toBeLessThanOrEqual(OPTIONS.maxPositionLots);
          }
          if (update.kind === "accepted") {
            const side = venue.order(update.orderId)?.side;
            if (side !== undefined) working.set(update.orderId, side);
          }
          if (update.open === 0) working.delete(update.orderId);
          expect(new Set(working.values()).size).toBe(working.size);
        }
        expect(venue.account.position).toBe(position);
      }),
      { numRuns: 60 },
    );
  });
});
