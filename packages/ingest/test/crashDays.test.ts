import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashDay } from "../src/catalogue/crashDay.ts";
import { loadCrashDays } from "../src/catalogue/crashDays.ts";

const CATALOGUE = resolve(import.meta.dirname, "../../../data/catalogue");

/** Binance spot, UTC days: open, low, close of BTC and of ETH, as read in two independent public data sets. */
const TABLE: readonly (readonly [date: string, btc: string, eth: string])[] = [
  ["2020-03-12", "7934.58/4410/4800", "194.61/101.20/107.82"],
  ["2020-03-13", "4800.01/3782.13/5578.6", "107.67/86/134.06"],
  ["2021-05-19", "42849.78/30000/36690.09", "3375.08/1888/2438.92"],
  ["2021-09-07", "52666.2/42843.05/46863.73", "3926.67/3005/3434.57"],
  ["2021-12-04", "53601.05/42000.3/49152.47", "4215.01/3503.68/4117.25"],
  ["2022-05-09", "34038.39/30033.33/30076.31", "2519.71/2225/2228.55"],
  ["2022-05-11", "31017.11/27785/29103.94", "2342.04/2005/2084.99"],
  ["2022-05-12", "29103.94/26700/29029.75", "2084.99/1800/1960.22"],
  ["2022-06-13", "26574.53/21925.77/22487.41", "1434.84/1165.45/1209.82"],
  ["2022-11-08", "20590.67/17166.83/18547.23", "1568.09/1233/1334.77"],
  ["2022-11-09", "18545.38/15588/15922.81", "1334.78/1073.53/1102.73"],
  ["2023-03-11", "20150.69/19765.03/20455.73", "1426.43/1408.40/1471.97"],
  ["2023-08-17", "28730.51/25166/26623.41", "1807.81/1550/1681.49"],
  ["2024-08-05", "58161/49000/54018.81", "2688.91/2111/2419.59"],
  ["2025-02-03", "97700.59/91231/101328.52", "2869.68/2125.01/2879.90"],
  ["2025-10-10", "121662.41/102000/112774.5", "4368.09/3435/3829.72"],
];

const slashed = ({ open, low, close }: CrashDay["prices"]["BTC"]): string =>
  [open, low, close].join("/");

