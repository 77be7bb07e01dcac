import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

let lake: string;
beforeAll(async () => {
  lake = await mkdtemp(join(tmpdir(), "aftershock-rules-"));
});
afterAll(() => rm(lake, { recursive: true, force: true }));

interface ShownRule {
  readonly at: string;
  readonly until: string | null;
  readonly known: boolean;
  readonly value?: { readonly kind?: string; readonly averageSeconds?: number };
  readonly source?: { readonly title: string; readonly address?: string };
  readonly status?: string;
  readonly doubts?: readonly string[];
  readonly reason?: string;
}

interface Shown {
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly parts: readonly {
    readonly part: string;
    readonly symbols: readonly string[];
    readonly rules: readonly ShownRule[];
  }[];
  readonly unverified: readonly { readonly symbol: string; readonly part: string }[];
}

const partOf = ({ parts }: Shown, name: string, symbol: string): readonly ShownRule[] =>
  parts.find(({ part, symbols }) => part === name && symbols.includes(symbol))!.rules;

describe("aftershock rules", () => {
  it("prints what held on a day, with sources, and marks what is not verified or in conflict", async () => {
    const { code, stdout, stderr } = await aftershock(lake, "rules", "binance-usdm", "2021-05-19");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^binance-usdm {2}Binance USD-M futures {2}2021-05-19\n/);
    expect(stdout).toMatch(/\nmargin {2}BTCUSDT\n {2}since 2021-03-18T09:00:00Z\n/);
    expect(stdout).toMatch(/\n +1,000,000 +10,000,000 +20 +5% +2\.5% +16,300\n/);
    expect(stdout).toMatch(
      /source: Binance, Updates .*; binance\.com\/en\/support\/announcement\/86cf9aa4\w+\n/,
    );
    expect(stdout).toMatch(/\nmargin {2}ETHUSDT\n {2}not known: no table of ETHUSDT before 2022/);
    expect(stdout).toMatch(
      /\nfees {2}BTCUSDT, ETHUSDT\n.*\[unverified\]\n {4}tiers VIP 0 \(maker rate 0\.02%, taker rate 0\.04%\)/,
    );
    expect(stdout).toMatch(
      /\nmark {2}BTCUSDT, ETHUSDT\n.*\[conflict\]\n[^]*?\n {4}! sources disagree: 2\.5 minutes/,
    );
    expect(stdout).toMatch(
      /\nliquidation {2}.*\n.*\n {4}.*steps cancel → ioc → takeover → insurance → adl\n/,
    );
    expect(stdout).toMatch(/\n {4}! its source gives no date: taken to hold from 2020-01-01\n/);
    expect(stdout).toMatch(/are not sure \(marked, or with !\) and \d+ not known\.\n$/);
  });

  it("shows a change within the day, at its instant where that is known", async () => {
    const day = await json<Shown>(lake, "rules", "binance-usdm", "2025-09-18");
    expect(partOf(day, "mark", "BTCUSDT")).toEqual([
      expect.objectContaining({
        at: "2025-09-18T00:00:00.000000Z",
        until: "2025-09-18T08:01:00.000000Z",
        status: "conflict",
      }),
      expect.objectContaining({ at: "2025-09-18T08:01:00.000000Z", status: "verified" }),
    ]);
    const { stdout } = await aftershock(lake, "rules", "maker", "2020-03-12", "--symbol", "ETH-A");
    expect(stdout).toMatch(
      /\nauction {2}ETH-A\n {2}seen 2020-03-12\n {4}english \(lot collateral 50, [^]*later that day, at a time that is not known:\n {2}since 2020-03-12 {2}\[conflict\]\n {4}english \(lot collateral 500,/,
    );
  });

  it("takes an instant, and then shows what held at it alone", async () => {
    const mark = async (time: string): Promise<number | undefined> => {
      const shown = await json<Shown>(lake, "rules", "binance-usdm", time);
      const rules = partOf(shown, "mark", "BTCUSDT");
      expect(rules).toHaveLength(1);
      return rules[0]!.value?.averageSeconds;
    };
    expect(await mark("2025-09-18T08:00:59.999999Z")).toBe(60);
    expect(await mark("2025-09-18T08:01:00Z")).toBe(30);
  });

  it("prints one JSON document with values, sources, reasons and what a run must say", async () => {
    const shown = await json<Shown>(lake, "rules", "bybit", "2025-10-10", "--symbol", "ETHUSDT");
    expect(shown).toMatchObject({ venue: "bybit", symbols: ["ETHUSDT"] });
    expect(partOf(shown, "margin", "ETHUSDT")).toEqual([
      expect.objectContaining({ known: false, reason: "no table of ETHUSDT was found" }),
    ]);
    expect(partOf(shown, "adl", "ETHUSDT")[0]).toMatchObject({
      known: true,
      value: { ranking: "profitTimesLeverage", price: "bankruptcy" },
      source: { address: expect.stringContaining("help.bybit.com 900000031623") },
    });
    expect(shown.unverified).toContainEqual(
      expect.objectContaining({ symbol: "ETHUSDT", part: "margin", status: "absent" }),
    );
  });

  it("shows one symbol, or what holds for all that have no rules of their own", async () => {
    const own = await json<Shown>(lake, "rules", "bybit", "2025-10-10", "--symbol", "BTCUSD");
    expect(partOf(own, "funding", "BTCUSD")[0]).toMatchObject({
      value: { impact: { unit: "BTC" } },
    });
    const others = await json<Shown>(lake, "rules", "bybit", "2025-10-10", "--symbol", "*");
    expect(partOf(others, "funding", "*")[0]).toMatchObject({
      value: { impact: { unit: "USDT" } },
    });
  });

  it.each([
    [
      ["ftx", "2022-11-08"],
      'error: no rules are known of "ftx"\nhint: Known are those of binance-coinm, binance-usdm, bitmex, bybit, deribit, dydx-v4, hyperliquid, maker, okx.\n',
    ],
    [
      ["okx", "2022-02-30"],
      'error: "2022-02-30" is not a day\nhint: Write YYYY-MM-DD, like 2025-10-10, or an instant, like 2025-10-10T21:15:00Z.\n',
    ],
    [
      ["okx", "2022-02-03T25:00Z"],
      'error: "2022-02-03T25:00Z" is not a time\nhint: Write ISO 8601 in UTC, like 2025-10-10T21:15:03.127Z, or µs since the epoch.\n',
    ],
    [
      ["bitmex", "2020-03-12", "--symbol", "XRPUSD"],
      'error: bitmex has no rules of "XRPUSD" alone\nhint: Known are XBTUSD, ETHUSD; "*" shows what holds for all others.\n',
    ],
    [
      ["../catalogue/2020-03-12", "2020-03-12"],
      'error: no rules are known of "../catalogue/2020-03-12"\n',
    ],
  ])("refuses %j with exit code 2, saying what there is", async (args, expected) => {
    const { code, stdout, stderr } = await aftershock(lake, "rules", ...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(expected);
  });

  it("says how it is used", async () => {
    const { code, stdout } = await aftershock(lake, "rules", "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/aftershock rules \[options\] <venue> <date>/);
    const missing = await aftershock(lake, "rules", "okx");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/missing required argument 'date'/);
  });
});
