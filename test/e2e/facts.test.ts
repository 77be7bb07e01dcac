import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createViews, Lake, openDuck, sqlString } from "@aftershock/ingest";
import type { StylisedFacts } from "@aftershock/replay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook");
const BINANCE = join(DATA, "binance-raw/usdm_btcusdt_20240808.gz");
const LIGHTER = join(DATA, "lighter_BTC_20251210_l2_trades_liqs.json.gz");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-facts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first row of a query over a lake. */
async function sqlRow(lake: string, sql: string): Promise<Readonly<Record<string, unknown>>> {
  const duck = await openDuck();
  try {
    await createViews(duck, new Lake(lake));
    return (await duck.rows(sql))[0] ?? {};
  } finally {
    duck.close();
  }
}

describe("aftershock facts", () => {
  it("says what it is for, and what the lake holds where it lacks the instrument", async () => {
    const help = await aftershock(folder, "facts", "--help");
    expect(help.stdout).toMatch(/stylised facts of an instrument/);
    const { code, stderr } = await aftershock(folder, "facts", "bybit:BTCUSDT");
    expect(code).toBe(1);
    expect(stderr).toMatch(/the lake holds nothing of bybit:BTCUSDT\n.*is empty/);
    const window = await aftershock(folder, "facts", "bybit:BTCUSDT", "--window", "0");
    expect(window.code).toBe(2);
  });
});

describe.skipIf(!existsSync(BINANCE))("facts of usdm_btcusdt_20240808.gz", () => {
  let lake: string;
  beforeAll(async () => {
    lake = join(folder, "binance");
    await json(lake, "ingest", BINANCE);
  });

  it("tie out with SQL over the lake", async () => {
    const facts = await json<StylisedFacts>(lake, "facts", "binance-usdm:BTCUSDT");
    const trades = await sqlRow(
      lake,
      `SELECT count(*) AS n, avg(price * size) AS mean, sum(size) AS size,
        count(*) FILTER (tsEvent IS DISTINCT FROM before OR side <> beforeSide) AS orders
        FROM (SELECT *, lag(tsEvent) OVER (ORDER BY seq) AS before, lag(side) OVER (ORDER BY seq) AS beforeSide FROM trades)`,
    );
    expect(facts.activity.trades).toBe(Number(trades["n"]));
    expect(facts.activity.orders).toBe(Number(trades["orders"]));
    expect(facts.activity.meanTradeQuote! / Number(trades["mean"])).toBeCloseTo(1, 9);
    // The book was never crossed and nearly always one tick wide.
    expect(facts.spread!.ticks.all).toMatchObject({ p5: 1, p50: 1, p95: 1 });
    expect(facts.returns.map(({ horizonSeconds, count }) => [horizonSeconds, count])).toEqual([
      [1, 343],
      [10, 33],
      [60, 4],
    ]);
    expect(facts.signs!.correlations[0]!.correlation).toBeGreaterThan(0.1);
    expect(facts.absent).toContainEqual({ fact: "forced", why: "there are no liquidations" });
  });

  it("have the moments and the memory that SQL makes of bars of a second", async () => {
    const bars = join(lake, "bars.parquet");
    await json(lake, "replay", "binance-usdm:BTCUSDT", "--bars", "1s", "--out", bars);
    // The last bar is cut off by the end of the recording.
    const own = await sqlRow(
      lake,
      `SELECT 3 + kurtosis_pop(r) AS kurtosis, 1e4 * stddev_pop(r) AS deviation, corr(abs(r), abs(before)) AS memory
        FROM (SELECT r, lag(r) OVER (ORDER BY start) AS before FROM (SELECT start, ln(mid / lag(mid) OVER (ORDER BY start)) AS r
        FROM read_parquet(${sqlString(bars)}) QUALIFY start < max(start) OVER ()))`,
    );
    const [second] = (await json<StylisedFacts>(lake, "facts", "binance-usdm:BTCUSDT")).returns;
    expect(second!.kurtosis! / Number(own["kurtosis"])).toBeCloseTo(1, 6);
    expect(second!.deviationBps / Number(own["deviation"])).toBeCloseTo(1, 6);
    // A correlation of pairs takes the mean and the variance of each of its two columns.
    expect(second!.correlations[0]!.absolute).toBeCloseTo(Number(own["memory"]), 2);
  });

  it("of a window are those of the window, and print as tables", async () => {
    const from = "2024-08-08T23:56:00Z";
    const own = await json<StylisedFacts>(lake, "facts", "binance-usdm:BTCUSDT", "--from", from);
    expect(own.from).toBeGreaterThanOrEqual(Date.parse(from) * 1_000);
    expect(own.spread!.ticks.all.p50).toBe(1);
    const { code, stdout } = await aftershock(
      lake,
      "facts",
      "binance-usdm:BTCUSDT",
      "--window",
      "10",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nreturns +count +deviation bps +kurtosis/);
    expect(stdout).toMatch(/\nspread, ticks +all +1 +1 +1/);
    expect(stdout).toMatch(/\nnot told: forced: there are no liquidations\n/);
    const none = await aftershock(
      lake,
      "facts",
      "binance-usdm:BTCUSDT",
      "--from",
      "2024-08-09T12:00:00Z",
    );
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/in that window/);
  });
});

describe.skipIf(!existsSync(LIGHTER))(
  "facts of lighter_BTC_20251210_l2_trades_liqs.json.gz",
  () => {
    it("have the share of forced orders that SQL over the lake has", async () => {
      const lake = join(folder, "lighter");
      await json(lake, "ingest", LIGHTER);
      const { forced, cancellations } = await json<StylisedFacts>(lake, "facts", "lighter:BTC");
      const { share, prints } = await sqlRow(
        lake,
        `SELECT (SELECT sum(price * size) FROM liquidations WHERE method = 1) / (SELECT sum(price * size) FROM trades) AS share,
        (SELECT count(*) FROM liquidations WHERE method = 1) AS prints`,
      );
      expect(forced!.prints).toBe(Number(prints));
      expect(forced!.share / Number(share)).toBeCloseTo(1, 9);
      expect(cancellations!.from).toBe("levels");
    });
  },
);
