import { micros, MICROS_PER_DAY, MICROS_PER_SECOND } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHeld, type RuleAt, rulesOf, unverifiedOf, type VenueRules } from "../src/index.ts";
import { type Draft, draftVenue, entry, load } from "./draftVenue.ts";
import { at, ruleOf, venueOf } from "./shipped.ts";

const fee = (rate: number): Draft => ({ rate });

const fees = (...entries: readonly Draft[]): VenueRules =>
  load(draftVenue({ liquidationFee: { A: entries } }));

const heldAt = (venue: VenueRules, instant: number): RuleAt<{ readonly rate: number }> =>
  rulesOf(venue, micros(instant)).symbols["A"]!.liquidationFee;

const rateAt = (venue: VenueRules, instant: number): number | undefined =>
  heldAt(venue, instant).value?.rate;

const doubtsAt = (venue: VenueRules, instant: number): readonly string[] => {
  const rule = heldAt(venue, instant);
  return isHeld(rule) ? rule.doubts : [rule.reason];
};

describe("what holds at an instant", () => {
  it("switches at the exact microsecond", () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 1, max: 2e9 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(seconds, (all) => {
        const starts = all.toSorted((a, b) => a - b).map((second) => second * MICROS_PER_SECOND);
        const text = (micro: number): string =>
          new Date(micro / 1_000).toISOString().replace(".000Z", "Z");
        const venue = fees(...starts.map((start, i) => entry(text(start), fee(i / 1_000))));
        starts.forEach((start, i) => {
          expect(rateAt(venue, start)).toBe(i / 1_000);
          expect(rateAt(venue, start - 1)).toBe(i === 0 ? undefined : (i - 1) / 1_000);
        });
      }),
    );
  });

  it("switches within a day: Binance's fourth tier on 2021-06-22 at 03:30", () => {
    const cap = (text: string): number | undefined => {
      const rule = ruleOf("binance-usdm", { part: "margin", symbol: "BTCUSDT", at: at(text) });
      return rule.value?.kind === "tiers" ? rule.value.tiers[3]!.cap : undefined;
    };
    expect(cap("2021-06-22T03:29:59.999999Z")).toBe(10_000_000);
    expect(cap("2021-06-22T03:30:00Z")).toBe(5_000_000);
  });

  it("stays to the end of a day on which it changed at a time that is not known, and says so", () => {
    const venue = fees(entry("2020-01-01", fee(0.01)), entry("2020-03-12", fee(0.02)));
    const day = at("2020-03-12");
    expect(rateAt(venue, day - 1)).toBe(0.01);
    expect(doubtsAt(venue, day - 1)).toEqual([]);
    expect(rateAt(venue, day + MICROS_PER_DAY - 1)).toBe(0.01);
    expect(doubtsAt(venue, day)).toEqual([
      "changed on 2020-03-12 at a time that is not known: this is the rule before",
    ]);
    expect(rateAt(venue, day + MICROS_PER_DAY)).toBe(0.02);
    expect(doubtsAt(venue, day + MICROS_PER_DAY)).toEqual([]);
  });

  it("holds from the start of the day on which a record shows it", () => {
    const venue = fees(entry("2020-03-12", fee(0.01), { dating: "observed" }));
    expect(rateAt(venue, at("2020-03-12"))).toBe(0.01);
    expect(doubtsAt(venue, at("2020-03-12") - 1)).toEqual([
      "the first that is known is from 2020-03-12",
    ]);
  });

  it("is doubted between two records, and after the last", () => {
    const venue = fees(
      entry("2022-05-21", fee(0.01), { dating: "observed", seenTo: "2022-09-27" }),
      entry("2022-11-25", fee(0.02), { dating: "observed" }),
    );
    expect(doubtsAt(venue, at("2022-09-27T23:59:59.999999Z"))).toEqual([]);
    expect(doubtsAt(venue, at("2022-09-28"))).toEqual([
      "seen last on 2022-09-27, another from 2022-11-25 on: when it changed is not known",
    ]);
    expect(doubtsAt(venue, at("2022-11-25"))).toEqual([]);
    expect(doubtsAt(venue, at("2022-11-26"))).toEqual([
      "seen last on 2022-11-25: nothing later was found",
    ]);
  });

  it("is not doubted up to a change that is dated, nor after the last one", () => {
    const venue = fees(entry("2020-01-01", fee(0.01)), entry("2021-01-01T06:00:00Z", fee(0.02)));
    expect(doubtsAt(venue, at("2021-01-01T05:59:59Z"))).toEqual([]);
    expect(doubtsAt(venue, at("2025-01-01"))).toEqual([]);
  });

  it("is undefined with the reason that the file gives", () => {
    const venue = fees(
      entry("2020-01-01", fee(0.01)),
      { from: "2022-11-25", absent: "the table was not captured" },
      entry("2023-03-13", fee(0.02)),
    );
    const gap = heldAt(venue, at("2022-12-01"));
    expect(gap).toEqual({
      value: undefined,
      reason: "the table was not captured",
      until: at("2023-03-14"),
    });
    expect(rulesOf(venue, at("2022-12-01")).symbols["A"]!.vault).toMatchObject({
      value: undefined,
      reason: "not looked up",
    });
  });

  it("is a symbol's own before that of every symbol", () => {
    const venue = load(
      draftVenue({
        symbols: ["A", "B"],
        liquidationFee: {
          A: [entry("2020-01-01", fee(0.01))],
          "*": [entry("2020-01-01", fee(0.02))],
        },
      }),
    );
    const { symbols } = rulesOf(venue, at("2021-01-01"), ["A", "B", "C", "constructor"]);
    expect(Object.values(symbols).map((rules) => rules.liquidationFee.value?.rate)).toEqual([
      0.01, 0.02, 0.02, 0.02,
    ]);
  });

  it("ends where the venue closed", () => {
    const closing = at("2026-09-23T04:00:00Z");
    const mark = (instant: number) =>
      ruleOf("bitmex", { part: "mark", symbol: "XBTUSD", at: micros(instant) });
    expect(mark(closing - 1)).toMatchObject({ value: { kind: "fairBasis" }, until: closing });
    expect(mark(closing)).toMatchObject({ reason: "the venue closed at 2026-09-23T04:00:00Z" });
  });
});

