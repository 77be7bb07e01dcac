import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
  decimalToNumber,
} from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { coinbase } from "../src/sources/coinbase/coinbase.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook");
const levels = resolve(DATA, "coinbase_BTC-USD_l2_snapshot_20260807.json.gz");
const orders = resolve(DATA, "coinbase_BTC-USD_l3_snapshot_20260807.json.gz");

async function readRecording(path: string): Promise<MemorySink> {
  const memory = memorySink();
  const file = await openFile(path);
  expect(coinbase.recognises(await fileHead(file))).toBe(true);
  await coinbase.createReader({}).read(file, memory.sink);
  expect(memory.quarantined).toEqual([]);
  expect(memory.notes).toEqual(new Map());
  return memory;
}

/** The best bid lies below the best ask, and the frame of one snapshot stands around all rows. */
function checkSnapshot(
  rows: readonly { side: number; price: { mantissa: number; decimals: number }; flags: number }[],
): void {
  const prices = (side: number): number[] =>
    rows.filter((row) => row.side === side).map(({ price }) => decimalToNumber(price));
  expect(Math.max(...prices(BID).slice(0, 100))).toBeLessThan(
    Math.min(...prices(ASK).slice(0, 100)),
  );
  expect(prices(BID)).toEqual(prices(BID).toSorted((a, b) => b - a));
  expect(prices(ASK)).toEqual(prices(ASK).toSorted((a, b) => a - b));
  expect(rows[0]?.flags).toBe(SNAPSHOT | SNAPSHOT_START);
  expect(rows.at(-1)?.flags).toBe(SNAPSHOT | MESSAGE_END);
  expect(rows.slice(1, -1).every(({ flags }) => flags === SNAPSHOT)).toBe(true);
}

describe.skipIf(!existsSync(levels))("coinbase_BTC-USD_l2_snapshot_20260807.json.gz", () => {
  it("holds 18,376 bids and 27,017 asks", async () => {
    const memory = await readRecording(levels);
    const rows = memory.of("book", "coinbase:BTC-USD");
    expect(rows.filter(({ side }) => side === BID)).toHaveLength(18_376);
    expect(rows.filter(({ side }) => side === ASK)).toHaveLength(27_017);
    expect(rows[0]).toMatchObject({
      updateId: 133_905_821_961,
      tsRecv: Date.parse("2026-08-07T20:04:08Z") * 1_000,
    });
    checkSnapshot(rows);
  });
});

describe.skipIf(!existsSync(orders))("coinbase_BTC-USD_l3_snapshot_20260807.json.gz", () => {
  it("holds 57,419 bids and 53,187 asks, each of its own id, two seconds later", async () => {
    const memory = await readRecording(orders);
    const rows = memory.of("orders", "coinbase:BTC-USD");
    expect(rows.filter(({ side }) => side === BID)).toHaveLength(57_419);
    expect(rows.filter(({ side }) => side === ASK)).toHaveLength(53_187);
    expect(new Set(rows.map(({ orderId }) => orderId)).size).toBe(rows.length);
    expect(rows[0]).toMatchObject({
      updateId: 133_905_824_031,
      tsRecv: Date.parse("2026-08-07T20:04:10Z") * 1_000,
    });
    checkSnapshot(rows);
  });
});
