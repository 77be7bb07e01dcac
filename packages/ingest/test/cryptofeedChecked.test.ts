import {
  BUY,
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  METHOD_MARKET,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, capture, captureSample, messagesOf, plain, sampleLines, START } from "./captured.ts";

const FIRST = SNAPSHOT | SNAPSHOT_START;

describe("cryptofeed: Kraken", () => {
  it("writes a snapshot and changes as absolute levels, verified by the CRC32 of the ten best", async () => {
    const memory = await captureSample("KRAKEN.ws.1.0");
    expect(messagesOf(memory, "kraken:ABC-XYZ")).toEqual([
      {
        flags: [FIRST, SNAPSHOT, SNAPSHOT, SNAPSHOT],
        levels: ["bid 0.05 500", "bid 0.0499 5e-8", "ask 0.0501 12.5", "ask 0.0502 0.75"],
      },
      { flags: [CHECKSUM_MATCHED], levels: ["bid 0.05005 3"] },
      {
        flags: [0, 0, CHECKSUM_MATCHED],
        levels: ["ask 0.0501 0", "ask 0.0503 1", "bid 0.05006 1"],
      },
    ]);
  });

  it("times a message by the latest of its levels: one sent again carries an old time", async () => {
    const memory = await captureSample("KRAKEN.ws.1.0");
    const last = memory.of("book").at(-1);
    expect([last?.tsEvent, last?.tsRecv]).toEqual([START + 3_000_006, START + 3_250_000]);
  });

  it("fails the message whose checksum is of another book, and verifies the next one all the same", async () => {
    const lines = sampleLines("KRAKEN.ws.1.0").map((line) =>
      line.replace("3291585815", "3291585816"),
    );
    const memory = await capture(["KRAKEN.ws.1.0", lines]);
    const verdicts = messagesOf(memory, "kraken:ABC-XYZ").map(({ flags }) => flags.at(-1));
    expect(verdicts).toEqual([SNAPSHOT, CHECKSUM_FAILED, CHECKSUM_MATCHED]);
  });

  it("deletes the levels that fall out of the feed's depth, and says so", async () => {
    const bids = Array.from({ length: 10 }, (_, i) => [`${20 - i}.0`, "1.0", "1699999999.000001"]);
    const memory = await capture([
      "KRAKEN.ws.1.0",
      [
        at(1, [7, { as: [], bs: bids }, "book-10", "ABC/XYZ"]),
        at(2, [7, { b: [["21.0", "2.0", "1700000002.000001"]] }, "book-10", "ABC/XYZ"]),
      ],
    ]);
    expect(messagesOf(memory, "kraken:ABC-XYZ").at(-1)?.levels).toEqual(["bid 21 2", "bid 11 0"]);
    expect([...memory.notes]).toEqual([["book kraken:ABC-XYZ levelsOutOfDepth", 1]]);
  });

  it("stores changes before a snapshot without a verdict: there is no book to compare", async () => {
    const change = [7, { b: [["21.0", "2.0", "1700000002.000001"]], c: "1" }, "book-10", "ABC/XYZ"];
    const memory = await capture(["KRAKEN.ws.1.1", [at(2, change)]]);
    expect(messagesOf(memory, "kraken:ABC-XYZ")).toEqual([{ flags: [0], levels: ["bid 21 2"] }]);
  });

  it("forgets its books when the connection is opened again", async () => {
    const [second] = sampleLines("KRAKEN.ws.1.0").filter((line) => line.includes("3291585815"));
    const memory = await captureSample("KRAKEN.ws.1.0", [
      "wss://ws.kraken.com <-> 1700000010.5",
      second ?? "",
    ]);
    expect(messagesOf(memory, "kraken:ABC-XYZ").at(-1)?.flags).toEqual([0]);
  });

  it("writes an empty snapshot as a row without a level", async () => {
    const memory = await capture([
      "KRAKEN.ws.1.0",
      [at(1, [7, { as: [], bs: [] }, "book-10", "ABC/XYZ"])],
    ]);
    expect(messagesOf(memory, "kraken:ABC-XYZ")).toEqual([{ flags: [FIRST], levels: ["nothing"] }]);
    expect(memory.of("book")[0]?.tsEvent).toBeUndefined();
  });

  it("reads trades by the taker's side, quotes and the last price", async () => {
    const memory = await captureSample("KRAKEN.ws.1.0");
    expect(memory.of("trades").map(plain)).toMatchObject([
      { tsEvent: START + 4_000_001, side: SELL, price: 0.05006, size: 1 },
      { tsEvent: START + 4_000_002, side: SELL, price: 0.05005, size: 0.5 },
    ]);
    expect(memory.of("quotes").map(plain)).toMatchObject([
      {
        tsEvent: START + 5_000_001,
        bidPrice: 0.05005,
        bidSize: 2.5,
        askPrice: 0.0502,
        askSize: 0.75,
      },
    ]);
    expect(memory.of("tickers")).toMatchObject([{ tsRecv: START + 6_250_000, lastPrice: 0.05005 }]);
  });

  it("skips trades from before the connection, and stores those of the same message that are not", async () => {
    const trade = (time: string): unknown[] => ["0.05", "1.0", time, "b", "l", ""];
    const memory = await captureSample("KRAKEN.ws.1.0", [
      at(7, [8, [trade("1699990000.000001")], "trade", "ABC/XYZ"]),
      at(8, [8, [trade("1699990000.000001"), trade("1700000007.5")], "trade", "ABC/XYZ"]),
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("trade from before the connection");
    expect(memory.of("trades").at(-1)?.tsEvent).toBe(START + 7_500_000);
    expect(memory.notes.get("trades kraken:ABC-XYZ oldTrades")).toBe(1);
  });

  it("stores the book of the depth that came first", async () => {
    const snapshot = [9, { as: [], bs: [["1.0", "1.0", "1700000001.0"]] }, "book-100", "ABC/XYZ"];
    const memory = await captureSample("KRAKEN.ws.1.0", [at(9, snapshot)]);
    expect(memory.skipped.at(-1)?.reason).toBe("book-100 of an instrument whose book-10 is stored");
  });

  it.each([
    [[7, { b: [["x", "1.0", "1700000002.0"]] }, "book-10", "A/B"], "a price"],
    [[7, { b: [["1.0", "-1.0", "1700000002.0"]] }, "book-10", "A/B"], "zero or more"],
    [[7, { b: [[1, "1.0", "1700000002.0"]] }, "book-10", "A/B"], "a decimal number as text"],
    [[7, { b: [["1.0", "1.0", 5]] }, "book-10", "A/B"], "a time in seconds"],
    [[7, { b: "x" }, "book-10", "A/B"], "a list of levels"],
    [[7, { b: [], c: "x" }, "book-10", "A/B"], "c is"],
    [[7, { b: [], as: [] }, "book-10", "A/B"], "neither a snapshot"],
    [[7, {}, "book-10", "A/B"], "neither a snapshot"],
    [[7, { b: [] }, "book-many", "A/B"], "not book- and a depth"],
    [[7, { b: [] }, "book-10", "A B"], "the pair"],
    [[7, { b: [] }, "bookish", "A/B"], "is not known"],
    [[7, [["1.0", "1.0", "1700000002.0", "x"]], "trade", "A/B"], 'side is "x"'],
    [[7, "trade"], "the message is no list"],
    ["5", "the message is 5"],
  ])("quarantines %j", async (message, reason) => {
    const memory = await captureSample("KRAKEN.ws.1.0", [at(9, message)]);
    expect(memory.quarantined).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });

  it("knows a pair as spot in its quote currency", () => {
    expect(cryptofeed.terms("kraken", "XBT-USD", START)).toMatchObject({
      kind: "spot",
      contract: "linear",
      multiplier: 1,
      base: "XBT",
      quote: "USD",
      settle: "USD",
    });
  });
});

describe("cryptofeed: OKX", () => {
  const ID = "okex-swap:ABC-USDT-SWAP";

  it("verifies snapshots and changes by the signed CRC32 of the 25 best levels", async () => {
    const memory = await captureSample("OKX.ws.1.0");
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [FIRST, SNAPSHOT, SNAPSHOT, SNAPSHOT | CHECKSUM_MATCHED],
        levels: ["bid 99.5 3", "bid 99 10", "ask 100 2", "ask 100.5 7.25"],
      },
      { flags: [0, CHECKSUM_MATCHED], levels: ["bid 99.5 0", "ask 100 4"] },
    ]);
    expect(memory.of("book")[0]).toMatchObject({
      tsEvent: START + 1_001_000,
      tsRecv: START + 1_250_000,
    });
  });

  it("chains messages by seqId where they have it", async () => {
    const book = (action: string, ids: object): string =>
      at(9, {
        arg: { channel: "books", instId: "X-Y" },
        action,
        data: [{ bids: [["1", "1", "0", "1"]], asks: [], ts: "1700000009001", ...ids }],
      });
    const memory = await capture([
      "OKX.ws.2.0",
      [book("snapshot", { seqId: 5, prevSeqId: -1 }), book("update", { seqId: 8, prevSeqId: 5 })],
    ]);
    const ids = memory.of("book").map(({ updateId, prevUpdateId }) => [updateId, prevUpdateId]);
    expect(ids).toEqual([
      [5, undefined],
      [8, 5],
    ]);
  });

  it("takes each message of five levels for a whole book", async () => {
    const memory = await capture([
      "OKX.ws.2.0",
      [1, 2].map((second) =>
        at(second, {
          arg: { channel: "books5", instId: "X-Y" },
          data: [{ bids: [["1", "1", "0", "1"]], asks: [], ts: "1700000009001", instId: "X-Y" }],
        }),
      ),
    ]);
    expect(memory.of("book").map(({ flags }) => flags & FIRST)).toEqual([FIRST, FIRST]);
  });

  it("reads trades, best prices with a side that nobody quotes, funding and liquidations", async () => {
    const memory = await captureSample("OKX.ws.1.0");
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "77", side: BUY, price: 100, size: 1, tsEvent: START + 3_001_000 },
    ]);
    expect(memory.of("quotes", ID).map(plain)).toMatchObject([
      { bidPrice: undefined, bidSize: undefined, askPrice: 100, askSize: 3 },
    ]);
    expect(memory.of("tickers", ID)).toMatchObject([
      { lastPrice: 100, tsEvent: START + 4_001_000 },
      {
        fundingRate: 0.0001,
        predictedFundingRate: undefined,
        fundingTime: START + 6_400_000_000,
        tsEvent: undefined,
      },
    ]);
    expect(memory.of("liquidations", ID).map(plain)).toMatchObject([
      {
        side: SELL,
        price: 98.5,
        size: 40,
        method: METHOD_MARKET,
        priceKind: PRICE_BANKRUPTCY,
        tsEvent: START + 5_999_000,
      },
    ]);
  });

  it("skips the last trade before the connection, which OKX sends on subscription", async () => {
    const memory = await captureSample("OKX.ws.1.0", [
      at(9, {
        arg: { channel: "trades", instId: "X-Y" },
        data: [{ instId: "X-Y", tradeId: "1", px: "1", sz: "1", side: "buy", ts: "1699990000000" }],
      }),
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("trade from before the connection");
  });

  it("keeps an index apart from the spot market of its pair", async () => {
    const memory = await captureSample("OKX.ws.1.0", [
      at(9, {
        arg: { channel: "index-tickers", instId: "X-Y" },
        data: [{ instId: "X-Y", idxPx: "5.5", ts: "1700000009001" }],
      }),
    ]);
    expect(memory.of("tickers", "okex:X-Y@index")).toMatchObject([{ indexPrice: 5.5 }]);
  });

  it.each([
    [{ action: "update", data: [{ bids: [["1", "x"]], asks: [], ts: "1700000009001" }] }, "a size"],
    [{ action: "other", data: [{ bids: [], asks: [], ts: "1700000009001" }] }, "action"],
    [{ action: "update", data: [{ bids: [], asks: [], ts: "1700000009" }] }, "ts is"],
    [
      { action: "update", data: [{ bids: [], asks: [], ts: "1700000009001", checksum: "1" }] },
      "checksum",
    ],
    [{ action: "update", data: {} }, "data is"],
  ])("quarantines %j", async (message, reason) => {
    const arg = { channel: "books", instId: "X-Y" };
    const memory = await captureSample("OKX.ws.1.0", [at(9, { arg, ...message })]);
    expect(memory.quarantined).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });

  it("names kinds by the venue's own names, and contracts where the catalogue has them", () => {
    const terms = (venue: string, symbol: string): object => cryptofeed.terms(venue, symbol, START);
    expect(terms("okex", "FUN-BTC")).toMatchObject({ kind: "spot", base: "FUN", quote: "BTC" });
    expect(terms("okex-swap", "BTC-USDT-SWAP")).toMatchObject({ multiplier: 0.01 });
    expect(terms("okex-swap", "UNI-USD-SWAP")).toMatchObject({
      kind: "perpetual",
      contract: "unknown",
    });
    expect(terms("okex-futures", "TRX-USDT-210924")).toMatchObject({ kind: "future" });
    expect(terms("okex-options", "BTC-USD-210924-66000-C")).toMatchObject({ kind: "option" });
    expect(terms("okex", "BTC-USDT@index")).toMatchObject({ kind: "index" });
  });
});

