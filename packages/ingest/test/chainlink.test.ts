import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import type { RawRow, ReadHints } from "../src/source.ts";
import { chainlink } from "../src/sources/chainlink/chainlink.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";
import { NUMBERED, ROUNDS, samples } from "./samples/chainlink.ts";

async function read(name: string, text: string, hints: ReadHints = {}): Promise<MemorySink> {
  const memory = memorySink();
  await chainlink.createReader(hints).read(fileOf(name, text), memory.sink);
  return memory;
}

describe("rounds of a Chainlink feed", () => {
  it("go out the oldest first, an answer at the feed's decimals, a round's id with its phase", async () => {
    const memory = await read("ETHUSD_rounds.csv", ROUNDS);
    expect(memory.of("oracles", "chainlink-ethereum:ETH-USD")).toEqual([
      {
        tsEvent: 1_690_000_000_000_000,
        roundId: "110680464442257300001",
        answer: -5e-8,
        startedAt: 1_690_000_000_000_000,
        line: 4,
      },
      {
        tsEvent: 1_690_001_800_000_000,
        roundId: "110680464442257300002",
        answer: 2_099.123_456_78,
        startedAt: 1_690_001_800_000_000,
        line: 3,
      },
      {
        tsEvent: 1_690_003_603_000_000,
        roundId: "110680464442257300003",
        answer: 2_100,
        startedAt: 1_690_003_600_000_000,
        line: 2,
      },
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["header", "empty round"]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "oracles chainlink-ethereum:ETH-USD answeredInEarlierRound": 1,
    });
  });

  it("are known by the pair or the address in the name, or by --symbol", async () => {
    const of = async (name: string, hints?: ReadHints): Promise<string | undefined> =>
      (await read(name, NUMBERED, hints)).rows[0]?.symbol;
    expect(await of("stETH-ETH.csv")).toBe("STETH-ETH");
    expect(await of("steth_eth_2024.csv.gz")).toBe("STETH-ETH");
    expect(await of("0x86392DC19c0b719886221c78AB11eb8Cf5c52812.csv")).toBe("STETH-ETH");
    expect(await of("rounds.csv", { symbol: "btc/usd" })).toBe("BTC-USD");
    expect(await of("rounds.csv", { symbol: "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419" })).toBe(
      "ETH-USD",
    );
    const memory = await read("stETH-ETH.csv", NUMBERED);
    expect(memory.of("oracles").map(({ answer }) => answer)).toEqual([0.999, 0.9985]);
  });

  it("of no known feed are refused, because their decimals are not known", async () => {
    await expect(read("rounds.csv", ROUNDS)).rejects.toThrow(/no feed that is known/);
    await expect(read("x.csv", ROUNDS, { symbol: "FOO-USD" })).rejects.toThrow(/no feed/);
    await expect(read("x.csv", ROUNDS, { symbol: `0x${"11".repeat(20)}` })).rejects.toThrow(
      /no feed/,
    );
  });

  it("read twice are kept once, or quarantined where they differ", async () => {
    const round =
      "9,110680464442257300003,210000000000,1690003600,1690003603,110680464442257300003";
    const memory = await read(
      "ETHUSD.csv",
      `${ROUNDS}${round}\n${round.replace("210000000000", "210000000001")}\n`,
    );
    expect(memory.skipped.at(-1)?.reason).toBe("duplicate round");
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      "round 110680464442257300003 is already in line 2 with other values",
    ]);
  });

  it("with bad cells go to quarantine", async () => {
    const [header, good = ""] = ROUNDS.split("\n");
    const bad = [
      good.replace("110680464442257300003", "x"),
      good.replace("210000000000", "2100.5"),
      good.replace("1690003603", "0"),
      good.replace("1690003600", "1690003600000"),
      `${good},1`,
    ];
    const memory = await read("ETHUSD.csv", [header, good, ...bad].join("\n"));
    expect(memory.rows).toHaveLength(1);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'round is "x", not an integer',
      'answer is "2100.5", not an integer',
      'update is "0", not a time in seconds',
      'start is "1690003600000", not a time in seconds',
      "7 columns, not 6",
    ]);
  });

  it("are recognised by the named header, or by what only rounds look like", async () => {
    for (const { name, content } of samples) {
      expect(chainlink.recognises(await fileHead(fileOf(name, String(content))))).toBe(true);
    }
    const other = ",0,1,2,3,4\n0,1,2,3,4,5\n";
    expect(chainlink.recognises(await fileHead(fileOf("ETHUSD.csv", other)))).toBe(false);
  });

  it("are an index in the feed's quote currency", () => {
    expect(chainlink.terms("chainlink-ethereum", "STETH-ETH", 0)).toMatchObject({
      kind: "index",
      base: "STETH",
      quote: "ETH",
    });
  });
});

