import { BUY, micros } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { streamOf } from "../batchOf.ts";
import { snapshot, update } from "../bookRows.ts";
import { featureRows, pick } from "./featureRows.ts";
import { SCRIPTED_BOOK } from "./scriptedBook.ts";

const book = () => streamOf("book", SCRIPTED_BOOK);

describe("the book at the end of a bar", () => {
  test("has a row in every bar from the first event to the last", async () => {
    const rows = await featureRows([book()], 10);
    expect(pick(rows, "instrument", "start", "valid")).toEqual([
      ["test:BTCUSDT", 100, 1],
      ["test:BTCUSDT", 110, 1],
      ["test:BTCUSDT", 120, 1],
      ["test:BTCUSDT", 130, 0],
      ["test:BTCUSDT", 140, 1],
    ]);
  });

  test("shows its levels in currency and units, and none where there is none", async () => {
    const rows = await featureRows([book()], 10, { depth: 2 });
    expect(
      pick(
        rows,
        "bidPrice1",
        "bidSize1",
        "bidPrice2",
        "bidSize2",
        "askPrice1",
        "askSize1",
        "askPrice2",
      ),
    ).toEqual([
      [99.7, 1, 90, 0.007, 100.1, 2, null],
      [99.7, 1, 90, 0.007, 100.2, 3, null],
      [99.7, 1, 90, 0.007, 100.2, 3, null],
      [null, null, null, null, null, null, null],
      [50, 0.001, null, null, null, null, null],
    ]);
  });

  test("has mid, spread and micro-price where both sides are there", async () => {
    const rows = await featureRows([book()], 10);
    expect(pick(rows, "mid", "spread", "spreadBps")).toEqual([
      [99.9, 0.4, (4 / 999) * 10_000],
      [99.95, 0.5, (5 / 999.5) * 10_000],
      [99.95, 0.5, (5 / 999.5) * 10_000],
      [null, null, null],
      [null, null, null],
    ]);
    // (997 × 2000 + 1001 × 1000) / 3000 ticks.
    expect(rows[0]?.["microprice"]).toBeCloseTo(99.8333333333, 9);
    expect(rows[4]?.["microprice"]).toBe(null);
  });

  test("sums up the size within so many bps of the mid, both ends included", async () => {
    const [row] = await featureRows([book()], 10);
    // Both best levels are 2 of 999 ticks from the mid: 20.02 bps.
    const bands = (side: string): readonly (number | string | null | undefined)[] =>
      [1, 5, 10, 25, 50, 100].map((bps) => row?.[`${side}Within${bps}Bps`]);
    expect([bands("bid"), bands("ask")]).toEqual([
      [0, 0, 0, 1, 1, 1],
      [0, 0, 0, 2, 2, 2],
    ]);
    // A mid of 10,000 ticks: a level 10 ticks away is 10 bps away exactly.
    const wide = snapshot({
      at: 1,
      bids: [
        [9_999, 1_000],
        [9_990, 2_000],
        [9_989, 4_000],
      ],
      asks: [
        [10_001, 8_000],
        [10_100, 16_000],
      ],
    });
    const [exact] = await featureRows([streamOf("book", wide)], 10);
    expect(exact).toMatchObject({
      bidWithin1Bps: 1,
      bidWithin5Bps: 1,
      bidWithin10Bps: 3,
      bidWithin25Bps: 7,
      askWithin1Bps: 8,
      askWithin50Bps: 8,
      askWithin100Bps: 24,
    });
  });

  test("has the imbalance of the best level, of five and of as many as are shown", async () => {
    const rows = await featureRows([book()], 10, { depth: 2 });
    expect(pick(rows, "imbalance1", "imbalance2", "imbalance5")).toEqual([
      [-1000 / 3000, -993 / 3007, -993 / 3007],
      [-2000 / 4000, -1993 / 4007, -1993 / 4007],
      [-2000 / 4000, -1993 / 4007, -1993 / 4007],
      [null, null, null],
      [1, 1, 1],
    ]);
  });

  test("lets the better side of the mid of a crossed book count whole", async () => {
    const crossed = snapshot({ at: 1, bids: [[1_050, 1]], asks: [[950, 2]] });
    const [row] = await featureRows([streamOf("book", crossed)], 10);
    expect(row).toMatchObject({
      spread: -10,
      spreadBps: -1_000,
      mid: 100,
      bidWithin1Bps: 0.001,
      askWithin1Bps: 0.002,
      crossedMessages: 1,
      lockedMessages: 0,
    });
  });

  test("has no bps where the mid is not above 0", async () => {
    const below = snapshot({ at: 1, bids: [[-3, 1]], asks: [[-1, 1]] });
    const [row] = await featureRows([streamOf("book", below)], 10);
    expect(row).toMatchObject({
      mid: -0.2,
      spread: 0.2,
      spreadBps: null,
      timeWeightedSpreadBps: null,
      bidWithin100Bps: null,
    });
    expect(row?.["timeWeightedSpread"]).toBeCloseTo(0.2, 12);
  });
});

