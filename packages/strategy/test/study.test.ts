import { ConfigError, isoMicros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  configHash,
  defineStudy,
  deltaNeutral,
  futureExpiry,
  isStudy,
  matchesRequest,
  protectivePut,
  studyStreams,
  unhedged,
  type StudyDefinition,
} from "../src/index.ts";

const STUDY: StudyDefinition = {
  day: "2026-02-05",
  from: "2026-01-29",
  to: "2026-02-07",
  portfolio: { BTC: 10 },
  hedges: [unhedged(), protectivePut({ tenorDays: 30, moneyness: 0.9 })],
};

describe("defineStudy", () => {
  it("takes whole days, the last one inside", () => {
    const study = defineStudy(STUDY);
    expect(isoMicros(study.from)).toBe("2026-01-29T00:00:00.000000Z");
    expect(isoMicros(study.to)).toBe("2026-02-08T00:00:00.000000Z");
    expect(study.venue).toBe("deribit");
  });

  it("takes instants and µs, the end outside, and the day alone", () => {
    const study = defineStudy({
      ...STUDY,
      from: "2026-02-05T01:02:03.000004Z",
      to: 1_770_336_000_000_000,
    });
    expect(isoMicros(study.from)).toBe("2026-02-05T01:02:03.000004Z");
    expect(isoMicros(study.to)).toBe("2026-02-06T00:00:00.000000Z");
    const { from: _, to: __, ...day } = STUDY;
    expect(defineStudy(day)).toMatchObject({ to: study.to });
    expect(isoMicros(defineStudy({ ...STUDY, from: "2026-02-05T01:02Z" }).from)).toBe(
      "2026-02-05T01:02:00.000000Z",
    );
  });

  const nonsense: readonly (readonly [string, Partial<StudyDefinition>])[] = [
    ["a day that does not exist", { day: "2026-02-30" }],
    ["a time without its zone", { from: "2026-01-29T04:00:00" }],
    ["an hour that does not exist", { from: "2026-01-29T24:00Z" }],
    ["a fraction of a µs", { from: 0.5 }],
    ["an end before the start", { to: "2026-01-28" }],
    ["an end at the start", { from: "2026-02-05T00:00Z", to: "2026-02-05T00:00Z" }],
    ["a day outside the window", { day: "2026-03-01" }],
    ["nothing held", { portfolio: {} }],
    ["an unknown coin", { portfolio: { DOGE: 1 } }],
    ["no coins of a kind", { portfolio: { BTC: 0 } }],
    ["coins that are no number", { portfolio: { BTC: Number.NaN } }],
    ["a short portfolio", { portfolio: { BTC: -1 } }],
    ["no hedges", { hedges: [] }],
    ["two hedges of one name", { hedges: [unhedged(), unhedged()] }],
    ["a venue that is no name", { venue: "../up" }],
    ["a seed that is no whole number", { seed: 1.5 }],
  ];
  it.each(nonsense)("refuses %s", (_, change) => {
    expect(() => defineStudy({ ...STUDY, ...change })).toThrow(ConfigError);
  });

  it("refuses hedges that make no sense, naming the option", () => {
    const put = { tenorDays: 30, moneyness: 0.9 };
    expect(() => protectivePut({ ...put, moneyness: 0 })).toThrow(/moneyness is 0/);
    expect(() => protectivePut({ ...put, tenorDays: Number.NaN })).toThrow(/tenorDays is NaN/);
    expect(() => protectivePut({ ...put, coverage: -1 })).toThrow(ConfigError);
    expect(() => deltaNeutral({ with: "perpetual", band: -0.1 })).toThrow(/band is -0.1/);
    expect(() => deltaNeutral({ with: "perpetual", band: Number.NaN })).toThrow(ConfigError);
    expect(() => deltaNeutral({ with: "perpetual", takerFeeBps: Infinity })).toThrow(ConfigError);
    expect(() => deltaNeutral({ with: "spot" as "future" })).toThrow(/"spot"/);
  });
});