describe("cryptofeed: FTX", () => {
  const ID = "ftx:ABC-USD";

  it("verifies its book over the numbers as FTX wrote them, 28.0 and 5.825e-05", async () => {
    const memory = await captureSample("FTX.ws.1.0");
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [FIRST, SNAPSHOT, SNAPSHOT | CHECKSUM_MATCHED],
        levels: ["bid 28 5.5", "bid 0.00005825 85800", "ask 28.5 1"],
      },
      { flags: [CHECKSUM_MATCHED], levels: ["bid 28.25 2"] },
    ]);
    expect(memory.of("book")[0]?.tsEvent).toBe(START + 1_062_500);
  });

  it("writes a trade of a forced order as a trade and as a liquidation on the taker's side", async () => {
    const memory = await captureSample("FTX.ws.1.0");
    const [trade] = memory.of("trades", ID).map(plain);
    expect(trade).toMatchObject({
      tradeId: "501",
      side: BUY,
      price: 28.5,
      size: 0.25,
      tsEvent: START + 3_000_001,
    });
    expect(memory.of("liquidations", ID).map(plain)).toMatchObject([
      {
        liquidationId: "501",
        side: BUY,
        price: 28.5,
        size: 0.25,
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
      },
    ]);
    const plainly = sampleLines("FTX.ws.1.0").map((line) =>
      line.replace('"liquidation": true', '"liquidation": false'),
    );
    expect((await capture(["FTX.ws.1.0", plainly])).of("liquidations")).toEqual([]);
  });

  it("reads a ticker as best prices and last price", async () => {
    const memory = await captureSample("FTX.ws.1.0");
    expect(memory.of("quotes", ID).map(plain)).toMatchObject([
      { bidPrice: 28.25, bidSize: 2, askPrice: 28.5, askSize: 0.75, tsEvent: START + 4_062_500 },
    ]);
    expect(memory.of("tickers", ID)).toMatchObject([{ lastPrice: 28.5 }]);
  });

  it("knows futures and perpetuals as linear in USD", () => {
    expect(cryptofeed.terms("ftx", "BNB-0625", START)).toMatchObject({
      kind: "future",
      contract: "linear",
      base: "BNB",
      quote: "USD",
    });
    expect(cryptofeed.terms("ftx", "BTC-PERP", START)).toMatchObject({ kind: "perpetual" });
    expect(cryptofeed.terms("ftx", "LTC-BTC", START)).toMatchObject({ kind: "spot", quote: "BTC" });
    expect(cryptofeed.terms("ftx", "BTC-MOVE-0405", START)).toMatchObject({ kind: "unknown" });
  });
});
