import {
  BUY,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_MODIFY,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { at, capture, messagesOf, plain, START } from "./captured.ts";
import { captureVenue, lossesOf, venueLines } from "./capturedVenue.ts";
import { notesOf, reasonsOf } from "./readWith.ts";

const SAMPLE = "BITFINEX-1.0";
const ID = "bitfinex:ABCUSD";
const RAW = "bitfinex:ABC-DEF";
const LAST = venueLines(SAMPLE).length;
const FIRST = SNAPSHOT | SNAPSHOT_START;

describe("cryptofeed: Bitfinex", () => {
  it("reads levels of price, count and signed amount; a count of 0 deletes", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [FIRST, SNAPSHOT, SNAPSHOT],
        levels: ["bid 10.5 30", "bid 10.25 0.5", "ask 10.75 12.125"],
      },
      { flags: [0], levels: ["ask 10.75 0"] },
    ]);
    expect(memory.of("book").every(({ tsEvent }) => tsEvent === undefined)).toBe(true);
    expect(memory.of("book")[0]?.tsRecv).toBe(START + 2_250_000);
    expect(memory.quarantined).toEqual([]);
  });

  it("reads a raw book as orders, with `-` for the `:` of the symbol", async () => {
    const memory = await captureVenue(SAMPLE, [at(6, [2, [901, 5.625, 1.5], 10])]);
    const rows = memory.of("orders", RAW).map(({ orderId, action, flags, ...row }) => ({
      ...plain(row),
      what: [orderId, action, flags],
    }));
    expect(rows).toMatchObject([
      { what: ["901", ORDER_ADD, FIRST], side: BUY, price: 5.5, size: 2 },
      { what: ["902", ORDER_ADD, SNAPSHOT | MESSAGE_END], side: SELL, price: 5.75, size: 3 },
      { what: ["902", ORDER_CANCEL, MESSAGE_END], side: SELL, price: 5.75, size: 0 },
      { what: ["901", ORDER_MODIFY, MESSAGE_END], side: BUY, price: 5.625, size: 1.5 },
    ]);
  });

  it("stores a trade once, from te, or from tu where te is missing", async () => {
    const memory = await captureVenue(SAMPLE, [
      at(6, [3, "tu", [79, 1_700_000_006_001, 2, 10.25], 10]),
    ]);
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "78", side: SELL, size: 0.75, price: 10.5, tsEvent: START + 4_001_000 },
      { tradeId: "79", side: BUY, size: 2, price: 10.25 },
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        "trade from before the connection",
        "duplicate trade (tu after te)",
        "heartbeat",
      ]),
    );
  });

  it("takes prices from the ticker, and not its sizes, which are sums", async () => {
    const memory = await captureVenue(SAMPLE);
    expect(memory.of("quotes", ID).map(plain)).toEqual([
      { tsRecv: START + 2_250_000, line: 11, bidPrice: 10.5, askPrice: 10.75 },
    ]);
    expect(memory.of("tickers", ID)).toEqual([
      { tsRecv: START + 2_250_000, line: 11, lastPrice: 10.6 },
    ]);
  });

  it("marks every book of the connection where a message of any channel is missing", async () => {
    const more = [
      at(6, [1, [10.25, 1, 0.75], 10]),
      at(6, [3, "te", [80, 1_700_000_006_001, 1, 10.5], 11]),
      at(7, [2, [901, 5.5, 1], 12]),
      at(7, [1, [10.25, 1, 0.5], 13]),
      at(8, [1, [10.25, 1, 0.25], 14]),
    ];
    expect(lossesOf(await captureVenue(SAMPLE, more))).toEqual([]);
    const memory = await captureVenue(SAMPLE, more.toSpliced(1, 1));
    expect(lossesOf(memory)).toEqual([LAST + 3]);
    expect(memory.of("orders").map(({ flags }) => flags & ROWS_LOST)).toEqual([0, 0, 0, ROWS_LOST]);
    expect(notesOf(memory)).toEqual({
      [`book ${ID} sequenceGaps`]: 1,
      [`orders ${RAW} sequenceGaps`]: 1,
      [`trades ${ID} sequenceGaps`]: 1,
    });
  });

  it("needs no number for the first message, and starts anew with a connection", async () => {
    const again = "wss://api.bitfinex.com/ws/2 <-> 1700000009.5";
    const lines = venueLines(SAMPLE);
    const memory = await capture([SAMPLE, [...lines, again, ...lines.slice(1)]]);
    expect(lossesOf(memory)).toEqual([]);
    expect(notesOf(memory)).toEqual({ [`book ${ID} reconnections`]: 1 });
  });

  it("checks no numbers where they were not asked for", async () => {
    const lines = venueLines(SAMPLE).map((line) => line.replace("65536", "0"));
    const memory = await capture([SAMPLE, lines.map((line) => line.replace(/,\d+\]$/, "]"))]);
    expect(memory.quarantined).toEqual([]);
    expect(memory.of("book")).toHaveLength(4);
  });

  it.each([
    ["a channel that was not subscribed to", [9, [1, 1, 1], 10], "the channel is 9"],
    ["a level that is no triple", [1, [10.5, 1], 10], "a level is [10.5,1], not [price, count"],
    ["an amount of zero", [1, [10.5, 1, 0], 10], "the amount is 0"],
    ["a price below zero", [1, [-10.5, 1, 1], 10], "the price is -10.5"],
    ["a count that is not whole", [1, [10.5, 1.5, 1], 10], "the count is 1.5"],
    ["a sequence that is text", [1, [10.5, 1, 1], "x"], 'the sequence number is "x"'],
    ["a trade of three parts", [3, "te", [1, 2, 3], 10], "a trade is [1,2,3]"],
    ["a trade of another kind", [3, "tx", [1, 1_700_000_006_001, 3, 4], 10], '"tx" is not "te"'],
    ["an order that leaves without having come", [2, [999, 0, 1], 10], "order 999 leaves the book"],
    ["a ticker of another length", [4, [1, 2], 10], "the ticker is [1,2]"],
    ["too many parts", [1, [10.5, 1, 1], 3, 4, 10], "the message is"],
    ["JSON that is text", "hello", "the JSON is broken or cut"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await captureVenue(SAMPLE, [at(6, bad)]);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
    expect(memory.rows.every(({ row }) => row.line <= LAST)).toBe(true);
  });

  it("says on the next order that an entry went to quarantine", async () => {
    const memory = await captureVenue(SAMPLE, [
      at(6, [2, [999, 0, 1], 10]),
      at(6, [2, [901, 5.5, 1], 11]),
    ]);
    expect(memory.of("orders").at(-1)).toMatchObject({ flags: MESSAGE_END | ROWS_LOST });
  });
});
