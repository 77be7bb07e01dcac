import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const ID = "binance-usdm:BTCUSDT";

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-inspect-"));
  lake = join(folder, "lake");
  const head = "exchange,symbol,timestamp,local_timestamp";
  const start = (n: number): string =>
    `binance-futures,BTCUSDT,${DAY + n * 1_000_000},${DAY + n * 1_000_000 + 900}`;
  const trades = join(folder, "trades.csv");
  const prices = ["63000", "63001", "126000", "63002", "63002.5"];
  const lines = prices.map((price, n) => `${start(n)},${n},buy,${price},1`);
  await writeFile(trades, [`${head},id,side,price,amount`, ...lines, "x,y"].join("\n"));
  const quotes = join(folder, "quotes.csv");
  const sides = ["63000,62999", "62990,62995", "63001,63000"];
  const texts = sides.map((pair, n) => `${start(n)},1,${pair},1`);
  await writeFile(
    quotes,
    [`${head},ask_amount,ask_price,bid_price,bid_amount`, ...texts].join("\n"),
  );
  await json(lake, "ingest", trades, quotes, "--max-quarantine", "0.5");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("aftershock inspect", () => {
  it("gives sources, quality and prices that are off those of the other streams as JSON", async () => {
    expect(await json(lake, "inspect", ID, "2026-02-05")).toMatchObject({
      instrument: ID,
      date: "2026-02-05",
      partitions: [
        { stream: "quotes", quality: { crossed: 1, crossedMicros: 1_000_000 } },
        {
          stream: "trades",
          quality: { quarantined: 1, latencyMicros: { min: 900, median: 900, max: 900 } },
          sources: [{ name: "trades.csv", rows: 5 }],
        },
      ],
      priceOutliers: {
        tolerance: 0.05,
        streams: [
          { stream: "quotes", compared: 3, outliers: 0 },
          { stream: "trades", compared: 5, outliers: 1, worstAt: DAY + 2_000_000 },
        ],
      },
    });
  });

  it("shows them as tables, with a mark at what to look at twice", async () => {
    const { stdout, code } = await aftershock(lake, "inspect", ID, "2026-02-05");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^! {2}crossed +1 +quotes or message ends with bid above ask$/m);
    expect(stdout).toMatch(/^! {2}quarantined +1 /m);
    expect(stdout).toMatch(/^ {3}locked +0 /m);
    expect(stdout).toMatch(/^trades +5 +1 +100\.0\d%  2026-02-05T00:00:02\.000000Z$/m);
  });

  it.each([
    ["2026-02-06", 1, /the lake holds nothing of .* on 2026-02-06\nhint: It holds 2026-02-05\./],
    ["yesterday", 2, /"yesterday" is not a day/],
  ])("says what is wrong with %s", async (date, code, message) => {
    const result = await aftershock(lake, "inspect", ID, date);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});
