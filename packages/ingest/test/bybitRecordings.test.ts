import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ASK, BID, SNAPSHOT_START, decimalToNumber } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { bybit } from "../src/sources/bybit/bybit.ts";
import { memorySink } from "./memorySink.ts";

const path = resolve(
  import.meta.dirname,
  "../../../../shared/data/orderbook/bybit_xrpusdt_ob500_20241201.data.zip",
);

describe.skipIf(!existsSync(path))("bybit_xrpusdt_ob500_20241201.data.zip", () => {
  it("holds one snapshot and 49 deltas whose ids leave no gap, and the book never crosses", async () => {
    const memory = memorySink();
    const file = await openFile(path);
    expect(bybit.recognises(await fileHead(file))).toBe(true);
    await bybit.createReader({}).read(file, memory.sink);
    expect(memory.quarantined).toEqual([]);
    expect(memory.skipped).toEqual([]);
    const rows = memory.of("book", "bybit:XRPUSDT");
    expect(rows).toHaveLength(ROWS);
    expect(rows.filter(({ flags }) => (flags & SNAPSHOT_START) !== 0)).toHaveLength(1);
    const lines = Map.groupBy(rows, ({ line }) => line);
    expect(lines.size).toBe(50);
    const book = new Map<string, number>();
    const best = (side: number): number => {
      const prices = [...book].flatMap(([key, size]) => {
        const [of, price] = key.split(" ").map(Number);
        return of === side && size > 0 ? [price ?? 0] : [];
      });
      return side === BID ? Math.max(...prices) : Math.min(...prices);
    };
    let last: number | undefined;
    for (const message of lines.values()) {
      for (const { side, price, size } of message) {
        book.set(`${side} ${decimalToNumber(price)}`, decimalToNumber(size));
      }
      const { updateId, prevUpdateId } = message[0] ?? {};
      if (last !== undefined) expect(prevUpdateId).toBe(last);
      last = updateId;
      expect(best(BID)).toBeLessThan(best(ASK));
    }
    expect(last).toBe(LAST_ID);
    expect(rows[0]?.tsEvent).toBe(FIRST_TIME);
    expect(rows.at(-1)?.tsEvent).toBe(LAST_TIME);
  });
});

/** Counted in the file by another program. */
const ROWS = 3_966;
const LAST_ID = 20_254_918;
const FIRST_TIME = 1_733_011_200_589_000;
const LAST_TIME = 1_733_011_205_488_000;
