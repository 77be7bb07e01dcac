import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

/** 2026-02-06T00:00:00Z, µs. */
const MIDNIGHT = 1_770_336_000_000_000;
const DAY = 86_400_000_000;
const ID = "binance-usdm:BTCUSDT";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-midnight-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ingest(lake: string, name: string, lines: readonly string[]): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  await json(lake, "ingest", "--source", "tardis", path);
}

/** A trade by the venue's clock and by the recorder's, both from midnight, µs. */
const trade = (event: number, recv: number, id: number): string =>
  `binance-futures,BTCUSDT,${MIDNIGHT + event},${MIDNIGHT + recv},${id},buy,63000.5,1`;

const level = (at: number, snapshot: boolean, side: string, price: number): string =>
  `binance-futures,BTCUSDT,${MIDNIGHT + at},${MIDNIGHT + at},${snapshot},${side},${price},1`;

const eventsOf = async (lake: string, ...args: readonly string[]): Promise<number> =>
  (await json<{ events: number }>(lake, "replay", ...args)).events;

describe("a window that ends at midnight", () => {
  const head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";

  it("has by the venue's clock the rows that were recorded on the other side", async () => {
    const ahead = join(folder, "ahead");
    const behind = join(folder, "behind");
    await ingest(ahead, "ahead_trades_.csv", [
      head,
      trade(-90, -100, 1),
      trade(5, -5, 2),
      trade(90, 80, 3),
    ]);
    await ingest(behind, "behind_trades_.csv", [
      head,
      trade(-90, -80, 1),
      trade(-5, 5, 2),
      trade(90, 95, 3),
    ]);
    const midnight = String(MIDNIGHT);
    const halves = async (lake: string): Promise<readonly number[]> => [
      await eventsOf(lake, ID, "--clock", "event", "--to", midnight),
      await eventsOf(lake, ID, "--clock", "event", "--from", midnight),
    ];
    expect(await halves(ahead)).toEqual([1, 2]);
    expect(await halves(behind)).toEqual([2, 1]);
  });
});

describe("a book between the last row of a day and midnight", () => {
  const head = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
  const snapshot = (at: number): readonly string[] => [
    level(at, true, "bid", 63_000),
    level(at, true, "ask", 63_001),
  ];
  const at = String(MIDNIGHT - 10);

  it("is the one of the last row where the next day was recorded too", async () => {
    const lake = join(folder, "whole");
    await ingest(lake, "whole.csv", [head, ...snapshot(-1_000), level(20, false, "bid", 63_000.5)]);
    expect(await json(lake, "book", ID, "--at", at)).toMatchObject({
      valid: true,
      bids: [["63000", "1"]],
    });
  });

  it("is unknown where the next day is missing", async () => {
    const lake = join(folder, "hole");
    await ingest(lake, "hole.csv", [
      head,
      ...snapshot(-1_000),
      level(DAY + 20, false, "bid", 63_000.5),
    ]);
    for (const time of [at, String(MIDNIGHT + 10), String(MIDNIGHT + DAY + 10)]) {
      const { code, stderr } = await aftershock(lake, "book", ID, "--at", time);
      expect(stderr).toMatch(/is (?:after the last|before the first) event of the book/);
      expect(code).toBe(1);
    }
    const past = String(MIDNIGHT + DAY + 20);
    expect(await json(lake, "book", ID, "--at", past)).toMatchObject({ valid: false });
  });
});

const CAPTURES = ["20240808", "20240809"].map((date) =>
  join(import.meta.dirname, `../../../shared/data/orderbook/binance-raw/spot_btcusdt_${date}.gz`),
);

describe.skipIf(!CAPTURES.every(existsSync))(
  "midnight in spot_btcusdt_20240808.gz and spot_btcusdt_20240809.gz",
  () => {
    it("parts the rows in two halves by either clock, and has a book", async () => {
      const lake = join(folder, "real");
      await json(lake, "ingest", "--source", "binance-raw", ...CAPTURES);
      const midnight = "2024-08-09T00:00:00Z";
      for (const clock of ["recv", "event"]) {
        const replayed = (...window: readonly string[]) =>
          json<{ trades: number; events: number }>(
            lake,
            "replay",
            "binance:BTCUSDT",
            "--clock",
            clock,
            ...window,
          );
        const [all, before, after] = [
          await replayed(),
          await replayed("--to", midnight),
          await replayed("--from", midnight),
        ];
        expect(before.trades + after.trades).toBe(all.trades);
        expect(before.events + after.events).toBe(all.events);
      }
      const at = "2024-08-08T23:59:59.99Z";
      const book = await json(lake, "book", "binance:BTCUSDT", "--at", at, "--depth", "1");
      expect(book).toMatchObject({ valid: true, bids: [["61685.99", expect.any(String)]] });
    }, 120_000);
  },
);