describe("the catalogue of crash days", () => {
  let days: readonly CrashDay[];
  beforeAll(async () => {
    days = await loadCrashDays(CATALOGUE);
  });

  it("has exactly the days and the prices of the table", () => {
    expect(
      days.map(({ date, prices }) => [date, slashed(prices.BTC), slashed(prices.ETH)]),
    ).toEqual(TABLE);
    expect(days.every(({ prices }) => prices.verified && prices.market.includes("Binance"))).toBe(
      true,
    );
  });

  it("links the days of one event", () => {
    const events = Map.groupBy(days, ({ event }) => event);
    const several = [...events.values()].filter((group) => group.length > 1);
    expect(several.map((group) => group.map(({ date }) => date))).toEqual([
      ["2020-03-12", "2020-03-13"],
      ["2022-05-09", "2022-05-11", "2022-05-12"],
      ["2022-11-08", "2022-11-09"],
    ]);
  });

  it("calls no fact from a secondary source verified, and names a source for everything", () => {
    const facts = days.flatMap((day) => day.facts);
    expect(facts.filter(({ source }) => source.startsWith("secondary")).length).toBeGreaterThan(30);
    expect(
      facts.filter(({ source, verified }) => verified && source.startsWith("secondary")),
    ).toEqual([]);
    const sources = days.flatMap(({ windows, archives, traps }) =>
      [...windows, ...archives, ...traps].map(({ source }) => source),
    );
    expect(sources.every((source) => source.length > 2)).toBe(true);
  });

  const factsOf = (date: string): readonly (readonly [number | undefined, boolean])[] =>
    days.find((day) => day.date === date)?.facts.map(({ value, verified }) => [value, verified]) ??
    [];

  it("has the figures of the facts exactly, and whether they are verified", () => {
    expect(factsOf("2020-03-13")).toEqual([
      [undefined, true],
      [20e6, false],
      [-2606, true],
    ]);
    expect(factsOf("2024-08-05").slice(0, 8)).toEqual(
      [1.08e9, 930e6, 163e6, 341e6, 253.4e6, 35e6, 34.8e6, 18.1e6].map((usd) => [usd, false]),
    );
    expect(factsOf("2025-10-10")).toContainEqual([2103111430.86, true]);
    expect(factsOf("2025-10-10")).toContainEqual([0.6567, true]);
    expect(factsOf("2025-10-10")).toContainEqual([19e9, false]);
  });

  it("names only instruments that existed on the day", () => {
    const has = (date: string, id: string): boolean =>
      days.find((day) => day.date === date)?.instruments.includes(id) ?? false;
    expect(has("2020-03-12", "bitmex:XBTUSD")).toBe(true);
    // COIN-M began in August 2020, Bybit's linear contracts on 2020-03-25, Hyperliquid in 2023.
    expect(has("2020-03-12", "binance-coinm:BTCUSD_PERP")).toBe(false);
    expect(has("2020-03-13", "bybit:BTCUSDT")).toBe(false);
    expect(has("2021-05-19", "binance-coinm:BTCUSD_PERP")).toBe(true);
    expect(has("2022-11-09", "hyperliquid:BTC")).toBe(false);
    expect(has("2023-03-11", "hyperliquid:BTC")).toBe(true);
    expect(has("2022-05-12", "binance:LUNAUSDT")).toBe(true);
    expect(has("2022-06-13", "binance:LUNAUSDT")).toBe(false);
  });

  it("says which archives are free for the five days that were looked up", () => {
    const free = (date: string, archive: string, set: string): string | undefined =>
      days
        .find((day) => day.date === date)
        ?.archives.find((one) => one.archive === archive && one.sets.includes(set))?.status;
    const dates = ["2020-03-12", "2021-05-19", "2022-11-08", "2024-08-05", "2025-10-10"];
    const row = (archive: string, set: string): readonly (string | undefined)[] =>
      dates.map((date) => free(date, archive, set));
    expect(row("binance-vision", "aggTrades")).toEqual(["free", "free", "free", "free", "free"]);
    expect(row("binance-vision", "metrics")).toEqual(["none", "free", "free", "free", "free"]);
    expect(row("binance-vision", "bookDepth")).toEqual(["none", "none", "none", "free", "free"]);
    expect(row("binance-vision", "bookTicker")).toEqual(["none", "none", "none", "none", "none"]);
    expect(row("bybit", "orderbook")).toEqual(["none", "none", "none", "free", "free"]);
    expect(row("okx", "trades")).toEqual(["none", "none", "free", "free", "free"]);
    expect(row("okx", "books")).toEqual(["none", "none", "none", "free", "free"]);
    expect(row("okx", "fundingRates")).toEqual(["none", "none", "free", "free", "free"]);
    expect(row("bitmex", "trade")).toEqual(["free", "free", "free", "free", "unverified"]);
    expect(row("bitmex", "quote")).toEqual(["free", "free", "free", "free", "free"]);
    expect(row("deribit", "dvol")).toEqual(["none", "rest", "rest", "rest", "rest"]);
    expect(row("gate", "orderbooks")).toEqual(["none", "none", "free", "free", "free"]);
    expect(row("kucoin-public", "trades")).toEqual(["none", "none", "none", "free", "free"]);
    expect(row("kucoin-public", "orderbooklv50")).toEqual(["none", "none", "none", "none", "free"]);
    expect(row("hyperliquid", "l2Book")).toEqual([
      "none",
      "none",
      "none",
      "requester-pays",
      "requester-pays",
    ]);
    expect(row("tardis", "trades")).toEqual(["paid", "paid", "paid", "paid", "paid"]);
  });
});

