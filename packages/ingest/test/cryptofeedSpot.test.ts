import { BUY, ROWS_LOST, SELL, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, capture, messagesOf, plain, START } from "./captured.ts";
import { captureVenue, lossesOf, venueLines } from "./capturedVenue.ts";
import { notesOf, reasonsOf, skipsOf } from "./readWith.ts";

const FIRST = SNAPSHOT | SNAPSHOT_START;
const ISO = "2023-11-14T22:13:29.000001Z";

const kindOf = (id: string): unknown => {
  const [venue = "", symbol = ""] = id.split(":");
  const { kind, contract, base, quote } = cryptofeed.terms(venue, symbol, START);
  return [kind, contract, base, quote];
};

describe("cryptofeed: Coinbase", () => {
  const SAMPLE = "COINBASE.ws.1.0";
  const ID = "coinbase:ABC-USD";
  const LAST = venueLines(SAMPLE).length;
  const update = (side: string, price: string, size: string, product = "ABC-USD"): string =>
    at(9, { type: "l2update", product_id: product, changes: [[side, price, size]], time: ISO });
  const match = (id: number, changes: object = {}): string =>
    at(9, {
      type: "match",
      product_id: "ABC-USD",
      trade_id: id,
      side: "buy",
      size: "1",
      price: "10.25",
      time: ISO,
      ...changes,
    });

  it("reads snapshot and updates, the venue's clock to the µs", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT, SNAPSHOT], levels: ["bid 10.25 1.5", "bid 10 40", "ask 10.5 3"] },
      { flags: [0, 0], levels: ["ask 10.5 0", "ask 10.75 2"] },
    ]);
    const clocks = memory.of("book").map(({ tsEvent }) => tsEvent);
    expect(clocks).toEqual([undefined, undefined, undefined, START + 2_000_125, START + 2_000_125]);
    expect(memory.quarantined).toEqual([]);
  });

  it("turns the side of a match, which is the maker's", async () => {
    const memory = await captureVenue(SAMPLE, [match(8)]);
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "7", side: BUY, price: 10.75, size: 0.5, tsEvent: START + 3_000_250 },
      { tradeId: "8", side: SELL },
    ]);
  });

  it("reads a ticker as best prices and last price; sizes only where they are sent", async () => {
    const memory = await captureVenue(SAMPLE, [
      at(9, {
        type: "ticker",
        product_id: "ABC-USD",
        price: "10",
        best_bid: "9",
        best_bid_size: "3",
        best_ask: "0",
        best_ask_size: "0",
        time: ISO,
      }),
    ]);
    expect(memory.of("quotes", ID).map(plain)).toMatchObject([
      { bidPrice: 10.25, bidSize: undefined, askPrice: 10.75, askSize: undefined },
      { bidPrice: 9, bidSize: 3, askPrice: undefined, askSize: undefined },
    ]);
    expect(memory.of("tickers", ID)).toMatchObject([{ lastPrice: 10.75 }, { lastPrice: 10 }]);
  });

  it("counts the trades that are missing between ids, from the last before the subscription on", async () => {
    const memory = await captureVenue(SAMPLE, [match(11), match(11), match(12)]);
    expect(notesOf(memory)).toEqual({ [`trades ${ID} missingTrades`]: 3 });
    expect(skipsOf(memory)).toEqual([
      "1 connection opened",
      "2 type subscriptions",
      "4 trade from before the connection",
      `${LAST + 2} duplicate trade`,
    ]);
    expect(lossesOf(memory)).toEqual([]);
  });

  it("finds a message that was left out where its level is deleted, in that book only", async () => {
    const other = venueLines(SAMPLE)[2]?.replace("ABC-USD", "XYZ-USD") ?? "";
    const more = [
      other,
      update("buy", "9.5", "3"),
      update("buy", "9.25", "3", "XYZ-USD"),
      update("buy", "9.5", "0"),
      update("buy", "9.25", "0", "XYZ-USD"),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.toSpliced(1, 1));
    expect(lossesOf(memory)).toEqual([LAST + 3]);
    expect(lossesOf(memory, "coinbase:XYZ-USD")).toEqual([]);
  });

  it.each([
    ["a side in capitals", update("BUY", "10", "1"), 'a change is ["BUY","10","1"], not ["buy" or'],
    ["a price of zero", update("buy", "0.00", "1"), 'a price of changes is "0.00"'],
    ["a time without an offset", update("buy", "10", "1").replace("Z", ""), "time is"],
    ["a product that is a path", update("buy", "10", "1", "../x"), "product_id is"],
    ["a trade without an id", match(8, { trade_id: undefined }), "trade_id is missing"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says that products are spot", () => {
    expect(kindOf(ID)).toEqual(["spot", "linear", "ABC", "USD"]);
  });
});

