import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MICROS_PER_DAY, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { stablesims } from "../src/sources/stablesims/stablesims.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, readText, reasonsOf, recording } from "./readWith.ts";

const read = (name: string, document: unknown, hints: ReadHints = {}): Promise<MemorySink> =>
  readText(stablesims, name, JSON.stringify(document), hints);

/** A minute of gas prices in wei; `datetime` says another hour, as in the files. */
const minute = (timestamp: string, prices: unknown, transactions = 5): unknown => ({
  datetime: "2020-03-12 11:50:00",
  timestamp,
  doc_count: transactions,
  avgGasDay: prices,
  "30.0 Perc": prices,
  "60.0 Perc": prices,
  "90.0 Perc": prices,
  "100.0 Perc": prices,
});

const gas = (...data: readonly unknown[]): unknown => ({ schema: { fields: [] }, data });

describe("StableSims gas prices", () => {
  it("are percentiles in gwei at the time in `timestamp`; mean and number of transactions are measures", async () => {
    const first = {
      datetime: "2020-03-12 11:50:00",
      timestamp: "2020-03-12T23:50:00.000Z",
      doc_count: 5_257,
      avgGasDay: 112_223_756_364.5,
      "30.0 Perc": 81_000_000_000,
      "60.0 Perc": 90_000_000_000,
      "90.0 Perc": 150_500_000_000,
      "100.0 Perc": 7_324_000_000_000,
    };
    const memory = await read("gas_10m.json", gas(first, minute("2020-03-13T00:00:00.000Z", 1e9)));
    const origin = { line: 1, tsEvent: at("2020-03-12T23:50:00Z") };
    expect(memory.of("gas", "ethereum:GAS@10m").slice(0, 4)).toEqual([
      { ...origin, gasPriceGwei: 81, percentile: 30 },
      { ...origin, gasPriceGwei: 90, percentile: 60 },
      { ...origin, gasPriceGwei: 150.5, percentile: 90 },
      { ...origin, gasPriceGwei: 7_324, percentile: 100 },
    ]);
    const intervalMicros = 10 * MICROS_PER_MINUTE;
    expect(memory.of("measures", "ethereum:GAS@10m").slice(0, 2)).toEqual([
      { ...origin, measure: "averageGasPriceGwei", value: 112.223_756_364_5, intervalMicros },
      { ...origin, measure: "transactions", value: 5_257, intervalMicros },
    ]);
  });

  it("are none where there was no transaction", async () => {
    const memory = await read("gas.json", gas(minute("2020-03-12T23:50:00.000Z", null, 0)));
    expect(memory.of("gas")).toEqual([]);
    expect(memory.of("measures")).toEqual([
      expect.objectContaining({ measure: "transactions", value: 0 }),
    ]);
  });

  it("that are damaged are quarantined", async () => {
    const memory = await read(
      "gas.json",
      gas(
        minute("2020-03-12 11:50 PM", 1e9),
        minute("2020-03-12T23:50:00.000Z", null, 3),
        minute("2020-03-12T23:50:00.000Z", 1e9, 0),
        minute("2020-03-12T23:50:00.000Z", -1),
        minute("2020-03-12T23:50:00.000Z", "many"),
        minute("2020-03-12T23:50:00.000Z", 1e9, -1),
        7,
      ),
    );
    expect(memory.rows).toEqual([]);
    expect(reasonsOf(memory)).toEqual([
      'timestamp is "2020-03-12 11:50 PM", not a UTC time YYYY-MM-DD HH:MM:SS',
      "0 prices of 3 transactions, not all or none",
      "5 prices of 0 transactions, not all or none",
      "avgGasDay is -1, not a price of zero or more",
      'avgGasDay is "many", not a number',
      "doc_count is -1, not a whole number",
      "the record is no object",
    ]);
  });
});

describe("StableSims pool balances", () => {
  const balances = [
    { DAI: 100.5, WETH: 2 },
    { DAI: 101, WETH: 1.9 },
  ];

  it("are ten minutes apart from midnight of the day in the name", async () => {
    const memory = await read("2021-01-11_eth_dai_liquidity.json", balances);
    const second = { line: 2, tsEvent: at("2021-01-11T00:10:00Z") };
    expect(memory.of("measures", "ethereum:ETH-DAI-POOL").slice(2)).toEqual([
      { ...second, measure: "poolBalanceDAI", value: 101 },
      { ...second, measure: "poolBalanceWETH", value: 1.9 },
    ]);
  });

  it("need a day, and a pool, from the name or the user", async () => {
    await expect(read("eth_dai_liquidity.json", balances)).rejects.toThrow(
      "records are ten minutes apart, and nothing says of which day",
    );
    await expect(read("x.json", balances, { date: "2021-01-11" })).rejects.toThrow(
      "the name does not say which pool it is of",
    );
    const named = await read("x.json", balances, { date: "2021-01-11", symbol: "POOL" });
    expect(named.of("measures", "ethereum:POOL")).toHaveLength(4);
  });

  it("beyond the end of a day, or of what is no token, are quarantined", async () => {
    const day = Array.from({ length: 145 }, () => ({ DAI: 1, WETH: 1 }));
    const memory = await read("2021-01-11_eth_dai_liquidity.json", [...day, { DAI: -1 }]);
    expect(memory.rows).toHaveLength(288);
    expect(reasonsOf(memory)).toEqual(["record 145 of a day of 144", "record 146 of a day of 144"]);
    const bad = await read("2021-01-11_eth_dai_liquidity.json", [
      { DAI: -1 },
      {},
      { "not a token": 1 },
      { DAI: null },
    ]);
    expect(reasonsOf(bad)).toEqual([
      "DAI is -1, not a balance of zero or more",
      "the record holds no balance",
      '"not a token" is no token',
      "DAI is null, not a number",
    ]);
  });

  it("are no JSON of another shape", async () => {
    await expect(readText(stablesims, "x.json", "a,b\n", {})).rejects.toThrow(
      "x.json: is neither a table of gas prices nor a list of balances, both JSON",
    );
    await expect(read("x.json", { data: { a: 1 } })).rejects.toThrow(
      "the JSON has no array at data",
    );
  });
});