const DATA = resolve(import.meta.dirname, "../../../../shared/data/onchain/chainlink");

describe.skipIf(!existsSync(DATA))("recorded rounds onchain/chainlink", () => {
  const FILES: readonly (readonly [
    file: string,
    rows: number,
    empty: number,
    first: number,
    last: number,
  ])[] = [
    ["ETHUSD_rounds.csv.gz", 11_106, 1, 1_680_734_315, 1_706_558_123],
    ["BTCUSD_rounds.csv.gz", 10_691, 1, 1_680_734_111, 1_706_558_135],
    ["ETHBTC_rounds.csv.gz", 813, 0, 1_704_162_887, 1_706_555_999],
    ["stETHETH_rounds.csv.gz", 745, 0, 1_643_487_908, 1_706_484_887],
  ];
  const recorded = async (file: string): Promise<MemorySink> => {
    const memory = memorySink();
    await chainlink.createReader({}).read(await openFile(resolve(DATA, file)), memory.sink);
    return memory;
  };
  for (const [file, rows, empty, first, last] of FILES) {
    it(`${file}: ${rows} answered rounds, in order, ${empty} never answered`, async () => {
      const memory = await recorded(file);
      expect(memory.quarantined).toEqual([]);
      expect(memory.skipped.filter(({ reason }) => reason === "empty round")).toHaveLength(empty);
      const rounds = memory.of("oracles");
      expect(rounds).toHaveLength(rows);
      const times = rounds.map((row) => row.tsEvent ?? 0);
      expect([times[0], times.at(-1)]).toEqual([first * 1e6, last * 1e6]);
      expect(times.every((at, i) => at >= (times[i - 1] ?? 0))).toBe(true);
      expect(new Set(rounds.map(({ roundId }) => roundId)).size).toBe(rows);
      expect(rounds.every((row) => row.startedAt === row.tsEvent)).toBe(true);
    });
  }

  it("ETH / USD was lowest on 17 August 2023 at 21:45:23, 1,557.996", async () => {
    const memory = await recorded("ETHUSD_rounds.csv.gz");
    const day = memory
      .of("oracles")
      .filter(({ tsEvent = 0 }) => tsEvent >= 1_692_230_400e6 && tsEvent < 1_692_316_800e6);
    const lowest = day.reduce((low: RawRow<"oracles">, row) =>
      (row.answer ?? 0) < (low.answer ?? 0) ? row : low,
    );
    expect(lowest.tsEvent).toBe(1_692_308_723_000_000);
    expect(lowest.answer).toBeCloseTo(1_557.996, 3);
    // Phase 6 of the proxy.
    expect(BigInt(lowest.roundId ?? 0) >> 64n).toBe(6n);
  });

  it("stETH / ETH lies around 1, ETH / BTC around 0.05", async () => {
    for (const [file, low, high] of [
      ["stETHETH_rounds.csv.gz", 0.9, 1.01],
      ["ETHBTC_rounds.csv.gz", 0.045, 0.065],
      ["BTCUSD_rounds.csv.gz", 24_000, 50_000],
    ] as const) {
      const answers = (await recorded(file)).of("oracles").map(({ answer = 0 }) => answer);
      expect(Math.min(...answers)).toBeGreaterThan(low);
      expect(Math.max(...answers)).toBeLessThan(high);
    }
  });
});
