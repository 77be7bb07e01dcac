import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CliError,
  columnsOf,
  compareEvents,
  DataError,
  isInstrumentName,
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
    "a:x\\y",
    "a:x:y",
    "a:x\0",
    "a:x\n",
    "a:x\u0085y",
    "a:x\u00A0y",
    "a:x\u3000y",
    "a:x\u200By",
    "a:x\u202Ey",
    "a:x\uFF0Fy",
    "a:\uD83D",
    "a:\u2024\u2024",
    "a:@/..",
  ])("never are %j, which could lead out of the lake", (id) =>
    expect(() => parseInstrumentId(id)).toThrow(CliError),
  );

  it.each([
    "币安人生USDT",
    "@107",
    "BTC_USDC-PERPETUAL",
    "1000SHIBUSDT",
    "ÅUSDT",
    "BTC.D+x@y",
    "_X",
  ])("may hold the symbol %s, as its venue writes it", (symbol) =>
    expect(parseInstrumentId(`binance:${symbol}`)).toEqual({ venue: "binance", symbol }),
  );

  it("hold letters in one form only, so that one symbol never has two folders", () => {
    expect(isInstrumentName("binance", "ÅUSDT".normalize("NFC"))).toBe(true);
    expect(isInstrumentName("binance", "ÅUSDT".normalize("NFD"))).toBe(false);
    // The Ångström and Kelvin signs are letters whose normal form is another letter.
    expect(isInstrumentName("binance", "\u212BUSDT")).toBe(false);
    expect(isInstrumentName("binance", "\u212AUSDT")).toBe(false);
  });

  it("are short enough to name a folder on any file system", () => {
    expect(isInstrumentName("v".repeat(64), "X".repeat(128))).toBe(true);
    expect(isInstrumentName("v".repeat(65), "X")).toBe(false);
    expect(isInstrumentName("v", "X".repeat(129))).toBe(false);
    expect(isInstrumentName("v", `${"安".repeat(42)}XX`)).toBe(true);
    expect(isInstrumentName("v", "安".repeat(43))).toBe(false);
  });
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