describe("what a run must say", () => {
  it("is nothing of what is verified and dated", () => {
    const venue = fees(entry("2020-01-01", fee(0.01)));
    expect(unverifiedOf(rulesOf(venue, at("2021-01-01")), ["liquidationFee"])).toEqual([]);
  });

  it("names every part that is absent, not verified, in conflict or of an unsure date", () => {
    const venue = load(
      draftVenue({
        liquidationFee: {
          A: [
            entry("2020-01-01", fee(0.01), {
              status: "conflict",
              others: [{ says: "2 %", source: { title: "a scrape" } }],
            }),
          ],
        },
        newAccounts: {
          A: [entry("2020-01-01", { ageDays: 60, maxLeverage: 20 }, { dating: "undated" })],
        },
        fundingCap: {
          A: [
            entry(
              "2020-01-01",
              { kind: "rate", rate: 0.01, perSeconds: 28_800 },
              { status: "unverified", source: { title: "hearsay" } },
            ),
          ],
        },
      }),
    );
    const doubts = unverifiedOf(rulesOf(venue, at("2021-01-01")));
    expect(doubts.filter(({ status }) => status !== "absent")).toEqual([
      {
        symbol: "A",
        part: "newAccounts",
        status: "undated",
        says: ["its source gives no date: taken to hold from 2020-01-01"],
      },
      {
        symbol: "A",
        part: "liquidationFee",
        status: "conflict",
        says: ["sources disagree: 2 % (a scrape)"],
      },
      { symbol: "A", part: "fundingCap", status: "unverified", says: ["not verified (hearsay)"] },
    ]);
    expect(doubts.filter(({ status }) => status === "absent").map(({ part }) => part)).toEqual([
      "vault",
      "auction",
      "system",
    ]);
  });

  it("names the tables of 2025-10-10, which were not found", () => {
    const rules = rulesOf(venueOf("binance-usdm"), at("2025-10-10"));
    expect(unverifiedOf(rules, ["margin", "mark"])).toEqual(
      ["BTCUSDT", "ETHUSDT"].map((symbol) => ({
        symbol,
        part: "margin",
        status: "undated",
        says: ["seen last on 2024-10-24: nothing later was found"],
      })),
    );
  });
});
