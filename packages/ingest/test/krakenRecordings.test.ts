import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { BUY, SELL, decimalToNumber } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { kraken } from "../src/sources/kraken/kraken.ts";
import { memorySink } from "./memorySink.ts";

const path = resolve(
  import.meta.dirname,
  "../../../../shared/data/orderbook/kraken_XBTUSDT_trades_20251110.json.gz",
);

describe.skipIf(!existsSync(path))("kraken_XBTUSDT_trades_20251110.json.gz", () => {
  it("holds 1,000 trades with contiguous ids in order of time", async () => {
    const memory = memorySink();
    const file = await openFile(path);
    expect(kraken.recognises(await fileHead(file))).toBe(true);
    await kraken.createReader({}).read(file, memory.sink);
    expect(memory.quarantined).toEqual([]);
    expect(memory.skipped).toEqual([]);
    const trades = memory.of("trades", "kraken:XBT-USDT");
    expect(trades).toHaveLength(1_000);
    const ids = trades.map(({ tradeId }) => Number(tradeId));
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, i) => 10_218_208 + i));
    const times = trades.map(({ tsEvent }) => tsEvent ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect([times[0], times.at(-1)]).toEqual([1_762_795_433_971_745, 1_762_820_035_982_278]);
    const of = (side: number): number => trades.filter((trade) => trade.side === side).length;
    expect([of(BUY), of(SELL)]).toEqual([578, 422]);
    const volume = trades.reduce((sum, { size }) => sum + decimalToNumber(size), 0);
    expect(volume).toBeCloseTo(93.10181737, 8);
  });
});