describe("a catalogue that is wrong", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aftershock-catalogue-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  type Draft = Record<string, unknown>;

  /** What loading says of a good day that was changed. */
  async function complaint(change: (day: Draft) => void, name = "2025-02-03"): Promise<string> {
    const own = await mkdtemp(join(folder, "case-"));
    const day = JSON.parse(await readFile(join(CATALOGUE, "2025-02-03.json"), "utf8")) as Draft;
    change(day);
    await writeFile(join(own, `${name}.json`), JSON.stringify(day));
    const error: unknown = await loadCrashDays(own).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    return error instanceof Error ? error.message.replace(`${own}/`, "") : "nothing";
  }

  const item = (day: Draft, list: string, i = 0): Draft => (day[list] as Draft[])[i] as Draft;

  it("is refused with file, place, what is there and what should be", async () => {
    expect(await complaint(() => {})).toBe("nothing");
    expect(await complaint((day) => (item(day, "archives", 2)["status"] = "cheap"))).toBe(
      '2025-02-03.json: archives[2].status: "cheap" is not one of free, rest, requester-pays, paid, unverified, none',
    );
    expect(await complaint((day) => (item(day, "facts")["verified"] = "yes"))).toBe(
      '2025-02-03.json: facts[0].verified: "yes" is not true or false',
    );
    expect(await complaint((day) => delete item(day, "facts")["source"])).toBe(
      "2025-02-03.json: facts[0].source: nothing is not what must stand here",
    );
    expect(await complaint((day) => (item(day, "traps")["severity"] = 1))).toBe(
      "2025-02-03.json: traps[0].severity: 1 is not known here: text, source",
    );
  });

  it.each([
    ["a date the calendar lacks", (day: Draft) => (day["date"] = "2025-02-30"), /^.*: date: .*day/],
    ["no windows", (day: Draft) => (day["windows"] = []), /: windows: \[\] is not/],
    [
      "a window of another day",
      (day: Draft) => (item(day, "windows")["from"] = "2025-02-02T01:00:00Z"),
      /windows\[0\]\.from/,
    ],
    [
      "a window that ends before it starts",
      (day: Draft) => (item(day, "windows")["to"] = "2025-02-03T00:00:00Z"),
      /windows\[0\]\.to/,
    ],
    [
      "a price that is a number",
      (day: Draft) => ((day["prices"] as { BTC: Draft }).BTC["low"] = 91231),
      /prices\.BTC\.low: 91231/,
    ],
    [
      "a low above the open",
      (day: Draft) => ((day["prices"] as { ETH: Draft }).ETH["low"] = "3000"),
      /prices\.ETH\.low: "3000" is not the lowest/,
    ],
    [
      "a value without a unit",
      (day: Draft) => delete item(day, "facts")["unit"],
      /facts\[0\].*value and unit/,
    ],
    [
      "an instrument that is no id",
      (day: Draft) => (day["instruments"] = ["BTCUSDT"]),
      /instruments\[0\]: "BTCUSDT"/,
    ],
    [
      "an instrument twice",
      (day: Draft) => (day["instruments"] = ["bybit:BTCUSD", "bybit:BTCUSD"]),
      /names bybit:BTCUSD once/,
    ],
    [
      "an archive of an instrument that the day does not name",
      (day: Draft) => (item(day, "archives")["instruments"] = ["ftx:BTC-PERP"]),
      /archives\[0\]\.instruments\[0\]: "ftx:BTC-PERP"/,
    ],
    [
      "a stream that the lake has not",
      (day: Draft) => (item(day, "archives")["streams"] = ["klines"]),
      /archives\[0\]\.streams\[0\]: "klines"/,
    ],
  ])("may not hold %s", async (_, change, expected) => {
    expect(await complaint(change)).toMatch(expected);
  });

  it("may not name a file for another day, nor hold what is no JSON", async () => {
    expect(await complaint(() => {}, "2025-02-04")).toBe("2025-02-04.json: its day is 2025-02-03");
    const own = await mkdtemp(join(folder, "text-"));
    await writeFile(join(own, "2025-02-03.json"), "{");
    await expect(loadCrashDays(own)).rejects.toThrow(/2025-02-03\.json: is not JSON/);
  });

  it("must be there and hold a day", async () => {
    await expect(loadCrashDays(join(folder, "absent"))).rejects.toThrow(/cannot be read/);
    const own = await mkdtemp(join(folder, "empty-"));
    await expect(loadCrashDays(own)).rejects.toThrow(/holds no day/);
  });

  it("is read from any folder that holds its files", async () => {
    const own = await mkdtemp(join(folder, "copy-"));
    await cp(CATALOGUE, own, { recursive: true });
    const files = await readdir(CATALOGUE);
    expect(await loadCrashDays(own)).toHaveLength(files.length);
  });
});
