import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  DataError,
  MESSAGE_END,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_FILL,
  PRICE_LIMIT,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import { binanceRaw } from "../src/sources/binance/binanceRaw.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const T = 1723161256298;
const RECV = "1723161256300123456";
const RECV_MICROS = 1723161256300123;

/** A line as a recorder writes it. */
const line = (message: unknown, recv = RECV): string => `${recv} ${JSON.stringify(message)}\n`;
const streamed = (stream: string, data: object, recv = RECV): string =>
  line({ stream, data }, recv);

async function read(...files: readonly string[]): Promise<MemorySink> {
  const memory = memorySink();
  const reader = binanceRaw.createReader({});
  for (const [i, text] of files.entries()) {
    await reader.read(fileOf(`capture${i + 1}.gz`, text), memory.sink);
  }
  return memory;
}

const usdmDiff = {
  e: "depthUpdate",
  E: T + 1,
  T,
  s: "BTCUSDT",
  U: 101,
  u: 105,
  pu: 99,
  b: [["61800.20", "2.507"]],
  a: [["61800.30", "0.000"]],
};
const spotDiff = {
  e: "depthUpdate",
  E: T,
  s: "BTCUSDT",
  U: 11,
  u: 15,
  b: [["1.50000000", "2.00000000"]],
  a: [],
};
const spotTrade = {
  e: "trade",
  E: T + 1,
  s: "BTCUSDT",
  t: 7,
  p: "1.5",
  q: "2",
  T,
  m: true,
  M: true,
};

describe("binance-raw: which market a message is from", () => {
  const coinDiff = { ...usdmDiff, s: "ETHUSD_PERP", ps: "ETHUSD" };
  const futuresTrade = {
    e: "trade",
    E: T,
    T,
    s: "BTCUSDT",
    t: 1,
    p: "5",
    q: "1",
    X: "MARKET",
    m: false,
  };
  const quote = { u: 9, s: "BTCUSDT", b: "1", B: "2", a: "3", A: "4" };
  it.each([
    ["a diff with pu", usdmDiff, "binance-usdm:BTCUSDT"],
    ["a diff without pu", spotDiff, "binance:BTCUSDT"],
    ["a diff with ps", coinDiff, "binance-coinm:ETHUSD_PERP"],
    ["a trade with M", spotTrade, "binance:BTCUSDT"],
    ["a trade without M", futuresTrade, "binance-usdm:BTCUSDT"],
    [
      "a trade in BTCUSDT_240927",
      { ...futuresTrade, s: "BTCUSDT_240927" },
      "binance-usdm:BTCUSDT_240927",
    ],
    [
      "a trade in BTCUSD_240927",
      { ...futuresTrade, s: "BTCUSD_240927" },
      "binance-coinm:BTCUSD_240927",
    ],
    ["a trade in ETHUSD_PERP", { ...futuresTrade, s: "ETHUSD_PERP" }, "binance-coinm:ETHUSD_PERP"],
    ["a quote without an event name", quote, "binance:BTCUSDT"],
    ["a quote with one", { e: "bookTicker", E: T, T, ...quote }, "binance-usdm:BTCUSDT"],
  ])("%s", async (_, message, id) => {
    const { rows } = await read(line(message));
    expect(new Set(rows.map((row) => `${row.venue}:${row.symbol}`))).toEqual(new Set([id]));
  });
});