/** Records, of which empty, length in minutes, first, last, highest 90th percentile in gwei, transactions. Counted by another program. */
const GAS = [
  [
    "crash-2020-03-12/gas_10m.json",
    144,
    0,
    10,
    "2020-03-12T00:00Z",
    "2020-03-12T23:50Z",
    300,
    760_781,
  ],
  [
    "crash-2020-03-12/gas_1m.json.gz",
    1_440,
    7,
    1,
    "2020-03-12T00:00Z",
    "2020-03-12T23:59Z",
    1_500,
    760_781,
  ],
  [
    "crash-2020-03-12/eth_gas_hourly_longrun.json.gz",
    732,
    0,
    1_440,
    "2019-06-10T00:00Z",
    "2021-06-10T00:00Z",
    750,
    698_213_114,
  ],
  [
    "crash-2021/stablesims/2020-09-05_gas.json",
    144,
    0,
    10,
    "2020-09-05T00:00Z",
    "2020-09-05T23:50Z",
    636.363_353_744_777_8,
    1_040_906,
  ],
  [
    "crash-2021/stablesims/2021-01-11_gas.json",
    144,
    0,
    10,
    "2021-01-11T00:00Z",
    "2021-01-11T23:50Z",
    825.658_430_770_064_4,
    1_280_285,
  ],
  [
    "crash-2021/stablesims/2021-01-21_gas.json",
    144,
    0,
    10,
    "2021-01-21T00:00Z",
    "2021-01-21T23:50Z",
    426.620_000_402_361_9,
    1_178_189,
  ],
  [
    "crash-2021/stablesims/2021-05-19_gas.json",
    144,
    0,
    10,
    "2021-05-19T00:00Z",
    "2021-05-19T23:50Z",
    2_230.155_084_326_062_5,
    1_460_861,
  ],
  [
    "crash-2021/stablesims/2021-06-21_gas.json",
    144,
    0,
    10,
    "2021-06-21T00:00Z",
    "2021-06-21T23:50Z",
    120,
    1_209_567,
  ],
] as const;

for (const [path, records, empty, minutes, first, last, peak, transactions] of GAS) {
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it(`holds ${records} intervals of ${minutes} minutes, percentiles in order, the 90th up to ${Math.round(peak)} gwei`, async () => {
      const memory = await readPath(stablesims, recording(path));
      expect(memory.quarantined).toEqual([]);
      const interval = { 1: "1m", 10: "10m", 1_440: "1d" }[minutes];
      const rows = memory.of("gas", `ethereum:GAS@${interval}`);
      expect(rows).toHaveLength(4 * (records - empty));
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([at(first), at(last)]);
      const measures = memory.of("measures");
      expect(measures).toHaveLength(2 * records - empty);
      expect(new Set(measures.map(({ intervalMicros }) => intervalMicros))).toEqual(
        new Set([minutes * MICROS_PER_MINUTE]),
      );
      const prices = (percentile: number): number[] =>
        rows.filter((row) => row.percentile === percentile).map((row) => row.gasPriceGwei ?? 0);
      const columns = [30, 60, 90, 100].map(prices);
      expect(
        columns[0]?.every((_, i) => {
          const [a = 0, b = 0, c = 0, d = 0] = columns.map((column) => column[i]);
          return a <= b && b <= c && c <= d;
        }),
      ).toBe(true);
      expect(Math.max(...(columns[2] ?? []))).toBeCloseTo(peak, 6);
      const counted = measures.filter(({ measure }) => measure === "transactions");
      const sum = counted.reduce((total, { value }) => total + value, 0);
      expect(sum).toBe(transactions);
      expect(notesOf(memory)).toEqual({});
    });
  });
}

for (const [day, least] of [
  ["2020-09-05", 176_032.269_069_493_95],
  ["2021-01-11", 91_142.353_626_199_42],
  ["2021-01-21", 77_633.123_300_349_53],
  ["2021-02-22", 35_337.292_004_844_334],
  ["2021-05-19", 22_868.935_272_835_704],
  ["2021-06-21", 18_337.639_831_982_582],
] as const) {
  const path = `crash-2021/stablesims/${day}_eth_dai_liquidity.json`;
  describe.skipIf(!existsSync(recording(path)))(`recorded ${path}`, () => {
    it("holds a day of balances, ten minutes apart", async () => {
      const memory = await readPath(stablesims, recording(path));
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("measures", "ethereum:ETH-DAI-POOL");
      expect(rows).toHaveLength(288);
      expect(Math.min(...rows.map(({ value }) => value))).toBe(least);
      const midnight = at(`${day}T00:00:00Z`);
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
        midnight,
        midnight + MICROS_PER_DAY - 10 * MICROS_PER_MINUTE,
      ]);
    });
  });
}
