import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

/** 2025-10-10T21:15:03Z, µs. */
const AT = 1_760_130_903_000_000;

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-days-"));
  lake = join(folder, "lake");
  const trades = [
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
    `binance-futures,BTCUSDT,${AT},${AT + 5},1,sell,112000.1,0.5`,
    `binance-futures,BTCUSDT,${AT + 9},${AT + 12},2,sell,111999.9,0.001`,
    "",
  ].join("\n");
  const path = join(folder, "binance-futures_trades_2025-10-10_BTCUSDT.csv");
  await writeFile(path, trades);
  await json(lake, "ingest", path);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface ListedDay {
  readonly date: string;
  readonly btc: { readonly low: string };
  readonly btcFall: number;
  readonly archives: Readonly<Record<string, number>>;
  readonly inLake: { readonly partitions: number; readonly rows: number };
}

describe("aftershock days", () => {
  it("lists every day with its low, its fall, its archives and what the lake has of it", async () => {
    const { days } = await json<{ days: ListedDay[] }>(lake, "days");
    expect(days).toHaveLength(16);
    const [first, last] = [days[0], days.at(-1)];
    expect(first).toMatchObject({ date: "2020-03-12", btc: { low: "4410" } });
    expect(first?.btcFall).toBeCloseTo(4410 / 7934.58 - 1, 12);
    expect(first?.inLake).toEqual({ partitions: 0, rows: 0 });
    expect(last).toMatchObject({ date: "2025-10-10", inLake: { partitions: 1, rows: 2 } });
    expect(last?.archives["free"]).toBeGreaterThan(10);
    const { stdout } = await aftershock(lake, "days");
    expect(stdout).toMatch(/2020-03-12 +Black Thursday.* 4410 +-44\.4%/);
    expect(stdout).toMatch(/2025-10-10 .* 102000 +-16\.2% .*1 partitions, 2 rows/);
  });

  it("shows one day with facts, sources, what is not verified, traps and the lake", async () => {
    const { code, stdout } = await aftershock(lake, "days", "2025-10-10");
    expect(code).toBe(0);
    expect(stdout).toMatch(/2025-10-10T21:36:00Z … 2025-10-10T22:16:00Z/);
    expect(stdout).toMatch(/BTC +121662\.41 +102000 +112774\.5 +-16\.2%/);
    expect(stdout).toMatch(/More than 19 B USD .* \[unverified\]\n +secondary: CoinGlass/);
    expect(stdout).toMatch(/first liquidation was at 21:15:03 UTC\.\n/);
    expect(stdout).toMatch(/evening are in the file dated 2025-10-11/);
    expect(stdout).toMatch(/binance-usdm:BTCUSDT +trades +21:15:03–21:15:03 +2/);
  });

  it("writes the commands that fill the lake", async () => {
    const { stdout } = await aftershock(lake, "days", "2024-08-05");
    expect(stdout).toMatch(/\n {2}aftershock fetch binance-usdm BTCUSDT 2024-08-05 --streams \S/);
    expect(stdout).toMatch(
      /\n {2}aftershock fetch hyperliquid BTC 2024-08-05 .*# Amazon charges your account/,
    );
    const old = await aftershock(lake, "days", "2020-03-12");
    expect(old.stdout).not.toMatch(/fetch binance-coinm|fetch hyperliquid|fetch tardis/);
    expect(old.stdout).toMatch(/nothing of this day/);
  });

  it("prints one JSON document of a day", async () => {
    const day = await json<Record<string, unknown>>(lake, "days", "2025-10-10");
    expect(day).toMatchObject({
      date: "2025-10-10",
      event: "october-2025",
      inLake: [{ instrument: "binance-usdm:BTCUSDT", stream: "trades", rows: 2 }],
    });
    expect(day["facts"]).toContainEqual(
      expect.objectContaining({ value: 2103111430.86, verified: true }),
    );
    expect(day["fetch"]).toContainEqual(
      expect.objectContaining({ instrument: "bybit:BTCUSDT", status: "free" }),
    );
  });

  it("names near days for one that it has not, and refuses what is no day", async () => {
    const { code, stderr } = await aftershock(lake, "days", "2022-05-10");
    expect(code).toBe(2);
    expect(stderr).toBe(
      "error: 2022-05-10 is not in the catalogue\nhint: Near it are 2022-05-09, 2022-05-11, 2022-05-12; `aftershock days` lists all.\n",
    );
    const wrong = await aftershock(lake, "days", "2025-02-30");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^error: "2025-02-30" is not a day\n/);
  });
});