describe("binance-raw: rows", () => {
  it("reads a futures diff with the transaction time and the chain of pu", async () => {
    const memory = await read(streamed("btcusdt@depth@0ms", usdmDiff));
    const common = {
      tsEvent: T * 1000,
      tsRecv: RECV_MICROS,
      line: 1,
      updateId: 105,
      prevUpdateId: 99,
    };
    expect(memory.of("book")).toEqual([
      { ...common, side: BID, price: decimal("61800.2"), size: decimal("2.507"), flags: 0 },
      { ...common, side: ASK, price: decimal("61800.3"), size: decimal("0"), flags: MESSAGE_END },
    ]);
  });

  it("gives a spot diff the event time and U - 1 as the id before it", async () => {
    const memory = await read(line(spotDiff));
    expect(memory.of("book")).toMatchObject([
      { tsEvent: T * 1000, updateId: 15, prevUpdateId: 10 },
    ]);
  });

  it("takes receive times of 16 digits as microseconds", async () => {
    const memory = await read(line(spotTrade, "1723161256300123"));
    expect(memory.of("trades")).toMatchObject([{ tsRecv: RECV_MICROS, tsEvent: T * 1000 }]);
  });

  it.each(["0000000000000000", "9999999999999999", "0001723161256300", "0000000000000000000"])(
    "quarantines a line with the receive time %s instead of storing another day",
    async (recv) => {
      const memory = await read(line(spotTrade) + line(spotTrade, recv));
      expect(memory.of("trades")).toHaveLength(1);
      expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
        `the receive time ${recv.slice(0, 16)} is not a time in whole µs after 1973`,
      ]);
    },
  );

  it("quarantines venue times that are not exact in microseconds", async () => {
    const memory = await read(line(spotTrade) + line({ ...spotTrade, T: 99_999_999_999_999 }));
    expect(memory.of("trades")).toHaveLength(1);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      "T is 99999999999999, not a time in milliseconds or microseconds",
    ]);
  });

  it("quarantines prices and sizes that are finer than any venue quotes", async () => {
    const memory = await read(
      line(spotTrade) + line({ ...spotTrade, p: "1e-30" }) + line({ ...spotTrade, q: "1e-19" }),
    );
    expect(memory.of("trades")).toHaveLength(1);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'p is "1e-30", not a decimal number of at most 18 decimals that fits 2^53',
      'q is "1e-19", not a decimal number of at most 18 decimals that fits 2^53',
    ]);
  });

  it("reads symbols in any script", async () => {
    const memory = await read(line({ ...spotTrade, s: "币安人生USDT" }));
    expect(memory.of("trades", "binance:币安人生USDT")).toHaveLength(1);
  });

  it("takes venue times in microseconds as they are", async () => {
    const memory = await read(line({ ...spotTrade, T: T * 1000 + 7, E: T * 1000 + 9 }));
    expect(memory.of("trades")).toMatchObject([{ tsEvent: T * 1000 + 7 }]);
  });

  it("keeps a diff without levels as one row without a side", async () => {
    const memory = await read(line({ ...usdmDiff, b: [], a: [] }));
    expect(memory.of("book")).toMatchObject([
      { side: NO_SIDE, flags: MESSAGE_END, updateId: 105, prevUpdateId: 99 },
    ]);
  });

  it("marks a snapshot's first, inner and last rows", async () => {
    const snapshot = {
      lastUpdateId: 104,
      E: T,
      T: T - 1,
      symbol: "ETHUSD_PERP",
      pair: "ETHUSD",
      bids: [
        ["10", "1"],
        ["9", "1"],
      ],
      asks: [["11", "1"]],
    };
    const memory = await read(line(snapshot));
    const rows = memory.of("book", "binance-coinm:ETHUSD_PERP");
    expect(rows.map((row) => row.flags)).toEqual([
      SNAPSHOT_START | SNAPSHOT,
      SNAPSHOT,
      SNAPSHOT | MESSAGE_END,
    ]);
    expect(rows.every((row) => row.updateId === 104 && row.prevUpdateId === undefined)).toBe(true);
    expect(rows[0]?.tsEvent).toBe((T - 1) * 1000);
  });

  it("keeps an empty snapshot as one row, which empties the book", async () => {
    const memory = await read(
      line({ lastUpdateId: 4, E: T, T, symbol: "BTCUSD_PERP", pair: "BTCUSD", bids: [], asks: [] }),
    );
    expect(memory.of("book")).toMatchObject([
      { side: NO_SIDE, flags: SNAPSHOT_START | SNAPSHOT | MESSAGE_END },
    ]);
  });

  it("leaves a spot quote without a venue time, and a side without orders absent", async () => {
    const quote = { u: 9, s: "BTCUSDT", b: "0.00000000", B: "0.00000000", a: "3.5", A: "4" };
    const memory = await read(line(quote));
    expect(memory.of("quotes")).toEqual([
      {
        tsEvent: undefined,
        tsRecv: RECV_MICROS,
        line: 1,
        bidPrice: undefined,
        bidSize: undefined,
        askPrice: decimal("3.5"),
        askSize: decimal("4"),
        updateId: 9,
      },
    ]);
  });

  it("reads the taker as seller where the buyer was the maker, and as buyer otherwise", async () => {
    const memory = await read(line(spotTrade) + line({ ...spotTrade, t: 8, m: false }));
    expect(memory.of("trades").map((row) => [row.tradeId, row.side])).toEqual([
      ["7", SELL],
      ["8", BUY],
    ]);
  });

  it("reads aggregate trades by their own id", async () => {
    const aggregate = {
      e: "aggTrade",
      E: T,
      s: "BTCUSDT",
      a: 26129,
      p: "0.01633102",
      q: "4.7",
      f: 1,
      l: 2,
      T,
      m: false,
    };
    const memory = await read(line(aggregate));
    expect(memory.of("trades", "binance-usdm:BTCUSDT")).toMatchObject([
      { tradeId: "26129", side: BUY, price: decimal("0.01633102") },
    ]);
  });

  it("stores one of the two feeds of an instrument's trades, also in the next file", async () => {
    const { M, t, ...futures } = { ...spotTrade, X: "MARKET" };
    const aggregate = { ...futures, e: "aggTrade", X: undefined, a: 3 };
    const memory = await read(
      line({ ...futures, t }) + line(aggregate) + line({ ...aggregate, s: "ETHUSDT" }),
      line(aggregate),
    );
    expect([M, memory.of("trades").map((row) => row.tradeId)]).toEqual([true, ["7", "3"]]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "aggTrade of an instrument whose trade is stored",
      "aggTrade of an instrument whose trade is stored",
    ]);
  });

  it("skips trades with the insurance fund and counts them", async () => {
    const { rows, skipped } = await read(
      line({
        e: "trade",
        E: T,
        T,
        s: "BTCUSDT",
        t: 1,
        p: "5",
        q: "1",
        X: "INSURANCE_FUND",
        m: false,
      }),
    );
    expect(rows).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual(['trade off the book ("INSURANCE_FUND")']);
  });

  it("reads marks, and funding only where there is a next funding time", async () => {
    const mark = {
      e: "markPriceUpdate",
      E: T,
      s: "BTCUSDT",
      p: "11794.15000000",
      i: "11784.62659091",
      P: "11784.25641265",
      r: "0.00038167",
      T: T + 1000,
    };
    const memory = await read(
      line(mark) + line({ ...mark, s: "BTCUSD_240927", i: undefined, r: "", T: 0 }),
    );
    expect(memory.of("tickers", "binance-usdm:BTCUSDT")).toMatchObject([
      {
        tsEvent: T * 1000,
        markPrice: 11794.15,
        indexPrice: 11784.62659091,
        fundingRate: 0.00038167,
        fundingTime: (T + 1000) * 1000,
      },
    ]);
    expect(memory.of("tickers", "binance-coinm:BTCUSD_240927")).toMatchObject([
      {
        markPrice: 11794.15,
        indexPrice: undefined,
        fundingRate: undefined,
        fundingTime: undefined,
      },
    ]);
  });
});

