import { describe, expect, it } from "vitest";
import {
  type Dated,
  isGap,
  PART_NAMES,
  parseVenueRules,
  rulesOf,
  type Timeline,
} from "../src/index.ts";
import { at, ruleOf, shipped, shippedTexts, valueOf, venueOf } from "./shipped.ts";

/** Every timeline that ships, with where it stands. */
const timelines = (): readonly (readonly [place: string, timeline: Timeline<unknown>])[] =>
  shipped().flatMap(({ venue, parts }) =>
    PART_NAMES.flatMap((part) =>
      Object.entries<Timeline<unknown>>(parts[part]).map(
        ([symbol, timeline]) => [`${venue} ${part} ${symbol}`, timeline] as const,
      ),
    ),
  );

const dated = (): readonly Dated<unknown>[] =>
  timelines().flatMap(([, timeline]) => timeline.flatMap((one) => (isGap(one) ? [] : [one])));

describe("the rules that ship with the program", () => {
  it.each(shippedTexts())("load: %s", (file, text) => {
    expect(`${parseVenueRules(file, text).venue}.json`).toBe(file);
  });

  it("are those of eight exchanges and of Maker", () => {
    expect(shipped().map(({ venue }) => venue)).toEqual([
      "binance-coinm",
      "binance-usdm",
      "bitmex",
      "bybit",
      "deribit",
      "dydx-v4",
      "hyperliquid",
      "maker",
      "okx",
    ]);
  });

  it("say where each value was read, and call nothing verified that has no address", () => {
    expect(dated().length).toBeGreaterThan(150);
    expect(
      dated().filter(({ status, source }) => status === "verified" && !source.address),
    ).toEqual([]);
  });

  it("give a value or a reason for every part on every crash day", () => {
    const days = ["2020-03-12", "2021-05-19", "2022-11-08", "2024-08-05", "2025-10-10"];
    for (const venue of shipped()) {
      for (const day of days) {
        const rules = rulesOf(venue, at(day));
        for (const ofSymbol of Object.values(rules.symbols)) {
          for (const part of rules.expected) {
            const rule = ofSymbol[part];
            expect(rule.value ?? ("reason" in rule && rule.reason)).toBeTruthy();
          }
        }
      }
    }
  });

  it("have Binance's tables of the days that they cover", () => {
    const caps = (day: string): readonly (number | undefined)[] => {
      const margin = valueOf("binance-usdm", { part: "margin", symbol: "BTCUSDT", at: at(day) });
      return margin.kind === "tiers" ? margin.tiers.map(({ cap }) => cap) : [];
    };
    const k = 1_000;
    const m = 1_000_000;
    expect(caps("2021-05-19")).toEqual([
      50 * k,
      250 * k,
      m,
      10 * m,
      20 * m,
      50 * m,
      100 * m,
      200 * m,
      300 * m,
      500 * m,
    ]);
    expect(caps("2022-11-08").slice(0, 4)).toEqual([50 * k, 250 * k, m, 10 * m]);
    expect(caps("2024-08-05")[4]).toBe(70 * m);
  });

  it("have the mark windows of Binance: one minute, in conflict, in 2024, and 30 s since 2025-09-18 08:01", () => {
    const mark = (text: string) =>
      ruleOf("binance-usdm", { part: "mark", symbol: "BTCUSDT", at: at(text) });
    expect(mark("2024-08-05")).toMatchObject({
      value: { averageSeconds: 60 },
      rule: { status: "conflict" },
    });
    expect(mark("2025-09-18T08:00:59Z").value).toMatchObject({ averageSeconds: 60 });
    expect(mark("2025-10-10")).toMatchObject({
      value: { kind: "medianOfThree", averageSeconds: 30, sampleSeconds: 1 },
      doubts: [],
    });
  });

  it("have Maker's old auctions during the crash of 2020-03-12, and the new ones after that day", () => {
    const auction = (text: string) =>
      ruleOf("maker", { part: "auction", symbol: "ETH-A", at: at(text) });
    expect(auction("2020-03-12T23:30:00Z")).toMatchObject({
      value: { kind: "english", lotCollateral: 50, bidSeconds: 600, auctionSeconds: 259_200 },
      doubts: [expect.stringMatching(/^changed on 2020-03-12/)],
    });
    expect(auction("2020-03-13")).toMatchObject({
      value: { lotCollateral: 500, bidSeconds: 21_600, auctionSeconds: 21_600 },
      rule: { status: "conflict" },
    });
    const debtDelay = (text: string): number | undefined =>
      valueOf("maker", { part: "system", symbol: "ETH-A", at: at(text) }).debtDelaySeconds;
    expect(debtDelay("2020-03-12")).toBe(2 * 86_400);
    expect(debtDelay("2020-03-14")).toBe(6.5 * 86_400);
  });

  it("have no price band at OKX on 2020-03-12, and one from 2020-03-30 on", () => {
    const limits = (day: string) =>
      ruleOf("okx", { part: "limits", symbol: "BTC-USD-SWAP", at: at(day) }).value?.price;
    expect(limits("2020-03-12")).toBeUndefined();
    expect(limits("2020-03-31")).toEqual({
      kind: "premiumBand",
      inner: 0.01,
      outer: 0.02,
      premiumSeconds: 600,
    });
  });

  it("have the auto-deleveraging of 2025-10-10", () => {
    const adl = (venue: string, symbol: string) =>
      ruleOf(venue, { part: "adl", symbol, at: at("2025-10-10T21:16:00Z") });
    expect(adl("okx", "BTC-USDT-SWAP")).toMatchObject({
      value: { ranking: "profitTimesAccountLeverage", price: "mark" },
      doubts: [],
    });
    expect(adl("binance-usdm", "BTCUSDT").value).toMatchObject({
      ranking: "profitTimesMarginRatio",
      price: "bankruptcy",
      fee: "none",
      cancelsOrders: true,
    });
    expect(adl("hyperliquid", "BTC").value).toMatchObject({
      ranking: "markOverEntryTimesLeverage",
      triggers: [{ kind: "accountValueNegative" }],
    });
    // The pools of the newer mechanism came on 2025-12-19.
    expect(adl("bybit", "BTCUSDT").value?.triggers).toEqual([{ kind: "poolEmpty" }]);
    expect(
      valueOf("bybit", { part: "adl", symbol: "BTCUSDT", at: at("2025-12-20") }).triggers,
    ).toHaveLength(3);
  });

  it("have BitMEX's maintenance rates as they fell in 2020", () => {
    const rates = (symbol: string, text: string): number => {
      const margin = valueOf("bitmex", { part: "margin", symbol, at: at(text) });
      return margin.kind === "steps" ? margin.maintenanceRate : Number.NaN;
    };
    const instants = ["2020-03-12", "2020-04-17T01:00:00Z", "2020-05-05T02:00:00Z"];
    expect(instants.map((text) => rates("XBTUSD", text))).toEqual([0.005, 0.0045, 0.004]);
    expect(instants.map((text) => rates("ETHUSD", text))).toEqual([0.01, 0.009, 0.008]);
    expect(rates("ETHUSD", "2021-05-14T05:59:59Z")).toBe(0.007);
    expect(rates("ETHUSD", "2021-05-19")).toBe(0.005);
  });

  it("name the inferred and the contradicted as such", () => {
    const status = (venue: string, symbol: string, day: string): string => {
      const rule = ruleOf(venue, { part: "margin", symbol, at: at(day) });
      return "rule" in rule ? rule.rule.status : "absent";
    };
    expect(status("bitmex", "XBTUSD", "2021-05-19")).toBe("unverified");
    expect(status("bitmex", "XBTUSD", "2024-12-01")).toBe("conflict");
    expect(status("binance-usdm", "BTCUSDT", "2020-03-12")).toBe("unverified");
    expect(status("binance-usdm", "ETHUSDT", "2021-05-19")).toBe("absent");
    expect(status("binance-coinm", "BTCUSD_PERP", "2021-05-19")).toBe("unverified");
    expect(status("okx", "BTC-USDT-SWAP", "2024-08-05")).toBe("conflict");
    expect(venueOf("deribit").absent.adl).toMatch(/no\s+queue/);
  });
});
