import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { SELL, decimal, decimalToNumber } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import type { ReadHints } from "../src/source.ts";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data");

async function readRecording(path: string, hints: ReadHints): Promise<MemorySink> {
  const memory = memorySink();
  const file = await openFile(path);
  expect(binanceVision.recognises(await fileHead(file))).toBe(true);
  await binanceVision.createReader(hints).read(file, memory.sink);
  expect(memory.quarantined).toEqual([]);
  return memory;
}

const micros = (iso: string): number => Date.parse(iso) * 1_000;

const luna = resolve(DATA, "crash-2022-05-luna/LUNAUSDT-1m-2022-05.zip");
describe.skipIf(!existsSync(luna))("LUNAUSDT-1m-2022-05.zip", () => {
  it("holds 18,400 bars, halted from 2022-05-13 00:39 to 05-31 06:00, and two coins", async () => {
    const memory = await readRecording(luna, { venue: "binance" });
    const bars = memory.of("candles", "binance:LUNAUSDT");
    expect(bars).toHaveLength(18_400);
    expect(memory.skipped).toEqual([]);
    expect(memory.notes).toEqual(new Map());
    expect(memory.datasets).toEqual(["klines-1m"]);
    expect(bars[0]?.tsEvent).toBe(micros("2022-05-01T00:00:00Z"));
    expect(bars.at(-1)?.tsEvent).toBe(micros("2022-05-31T23:59:00Z"));
    const reopens = bars.findIndex((bar, i) => {
      const before = bars[i - 1]?.tsEvent;
      return before !== undefined && (bar.tsEvent ?? 0) - before > 60_000_000;
    });
    expect(bars[reopens - 1]).toMatchObject({
      tsEvent: micros("2022-05-13T00:39:00Z"),
      close: decimal("0.00005"),
    });
    expect(bars[reopens]).toMatchObject({ tsEvent: micros("2022-05-31T06:00:00Z") });
    expect(decimalToNumber(bars[reopens]?.close ?? decimal("0"))).toBeGreaterThan(5);
    const total = bars.reduce((sum, { trades }) => sum + (trades ?? 0), 0);
    expect(total).toBe(LUNA_TRADES);
    const before = binanceVision.terms("binance", "LUNAUSDT", bars[reopens - 1]?.tsEvent ?? 0);
    const after = binanceVision.terms("binance", "LUNAUSDT", bars[reopens]?.tsEvent ?? 0);
    expect(before.validTo).toBeLessThan(after.validFrom ?? 0);
  });
});

/** Summed from the file's ninth column by another program. */
const LUNA_TRADES = 43_296_373;

const atom = resolve(DATA, "crash-2025-10-10/atom_usdt_flash_sell_sequence.csv");
describe.skipIf(!existsSync(atom))("atom_usdt_flash_sell_sequence.csv", () => {
  it("holds 71 prints of one sweep from 1.688 to 0.001, 9,695.33 ATOM in all", async () => {
    const memory = await readRecording(atom, { venue: "binance", symbol: "ATOMUSDT" });
    const prints = memory.of("trades", "binance:ATOMUSDT");
    expect(prints).toHaveLength(71);
    const at = micros("2025-10-10T21:20:37.689Z") + 43;
    expect(prints.every(({ tsEvent, side }) => tsEvent === at && side === SELL)).toBe(true);
    expect([prints[0]?.price, prints.at(-1)?.price]).toEqual([decimal("1.688"), decimal("0.001")]);
    const total = prints.reduce((sum, { size }) => sum + decimalToNumber(size), 0);
    expect(total).toBeCloseTo(9_695.33, 2);
  });
});
