import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CliError,
  columnsOf,
  compareEvents,
  DataError,
  isoMicros,
  type OrderKey,
  parseInstrumentId,
  STREAM_NAMES,
  STREAM_RANK,
  utcDate,
} from "../src/index.ts";

describe("time", () => {
  it("prints UTC with all six digits, also before 1970 and on leap days", () => {
    expect(isoMicros(1_760_130_903_127_004)).toBe("2025-10-10T21:15:03.127004Z");
    expect(isoMicros(-1)).toBe("1969-12-31T23:59:59.999999Z");
    expect(utcDate(1_709_164_800_000_000)).toBe("2024-02-29");
  });

  it("agrees with the platform's calendar on any instant that is exact", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_007_199_254_740, max: 9_007_199_254_740 }), (millis) => {
        const iso = new Date(millis).toISOString();
        expect(isoMicros(millis * 1_000)).toBe(iso.replace("Z", "000Z"));
      }),
    );
  });
});

describe("instrument ids", () => {
  it("are venue:SYMBOL", () => {
    expect(parseInstrumentId("binance-usdm:BTCUSDT")).toEqual({
      venue: "binance-usdm",
      symbol: "BTCUSDT",
    });
  });

  it.each([
    "BTCUSDT",
    ":BTC",
    "Binance:BTC",
    "a:../b",
    "a:..",
    "a:x/y",
    "a:.x",
    "a:",
    "../a:B",
    "a:b c",
  ])("never are %j, which could lead out of the lake", (id) =>
    expect(() => parseInstrumentId(id)).toThrow(CliError),
  );
});

describe("the total order", () => {
  const key: fc.Arbitrary<OrderKey> = fc.record({
    at: fc.integer({ min: 0, max: 3 }),
    stream: fc.constantFrom(...STREAM_NAMES),
    instrument: fc.constantFrom("a:X", "a:Y", "b:X"),
    seq: fc.integer({ min: 0, max: 3 }),
  });

  it("is antisymmetric, transitive, and zero only for the same event", () => {
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(Math.sign(compareEvents(a, b))).toBe(-Math.sign(compareEvents(b, a)) + 0);
        if (compareEvents(a, b) < 0 && compareEvents(b, c) < 0) {
          expect(compareEvents(a, c)).toBeLessThan(0);
        }
        if (compareEvents(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });

  it("ranks every stream, each differently", () => {
    expect(Object.keys(STREAM_RANK).toSorted()).toEqual(STREAM_NAMES.toSorted());
    expect(new Set(Object.values(STREAM_RANK)).size).toBe(STREAM_NAMES.length);
  });
});

describe("streams", () => {
  it("all start with both clocks and the sequence, and say what each column holds", () => {
    for (const stream of STREAM_NAMES) {
      const columns = columnsOf(stream);
      expect(columns.slice(0, 3).map(([name]) => name)).toEqual(["tsEvent", "tsRecv", "seq"]);
      expect(columns.every(([, { doc }]) => doc.length > 5)).toBe(true);
    }
  });
});

describe("errors", () => {
  it("carry their name, their cause and what to do", () => {
    const cause = new Error("below");
    const error = new DataError("a.csv:3: no price", { cause, hints: ["Fetch it again."] });
    expect(error).toMatchObject({ name: "DataError", cause, hints: ["Fetch it again."] });
  });
});
