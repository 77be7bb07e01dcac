import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoMicros, parseUtcDay, parseUtcInstant, utcDate } from "../src/index.ts";

describe("UTC text", () => {
  it("reads what isoMicros and utcDate write", () => {
    const instants = fc.integer({ min: -(2 ** 51), max: 2 ** 53 - 1 });
    fc.assert(
      fc.property(instants, (at) => {
        expect(parseUtcInstant(isoMicros(at))).toBe(at);
        expect(utcDate(parseUtcDay(utcDate(at))!)).toBe(utcDate(at));
      }),
    );
  });

  it("may leave out seconds and end a fraction early", () => {
    expect(parseUtcInstant("2026-02-05T21:29Z")).toBe(1_770_326_940_000_000);
    expect(parseUtcInstant("2026-02-05T21:29:00.5Z")).toBe(1_770_326_940_500_000);
  });

  it.each(["2025-02-29", "2025-13-01", "2025-00-10", "25-01-01", "2025-1-1", ""])(
    "has no day %s",
    (text) => {
      expect(parseUtcDay(text)).toBeUndefined();
    },
  );

  it.each([
    "2025-02-29T00:00Z",
    "2025-02-28T24:00Z",
    "2025-02-28T00:60Z",
    "2025-02-28T00:00:60Z",
    "2025-02-28T00:00:00",
    "2025-02-28T00:00:00+01:00",
    "2025-02-28",
  ])("has no instant %s", (text) => {
    expect(parseUtcInstant(text)).toBeUndefined();
  });
});
