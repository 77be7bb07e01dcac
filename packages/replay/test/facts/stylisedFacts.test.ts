import {
  BUY,
  ConfigError,
  METHOD_ADL,
  METHOD_MARKET,
  micros,
  type EventStream,
  MICROS_PER_SECOND,
  SELL,
} from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { stylisedFacts } from "../../src/index.ts";
import { type Row, streamOf, testInstrument } from "../batchOf.ts";
import { snapshot, update } from "../bookRows.ts";
import { add, cancel, execute, message, snapshot as ordersSnapshot } from "../l3Rows.ts";

const S = MICROS_PER_SECOND;

/** A book of one level a side that changes to `bid` and `ask`, ticks, at each time, with 1,000 lots on each. */
function touchBook(moves: readonly { at: number; bid: number; ask: number }[]): Row<"book">[] {
  return moves.flatMap(({ at, bid, ask }, i) =>
    snapshot({ at, id: i + 1, bids: [[bid, 1_000]], asks: [[ask, 1_000]] }),
  );
}

const trade = (at: number, side: number, size = 10, price = 1_000): Row<"trades"> => ({
  tsRecv: at,
  tsEvent: at,
  side,
  price,
  size,
});

describe("stylisedFacts", () => {
  test("a spread has its quantiles by the µs for which it stood, wherever batches and windows are cut", async () => {
    const wait = fc.integer({ min: 1, max: 3 * S });
    const move = fc.record({ wait, spread: fc.integer({ min: 1, max: 40 }) });
    const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { minLength: 2, maxLength: 20 }),
        cuts,
        fc.integer({ min: 1, max: 5 }),
        async (moves, lengths, windowSeconds) => {
          let at = 0;
          const told = moves.map(({ wait: passed, spread }) => {
            at += passed;
            return { at, bid: 1_000, ask: 1_000 + spread };
          });
          const stood = told
            .slice(0, -1)
            .map(({ at: from, ask }, i) => ({
              spread: ask - 1_000,
              lasted: told[i + 1]!.at - from,
            }))
            .toSorted((a, b) => a.spread - b.spread);
          const total = stood.reduce((sum, { lasted }) => sum + lasted, 0);
          const book = streamOf("book", touchBook(told), { cuts: lengths });
          const { spread } = await stylisedFacts([book], { windowSeconds });
          for (const [name, q] of [
            ["p5", 0.05],
            ["p50", 0.5],
            ["p99", 0.99],
          ] as const) {
            let passed = 0;
            const exact = stood.find(({ lasted }) => (passed += lasted) >= q * total)!.spread;
            expect(spread!.ticks.all[name]).toBe(exact);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are equal however rows are cut into batches", async () => {
    const moves = Array.from({ length: 60 }, (_, i) => ({
      at: i * 700_000,
      bid: 10_000 + ((i * i) % 13),
      ask: 10_020 + ((i * 7) % 11),
    }));
    const rows = touchBook(moves);
    const trades = moves.map(({ at }, i) => trade(at + 1, i % 3 === 0 ? SELL : BUY, 5 + i));
    const whole = await stylisedFacts([streamOf("book", rows), streamOf("trades", trades)], {
      windowSeconds: 5,
    });
    const cut = await stylisedFacts(
      [
        streamOf("trades", trades, { cuts: [1, 5, 2] }),
        streamOf("book", rows, { cuts: [3, 1, 8] }),
      ],
      { windowSeconds: 5 },
    );
    expect(cut).toEqual(whole);
    expect(JSON.parse(JSON.stringify(whole))).toMatchObject({ instrument: "test:BTCUSDT" });
  });

  it("tell returns of the mid at whole seconds, and of the trades where there is no book", async () => {
    // The mid grows by one in a thousand each second: a constant return has no kurtosis and no memory.
    const moves = Array.from({ length: 121 }, (_, i) => {
      const mid = Math.round(1e9 * 1.001 ** i);
      return { at: i * S, bid: mid - 1, ask: mid + 1 };
    });
    const { returns, priceOf } = await stylisedFacts([streamOf("book", touchBook(moves))]);
    expect(priceOf).toBe("mid");
    expect(returns.map(({ horizonSeconds, count }) => [horizonSeconds, count])).toEqual([
      [1, 119],
      [10, 11],
      [60, 1],
    ]);
    const prints = moves.map(({ at, bid }) => trade(at, BUY, 1, bid + 1));
    const own = await stylisedFacts([streamOf("trades", prints)]);
    expect(own.priceOf).toBe("trade");
    expect(own.returns.map(({ count }) => count)).toEqual([119, 11, 1]);
    expect(own.spread).toBeUndefined();
    expect(own.absent).toContainEqual({
      fact: "spread",
      why: "there is no book, by price or by order",
    });
  });

  it("find how far depth fell in the worst window, and when half of it was back", async () => {
    const level = (at: number, size: number, price = 10_000) =>
      snapshot({ at, id: at + 1, bids: [[price - 1, size]], asks: [[price + 1, size]] });
    const rows = [
      ...level(0, 1_024),
      // The mid falls from 25 s on, with an eighth of the depth, half of which is back after 7.5 s.
      ...level(25 * S, 128, 9_900),
      ...level(28 * S, 128, 9_800),
      ...level(32.5 * S, 640, 9_800),
      ...level(50 * S, 1_024, 9_800),
      ...level(60 * S, 1_024, 9_800),
    ];
    const { worst, calmest, windows, depth } = await stylisedFacts([streamOf("book", rows)], {
      windowSeconds: 10,
    });
    expect(windows).toBe(6);
    expect([worst!.from, calmest!.from]).toEqual([20 * S, 0]);
    expect(worst!.rangeBps).toBeCloseTo(Math.log(10_000 / 9_800) * 1e4, 9);
    const [five] = depth;
    // 1,024 lots of 0.001 at a mid of 10,000 ticks of 0.1; the median may be of either mid.
    expect(five!.bids.quote.all.p50).toBeGreaterThan(1_000);
    expect(five!.bids.collapse).toBeGreaterThan(0.12);
    expect(five!.bids.collapse).toBeLessThan(0.128);
    // 9,800 is lower than 9,900: the depth in quote currency is lowest from 28 s on.
    expect(five!.bids.recoverySeconds).toBeCloseTo(4.5, 9);
    expect(five!.asks.quote.worst!.p5).toBeCloseTo(0.128 * 980, 6);
  });

  it("put trades of one time and side together to orders, and remember their signs", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => i).flatMap((i) => {
      const side = i % 2 === 0 ? BUY : SELL;
      return [trade(i * 10, side, 10, 1_000), trade(i * 10, side, 30, 1_001)];
    });
    const { signs, activity } = await stylisedFacts([streamOf("trades", rows)]);
    expect(activity).toMatchObject({ trades: 400, orders: 200 });
    expect(signs!.orders).toBe(200);
    expect(signs!.correlations.slice(0, 3).map(({ correlation }) => correlation)).toEqual([
      -1, 1, -1,
    ]);
    expect(signs!.correlations.at(-1)!.lag).toBe(140);
  });

  it("measure the impact of a run from the mid before it to the mid after it", async () => {
    const rows: Row<"book">[] = [];
    const trades: Row<"trades">[] = [];
    let mid = 1_000_000;
    let at = 0;
    const show = (): void => {
      rows.push(
        ...touchBook([{ at, bid: mid - 1, ask: mid + 1 }]).map((row) => ({ ...row, updateId: at })),
      );
    };
    show();
    // Runs of 2^0 … 2^4 orders of one size move the mid by the root of their length, up and down in turn.
    for (let run = 0; run < 121; run += 1) {
      const side = run % 2 === 0 ? BUY : SELL;
      const length = 2 ** (Math.floor(run / 2) % 5);
      for (let order = 0; order < length; order += 1) trades.push(trade((at += 10), side, 10));
      mid += side * Math.round(1_000 * Math.sqrt(length));
      at += 10;
      show();
    }
    const { runImpact } = await stylisedFacts([streamOf("book", rows), streamOf("trades", trades)]);
    expect(runImpact!.metaorders).toBe(120);
    expect(runImpact!.bins.map(({ count }) => count)).toEqual([24, 24, 24, 24, 24]);
    expect(runImpact!.law!.exponent).toBeCloseTo(0.5, 2);
  });

  it("count as cancelled what left levels and was not traded", async () => {
    const rows = [
      ...snapshot({
        at: 1,
        id: 1,
        bids: [
          [99, 50],
          [98, 40],
        ],
        asks: [[101, 50]],
      }),
      // 20 are traded from 101; 98 is cancelled.
      ...update({ at: 3, id: 2, prev: 1, bids: [[98, 0]], asks: [[101, 30]] }),
      // A level that grows is no cancellation; one that goes down twice in a message is two.
      ...update({
        at: 4,
        id: 3,
        prev: 2,
        bids: [[97, 10]],
        asks: [
          [101, 25],
          [101, 20],
        ],
      }),
      // A message that the book already has counts for nothing, nor does one that shows a gap.
      ...update({ at: 5, id: 3, prev: 2, bids: [[99, 1]] }),
      ...update({ at: 6, id: 9, prev: 8, bids: [[99, 1]] }),
      ...snapshot({ at: 7, id: 20, bids: [[99, 1]], asks: [[101, 1]] }),
    ];
    const trades = [trade(2, BUY, 20, 101)];
    const { cancellations } = await stylisedFacts([
      streamOf("book", rows),
      streamOf("trades", trades),
    ]);
    expect(cancellations).toEqual({
      from: "levels",
      cancellations: 3,
      trades: 1,
      perTrade: 3,
      sizePerTraded: (40 + 20 + 5 + 5 - 20) / 20,
    });
  });

  it("count the cancels of orders where there are orders", async () => {
    const rows = [
      ...ordersSnapshot([add("a", 1, 99, 5), add("b", -1, 101, 5), add("c", -1, 102, 5)]),
      ...message([execute("b", -1, 101, 5)], { tsRecv: 2 }),
      ...message([cancel("c", -1, 102)], { tsRecv: 3 }),
    ];
    const { cancellations, priceOf } = await stylisedFacts([
      streamOf("orders", rows),
      streamOf("trades", [trade(1, BUY, 5, 101)]),
    ]);
    expect(priceOf).toBe("mid");
    expect(cancellations).toMatchObject({ from: "orders", cancellations: 1, perTrade: 1 });
  });

  it("tell the share of forced orders that went to the market, over all and in windows", async () => {
    const rows = touchBook(
      [0, 12, 20, 30].map((s, i) => ({
        at: s * S,
        bid: [999, 979, 978, 978][i]!,
        ask: [1_001, 981, 980, 980][i]!,
      })),
    );
    const trades = [5, 13, 25].map((s) => trade(s * S, SELL, 100));
    const print = (s: number, method: number): Row<"liquidations"> => ({
      tsRecv: s * S,
      side: SELL,
      price: 1_000,
      size: 40,
      method,
      account: "a",
    });
    const prints = [print(13, METHOD_MARKET), print(13.5, METHOD_MARKET), print(14, METHOD_ADL)];
    const streams: EventStream[] = [
      streamOf("book", rows),
      streamOf("trades", trades),
      streamOf("liquidations", prints),
    ];
    const { forced, worst, forcedImpact } = await stylisedFacts(streams, { windowSeconds: 10 });
    expect(worst!.from).toBe(10 * S);
    expect(forced).toEqual({
      prints: 2,
      share: expect.closeTo(80 / 300, 12),
      worstShare: expect.closeTo(0.8, 12),
      highest: { from: 10 * S, share: expect.closeTo(0.8, 12) },
    });
    // One chain of an account, though it was printed twice.
    expect(forcedImpact!.metaorders).toBe(1);
  });

  it("break returns off where the book has a gap, and hold no spread against time without a book", async () => {
    const rows = [
      ...snapshot({ at: 0, id: 1, bids: [[999, 1]], asks: [[1_001, 1]] }),
      ...update({ at: 3.5 * S, id: 9, prev: 8, bids: [[999, 2]] }),
      ...snapshot({ at: 5.5 * S, id: 20, bids: [[1_099, 1]], asks: [[1_105, 1]] }),
      ...update({ at: 8.5 * S, id: 21, prev: 20, bids: [[1_099, 2]] }),
    ];
    const { returns, spread } = await stylisedFacts([streamOf("book", rows)], { windowSeconds: 5 });
    // Of the mids at 1, 2, 3 and 6, 7, 8 s; none from 3 to 6.
    expect(returns[0]).toMatchObject({ horizonSeconds: 1, count: 4, deviationBps: 0 });
    // 2 ticks for 3.5 s, 6 ticks for 3 s.
    expect([spread!.ticks.all.p50, spread!.ticks.all.p75]).toEqual([2, 6]);
  });

  it("of a window are of the window alone, though its book is built before", async () => {
    const moves = Array.from({ length: 20 }, (_, i) => ({ at: i * S, bid: 1_000, ask: 1_001 + i }));
    const { from, spread } = await stylisedFacts([streamOf("book", touchBook(moves))], {
      from: micros(9.5 * S),
      to: micros(15 * S),
    });
    expect(from).toBe(10 * S);
    expect([spread!.ticks.all.p5, spread!.ticks.all.p99]).toEqual([11, 14]);
  });

  it("take sizes in the money of the contract, inverse ones too", async () => {
    const instrument = testInstrument({
      contract: "inverse",
      multiplier: 100,
      lot: { mantissa: 1, decimals: 0 },
    });
    const { activity } = await stylisedFacts([
      streamOf("trades", [trade(1, BUY, 3), trade(2, SELL, 5)], { instrument }),
    ]);
    expect(activity.meanTradeQuote).toBe(400);
  });

  it("tell why each figure of an empty recording is not there", async () => {
    const facts = await stylisedFacts([streamOf("book", []), streamOf("trades", [])]);
    expect(facts).toMatchObject({
      from: undefined,
      seconds: 0,
      windows: 0,
      returns: [],
      depth: [],
    });
    const told = facts.absent.map(({ fact }) => fact);
    for (const fact of ["spread", "depth", "signs", "returns", "forced", "cancellations"]) {
      expect(told).toContain(fact);
    }
    expect(facts.absent.every(({ why }) => why.length > 0)).toBe(true);
  });

  it("refuse several instruments, none, and impossible windows", async () => {
    const other = streamOf("book", [], { instrument: testInstrument({ symbol: "ETHUSDT" }) });
    await expect(stylisedFacts([streamOf("book", []), other])).rejects.toThrow(
      /are of one instrument, not of 2/,
    );
    await expect(stylisedFacts([])).rejects.toThrow(ConfigError);
    for (const windowSeconds of [0, 1.5, Number.NaN, 86_401]) {
      await expect(stylisedFacts([other], { windowSeconds })).rejects.toThrow(ConfigError);
    }
  });
});
