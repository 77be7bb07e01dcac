import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { decimal, decimalToNumber, utcDate } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { deribit } from "../src/sources/deribit/deribit.ts";
import { memorySink } from "./memorySink.ts";

const path = resolve(
  import.meta.dirname,
  "../../../../shared/data/options/dvol_btc_daily_20221106_20251112.json",
);

describe.skipIf(!existsSync(path))("dvol_btc_daily_20221106_20251112.json", () => {
  it("holds the closes of 1,102 days, 63.08 on 2024-08-05 and 44.11 on 2025-10-10", async () => {
    const memory = memorySink();
    const file = await openFile(path);
    expect(deribit.recognises(await fileHead(file))).toBe(true);
    await deribit.createReader({}).read(file, memory.sink);
    expect(memory.quarantined).toEqual([]);
    expect(memory.skipped).toEqual([]);
    expect(memory.datasets).toEqual(["bars-1d"]);
    const bars = memory.of("candles", "deribit:BTC-DVOL");
    expect(bars).toHaveLength(1_102);
    expect(bars.every(({ intervalMicros }) => intervalMicros === 86_400_000_000)).toBe(true);
    const closeOf = (date: string): unknown =>
      bars.find(({ tsEvent }) => utcDate(tsEvent ?? 0) === date)?.close;
    expect(closeOf("2024-08-05")).toEqual(decimal("63.08"));
    expect(closeOf("2025-10-10")).toEqual(decimal("44.11"));
    expect([closeOf("2022-11-06"), closeOf("2025-11-12")]).toEqual([
      decimal("56.76"),
      decimal("44.87"),
    ]);
    // Summed by another program.
    const sum = bars.reduce((total, { close }) => total + decimalToNumber(close), 0);
    expect(sum).toBeCloseTo(57_459.77, 6);
  });
});
