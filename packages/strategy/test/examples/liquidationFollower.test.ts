import { ConfigError } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  LiquidationFollower,
  type LiquidationFollowerOptions,
} from "../../src/examples/liquidationFollower.ts";
import { madeStreams, type MadeBook } from "./madeMarket.ts";
import { fillTexts, playFollower } from "./playExamples.ts";

const OPTIONS: LiquidationFollowerOptions = {
  windowMicros: 50,
  triggerLots: 8,
  orderLots: 4,
  holdMicros: 100,
  slippageTicks: 1,
};

const SOLD = { at: 10, tsEvent: 10, side: -1, size: 8 } as const;

describe("a follower of liquidations", () => {
  it("sells after longs were liquidated, and buys after shorts were", () => {
    const seller = new LiquidationFollower(OPTIONS);
    seller.see(SOLD);
    const sale = { id: "follow-1", side: -1, size: 4, price: 99, timeInForce: "ioc" };
    expect(seller.act(20, 100, 102)).toEqual(sale);
    const buyer = new LiquidationFollower(OPTIONS);
    buyer.see({ ...SOLD, side: 1 });
    expect(buyer.act(20, 100, 102)).toEqual({ ...sale, side: 1, price: 103 });
  });

  it("waits for the trigger, which both sides count for", () => {
    const follower = new LiquidationFollower(OPTIONS);
    follower.see({ ...SOLD, size: 9 });
    follower.see({ ...SOLD, at: 11, side: 1, size: 2 });
    expect(follower.act(20, 100, 102)).toBeUndefined();
    follower.see({ ...SOLD, at: 21, size: 1 });
    expect(follower.act(22, 100, 102)?.side).toBe(-1);
  });

  it("forgets what is older than its window, also where it was told late", () => {
    const follower = new LiquidationFollower(OPTIONS);
    follower.see(SOLD);
    expect(follower.act(60, 100, 102)).toBeUndefined();
    follower.see({ ...SOLD, at: 70 });
    expect(follower.act(71, 100, 102)).toBeUndefined();
  });

  it("takes the recorder's time where the venue's is missing or ahead", () => {
    for (const tsEvent of [Number.NaN, 1_000]) {
      const follower = new LiquidationFollower(OPTIONS);
      follower.see({ ...SOLD, tsEvent });
      expect(follower.act(59, 100, 102)).toBeDefined();
      const late = new LiquidationFollower(OPTIONS);
      late.see({ ...SOLD, tsEvent });
      expect(late.act(60, 100, 102)).toBeUndefined();
    }
  });

  it("does nothing where there is no market", () => {
    const follower = new LiquidationFollower(OPTIONS);
    follower.see(SOLD);
    expect(follower.act(20, Number.NaN, 102)).toBeUndefined();
    expect(follower.act(20, 102, 102)).toBeUndefined();
  });

  it("has one order at a time", () => {
    const follower = new LiquidationFollower(OPTIONS);
    follower.see(SOLD);
    follower.act(20, 100, 102);
    expect(follower.act(21, 100, 102)).toBeUndefined();
  });

  it.each<[Partial<LiquidationFollowerOptions>]>([
    [{ windowMicros: 0 }],
    [{ triggerLots: 0 }],
    [{ triggerLots: Number.NaN }],
    [{ orderLots: 1.5 }],
    [{ holdMicros: -1 }],
    [{ slippageTicks: 0.5 }],
  ])("is not possible with %o", (wrong) => {
    expect(() => new LiquidationFollower({ ...OPTIONS, ...wrong })).toThrow(ConfigError);
  });
});

describe("a follower of liquidations at a venue", () => {
  const BEFORE = [
    [
      [100, 10],
      [99, 10],
    ],
    [[102, 10]],
  ] as const;
  const AFTER = [
    [[97, 10]],
    [
      [98, 3],
      [99, 10],
    ],
  ] as const;
  const books: readonly MadeBook[] = [
    [0, ...BEFORE],
    [20, ...BEFORE],
    [60, ...AFTER],
    [120, ...AFTER],
    [140, ...AFTER],
    [160, ...AFTER],
    [300, ...AFTER],
  ];
  const latencies = { orderMicros: 5, responseMicros: 5 };

  it("enters, holds, leaves, and earns what can be reckoned by hand", async () => {
    const streams = madeStreams({ books, liquidations: [[10, -1, 100, 8]] });
    const played = await playFollower({ streams, latencies }, OPTIONS);
    expect(played.requests).toEqual([
      "20 submit follow-1 sell 4 @ 99",
      // It heard of its fill at 30.
      "140 submit follow-2 buy 4 @ 99",
    ]);
    expect(fillTexts(played)).toEqual([
      "25 follow-1 4 @ 100",
      "145 follow-2 3 @ 98",
      "145 follow-2 1 @ 99",
    ]);
    const { account } = played.venue;
    expect(account.position).toBe(0);
    expect(account.feesPaid).toBeCloseTo((400 + 294 + 99) * 0.002, 9);
    expect(account.cash).toBeCloseTo(400 - 294 - 99 - account.feesPaid, 9);
  });

  it("follows a liquidation once", async () => {
    const options = { ...OPTIONS, windowMicros: 1_000 };
    const streams = madeStreams({ books, liquidations: [[10, -1, 100, 8]] });
    const { requests } = await playFollower({ streams, latencies }, options);
    expect(requests).toHaveLength(2);
  });

  it("leaves in as many orders as it takes", async () => {
    const options = { ...OPTIONS, slippageTicks: 0 };
    const streams = madeStreams({ books, liquidations: [[10, -1, 100, 8]] });
    const played = await playFollower({ streams, latencies }, options);
    expect(fillTexts(played)).toEqual([
      "25 follow-1 4 @ 100",
      "145 follow-2 3 @ 98",
      "165 follow-3 1 @ 98",
    ]);
  });
});
