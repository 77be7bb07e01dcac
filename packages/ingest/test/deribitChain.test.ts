import { describe, expect, it } from "vitest";
import { CALL, MESSAGE_END, PUT, decimal } from "@aftershock/schema";
import { deribitChain } from "../src/sources/deribit/deribitChain.ts";
import { DERIBIT_CHAIN_TYPES } from "../src/sources/deribit/deribitChainTypes.ts";
import { parseIsoMicros } from "../src/sources/read/parseIsoMicros.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const [OPTIONS = "", PERPETUAL = "", TERM = ""] = DERIBIT_CHAIN_TYPES.map(({ columns }) =>
  columns.join(","),
);
const NOW = "2026-02-05T15:51:32.535650+00:00";
const NOW_MICROS = 1_770_306_692_535_650;

async function read(...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  await deribitChain.createReader({}).read(fileOf("s.csv", `${lines.join("\n")}\n`), memory.sink);
  return memory;
}

interface Cells {
  readonly coin?: string;
  readonly name: string;
  readonly type?: string;
  readonly strike: string;
  readonly expiry?: string;
  readonly bid?: string;
  readonly ask?: string;
  readonly at?: string;
}

/** A line of an options snapshot. */
function option(cells: Cells): string {
  const { coin = "BTC", name, type = "put", strike, expiry = "2026-02-13", bid, ask } = cells;
  return [
    cells.at ?? NOW,
    `${coin}-${name}`,
    "67867.16",
    `${coin}-13FEB26`,
    type,
    strike,
    `${expiry}T08:00:00+00:00`,
    "0.021006269942898066",
    bid ?? "0.2225",
    ask ?? "0.2265",
    "0.22541898,0.2245,67867.16",
    `${coin}-13FEB26`,
    "0.7805,-0.9575,8.9063,46.9,7.4,0.0040000000000000036",
    coin,
    "67846.61,72702.42",
  ].join(",");
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const notesOf = (memory: MemorySink): Record<string, number> => Object.fromEntries(memory.notes);

describe("deribit-chain options snapshots", () => {
  it("reads an option: premium and mark in coin, volatility as a fraction, the recorder's clock only", async () => {
    const memory = await read(OPTIONS, option({ name: "13FEB26-83000-P", strike: "83000.0" }));
    expect(memory.of("options", "deribit:BTC-OPTIONS")).toEqual([
      {
        tsRecv: NOW_MICROS,
        line: 2,
        optionSymbol: "BTC-13FEB26-83000-P",
        right: PUT,
        strike: 83_000,
        expiry: 1_770_969_600_000_000,
        bidPrice: decimal("0.2225"),
        askPrice: decimal("0.2265"),
        markPrice: 0.22541898,
        markIv: 0.7805,
        underlying: "BTC-13FEB26",
        underlyingPrice: 67_867.16,
        indexPrice: 67_846.61,
        delta: -0.9575,
        vega: 8.9063,
        openInterest: 46.9,
        flags: MESSAGE_END,
      },
    ]);
  });

  it("splits the coins, sorts each by expiry, strike and right, and ends each message once", async () => {
    const lines = [
      option({ name: "27FEB26-60000-P", strike: "60000.0", expiry: "2026-02-27" }),
      option({ coin: "ETH", name: "13FEB26-2000-C", type: "call", strike: "2000.0" }),
      option({ name: "13FEB26-83000-C", type: "call", strike: "83000.0" }),
      option({ name: "13FEB26-83000-P", strike: "83000.0" }),
      option({ name: "13FEB26-9000-P", strike: "9000.0" }),
    ];
    const memory = await read(OPTIONS, ...lines);
    const shuffled = await read(OPTIONS, ...lines.toReversed());
    const names = (from: MemorySink): unknown =>
      from
        .of("options", "deribit:BTC-OPTIONS")
        .map((row) => [row.optionSymbol, row.right, row.flags]);
    expect(names(memory)).toEqual([
      ["BTC-13FEB26-9000-P", PUT, 0],
      ["BTC-13FEB26-83000-P", PUT, 0],
      ["BTC-13FEB26-83000-C", CALL, 0],
      ["BTC-27FEB26-60000-P", PUT, MESSAGE_END],
    ]);
    expect(memory.of("options", "deribit:ETH-OPTIONS")).toMatchObject([{ flags: MESSAGE_END }]);
    expect(names(shuffled)).toEqual(names(memory));
  });

  it("takes an empty bid or ask, 0 and NaN for no quote, and counts them", async () => {
    const memory = await read(
      OPTIONS,
      option({ name: "13FEB26-1000-P", strike: "1000.0", bid: "" }),
      option({ name: "13FEB26-2000-P", strike: "2000.0", bid: "0.0", ask: "" }),
      option({ name: "13FEB26-3000-P", strike: "3000.0", bid: "NaN", ask: "0.0001" }),
      option({ name: "13FEB26-4000-P", strike: "4000.0", bid: "-0.1" }),
    );
    expect(memory.of("options").map((row) => [row.bidPrice, row.askPrice])).toEqual([
      [undefined, decimal("0.2265")],
      [undefined, undefined],
      [undefined, decimal("0.0001")],
    ]);
    expect(notesOf(memory)).toEqual({
      "options deribit:BTC-OPTIONS withoutBid": 3,
      "options deribit:BTC-OPTIONS withoutAsk": 1,
    });
    expect(reasons(memory)).toEqual(['column bid_price: "-0.1" is not a premium of zero or more']);
  });

  it("counts exact duplicates, and quarantines an option that comes twice with other values", async () => {
    const line = option({ name: "13FEB26-83000-P", strike: "83000.0" });
    const memory = await read(OPTIONS, line, line, line.replace("0.2225", "0.2220"));
    expect(memory.of("options").map((row) => row.bidPrice)).toEqual([decimal("0.2225")]);
    expect(memory.skipped.map(({ line: { number }, reason }) => `${number} ${reason}`)).toEqual([
      "1 header",
      "3 duplicate row",
    ]);
    expect(reasons(memory)).toEqual([
      "conflicting duplicate: BTC-13FEB26-83000-P is already in line 2 with other values",
    ]);
    expect(memory.quarantined[0]?.line.number).toBe(4);
  });

  it("starts a new snapshot where the recorder's time changes", async () => {
    const first = { name: "13FEB26-83000-P", strike: "83000.0" };
    const later = { ...first, at: "2026-02-05T21:29:37.000001+00:00" };
    const memory = await read(OPTIONS, option(first), option(later));
    expect(memory.of("options").map((row) => [row.tsRecv, row.flags])).toEqual([
      [NOW_MICROS, MESSAGE_END],
      [1_770_326_977_000_001, MESSAGE_END],
    ]);
  });

  it("quarantines bad cells, naming the column and the text", async () => {
    const good = option({ name: "13FEB26-83000-P", strike: "83000.0" });
    const memory = await read(
      OPTIONS,
      good.replace(NOW, "2026-02-05T15:51:32.535650"),
      good.replace("put", "PUT"),
      good.replace("83000.0", "0"),
      good.replace("BTC-13FEB26-83000-P", "ETH-13FEB26-83000-P"),
      good.replace("0.7805", "78.05%"),
    );
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      'column timestamp: "2026-02-05T15:51:32.535650" is not an ISO 8601 time with an offset',
      'column option_type: "PUT" is not one of call, put',
      'column strike: "0" is not a price above zero',
      'column instrument_name: "ETH-13FEB26-83000-P" is not an option on BTC',
      'column implied_volatility: "78.05%" is not a number',
    ]);
  });
});

