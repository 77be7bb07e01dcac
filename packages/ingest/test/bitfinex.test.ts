import { existsSync } from "node:fs";
import {
  ConfigError,
  DataError,
  MESSAGE_END,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_MODIFY,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
  decimalToNumber,
  type Decimal,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { SOURCES } from "../src/sources.ts";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { bitfinex } from "../src/sources/bitfinex/bitfinex.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";
import { samples } from "./samples/bitfinex.ts";

const DATE = { date: "2021-02-28" };
const ID = "bitfinex:ABCUSD";
const SAMPLE = JSON.parse(String(samples[0]?.content)) as unknown[];

const read = (...more: readonly unknown[]): Promise<MemorySink> =>
  readText(bitfinex, "book.json", JSON.stringify([...SAMPLE, ...more]), DATE);

const number = (value: Decimal): number => decimalToNumber(value);

describe("bitfinex", () => {
  it("adds, changes and cancels orders; the amount's sign is the side, a price of 0 the end", async () => {
    const memory = await read();
    const rows = memory
      .of("orders", ID)
      .map((row) => [
        row.orderId,
        row.action,
        row.side,
        number(row.price),
        number(row.size),
        row.flags,
      ]);
    expect(rows).toEqual([
      ["501", ORDER_ADD, 1, 10.5, 2, SNAPSHOT_START | SNAPSHOT],
      ["502", ORDER_ADD, 1, 10.25, 0.125, SNAPSHOT],
      ["503", ORDER_ADD, -1, 10.75, 3, SNAPSHOT | MESSAGE_END],
      ["504", ORDER_ADD, -1, 11, 1.5, MESSAGE_END],
      ["501", ORDER_MODIFY, 1, 10.5, 1.25, MESSAGE_END],
      ["503", ORDER_CANCEL, -1, 10.75, 0, MESSAGE_END],
    ]);
    expect(skipsOf(memory)).toEqual(["1 event info", "2 event subscribed", "6 heartbeat"]);
    expect(memory.quarantined).toEqual([]);
  });

  it("gives all rows the start of the day that was named, and counts them", async () => {
    const memory = await read();
    for (const row of memory.of("orders")) {
      expect([row.tsEvent, row.tsRecv]).toEqual([at("2021-02-28T00:00:00Z"), undefined]);
    }
    expect(notesOf(memory)).toEqual({ [`orders ${ID} noClock`]: 6 });
  });

  it("asks for the day where none was named, and refuses one that does not exist", async () => {
    const without = readText(bitfinex, "book.json", JSON.stringify(SAMPLE));
    await expect(without).rejects.toThrow(ConfigError);
    await expect(without).rejects.toThrow("book.json: its messages carry no time");
    for (const date of ["2021-02-29", "28.02.2021", "20210228"]) {
      await expect(readText(bitfinex, "b", JSON.stringify(SAMPLE), { date })).rejects.toThrow(
        `--date is "${date}", not a day`,
      );
    }
  });

  it("replaces the book by a snapshot that comes later, also an empty one", async () => {
    const memory = await read([11, [[601, 9, 1]]], [11, []], [11, [601, 8, 1]]);
    const last = memory.of("orders").slice(-3);
    expect(last.map(({ orderId, action, flags }) => [orderId, action, flags])).toEqual([
      ["601", ORDER_ADD, SNAPSHOT_START | SNAPSHOT | MESSAGE_END],
      ["", 5, SNAPSHOT_START | SNAPSHOT | MESSAGE_END],
      ["601", ORDER_ADD, MESSAGE_END],
    ]);
  });

  it("quarantines the end of an order that is not there, and says on the next row what that means", async () => {
    const memory = await read([11, [999, 0, 1]], [11, [502, 10, 1]], [11, [502, 10, 2]]);
    expect(memory.quarantined).toMatchObject([
      { line: { number: 8 }, reason: "order 999 leaves the book, but is not in it" },
    ]);
    expect(
      memory
        .of("orders")
        .slice(-2)
        .map(({ flags }) => flags),
    ).toEqual([MESSAGE_END | ROWS_LOST, MESSAGE_END]);
    expect(notesOf(memory)).toMatchObject({ [`orders ${ID} badEntries`]: 1 });
  });

  it("skips channels that are no raw book", async () => {
    const memory = await read(
      { event: "subscribed", channel: "trades", chanId: 12, symbol: "tABCUSD", pair: "ABCUSD" },
      [12, "te", [1, 2, 3, 4]],
      [12, [[1, 2, 3, 4]]],
    );
    expect(skipsOf(memory).at(-1)).toBe("10 channel other than a raw book");
    expect(reasonsOf(memory)).toEqual([
      expect.stringContaining("not an event or [channel, payload]"),
    ]);
  });

  it.each([
    ["a channel that was not subscribed to", [12, [1, 1, 1]], "the channel is 12"],
    ["an id below zero", [11, [-1, 1, 1]], "the order id is -1"],
    ["an amount of zero", [11, [1, 1, 0]], "the amount is 0"],
    ["a price below zero", [11, [1, -1, 1]], "the price is -1"],
    ["an entry of two", [11, [1, 1]], "an entry of the raw book is [1,1]"],
    ["a snapshot with an end in it", [11, [[1, 0, 1]]], "order 1 of a snapshot has the price 0"],
    ["null", null, "the message is null"],
    ["text", [11, "cs"], "the payload is"],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await read(bad);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
    expect(memory.of("orders").every(({ line }) => line <= SAMPLE.length)).toBe(true);
  });

  it("refuses a file that is no array of messages, or empty", async () => {
    await expect(readText(bitfinex, "b.json", "{}", DATE)).rejects.toThrow(DataError);
    await expect(readText(bitfinex, "b.json", "[]", DATE)).rejects.toThrow(
      "b.json holds no message",
    );
  });

  it("knows a raw book by its first messages, and no other array", () => {
    const head = (text: string): Parameters<typeof bitfinex.recognises>[0] => ({
      name: "x",
      bytes: new Uint8Array(),
      text,
    });
    const text = JSON.stringify(SAMPLE);
    const claims = (content: string): unknown =>
      SOURCES.filter((source) => source.recognises(head(content))).map(({ name }) => name);
    expect(claims(text)).toEqual(["bitfinex"]);
    expect(claims(JSON.stringify(SAMPLE, null, 2))).toEqual(["bitfinex"]);
    expect(claims(text.replace("R0", "P0"))).toEqual([]);
    expect(claims("[]")).toEqual([]);
  });
});

const FILE = "orderbook/bitfinex_L3_BTCUSD_2021.json.gz";

describe.skipIf(!existsSync(recording(FILE)))(`recorded orders ${FILE}`, () => {
  it("holds 50 orders and 99,998 changes of them, and no order ends that is not there", async () => {
    const memory = await readPath(bitfinex, recording(FILE), DATE);
    expect(memory.quarantined).toEqual([]);
    const rows = memory.of("orders", "bitfinex:BTCUSD");
    const counts = [ORDER_ADD, ORDER_MODIFY, ORDER_CANCEL].map(
      (action) => rows.filter((row) => row.action === action).length,
    );
    // 50 of the snapshot and 37,009; the rest as a second program counted.
    expect(counts).toEqual([37_059, 25_968, 37_021]);
    expect(rows).toHaveLength(50 + 99_998);
    expect(rows.filter(({ flags }) => (flags & SNAPSHOT) !== 0)).toHaveLength(50);
    expect(notesOf(memory)).toEqual({ "orders bitfinex:BTCUSD noClock": 100_048 });
    expect(memory.skipped).toHaveLength(2);
  });

  it("is claimed by this source only", async () => {
    const head = await fileHead(await openFile(recording(FILE)));
    expect(SOURCES.filter((source) => source.recognises(head))).toEqual([bitfinex]);
  });
});
