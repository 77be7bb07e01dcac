import { describe, expect, it } from "vitest";
import { pagePath } from "../src/fetch/planFetch.ts";
import { inRaw, rawPath } from "../src/fetch/rawPath.ts";
import { daysAfter, parseDays } from "../src/fetch/utcDays.ts";

describe("a path below raw", () => {
  it.each([
    ["host/../../etc/passwd", "host/%2E./%2E./etc/passwd"],
    ["/etc/passwd", "etc/passwd"],
    ["host/.hidden", "host/%2Ehidden"],
    ["host/a:b\\c*d?e", "host/a%3Ab%5Cc%2Ad%3Fe"],
    ["host/a\u0000b\nc", "host/a%00b%0Ac"],
    ["host/CON .", "host/CON%20."],
    ["host/A\u030A", "host/\u00C5"],
    ["host/\uD800", "host/%EF%BF%BD"],
    ["host/币安人生USDT@mark", "host/币安人生USDT@mark"],
  ])("is %j made safe", (path, safe) => {
    expect(rawPath(path)).toBe(safe);
    expect(inRaw("/lake", rawPath(path))).toBe(`/lake/raw/${safe}`);
  });

  it("is refused when it is empty, too long or outside", () => {
    expect(() => rawPath("")).toThrow(/cannot name a file/);
    expect(() => rawPath("//")).toThrow(/cannot name a file/);
    expect(() => rawPath(`host/${"长".repeat(100)}`)).toThrow(/too long/);
    expect(() => inRaw("/lake", "../outside")).toThrow(/Invariant/);
    expect(() => inRaw("/lake", "..")).toThrow(/Invariant/);
  });

  it("of a page has its number before the ending", () => {
    expect(pagePath("a.b/c-trades.json", 7)).toBe("a.b/c-trades-0007.json");
  });
});

describe("days", () => {
  it("are named one by one or from one to another, each once and in order", () => {
    expect(parseDays(["2024-03-01", "2024-02-28..2024-03-01", "2024-02-29"])).toEqual([
      "2024-02-28",
      "2024-02-29",
      "2024-03-01",
    ]);
    expect(daysAfter("2023-12-31", 1)).toBe("2024-01-01");
  });

  it.each([
    ["2024-02-30", /"2024-02-30" is not a day/],
    ["2024-2-3", /is not a day/],
    ["20240203", /is not a day/],
    ["", /is not a day/],
    ["2024-W05", /is not a day/],
    ["2024-01-02..2024-01-01", /ends before it starts/],
    ["2024-01-01..2024-01-02..2024-01-03", /is not a day/],
    ["2024-01-01..", /is not a day/],
    ["1990-01-01..2024-01-01", /is longer than 3660 days/],
  ])("are refused: %j", (text, message) => {
    expect(() => parseDays([text])).toThrow(message);
  });
});