describe("binance-raw: forced orders", () => {
  const order = {
    s: "BTCUSDT",
    S: "SELL",
    o: "LIMIT",
    f: "IOC",
    q: "0.014",
    p: "9910.5",
    ap: "9912.1",
    X: "FILLED",
    l: "0.010",
    z: "0.014",
    T,
  };
  const forced = (changes: object): string =>
    line({ e: "forceOrder", E: T + 5, o: { ...order, ...changes } });

  it("keeps the forced order's own side, the filled size, and the fill price when it is on the grid", async () => {
    const memory = await read(forced({}));
    expect(memory.of("liquidations", "binance-usdm:BTCUSDT")).toEqual([
      {
        tsEvent: T * 1000,
        tsRecv: RECV_MICROS,
        line: 1,
        side: SELL,
        price: decimal("9912.1"),
        size: decimal("0.014"),
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
      },
    ]);
  });

  it.each([
    ["an average between two ticks", { ap: "9912.1437" }],
    ["an order filled in part", { X: "PARTIALLY_FILLED" }],
    ["an instrument whose grid is not known", { s: "NOTLISTEDUSDT" }],
  ])("keeps the limit price of %s", async (_, changes) => {
    const memory = await read(forced(changes));
    expect(memory.of("liquidations")).toMatchObject([
      { price: decimal("9910.5"), priceKind: PRICE_LIMIT },
    ]);
  });

  it("reads the pair of a COIN-M order inside it", async () => {
    const memory = await read(forced({ s: "BTCUSD_PERP", ps: "BTCUSD", S: "BUY" }));
    expect(memory.of("liquidations", "binance-coinm:BTCUSD_PERP")).toMatchObject([{ side: BUY }]);
  });

  it("skips an order of which nothing was filled", async () => {
    const { rows, skipped } = await read(forced({ X: "NEW", ap: "0", z: "0" }));
    expect([rows.length, skipped[0]?.reason]).toEqual([0, "forced order without a fill"]);
  });
});

