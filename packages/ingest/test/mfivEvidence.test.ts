import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CALL, decimal, MESSAGE_END, PUT } from "@aftershock/schema";
import { mfivEvidence } from "../src/sources/mfiv/mfivEvidence.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, readText, reasonsOf, recording } from "./readWith.ts";
import { evidence } from "./samples/mfiv.ts";

const read = (text: string): Promise<MemorySink> => readText(mfivEvidence, "e.json", text);

describe("MFIV evidence", () => {
  it("is one message of the chain: each option at its own time, all received when the index was computed", async () => {
    const memory = await read(evidence());
    const shared = {
      line: 1,
      tsRecv: at("2022-01-25T03:30:00.004Z"),
      expiry: at("2022-02-04T08:00:00Z"),
    };
    const [put, call] = memory.of("options", "deribit:ETH-OPTIONS");
    expect(put).toEqual({
      ...shared,
      tsEvent: at("2022-01-25T03:29:59.016Z"),
      optionSymbol: "ETH-4FEB22-2400-P",
      right: PUT,
      strike: 2_400,
      askPrice: decimal("0.0005"),
      markPrice: 0.0004,
      underlyingPrice: 2_404.8,
      flags: 0,
    });
    expect(call).toEqual({
      ...shared,
      tsEvent: at("2022-01-25T03:29:54.633Z"),
      optionSymbol: "ETH-4FEB22-2500-C",
      right: CALL,
      strike: 2_500,
      bidPrice: decimal("0.0315"),
      bidSize: decimal("5"),
      askPrice: decimal("0.0325"),
      askSize: decimal("40"),
      lastPrice: 0.032,
      markPrice: 0.031_999,
      bidIv: 0.985,
      askIv: 1.0125,
      markIv: 0.995,
      underlying: "ETH-4FEB22",
      underlyingPrice: 2_404.76,
      delta: 0.41,
      gamma: 0.0006,
      vega: 1.75,
      theta: -7.5,
      rho: 0.25,
      openInterest: 520,
      flags: MESSAGE_END,
    });
    expect(notesOf(memory)).toEqual({ "options deribit:ETH-OPTIONS withoutBid": 1 });
  });

  it("gives the index in percent, and the rate that it used", async () => {
    const memory = await read(evidence());
    const row = { line: 1, tsEvent: at("2022-01-25T03:30:00.004Z") };
    expect(memory.of("measures", "deribit:ETH-MFIV-14D")).toEqual([
      { ...row, measure: "mfivPercent", value: 97.5 },
      { ...row, measure: "inverseMfivPercent", value: 103.25 },
      { ...row, measure: "risklessRate", value: 0.0055 },
    ]);
  });

  it("is quarantined whole when any of it is bad", async () => {
    const good = evidence();
    const texts = [
      good.slice(0, -1),
      "[]",
      evidence({ result: { dVol: null } }),
      evidence({ params: { at: "2022-01-25T03:30:00Z", options: [] } }),
      good.replace("ETH-4FEB22-2400-P", "ETH-4FEB22-2500-C"),
      good.replace('"put"', '"PUT"'),
      good.replace('"strikePrice":2400', '"strikePrice":0'),
      good.replace('"bestBidPrice":0,', '"bestBidPrice":-1,'),
      good.replace('"mfiv"', '"vix"'),
      good.replace('"currency":"ETH"', '"currency":"E TH"'),
      good.replace('"markIV":99.5', '"markIV":"x"'),
    ];
    const memories = await Promise.all(texts.map(read));
    expect(memories.map((memory) => [memory.rows.length, ...reasonsOf(memory)])).toEqual([
      [0, "the JSON is broken or cut"],
      [0, "the document is no object"],
      [0, "dVol is null, not a number"],
      [0, "options is empty"],
      [0, "options holds one of them twice"],
      [0, 'optionType is "PUT", not "call" or "put"'],
      [0, "strikePrice is 0, not a price above zero"],
      [0, "bestBidPrice is -1, not a premium of zero or more"],
      [0, 'methodology is "vix", not "MFIV"'],
      [0, "deribit:E TH-MFIV-14D cannot be the name of an instrument"],
      [0, 'markIV is "x", not a number'],
    ]);
  });
});

/** File, when, options, of which quoted after it, index and its inverse. */
const RECORDED = [
  [
    "mfiv_ETH_20211001_evidence",
    "2021-10-01T07:02:00.035Z",
    79,
    1,
    103.680_428_141_884_14,
    96.450_218_997_121_07,
  ],
  [
    "mfiv_ETH_20220125_ipfs",
    "2022-01-25T03:30:00.004Z",
    110,
    0,
    97.069_331_264_738_45,
    103.019_150_020_997_57,
  ],
] as const;

for (const [name, when, options, after, index, inverse] of RECORDED) {
  const path = recording(`options/${name}.json.gz`);
  describe.skipIf(!existsSync(path))(`options/${name}.json.gz`, () => {
    it(`holds ${options} options of two expiries and the index that came of them`, async () => {
      const memory = await readPath(mfivEvidence, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("options", "deribit:ETH-OPTIONS");
      expect(rows).toHaveLength(options);
      expect(new Set(rows.map(({ expiry }) => expiry)).size).toBe(2);
      expect(new Set(rows.map(({ tsRecv }) => tsRecv))).toEqual(new Set([at(when)]));
      expect(memory.notes.get("options deribit:ETH-OPTIONS quoteAfterIndex") ?? 0).toBe(after);
      const [mfiv, inverted] = memory.of("measures", "deribit:ETH-MFIV-14D");
      expect(mfiv).toMatchObject({ measure: "mfivPercent", value: index, tsEvent: at(when) });
      expect(inverted).toMatchObject({ measure: "inverseMfivPercent", value: inverse });
    });
  });
}
