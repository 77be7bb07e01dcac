import { BUY, ConfigError, SELL, TAKER } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { ConstantLatency } from "../../src/venue/constantLatency.ts";
import { FeedLatency } from "../../src/venue/feedLatency.ts";
import type { LatencyModel } from "../../src/venue/latencyModel.ts";
import { RecordedLatency } from "../../src/venue/recordedLatency.ts";
import { TestDesk } from "./testDesk.ts";

describe("a request", () => {
  const latency = new ConstantLatency({ orderMicros: 30, responseMicros: 7 });

  it("arrives one order latency after it was sent, and is heard of one response latency later", () => {
    const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 1, price: 101 }, 10);
    desk.venue.finish(46);
    expect(desk.heard).toEqual([]);
    desk.venue.finish(47);
    expect(desk.heard.map(({ kind, at, heardAt }) => [kind, at, heardAt])).toEqual([
      ["accepted", 40, 47],
      ["filled", 40, 47],
    ]);
  });

  it("meets the book of its arrival and not that of its sending", () => {
    const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 1 }, 10);
    desk.update(39, {
      asks: [
        [101, 0],
        [105, 5],
      ],
    });
    desk.update(41, {
      asks: [
        [105, 0],
        [109, 5],
      ],
    });
    desk.venue.finish(100);
    expect(desk.fillTexts).toEqual(["a: 1 @ 105"]);
  });

  it("comes after everything that was recorded at the instant of its arrival", () => {
    const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 1 }, 10);
    desk.update(40, {
      asks: [
        [101, 0],
        [105, 5],
      ],
    });
    desk
      .update(40, {
        asks: [
          [105, 0],
          [107, 5],
        ],
      })
      .trade(40, BUY, 107, 5);
    desk.update(41, {
      asks: [
        [107, 0],
        [109, 5],
      ],
    });
    desk.venue.finish(100);
    expect(desk.fillTexts).toEqual(["a: 1 @ 107"]);
  });

  it("is not filled by a trade at the instant of its arrival, and is by the next", () => {
    const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 0]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 1, price: 99 }, 10);
    desk.trade(40, SELL, 98, 5).trade(41, SELL, 98, 5);
    desk.venue.finish(100);
    expect(desk.fills.map(({ at }) => at)).toEqual([41]);
  });

  it("arrives before the study hears anything at that instant", () => {
    const desk = new TestDesk().snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
    const counts: number[] = [];
    desk.onHeard = () => counts.push(desk.venue.orderCount);
    for (const id of ["a", "b"]) desk.venue.submit({ id, side: BUY, size: 1, price: 90 }, 1);
    desk.venue.finish(1);
    expect(counts).toEqual([2, 2]);
  });

  it("to cancel does not act before it arrives", () => {
    const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 0]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 2, price: 99 }, 10);
    desk.venue.cancel("a", 50);
    desk.trade(80, SELL, 98, 1).trade(81, SELL, 98, 1);
    desk.venue.finish(100);
    expect(desk.story).toEqual(["a accepted", "a filled", "a cancelled: request"]);
  });

  it("cannot be sent before something that has already happened", () => {
    const desk = new TestDesk().snapshot(10, { bids: [[99, 5]] });
    expect(() => desk.venue.cancel("a", 9)).toThrow(ConfigError);
  });
});

test("a request never overtakes an earlier one, nor an answer", () => {
  const latency: LatencyModel = {
    orderMicros: (at) => (at === 10 ? 100 : 1),
    responseMicros: (at) => (at === 110 ? 50 : 1),
  };
  const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
  desk.venue.submit({ id: "a", side: BUY, size: 1, price: 90 }, 10);
  desk.venue.cancel("a", 20);
  desk.venue.submit({ id: "b", side: BUY, size: 1, price: 90 }, 120);
  desk.venue.finish(1_000);
  expect(desk.heard.map(({ kind, at, heardAt }) => [kind, at, heardAt])).toEqual([
    ["accepted", 110, 160],
    ["cancelled", 110, 160],
    ["accepted", 121, 160],
  ]);
});

test("a study that answers itself for ever without latency is stopped", () => {
  const desk = new TestDesk().snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
  desk.onHeard = () => desk.venue.cancel("nothing", 1);
  desk.venue.cancel("nothing", 1);
  expect(() => desk.venue.finish(1)).toThrow(/answered each other/u);
});

test("what the study hears it may answer at that time", () => {
  const latency = new ConstantLatency({ orderMicros: 5, responseMicros: 5 });
  const desk = new TestDesk({ latency }).snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
  desk.onHeard = (heard) => {
    if (heard.kind === "filled" && heard.orderId === "in") {
      desk.venue.submit({ id: "out", side: SELL, size: 1 }, heard.heardAt);
    }
  };
  desk.venue.submit({ id: "in", side: BUY, size: 1 }, 0);
  desk.update(100, {});
  expect(
    desk.fills.map(({ orderId, at, price, liquidity }) => [orderId, at, price, liquidity]),
  ).toEqual([
    ["in", 5, 101, TAKER],
    ["out", 15, 99, TAKER],
  ]);
});

describe("the feed's latency", () => {
  const options = {
    order: { factor: 2, plusMicros: 10 },
    response: { factor: 0.5 },
    initial: { orderMicros: 1_000, responseMicros: 2_000 },
  };

  it("is the last measured one times a factor, and the initial one before", () => {
    const latency = new FeedLatency(options);
    expect([latency.orderMicros(), latency.responseMicros()]).toEqual([1_000, 2_000]);
    latency.observe(100, 401);
    expect([latency.orderMicros(), latency.responseMicros()]).toEqual([612, 151]);
    latency.observe(200, 220);
    expect([latency.feedMicros, latency.orderMicros(), latency.responseMicros()]).toEqual([
      20, 50, 10,
    ]);
  });

  it("is 0 where the recorder's clock is behind, and that is counted; rows without a clock say nothing", () => {
    const latency = new FeedLatency(options);
    latency.observe(Number.NaN, 5);
    expect(latency.feedMicros).toBeNaN();
    latency.observe(100, 90);
    expect([latency.orderMicros(), latency.negatives]).toEqual([10, 1]);
  });

  it("refuses a factor below 0", () => {
    expect(() => new FeedLatency({ ...options, order: { factor: -1 } })).toThrow(ConfigError);
  });
});

describe("recorded latencies", () => {
  const latency = new RecordedLatency([
    { at: 100, orderMicros: 10, responseMicros: 40 },
    { at: 200, orderMicros: 20, responseMicros: 40 },
    { at: 400, orderMicros: 0, responseMicros: 80 },
  ]);

  it("are interpolated between rows, and those of the nearest row outside", () => {
    expect([0, 100, 150, 200, 300, 399, 400, 900].map((at) => latency.orderMicros(at))).toEqual([
      10, 10, 15, 20, 10, 0, 0, 0,
    ]);
    expect([150, 300].map((at) => latency.responseMicros(at))).toEqual([40, 60]);
  });

  it("must be in order of time, whole and not negative", () => {
    const row = { at: 1, orderMicros: 1, responseMicros: 1 };
    expect(() => new RecordedLatency([])).toThrow(ConfigError);
    expect(() => new RecordedLatency([row, row])).toThrow(ConfigError);
    expect(() => new RecordedLatency([{ ...row, orderMicros: -1 }])).toThrow(ConfigError);
    expect(() => new ConstantLatency({ orderMicros: 0.5, responseMicros: 0 })).toThrow(ConfigError);
  });
});
