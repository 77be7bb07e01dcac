import { existsSync } from "node:fs";
import {
  BUY,
  ConfigError,
  MAKER,
  METHOD_MARKET,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  TAKER,
  decimalToNumber,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { SOURCES } from "../src/sources.ts";
import { lighter } from "../src/sources/lighter/lighter.ts";
import { messagesOf, plain, START } from "./captured.ts";
import type { MemorySink } from "./memorySink.ts";
import { notesOf, readPath, readText, reasonsOf, recording, skipsOf } from "./readWith.ts";
import { samples } from "./samples/lighter.ts";

const ID = "lighter:ABC";
const SAMPLE = JSON.parse(String(samples[0]?.content)) as { ts: number; msg: string }[];

const record = (message: object): unknown => ({
  ts: 1_700_000_009.25,
  msg: JSON.stringify(message),
});
const readAll = (records: readonly unknown[], hints = {}): Promise<MemorySink> =>
  readText(lighter, "lighter.json", JSON.stringify(records, null, 1), hints);
const read = (...more: readonly unknown[]): Promise<MemorySink> => readAll([...SAMPLE, ...more]);

const book = (changes: object, order: object = {}): unknown =>
  record({
    channel: "order_book:4",
    offset: 902,
    order_book: { code: 0, asks: [], bids: [], offset: 902, nonce: 60, ...order },
    timestamp: 1_700_000_009_001,
    type: "update/order_book",
    ...changes,
  });

/** The trade of the sample's last record, changed. */
const trade = (changes: object): unknown => {
  const message = JSON.parse(SAMPLE.at(-1)?.msg ?? "") as { trades: object[] };
  return record({ ...message, trades: [{ ...message.trades[0], trade_id: 72, ...changes }] });
};

describe("lighter", () => {
  it("chains the book by offset, sizes absolute", async () => {
    const memory = await read();
    expect(messagesOf(memory, ID)).toEqual([
      {
        flags: [SNAPSHOT | SNAPSHOT_START, SNAPSHOT, SNAPSHOT],
        levels: ["bid 10.4 2.5", "bid 10.3 0.25", "ask 10.6 1.5"],
      },
      { flags: [0], levels: ["ask 10.6 0"] },
    ]);
    expect(memory.of("book").map((row) => [row.updateId, row.prevUpdateId])).toEqual([
      [900, undefined],
      [900, undefined],
      [900, undefined],
      [901, 900],
    ]);
    expect(memory.of("book")[3]).toMatchObject({
      tsEvent: START + 3_001_000,
      tsRecv: START + 3_250_000,
      line: 5,
    });
    expect(memory.quarantined).toEqual([]);
    expect(skipsOf(memory)).toEqual(["1 type connected"]);
  });

  it("notes a break of the chain, which the ids show", async () => {
    const memory = await read(book({ offset: 903 }));
    expect(notesOf(memory)).toMatchObject({ [`book ${ID} sequenceGaps`]: 1 });
    expect(memory.of("book").at(-1)).toMatchObject({ updateId: 903, prevUpdateId: 902 });
    expect(notesOf(await read(book({})))).not.toHaveProperty(`book ${ID} sequenceGaps`);
  });

  it("chains by begin_nonce where the feed has it", async () => {
    const memory = await read(book({ offset: 950 }, { begin_nonce: 58 }));
    expect(memory.of("book").at(-1)).toMatchObject({ updateId: 60, prevUpdateId: 58 });
  });

  it("writes a trade as itself and as a fill of either account, with position and fee", async () => {
    const memory = await read();
    const common = {
      price: 10.5,
      size: 0.5,
      tsEvent: START + 4_001_000,
      tsRecv: START + 4_250_000,
    };
    expect(plain(memory.of("trades", ID).at(-1))).toMatchObject({
      ...common,
      tradeId: "71",
      side: SELL,
    });
    expect(memory.of("fills", ID).slice(-2).map(plain)).toMatchObject([
      { ...common, account: "31", side: SELL, liquidity: TAKER, positionBefore: 2, fee: 0.00105 },
      { ...common, account: "32", side: BUY, liquidity: MAKER, positionBefore: -1, fee: 0.000105 },
    ]);
    expect(memory.of("fills").map(({ feeCurrency }) => feeCurrency)).toEqual(
      Array.from({ length: 8 }, () => "USDC"),
    );
  });

  it("writes a liquidation as a print of the taker's account, which is the one that was liquidated", async () => {
    const memory = await read();
    expect(memory.of("liquidations", ID).map(plain)).toEqual([
      {
        tsEvent: START - 9_999_000,
        tsRecv: undefined,
        line: 2,
        liquidationId: "60",
        side: BUY,
        price: 10.5,
        size: 0.5,
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
        account: "32",
      },
    ]);
    expect(memory.of("fills", ID)[0]).toMatchObject({
      cause: "liquidation",
      positionBefore: -0.5,
      fee: 0.0525,
    });
  });

  it("stores history oldest first and without the recorder's clock, and counts it", async () => {
    const memory = await read();
    expect(memory.of("trades", ID).map(({ tradeId, tsRecv }) => [tradeId, tsRecv])).toEqual([
      ["60", undefined],
      ["61", undefined],
      ["62", undefined],
      ["71", START + 4_250_000],
    ]);
    expect(notesOf(memory)).toEqual({ [`trades ${ID} oldTrades`]: 3 });
  });

  it("drops a trade that comes again", async () => {
    const again = await read(SAMPLE.at(-1));
    expect(again.of("trades")).toHaveLength(4);
    expect(skipsOf(again).at(-1)).toBe("7 duplicate trades");
    const history = await read(SAMPLE[1]);
    expect(skipsOf(history).at(-1)).toBe("7 duplicate trades");
  });

  it("gives trades of another type no liquidation, and says their type with the fills", async () => {
    const memory = await read(trade({ type: "deleverage" }));
    expect(memory.of("liquidations")).toHaveLength(1);
    expect(
      memory
        .of("fills")
        .slice(-2)
        .map(({ cause }) => cause),
    ).toEqual(["deleverage", "deleverage"]);
  });

  it("takes rates from percent and open interest as a figure in USD", async () => {
    const memory = await read();
    expect(memory.of("tickers", ID)).toEqual([
      {
        tsRecv: START + 1_750_000,
        line: 3,
        markPrice: 10.5,
        indexPrice: 10.25,
        lastPrice: 10.75,
        fundingRate: 0.000_012,
      },
    ]);
    expect(memory.of("measures", ID)).toEqual([
      { tsRecv: START + 1_750_000, line: 3, measure: "openInterestUsd", value: 2500.5 },
    ]);
  });

  it("waits for the symbol of a market, or takes it from the user", async () => {
    const unnamed = SAMPLE.filter(({ msg }) => !msg.includes("market_stats"));
    await expect(readAll(unnamed)).rejects.toThrow(ConfigError);
    await expect(readAll(unnamed)).rejects.toThrow("nothing says what market 4 is");
    const named = await readAll(unnamed, { symbol: "XYZ" });
    expect(new Set(named.rows.map(({ symbol }) => symbol))).toEqual(new Set(["XYZ"]));
    expect(named.rows).toHaveLength((await read()).rows.length - 2);
  });

  it.each([
    ["a time in ms", { ts: 1_700_000_009_250, msg: "{}" }, "ts is"],
    ["a message that is no text", { ts: 1_700_000_009.25, msg: {} }, "msg is {}, not text"],
    ["a message that is cut", { ts: 1_700_000_009.25, msg: "{" }, "the JSON is broken or cut"],
    ["a record that is null", null, "the record is null"],
    ["a channel without a market", book({ channel: "order_book" }), 'channel is "order_book"'],
    ["a level without a size", book({}, { asks: [{ price: "1" }] }), "size is missing"],
    ["a chain that is text", book({ offset: "x" }), 'offset is "x"'],
    ["an aggressor that is text", trade({ is_maker_ask: "false" }), 'is_maker_ask is "false"'],
    ["an account that is text", trade({ ask_account_id: "x" }), 'ask_account_id is "x"'],
    ["a price of zero", trade({ price: "0.0" }), 'price is "0.0"'],
  ])("quarantines %s", async (_, bad, reason) => {
    const memory = await read(bad);
    expect(reasonsOf(memory)).toEqual([expect.stringContaining(reason)]);
    expect(memory.rows.every(({ row }) => row.line <= SAMPLE.length)).toBe(true);
  });

  it("skips messages of other types", async () => {
    const memory = await read(
      record({ type: "ping" }),
      record({ type: "update/trade", channel: "trade:4", trades: [] }),
    );
    expect(skipsOf(memory).slice(-2)).toEqual(["7 type ping", "8 message without trades"]);
  });
});

const FILE = "orderbook/lighter_BTC_20251210_l2_trades_liqs.json.gz";

describe.skipIf(!existsSync(recording(FILE)))(`recorded market ${FILE}`, () => {
  const BTC = "lighter:BTC";
  const readFile = (): Promise<MemorySink> => readPath(lighter, recording(FILE));

  it("holds a chain of 2,549 updates, 723 trades and 50 liquidations", async () => {
    const memory = await readFile();
    expect(memory.quarantined).toEqual([]);
    expect(notesOf(memory)).toEqual({ [`trades ${BTC} oldTrades`]: 100 });
    const messages = new Set(memory.of("book", BTC).map(({ line }) => line));
    expect(messages.size).toBe(2_550);
    expect(memory.of("book", BTC)).toHaveLength(16_886);
    const fills = memory.of("fills", BTC);
    const liquidated = fills.filter(({ cause }) => cause === "liquidation");
    expect(memory.of("trades", BTC)).toHaveLength(723 + 50);
    expect(fills).toHaveLength(2 * (723 + 50));
    expect(liquidated).toHaveLength(2 * 50);
    expect(memory.of("liquidations", BTC)).toHaveLength(50);
    expect(memory.of("tickers", BTC)).toHaveLength(204);
  });

  it("spans 19:00:45 to 19:14:16 of 2025-12-10, received from 19:13:59", async () => {
    const memory = await readFile();
    const trades = memory.of("trades", BTC);
    const seen = memory.rows.flatMap(({ row }) => row.tsRecv ?? []);
    expect(trades[0]?.tsEvent).toBe(Date.parse("2025-12-10T19:00:45.206Z") * 1000);
    expect([seen[0], seen.at(-1)]).toEqual([1_765_394_039_499_057, 1_765_394_056_657_864]);
    const liquidations = memory.of("liquidations", BTC).map(({ tsEvent }) => tsEvent);
    expect(liquidations.at(-1)).toBe(Date.parse("2025-12-10T19:03:06.920Z") * 1000);
  });

  it("liquidates 48 longs and two shorts, each account's position on the other side of its order", async () => {
    const memory = await readFile();
    const liquidations = memory.of("liquidations", BTC);
    expect(liquidations.filter(({ side }) => side === SELL)).toHaveLength(48);
    const takers = memory
      .of("fills", BTC)
      .filter((fill) => fill.cause === "liquidation" && fill.liquidity === TAKER);
    expect(takers.map(({ account }) => account)).toEqual(
      liquidations.map(({ account }) => account),
    );
    expect(takers.every(({ side, positionBefore = 0 }) => side * positionBefore < 0)).toBe(true);
  });

  it("is never crossed and contiguous", async () => {
    const memory = await readFile();
    const sides = [new Map<number, number>(), new Map<number, number>()] as const;
    let last: number | undefined;
    let line = 0;
    for (const row of memory.of("book", BTC)) {
      if (row.line !== line && row.prevUpdateId !== undefined) expect(row.prevUpdateId).toBe(last);
      line = row.line;
      last = row.updateId;
      const side = sides[row.side === BUY ? 0 : 1];
      if (row.size.mantissa === 0) side.delete(decimalToNumber(row.price));
      else side.set(decimalToNumber(row.price), 1);
    }
    expect(Math.max(...sides[0].keys())).toBeLessThan(Math.min(...sides[1].keys()));
    expect(last).toBe(6_961_735 + 2_549);
  });

  it("is claimed by this source only", async () => {
    const head = await fileHead(await openFile(recording(FILE)));
    expect(SOURCES.filter((source) => source.recognises(head))).toEqual([lighter]);
  });
});
