import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { detectSource, ingest, Lake, type ReadHints } from "@aftershock/ingest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const recordings = resolve(import.meta.dirname, "../../../shared/data");
const readme = resolve(import.meta.dirname, "../../packages/ingest/README.md");
const here = existsSync(recordings);

const POLYGON_USDC = { venue: "polygon", symbol: "0x2791bca1f2de4661ed88a30c99a7a9449aa84174" };
const POLYGON_WETH = { venue: "polygon", symbol: "0x7ceb23fd6bc0add59e62ac25578270cff1b9f619" };
const POLYGON_POOL = { venue: "polygon", symbol: "0x794a61358d6845594f94dc1db02a252b5b4814ad" };

/** What files do not say of themselves, by the beginning of their path. */
const HINTS: readonly (readonly [string, ReadHints])[] = [
  ["crash-2020-03-12/dai", { venue: "coinapi", symbol: "DAI-USD" }],
  ["crash-2020-03-12/eth_usd", { venue: "coinapi", symbol: "ETH-USD" }],
  ["crash-2021/stablesims/", { venue: "coinapi", symbol: "ETH-USD" }],
  ["crash-2021/binance-spot-1m", { venue: "binance" }],
  ["crash-2022-05-luna/", { venue: "binance" }],
  ["crash-2023-03-usdc/usdc_price", { venue: "unknown", symbol: "USDC-USD" }],
  ["crash-2023-08-17/polygon_aavev3_usdc", POLYGON_USDC],
  ["crash-2023-08-17/polygon_aavev3_weth", POLYGON_WETH],
  [
    "crash-2023-08-17/polygon_univ3",
    { venue: "polygon", symbol: "0x45dda9cb7c25131df268515131f647d726f50608" },
  ],
  [
    "crash-2025-04-07/",
    { venue: "arbitrum", symbol: "0x47904963fc8b2340414262125af798b9655e58cd" },
  ],
  ["crash-2025-10-10/binance-usdm/", { venue: "binance-usdm" }],
  ["crash-2025-10-10/atom", { venue: "binance", symbol: "ATOMUSDT" }],
  ["funding-oi/funding_rate", { venue: "unknown", symbol: "BTC-PERP" }],
  ["klines/btc-perp", { venue: "unknown", symbol: "BTC-PERP" }],
  ["onchain/aave_positions_20230621/", { date: "2023-06-21" }],
  ["onchain/aave_v3_20251224_wick/", { venue: "ethereum", symbol: "aave_v3" }],
  ["onchain/evm-logs/aavev3_polygon_USDC_2024-01-06.raw", POLYGON_POOL],
  ["onchain/evm-logs/aavev3_polygon_WETH_2024-01-06.raw", POLYGON_POOL],
  ["onchain/evm-logs/aavev3_polygon_USDC", POLYGON_USDC],
  ["onchain/evm-logs/aavev3_polygon_WETH", POLYGON_WETH],
  ["onchain/evm-logs/ethetl", { venue: "ethereum" }],
  [
    "onchain/evm-logs/univ3",
    { venue: "ethereum", symbol: "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640" },
  ],
  ["orderbook/bitfinex_L3", { venue: "bitfinex", symbol: "tBTCUSD", date: "2021-04-01" }],
  ["orderbook/hyperliquid/ws_all", { date: "2025-11-01" }],
];

const hintsOf = (path: string): ReadHints =>
  HINTS.find(([start]) => path.startsWith(start))?.[1] ?? {};

/** The paths that the README lists as not ingested: table rows that begin with a path in backticks. */
async function notIngested(): Promise<readonly string[]> {
  const text = await readFile(readme, "utf8");
  const section = text.split("\n## ").find((part) => part.startsWith("Files of the collection"));
  return [...(section ?? "").matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = ""]) => path);
}

const files = here
  ? (await readdir(recordings, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(recordings, join(entry.parentPath, entry.name)))
      .toSorted()
  : [];
const left = await notIngested();
const isLeft = (path: string): boolean => left.includes(path);

/**
 * Tests that every recording goes into a lake whole, or stands in the README with the reason why not: those of one share, so that shares
 * run side by side.
 */
export function testRecordings(share: number, shares: number): void {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aftershock-every-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe.skipIf(!here)("every recording of ../shared/data", () => {
    it("is ingested, or stands in the README with the reason why not", () => {
      expect(left.filter((path) => !files.includes(path))).toEqual([]);
      expect(files.length).toBeGreaterThan(200);
    });

    it.each(left)("is not recognised, as the README says: %s", async (path) => {
      await expect(detectSource(join(recordings, path))).rejects.toThrow(/not recognised/);
    });

    it.each(files.filter((path, i) => !isLeft(path) && i % shares === share))(
      "goes into a lake whole: %s",
      async (path) => {
        const full = join(recordings, path);
        const lake = new Lake(join(folder, path.replaceAll(/[^\w]/g, "-")));
        const source = await detectSource(full);
        const result = await ingest({
          lake,
          source,
          paths: [full],
          hints: hintsOf(path),
          maxQuarantine: 0,
        });
        const partitions = await lake.list();
        const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0);
        expect(rows).toBe(result.rows);
        expect(rows).toBeGreaterThan(0);
        await rm(lake.paths.root, { recursive: true });
      },
      120_000,
    );
  });
}