describe("isStudy", () => {
  it("knows what defineStudy checked from what only looks like it", () => {
    const study = defineStudy(STUDY);
    expect(isStudy(study)).toBe(true);
    for (const other of [{ ...study }, STUDY, undefined, null, "study"]) {
      expect(isStudy(other)).toBe(false);
    }
  });

  it("leaves no mark on the study", () => {
    const study = defineStudy(STUDY);
    const twin = { ...study };
    expect(Reflect.ownKeys(study)).toEqual(Object.keys(twin));
    expect(configHash(twin)).toBe(configHash(study));
  });
});

describe("studyStreams", () => {
  it("asks for each chain and each contract once", () => {
    const study = defineStudy({
      ...STUDY,
      portfolio: { BTC: 1, ETH: 2 },
      hedges: [
        deltaNeutral({ with: "perpetual" }),
        deltaNeutral({ with: "perpetual", band: Infinity }),
        deltaNeutral({ with: "future" }),
      ],
    });
    expect(studyStreams(study).map(({ stream, instrument }) => `${stream} ${instrument}`)).toEqual([
      "options deribit:BTC-OPTIONS",
      "tickers deribit:BTC-PERPETUAL",
      "tickers deribit:BTC-*",
      "options deribit:ETH-OPTIONS",
      "tickers deribit:ETH-PERPETUAL",
      "tickers deribit:ETH-*",
    ]);
  });

  it("matches patterns by any characters", () => {
    const matches = (instrument: string, id: string): boolean =>
      matchesRequest({ stream: "tickers", instrument, required: true }, {
        stream: "tickers",
        instrument: { id },
      } as Parameters<typeof matchesRequest>[1]);
    expect(matches("deribit:BTC-*", "deribit:BTC-27MAR26")).toBe(true);
    expect(matches("deribit:BTC-*", "deribit:ETH-27MAR26")).toBe(false);
    expect(matches("deribit:*-27MAR26", "deribit:ETH-27MAR26")).toBe(true);
    expect(matches("d*t:*26", "deribit:ETH-27MAR26")).toBe(true);
    expect(matches("deribit:BTC-PERPETUAL", "deribit:BTC-PERPETUAL")).toBe(true);
    expect(matches("ab*ba", "aba")).toBe(false);
  });
});

describe("configHash", () => {
  it("is the same for the same study and another for any change", () => {
    const hash = (change: Partial<StudyDefinition>): string =>
      configHash(defineStudy({ ...STUDY, ...change }));
    expect(hash({})).toMatch(/^[0-9a-f]{16}$/);
    expect(hash({})).toBe(hash({}));
    const others = [
      hash({ portfolio: { BTC: 11 } }),
      hash({ seed: 1 }),
      hash({ to: "2026-02-06" }),
      hash({ hedges: [unhedged()] }),
      hash({ hedges: [unhedged(), protectivePut({ tenorDays: 30, moneyness: 0.91 })] }),
    ];
    expect(new Set([hash({}), ...others]).size).toBe(6);
  });

  it("reads canonical JSON, whatever the order of keys", () => {
    expect(canonicalJson({ b: [1, null, { d: true, c: "x" }], a: -0.5 })).toBe(
      '{"a":-0.5,"b":[1,null,{"c":"x","d":true}]}',
    );
  });
});

describe("futureExpiry", () => {
  it("reads a dated future's coin and expiry at 08:00 UTC", () => {
    const future = futureExpiry("BTC-6FEB26");
    expect(future?.coin).toBe("BTC");
    expect(isoMicros(future!.expiry)).toBe("2026-02-06T08:00:00.000000Z");
  });

  it("is undefined for other symbols", () => {
    for (const symbol of ["BTC-PERPETUAL", "BTC-31FEB26", "BTC-6FOO26", "BTC-6FEB26-80000-P"]) {
      expect(futureExpiry(symbol)).toBeUndefined();
    }
  });
});