describe("binance-raw: lines that give no rows", () => {
  it("skips subscription replies, other events, streams of all symbols and partial depth", async () => {
    const { rows, quarantined, skipped } = await read(
      line({ result: null, id: 1 }) +
        line({ e: "kline", E: T, s: "BTCUSDT", k: {} }) +
        streamed("!markPrice@arr@1s", [{ e: "markPriceUpdate" }]) +
        streamed("btcusdt@depth20@100ms", usdmDiff) +
        streamed("btcusdt@depth5", { lastUpdateId: 1, bids: [], asks: [] }),
    );
    expect([rows, quarantined]).toEqual([[], []]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "subscription reply",
      "event kline",
      "stream of all symbols",
      "depth stream other than the full diffs",
      "depth stream other than the full diffs",
    ]);
  });

  it.each([
    ["JSON that is cut", line(usdmDiff).slice(0, 90), "broken or cut"],
    ["a receive time in ms", line(usdmDiff, "1723161256300"), "16 (µs) or 19 (ns) digits"],
    [
      "a receive time with letters",
      line(usdmDiff, "17231612563x0123"),
      "16 (µs) or 19 (ns) digits",
    ],
    ["an empty line", "\n", "16 (µs) or 19 (ns) digits"],
    ["JSON that is no object", line([1, 2]), "not a JSON object"],
    ["an unknown shape", line({ channel: "l2Book" }), "no message of Binance"],
    [
      "a price that is no number",
      line({ ...usdmDiff, a: [["6l800.30", "1"]] }),
      'a price in a is "6l800.30"',
    ],
    ["a price of zero", line({ ...usdmDiff, a: [["0.00", "1"]] }), "a price above zero"],
    ["a size that is no number", line({ ...usdmDiff, b: [["1", true]] }), "a size in b is true"],
    ["a negative size", line({ ...usdmDiff, b: [["1", "-2"]] }), 'a size in b is "-2"'],
    ["a level that is no pair", line({ ...usdmDiff, b: ["1"] }), "no pair"],
    ["levels that are missing", line({ ...usdmDiff, b: undefined }), "not a list"],
    ["an id that is not whole", line({ ...usdmDiff, u: 105.5 }), "u is 105.5, not a whole number"],
    ["ids in the wrong order", line({ ...usdmDiff, U: 106 }), "U is 106, after u 105"],
    [
      "a chain that does not advance",
      line({ ...usdmDiff, pu: 105 }),
      "pu is 105, not before u 105",
    ],
    ["a time in seconds", line({ ...usdmDiff, T: 1723161256 }), "T is 1723161256, not a time"],
    ["a symbol that is a path", line({ ...usdmDiff, s: "../BTC" }), 's is "../BTC", not a symbol'],
    [
      "an aggressor that is text",
      line({ ...spotTrade, m: "true" }),
      'm is "true", not true or false',
    ],
    [
      "a mark price of nonsense",
      line({ e: "markPriceUpdate", E: T, s: "BTCUSDT", p: "NaN" }),
      'p is "NaN"',
    ],
  ])("quarantines %s, whole, with the reason", async (_, bad, reason) => {
    const { rows, quarantined } = await read(line({ ...usdmDiff, s: "ETHUSDT" }) + bad);
    expect(rows.every((row) => row.symbol === "ETHUSDT")).toBe(true);
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]).toMatchObject({ line: { number: 2 } });
    expect(quarantined[0]?.reason).toContain(reason);
  });

  it("refuses a file of which no line is a message, after twenty lines", async () => {
    const foreign = `1723161256300123456 {"channel":"l2Book","data":{"coin":"BTC"}}\n`.repeat(30);
    const memory = memorySink();
    const reading = binanceRaw
      .createReader({})
      .read(fileOf("hyperliquid.gz", foreign), memory.sink);
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(/hyperliquid\.gz is not a binance-raw capture.*l2Book/);
    expect(memory.quarantined).toHaveLength(20);
  });

  it("refuses a short file of which no line is a message, and a file of no lines", async () => {
    await expect(read("exchange,symbol,timestamp\n")).rejects.toThrow(/exchange,symbol,timestamp/);
    await expect(read("")).rejects.toThrow(/capture1\.gz holds no lines/);
  });
});