describe("deribit-chain perpetual prices", () => {
  const line = (time: string, price: string, accepted = "True", volume = "0.48"): string =>
    `f.csv,1770306692535,${NOW},BTC,BTC-PERPETUAL,True,1,1,1,1,1,close,${time},27.5,1,1,1,1,${volume},1,${accepted},1,${price},${price},,,t`;

  it("gives the candle's price as the last one, at the candle's time, and no mark price", async () => {
    const memory = await read(PERPETUAL, line("1770306660000", "67850.5"));
    expect(memory.of("tickers", "deribit:BTC-PERPETUAL")).toEqual([
      {
        line: 2,
        tsEvent: 1_770_306_660_000_000,
        tsRecv: NOW_MICROS,
        lastPrice: 67_850.5,
      },
    ]);
    expect(notesOf(memory)).toEqual({});
  });

  it("notes a price from after the snapshot, and a minute without a trade", async () => {
    const memory = await read(PERPETUAL, line("1770306720000", "67850.5", "True", "0.0"));
    expect(notesOf(memory)).toEqual({
      "tickers deribit:BTC-PERPETUAL priceAfterSnapshot": 1,
      "tickers deribit:BTC-PERPETUAL noTradeInMinute": 1,
    });
  });

  it("leaves out a price that the recorder did not accept", async () => {
    const memory = await read(PERPETUAL, line("1770306720000", "67850.5", "False"));
    expect(memory.of("tickers")).toEqual([{ line: 2, tsRecv: NOW_MICROS }]);
    expect(notesOf(memory)).toEqual({ "tickers deribit:BTC-PERPETUAL candleNotAccepted": 1 });
  });

  it("quarantines a candle time in another unit, and a flag that is neither True nor False", async () => {
    const memory = await read(
      PERPETUAL,
      line("1770306660", "67850.5"),
      line("1770306660000", "67850.5", "yes"),
    );
    expect(reasons(memory)).toEqual([
      'column candle_price_timestamp_ms: "1770306660" is not a time in whole ms',
      'column accepted_under_max_gap: "yes" is not one of True, False',
    ]);
  });
});