describe("cryptofeed: Bitstamp", () => {
  const SAMPLE = "BITSTAMP-1.0";
  const ID = "bitstamp:abcusd";
  const LAST = venueLines(SAMPLE).length;
  const diff = (micros: number, bids: unknown, asks: unknown = []): string =>
    at(9, {
      data: { timestamp: "1700000009", microtimestamp: String(START + micros), bids, asks },
      channel: "diff_order_book_abcusd",
      event: "data",
    });
  const reply = (micros: number): string =>
    `https://www.bitstamp.net/api/v2/order_book/abcusd -> 1700000009.5: ${JSON.stringify({ timestamp: "1700000009", microtimestamp: String(START + micros), bids: [["9.5", "1"]], asks: [] })}`;

  it("takes the reply to a request as the snapshot and skips the updates that it holds", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["bid 10.25 1.5", "ask 10.5 3"] },
      { flags: [0, 0], levels: ["bid 10.25 0", "ask 10.75 4"] },
    ]);
    expect(memory.of("book").map(({ tsEvent, tsRecv }) => [tsEvent, tsRecv])).toEqual([
      [START + 2_000_000, START + 2_500_000],
      [START + 2_000_000, START + 2_500_000],
      [START + 3_000_001, START + 3_250_000],
      [START + 3_000_001, START + 3_250_000],
    ]);
    expect(skipsOf(memory).at(-1)).toBe("4 update that the snapshot before it holds");
    expect(memory.quarantined).toEqual([]);
  });

  it("reads type 0 as bought and 1 as sold by the aggressor, price and size from their text", async () => {
    const trade = {
      amount: 0.1,
      amount_str: "0.10000000",
      id: 22,
      microtimestamp: "1700000009000000",
      price: 10,
      price_str: "10.00",
      type: 0,
    };
    const memory = await captureVenue(SAMPLE, [
      at(9, { channel: "live_trades_abcusd", data: trade, event: "trade" }),
    ]);
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "21", side: SELL, price: 10.75, size: 0.5, tsEvent: START + 4_001_000 },
      { tradeId: "22", side: BUY, price: 10, size: 0.1 },
    ]);
  });

  it("finds a message that was left out where its level is deleted", async () => {
    const more = [
      diff(5_000_000, [["9.5", "3"]]),
      diff(6_000_000, [["9.5", "0"]]),
      diff(7_000_000, []),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.slice(1));
    expect(lossesOf(memory)).toEqual([LAST + 1]);
    expect(messagesOf(memory, ID).slice(-2)).toEqual([
      { flags: [ROWS_LOST], levels: ["bid 9.5 0"] },
      { flags: [0], levels: ["nothing"] },
    ]);
  });

  it("marks a step back of the venue's clock", async () => {
    const memory = await captureVenue(SAMPLE, [diff(6_000_000, []), diff(5_999_999, [])]);
    expect(lossesOf(memory)).toEqual([LAST + 2]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} sequenceBackwards`]: 1 });
  });

  it("marks what comes after a snapshot that is older than updates before it", async () => {
    const memory = await captureVenue(SAMPLE, [
      diff(6_000_000, [["9.75", "1"]]),
      reply(5_000_000),
      diff(7_000_000, []),
    ]);
    expect(lossesOf(memory)).toEqual([LAST + 3]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} snapshotStale`]: 1 });
  });

  it("skips other channels and replies", async () => {
    const memory = await captureVenue(SAMPLE, [
      at(9, { event: "data", channel: "order_book_abcusd", data: {} }),
      "https://www.bitstamp.net/api/v2/ticker/abcusd -> 1700000009.5: {}",
    ]);
    expect(memory.skipped.slice(-2).map(({ reason }) => reason)).toEqual([
      "event data of order_book",
      "reply other than an order book",
    ]);
  });

  it.each([
    ["a time in ms", diff(0, []).replace(String(START), "1700000000000"), "microtimestamp is"],
    ["sides that are missing", diff(5_000_000, undefined), "bids is missing, not an array"],
    ["a level that is an object", diff(5_000_000, [{}]), "a level of bids is {}"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says what a pair is made of", () => {
    expect(kindOf("bitstamp:paxusd")).toEqual(["spot", "linear", "PAX", "USD"]);
    expect(kindOf("bitstamp:usdtusd")).toEqual(["spot", "linear", "USDT", "USD"]);
  });
});

