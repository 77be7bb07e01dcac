import {
  BUY,
  CALL,
  METHOD_MARKET,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, capture, messagesOf, plain, START } from "./captured.ts";
import { captureVenue, lossesOf, venueLines } from "./capturedVenue.ts";
import { notesOf, reasonsOf, skipsOf } from "./readWith.ts";

const FIRST = SNAPSHOT | SNAPSHOT_START;

const kindOf = (id: string): unknown => {
  const [venue = "", symbol = ""] = id.split(":");
  const { kind, contract, base, quote } = cryptofeed.terms(venue, symbol, START);
  return [kind, contract, base, quote];
};

describe("cryptofeed: dYdX", () => {
  const SAMPLE = "DYDX.ws.1.0";
  const ID = "dydx:ABC-USD";
  const LAST = venueLines(SAMPLE).length;
  const update = (id: number, offset: string, bids: unknown, seconds = 9): string =>
    at(seconds, {
      type: "channel_data",
      connection_id: "c-1",
      message_id: id,
      id: "ABC-USD",
      channel: "v3_orderbook",
      contents: { offset, bids, asks: [] },
    });

  it("reads a snapshot without its empty levels, and drops what is older than a level", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["bid 10.5 3", "ask 10.75 2.5"] },
      { flags: [0], levels: ["bid 10.5 4"] },
      { flags: [0], levels: ["ask 10.75 0"] },
    ]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} staleLevels`]: 1 });
    expect(memory.quarantined).toEqual([]);
  });

  it("compares offsets by level, also with those of empty levels, and skips what is wholly older", async () => {
    const memory = await captureVenue(SAMPLE, [
      update(6, "497", [["10.25", "1"]]),
      update(7, "498", [["10.25", "1.5"]]),
      update(8, "499", [["10.25", "2"]]),
    ]);
    expect(messagesOf(memory, ID).at(-1)).toEqual({ flags: [0], levels: ["bid 10.25 2"] });
    expect(skipsOf(memory).slice(-2)).toEqual([
      `${LAST + 1} book update older than its levels`,
      `${LAST + 2} book update older than its levels`,
    ]);
  });

  it("writes a flagged trade also as a liquidation, whose forced order is the taker's", async () => {
    const memory = await captureVenue(SAMPLE);
    const trade = { side: SELL, price: 10.5, size: 0.5, tsEvent: START + 4_125_000 };
    expect(memory.of("trades", ID).map(plain)).toMatchObject([trade]);
    expect(memory.of("liquidations", ID).map(plain)).toMatchObject([
      { ...trade, method: METHOD_MARKET, priceKind: PRICE_FILL },
    ]);
  });

  it("takes messages that come late for what they are, in the order of the recording", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(lossesOf(memory)).toEqual([]);
    const lines = memory.rows.map(({ row }) => row.line);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  it("marks the row after an id that never comes, also where others follow for seconds", async () => {
    const more = [
      update(6, "510", [["9.5", "1"]]),
      update(7, "511", [["9.25", "1"]]),
      update(8, "512", [["9.5", "0"]], 10),
      update(9, "513", [["9.25", "0"]], 12),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.toSpliced(1, 1));
    expect(lossesOf(memory)).toEqual([LAST + 2]);
    expect(notesOf(memory)).toMatchObject({ [`book ${ID} sequenceGaps`]: 1 });
    expect(memory.of("book").at(-1)?.line).toBe(LAST + 3);
  });

  it("waits a second for what is late, and no longer", async () => {
    const late = update(6, "510", [["9.5", "1"]], 10);
    const after = update(7, "511", [["9.25", "1"]], 9);
    const soon = await captureVenue(SAMPLE, [after, late]);
    expect(lossesOf(soon)).toEqual([]);
    const memory = await captureVenue(SAMPLE, [after, update(8, "512", [["9", "1"]], 11), late]);
    expect(lossesOf(memory)).toEqual([LAST + 1]);
    expect(
      memory
        .of("book")
        .map(({ line }) => line)
        .slice(-3),
    ).toEqual([LAST + 1, LAST + 2, LAST + 3]);
  });

  it("marks it too where the file ends before a second has passed", async () => {
    expect(lossesOf(await captureVenue(SAMPLE, [update(7, "511", [["9.25", "1"]])]))).toEqual([
      LAST + 1,
    ]);
  });

  it("counts a bad message as come: only its own rows are missing", async () => {
    const memory = await captureVenue(SAMPLE, [
      update(6, "510", [["9.5", "x"]]),
      update(7, "511", [["9.25", "1"]]),
    ]);
    expect(lossesOf(memory)).toEqual([]);
    expect(memory.of("book").at(-1)?.line).toBe(LAST + 2);
  });

  it("lets the ids start anew with a connection, whose books are lost until their snapshot", async () => {
    const other = (line: string): string => line.replace('"c-1"', '"c-2"');
    const [, connected = "", snapshot = ""] = venueLines(SAMPLE);
    const memory = await captureVenue(SAMPLE, [
      other(connected),
      other(snapshot),
      other(update(2, "520", [["9", "1"]])),
    ]);
    expect(lossesOf(memory)).toEqual([]);
    const without = await captureVenue(SAMPLE, [
      other(connected),
      other(update(1, "520", [["9", "1"]])),
    ]);
    expect(lossesOf(without)).toEqual([LAST + 2]);
  });

  it.each([
    [
      "an id that is text",
      update(6, "510", []).replace('"message_id":6', '"message_id":"x"'),
      "message_id is",
    ],
    [
      "an offset that is missing",
      update(6, "510", []).replace('"offset":"510",', ""),
      "offset is missing",
    ],
    ["a side that is missing", update(6, "510", undefined), "bids is missing"],
    [
      "a flag that is text",
      (venueLines(SAMPLE).at(-1) ?? "").replace(":true", ':"yes"'),
      'liquidation is "yes"',
    ],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says that markets are linear perpetuals", () => {
    expect(kindOf(ID)).toEqual(["perpetual", "linear", "ABC", "USD"]);
  });
});

describe("cryptofeed: Phemex", () => {
  const SAMPLE = "PHEMEX.ws.1.0";
  const ID = "phemex:sABCUSDT";
  const LAST = venueLines(SAMPLE).length;
  const book = (type: string, sequence: number, bids: unknown, changes: object = {}): string =>
    at(
      9,
      JSON.stringify({
        book: { asks: [], bids },
        depth: 30,
        sequence,
        symbol: "sABCUSDT",
        timestamp: 0,
        type,
        ...changes,
      }).replace('"timestamp":0', '"timestamp":1700000009000000001'),
    );

  it("scales spot by eight decimals, drops nanoseconds and reads sizes of 0 as deletions", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [FIRST, SNAPSHOT, SNAPSHOT],
        levels: ["bid 10.5 0.12345678", "bid 10.25 1", "ask 10.75 2.5"],
      },
      { flags: [0], levels: ["ask 10.75 0"] },
    ]);
    expect(memory.of("book")[0]?.tsEvent).toBe(START + 1_000_123);
    expect(memory.of("book")[3]?.tsEvent).toBe(START + 2_000_999);
    expect(memory.quarantined).toEqual([]);
  });

  it("scales contracts by four decimals and leaves their sizes, and skips past trades", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(memory.of("trades", "phemex:ABCUSD").map(plain)).toEqual([
      {
        tsEvent: START + 3_000_001,
        tsRecv: START + 3_250_000,
        line: 6,
        side: SELL,
        price: 10.5125,
        size: 40,
      },
    ]);
    expect(skipsOf(memory)).toEqual([
      "1 connection opened",
      "2 reply",
      "5 trade from before the connection",
    ]);
  });

  it("marks a step back of the sequence", async () => {
    const memory = await captureVenue(SAMPLE, [book("incremental", 73, [[1_050_000_000, 5]])]);
    expect(lossesOf(memory)).toEqual([LAST + 1]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} sequenceBackwards`]: 1 });
  });

  it("finds a message that was left out where a side gets deeper than the window", async () => {
    const two = { depth: 2 };
    const more = [
      book("incremental", 80, [[1_025_000_000, 0]], two),
      book("incremental", 81, [[1_030_000_000, 5]], two),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.slice(1));
    expect(lossesOf(memory)).toEqual([LAST + 1]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} contradictions`]: 1 });
  });

  it("notes where a snapshot that is sent again differs from the book", async () => {
    const same = [
      [1_050_000_000, 12_345_678],
      [1_025_000_000, 100_000_000],
    ];
    const again = await captureVenue(SAMPLE, [book("snapshot", 74, same)]);
    expect(notesOf(again)).toEqual({});
    const other = await captureVenue(SAMPLE, [book("snapshot", 74, same.slice(1))]);
    expect(notesOf(other)).toEqual({ [`book ${ID} snapshotDiffers`]: 1 });
    expect(lossesOf(other)).toEqual([]);
  });

  it.each([
    [
      "a symbol whose scale is not known",
      book("incremental", 80, [], { symbol: "ABCUSDT" }),
      "its price scale is not known",
    ],
    ["a price that is not whole", book("incremental", 80, [[10.5, 1]]), "the price is"],
    ["a price of zero", book("incremental", 80, [[0, 1]]), "the price is"],
    [
      "a time in ms",
      book("incremental", 80, []).replace("1700000009000000001", "1700000009000"),
      "timestamp is",
    ],
    ["a type of another name", book("partial", 80, []), 'type is "partial"'],
    [
      "a trade's side in capitals",
      (venueLines(SAMPLE).at(-1) ?? "").replace("Sell", "SELL"),
      'the side is "SELL"',
    ],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says what a symbol tells", () => {
    expect(kindOf("phemex:BTCUSD")).toEqual(["perpetual", "inverse", "BTC", "USD"]);
    expect(kindOf("phemex:ABCUSD")).toEqual(["perpetual", "unknown", "", ""]);
    expect(kindOf(ID)).toEqual(["spot", "linear", "ABC", "USDT"]);
  });
});

describe("cryptofeed: Bit.com", () => {
  const SAMPLE = "BIT.COM.ws.1.0";
  const ID = "bitcom:ABC-PERPETUAL";
  const LAST = venueLines(SAMPLE).length;
  const update = (last: string): string =>
    at(
      9,
      `{"channel":"depth","timestamp":1700000009001,"data":{"type":"update","instrument_id":"ABC-PERPETUAL","sequence":1639042609299076${last},"prev_sequence":163904260929907652${Number(last) - 521},"changes":[]}}`,
    );

  it("chains a book by sequences of which it keeps the last fifteen digits", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST], levels: ["bid 10.25 1.5"] },
      { flags: [0, 0], levels: ["ask 10.5 2", "bid 10.25 0"] },
    ]);
    expect(memory.of("book").map((row) => [row.updateId, row.prevUpdateId])).toEqual([
      [42_609_299_076_519, undefined],
      [42_609_299_076_520, 42_609_299_076_519],
      [42_609_299_076_520, 42_609_299_076_519],
    ]);
    expect(memory.of("book")[0]?.tsEvent).toBe(START + 1_001_000);
    expect(memory.quarantined).toEqual([]);
  });

  it("notes a break of the chain; the ids on the rows show it", async () => {
    const whole = await captureVenue(SAMPLE, [update("521"), update("522")]);
    expect(notesOf(whole)).toEqual({});
    const cut = await captureVenue(SAMPLE, [update("522")]);
    expect(notesOf(cut)).toEqual({ [`book ${ID} sequenceGaps`]: 1 });
    expect(lossesOf(cut)).toEqual([]);
    expect(cut.of("book").at(-1)).toMatchObject({
      line: LAST + 1,
      prevUpdateId: 42_609_299_076_521,
    });
  });

  it("keeps shorter sequences whole", async () => {
    const short = (venueLines(SAMPLE)[2] ?? "").replaceAll(
      "1639042609299076519",
      "1702545259448208",
    );
    const memory = await capture([SAMPLE, [venueLines(SAMPLE)[0] ?? "", short]]);
    expect(memory.of("book")).toMatchObject([{ updateId: 1_702_545_259_448_208 }]);
  });

  it("reads an option's ticker as a row of its chain, which expires at 08:00 UTC", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(memory.of("options", "bitcom:ABC-OPTIONS").map(plain)).toEqual([
      {
        tsEvent: START + 3_001_000,
        tsRecv: START + 3_250_000,
        line: 5,
        optionSymbol: "ABC-24NOV23-5000-C",
        right: CALL,
        strike: 5000,
        expiry: Date.parse("2023-11-24T08:00:00Z") * 1000,
        bidPrice: 0.0125,
        bidSize: 3,
        markPrice: 0.013,
        bidIv: 0.75,
        markIv: 0.8125,
        underlying: "ABC-24NOV23",
        underlyingPrice: 4800.5,
        delta: 0.375,
        gamma: 0.000_625,
        vega: 2.25,
        theta: -9.5,
        openInterest: 12.5,
        flags: 0,
      },
    ]);
    expect(memory.of("quotes", "bitcom:ABC-24NOV23-5000-C")).toEqual([]);
  });

  it("reads the ticker of another instrument as mark, funding and best prices", async () => {
    const memory = await captureVenue(SAMPLE);
    const id = "bitcom:ABC-USDT-PERPETUAL";
    expect(memory.of("tickers", id)).toMatchObject([
      {
        markPrice: 10.37,
        indexPrice: 10.36,
        lastPrice: 10.25,
        fundingRate: 0.0001,
        openInterest: 1441.5,
      },
    ]);
    expect(memory.of("quotes", id).map(plain)).toMatchObject([
      { bidPrice: 10.25, bidSize: 3, askPrice: 10.5, askSize: 4, tsEvent: START + 4_001_000 },
    ]);
  });

  it("reads trades, and counts those off the book", async () => {
    const memory = await captureVenue(SAMPLE, [
      (venueLines(SAMPLE).at(-1) ?? "").replace(":false", ":true").replace('"31"', '"32"'),
    ]);
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "31", side: BUY, price: 10.5, size: 2, tsEvent: START + 5_000_000 },
      { tradeId: "32" },
    ]);
    expect(notesOf(memory)).toEqual({ [`trades ${ID} blockTrades`]: 1 });
  });

  it.each([
    [
      "a sequence that is text",
      update("521").replace(/"sequence":\d+/, '"sequence":"x"'),
      'sequence is "x"',
    ],
    [
      "a chain that is missing",
      update("521").replace(/"prev_sequence":\d+,/, ""),
      "prev_sequence is missing",
    ],
    ["a time in seconds", update("521").replace("1700000009001", "1700000009"), "timestamp is"],
    [
      "a bid that is no number",
      (venueLines(SAMPLE)[5] ?? "").replace('"best_bid":"10.25"', '"best_bid":"x"'),
      'best_bid is "x"',
    ],
    ["data that is missing", at(9, { channel: "ticker", timestamp: 1 }), "data is missing"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [bad]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
  });

  it("says what a name tells", () => {
    expect(kindOf("bitcom:ABC-OPTIONS")).toEqual(["optionChain", "linear", "ABC", "ABC"]);
    expect(kindOf("bitcom:ABC-24NOV23-5000-C")).toEqual(["option", "linear", "ABC", "ABC"]);
    expect(kindOf(ID)).toEqual(["perpetual", "inverse", "ABC", "USD"]);
    expect(kindOf("bitcom:ABC-USDT-PERPETUAL")).toEqual(["perpetual", "linear", "ABC", "USDT"]);
    expect(kindOf("bitcom:ABC-24NOV23")).toEqual(["future", "inverse", "ABC", "USD"]);
  });
});