describe("the book over a bar", () => {
  test("weighs its spread by the time that it held, and says for how long it was not valid", async () => {
    const rows = await featureRows([book()], 10);
    expect(pick(rows, "invalidMicros", "twoSidedMicros")).toEqual([
      [1, 9],
      [0, 10],
      [0, 10],
      [5, 5],
      [1, 0],
    ]);
    const spreads = rows.map((row) => row["timeWeightedSpread"]);
    // In ticks: 2 for 2 µs and 4 for 7; 4 for 2 and 5 for 8; 5; 5 for 5.
    expect(spreads[0]).toBeCloseTo(3.2 / 9, 12);
    expect(spreads[1]).toBeCloseTo(0.48, 12);
    expect(spreads[2]).toBeCloseTo(0.5, 12);
    expect(spreads[3]).toBeCloseTo(0.5, 12);
    expect(spreads[4]).toBe(null);
    const bps = rows.map((row) => row["timeWeightedSpreadBps"]);
    expect(bps[0]).toBeCloseTo(((2 * (2 / 1000) + 7 * (4 / 999)) / 9) * 10_000, 9);
    expect(bps[4]).toBe(null);
  });

  test("counts messages, updates, gaps, and crossed and locked ends of messages", async () => {
    const rows = await featureRows([book()], 10);
    expect(pick(rows, "bookMessages", "bookUpdates", "gaps")).toEqual([
      [2, 5, 0],
      [1, 2, 0],
      [0, 0, 0],
      [1, 1, 1],
      [1, 1, 0],
    ]);
    const touching = [
      ...snapshot({ at: 1, bids: [[10, 1]], asks: [[11, 1]] }),
      ...update({ at: 2, bids: [[11, 1]] }), // Locked.
      ...update({ at: 3, bids: [[12, 1]] }), // Crossed.
      ...update({ at: 12, bids: [[12, 2]] }), // Still crossed.
    ];
    const found = await featureRows([streamOf("book", touching)], 10);
    expect(pick(found, "crossedMessages", "lockedMessages")).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  test("of a window is told from what was built before it, at the end of its first bar", async () => {
    const rows = await featureRows([book(), streamOf("trades", [])], 10, {
      from: micros(112),
      to: micros(135),
    });
    // The spread from 110 on is known only from the message at 112 on.
    expect(pick(rows, "start", "valid", "mid", "invalidMicros", "bookMessages")).toEqual([
      [110, 1, 99.95, 2, 1],
    ]);
    const trade = { tsRecv: 115, side: BUY, price: 1000, size: 1 };
    const later = { ...trade, tsRecv: 131 };
    const quiet = await featureRows([book(), streamOf("trades", [trade, later])], 10, {
      from: micros(113),
      to: micros(135),
    });
    expect(pick(quiet, "start", "valid", "spread", "invalidMicros", "bookMessages")).toEqual([
      [110, 1, 0.5, 10, 0],
      [120, 1, 0.5, 0, 0],
      [130, 1, 0.5, 0, 0],
    ]);
  });
});