describe("cryptofeed: Gemini", () => {
  const SAMPLE = "GEMINI.ws.1.0";
  const ID = "gemini:ABCUSD";
  const LAST = venueLines(SAMPLE).length;
  const update = (sequence: number | undefined, changes: unknown): string =>
    at(9, { type: "l2_updates", symbol: "ABCUSD", changes, socket_sequence: sequence });

  it("takes the message with past trades as the snapshot, counts them and stores none", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["bid 10.25 1.5", "ask 10.5 3"] },
      { flags: [0, 0], levels: ["ask 10.5 0", "ask 10.4 0"] },
    ]);
    expect(notesOf(memory)).toEqual({ [`trades ${ID} tradesBeforeSubscription`]: 1 });
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "9", side: SELL, price: 10.25, size: 0.75, tsEvent: START + 3_001_000 },
    ]);
    expect(memory.quarantined).toEqual([]);
  });

  it("does not take the deletion of a level that was never there for a loss", async () => {
    expect(lossesOf(await captureVenue(SAMPLE))).toEqual([]);
  });

  it("marks the next row of each book where socket_sequence has a hole", async () => {
    const more = [
      update(20, []),
      at(9, { type: "heartbeat", socket_sequence: 21 }),
      update(22, []),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.toSpliced(1, 1));
    expect(lossesOf(memory)).toEqual([LAST + 2]);
    expect(notesOf(memory)).toMatchObject({ [`book ${ID} sequenceGaps`]: 1 });
  });

  it("lets the numbers start anew with a connection", async () => {
    const again = "wss://api.gemini.com/v2/marketdata/ <-> 1700000009.5";
    const lines = venueLines(SAMPLE);
    const memory = await capture([
      SAMPLE,
      [...lines, update(20, []), again, lines[1] ?? "", update(0, [])],
    ]);
    expect(lossesOf(memory)).toEqual([]);
  });

  it.each([
    ["changes that are no list", update(undefined, {}), "changes is {}, not an array"],
    [
      "a number that is text",
      update(undefined, []).replace('"changes"', '"socket_sequence":"x","changes"'),
      "socket_sequence is",
    ],
    ["a message without a type", at(9, { symbol: "ABCUSD" }), "type is missing"],
    ["a list", at(9, []), "the message is [], not a JSON object"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says what a pair is made of", () => {
    expect(kindOf("gemini:BTCUSD")).toEqual(["spot", "linear", "BTC", "USD"]);
    expect(kindOf("gemini:ETHBTC")).toEqual(["spot", "linear", "ETH", "BTC"]);
    expect(kindOf("gemini:BTCGUSDPERP")).toEqual(["perpetual", "linear", "BTC", "GUSD"]);
  });
});
