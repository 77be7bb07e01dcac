import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { BUY } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileRows } from "../src/store/fileRows.ts";
import { binanceVision } from "../src/sources/binance-vision/binanceVision.ts";
import type { RawRow } from "../src/source.ts";
import { Lake } from "../src/store/lake.ts";
import { LakeWriter } from "../src/store/lakeWriter.ts";

const FILES = 100;
/** More than a chunk, so that they need a table. */
const ROWS = 2_049;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-writer-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Rows of a file of its own instrument, more than fit one chunk. */
function rowsOf(nth: number): FileRows {
  const rows = new FileRows();
  rows.startDataset("trades");
  for (let i = 0; i < ROWS; i++) {
    const row: RawRow<"trades"> = {
      tsEvent: 1_722_816_000_000_000 + i,
      line: i + 1,
      tradeId: String(i),
      side: BUY,
      price: { mantissa: 100 + (i % 7), decimals: 0 },
      size: { mantissa: 1, decimals: 0 },
    };
    rows.add("trades", "binance", `COIN${nth}USDT`, row);
  }
  return rows;
}

describe("a writer that several readers fill at once", () => {
  it("takes each reader's rows as if it were alone", async () => {
    const writer = await LakeWriter.open({
      lake: new Lake(folder),
      loader: { name: "test", version: 1 },
      simulated: null,
      terms: (venue, symbol, at) => binanceVision.terms(venue, symbol, at),
      lineTexts: async () => [],
    });
    try {
      let end = async (): Promise<void> => {};
      for (let nth = 0; nth < FILES; nth++) {
        const rows = rowsOf(nth);
        // One reader's rows come while another's file ends.
        const drained = writer.drain(nth, rows, true);
        for (let turn = 0; turn < nth % 10; turn++) await setImmediate();
        await Promise.all([drained, end()]);
        end = () => writer.endFile(nth, rows.summary());
      }
      await end();
      const files = Array.from({ length: FILES }, (_, nth) => ({
        name: `file-${nth}`,
        sha256: String(nth).padStart(64, "0"),
        dataset: "trades",
        bytes: 1,
      }));
      expect(await writer.build(files)).toMatchObject({ rows: FILES * ROWS, quarantined: 0 });
    } finally {
      await writer.close();
    }
  }, 60_000);
});