describe("deribit-chain term futures", () => {
  const line = (name: string, accepted = "True"): string =>
    `${NOW},BTC,${name},67952.55,67950.1,67955.0,84,3,f.csv,1770306692535,True,1,1,1,1,1,open,1770306660000,32.5,1,1,1,1,3.5,1,1,67950.0,${accepted},67950.0,t`;

  it("gives the venue's mark and the candle's price at the snapshot's time", async () => {
    const memory = await read(TERM, line("BTC-27FEB26"), line("BTC-27MAR26", "False"));
    expect(memory.of("tickers", "deribit:BTC-27FEB26")).toEqual([
      { line: 2, tsRecv: NOW_MICROS, markPrice: 67_952.55, lastPrice: 67_950 },
    ]);
    expect(memory.of("tickers", "deribit:BTC-27MAR26")).toEqual([
      { line: 3, tsRecv: NOW_MICROS, markPrice: 67_952.55 },
    ]);
    expect(notesOf(memory)).toEqual({ "tickers deribit:BTC-27MAR26 candleNotAccepted": 1 });
  });

  it("skips interpolated futures, which cannot be traded", async () => {
    const memory = await read(TERM, line("SYN.BTC-20FEB26"));
    expect(memory.rows).toEqual([]);
    expect(memory.skipped.at(-1)).toMatchObject({
      line: { number: 2 },
      reason: "interpolated future, not tradable",
    });
  });
});

describe("deribit-chain files", () => {
  it("refuses another header, naming the kinds that it reads", async () => {
    await expect(read("a,b,c")).rejects.toThrow(
      /s\.csv:1: unknown header "a,b,c"; expected options snapshot \(timestamp,instrument_name,.* or perpetual prices \(.* or term futures marks \(/,
    );
  });
});

describe("ISO times", () => {
  it("are exact to the µs at any offset", () => {
    expect(parseIsoMicros("2026-02-05T15:51:32.535650+00:00")).toBe(NOW_MICROS);
    expect(parseIsoMicros("2026-02-05 16:51:32.53565+01:00")).toBe(NOW_MICROS);
    expect(parseIsoMicros("2026-02-05T15:51:32Z")).toBe(1_770_306_692_000_000);
  });

  it("are refused without an offset, with more than µs, for a day that does not exist or beyond 2255", () => {
    for (const text of [
      "2026-02-05T15:51:32",
      "2026-02-05",
      "2026-02-30T00:00:00Z",
      "2026-02-05T15:51:32.1234567Z",
      "9999-01-01T00:00:00Z",
    ]) {
      expect(parseIsoMicros(text)).toBeUndefined();
    }
  });
});
