import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openFile } from "../src/files/openFile.ts";
import { binanceRaw } from "../src/sources/binance/binanceRaw.ts";
import { stored } from "./storedFiles.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook/binance-raw");

/**
 * Recordings, of which some go on in a second file and some begin without a snapshot; and the lines that only the plain reader takes, as rows:
 * snapshots, and the first message of each stream in each file.
 */
const RECORDINGS: readonly (readonly [files: readonly string[], rows: number])[] = [
  [["cm_ethusd_perp_20240808.gz", "cm_ethusd_perp_20240809.gz"], 479_080],
  [["spot_btcusdt_20240808.gz", "spot_btcusdt_20240809.gz"], 393_189],
  [["spot_ethusdt_20240808.gz", "spot_ethusdt_20240809.gz"], 348_037],
  [["usdm_btcusdt_20240718.gz", "usdm_btcusdt_20240719.gz"], 465_820],
  [["usdm_btcusdt_20240808.gz"], 532_923],
  [["usdm_ethusdt_20240808.gz"], 498_730],
  // Begins without a snapshot: its depth updates wait in vain.
  [["cm_ethusd_perp_20240809.gz"], 265_783],
];

/** Snapshots, and the first messages of each stream. */
const MOST_PLAIN = 60;

describe("the bulk reader of Binance captures", () => {
  for (const [files, rows] of RECORDINGS) {
    const paths = files.map((file) => resolve(DATA, file));
    const missing = files.filter((_, i) => !existsSync(paths[i] ?? ""));
    it.skipIf(missing.length > 0)(
      `stores of ${files.join(", ")} what the plain reader does${missing.length > 0 ? ` (${missing.join(", ")} absent)` : ""}`,
      async () => {
        const opened = await Promise.all(paths.map((path) => openFile(path)));
        const bulk = await stored(binanceRaw, opened, "bulk");
        const plain = await stored(binanceRaw, opened, "plain");
        expect(bulk.rows).toBe(rows);
        expect(bulk.parsed).toBeLessThan(MOST_PLAIN);
        expect(plain.parsed).toBeGreaterThan(rows / 100);
        expect(bulk.files).toEqual(plain.files);
        expect([bulk.error, plain.error]).toEqual([undefined, undefined]);
      },
      60_000,
    );
  }
});
