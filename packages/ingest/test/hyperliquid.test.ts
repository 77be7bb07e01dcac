import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  decimal,
  MAKER,
  MESSAGE_END,
  METHOD_ADL,
  METHOD_BACKSTOP,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  TAKER,
} from "@aftershock/schema";
import { hyperliquid } from "../src/sources/hyperliquid/hyperliquid.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readText, reasonsOf, skipsOf } from "./readWith.ts";
import { address, block, book, CONTEXT_HEADER, fill, trade } from "./samples/hyperliquid.ts";

const read = (...lines: readonly string[]): Promise<MemorySink> =>
  readText(hyperliquid, "21.lz4", `${lines.join("\n")}\n`);

const [ALICE, BOB, CAROL] = [address("a"), address("b"), address("c")];
const TIME = 1_760_130_964_831_000;
const RECEIVED = at("2025-10-10T21:16:05Z") + 12_345;

/** The object that the venue puts on both sides of a liquidation's fills. */
const liquidation = (user: string, method: string): unknown => ({
  liquidation: { liquidatedUser: user, markPx: "106400.5", method },
});

describe("Hyperliquid fills", () => {
  it("are both rows of fills; the trade comes once, with the aggressor's side", async () => {
    const memory = await read(
      block(
        [
          BOB,
          fill({
            side: "B",
            crossed: false,
            dir: "Open Long",
            closedPnl: "0.0",
            fee: "-0.5",
            startPosition: "0.0",
          }),
        ],
        [ALICE, fill()],
      ),
    );
    const shared = {
      line: 1,
      tsEvent: TIME,
      tsRecv: RECEIVED,
      tradeId: "771334864158847",
      price: decimal("106500"),
      size: decimal("0.25"),
    };
    expect(memory.of("fills", "hyperliquid:BTC")).toEqual([
      {
        ...shared,
        account: BOB,
        side: BUY,
        liquidity: MAKER,
        positionBefore: 0,
        realisedPnl: 0,
        fee: -0.5,
        feeCurrency: "USDC",
        cause: "Open Long",
      },
      {
        ...shared,
        account: ALICE,
        side: SELL,
        liquidity: TAKER,
        positionBefore: 1.5,
        realisedPnl: -120.5,
        fee: 9.3,
        feeCurrency: "USDC",
        cause: "Close Long",
      },
    ]);
    expect(memory.of("trades", "hyperliquid:BTC")).toEqual([{ ...shared, side: SELL }]);
    expect(memory.of("liquidations")).toEqual([]);
    expect(notesOf(memory)).toEqual({});
  });

  it("one a line have no receive time", async () => {
    const memory = await read(JSON.stringify([ALICE.toUpperCase().replace("0X", "0x"), fill()]));
    expect(memory.of("fills")).toEqual([
      expect.objectContaining({ account: ALICE, tsEvent: TIME, tsRecv: undefined }),
    ]);
    expect(memory.of("trades")).toHaveLength(1);
  });

  it("of spot and of builders' markets are of instruments without slash or colon", async () => {
    const memory = await read(
      block(
        [ALICE, fill({ coin: "PURR/USDC" })],
        [ALICE, fill({ coin: "xyz:TSLA" })],
        [ALICE, fill({ coin: "@107" })],
      ),
    );
    expect(memory.of("trades")).toHaveLength(3);
    expect(memory.rows.map(({ symbol }) => symbol)).toEqual([
      "PURR-USDC",
      "PURR-USDC",
      "xyz-TSLA",
      "xyz-TSLA",
      "@107",
      "@107",
    ]);
    const kinds = ["BTC", "PURR-USDC", "@107", "xyz-TSLA", "ACCOUNTS"].map((symbol) =>
      hyperliquid.terms("hyperliquid", symbol, TIME),
    );
    expect(kinds.map(({ kind, contract, settle }) => `${kind} ${contract} ${settle}`)).toEqual([
      "perpetual linear USDC",
      "spot linear USDC",
      "spot unknown ",
      "perpetual unknown ",
      "unknown unknown ",
    ]);
  });
});

describe("Hyperliquid liquidations", () => {
  it("are the liquidated account's fills with what it had to do, not its counterparties'", async () => {
    const forced = liquidation(ALICE, "market");
    const memory = await read(
      block(
        [ALICE, fill(forced as Record<string, unknown>)],
        [
          BOB,
          fill({
            ...(forced as Record<string, unknown>),
            side: "B",
            crossed: false,
            dir: "Open Long",
          }),
        ],
      ),
    );
    expect(memory.of("fills")).toHaveLength(2);
    expect(memory.of("trades")).toHaveLength(1);
    expect(memory.of("liquidations", "hyperliquid:BTC")).toEqual([
      {
        line: 1,
        tsEvent: TIME,
        tsRecv: RECEIVED,
        liquidationId: "771334864158847",
        side: SELL,
        price: decimal("106500"),
        size: decimal("0.25"),
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
        account: ALICE,
        markPrice: 106_400.5,
      },
    ]);
  });

  it("taken over by a backstop, and the deleveraging of others, happen off the book", async () => {
    const forced = { ...(liquidation(ALICE, "backstop") as Record<string, unknown>) };
    const memory = await read(
      block(
        [ALICE, fill({ ...forced, dir: "Liquidated Cross Long", crossed: false })],
        [CAROL, fill({ ...forced, side: "B", dir: "Auto-Deleveraging", startPosition: "-0.25" })],
      ),
      block(
        [ALICE, fill({ ...forced, dir: "Liquidated Cross Long" })],
        [BOB, fill({ ...forced, side: "B", crossed: false, dir: "Open Long" })],
      ),
    );
    expect(memory.of("fills")).toHaveLength(4);
    expect(memory.of("trades")).toEqual([]);
    expect(
      memory.of("liquidations").map(({ account, side, method }) => [account, side, method]),
    ).toEqual([
      [ALICE, SELL, METHOD_BACKSTOP],
      [CAROL, BUY, METHOD_ADL],
      [ALICE, SELL, METHOD_BACKSTOP],
    ]);
    expect(notesOf(memory)).toEqual({ "fills hyperliquid:BTC offBook": 2 });
  });

  it("that only their words tell are taken for market orders, and counted", async () => {
    const memory = await read(JSON.stringify([ALICE, fill({ dir: "Liquidated Isolated Long" })]));
    expect(memory.of("liquidations")).toEqual([
      expect.objectContaining({ account: ALICE, method: METHOD_MARKET, markPrice: undefined }),
    ]);
    expect(notesOf(memory)).toEqual({ "liquidations hyperliquid:BTC methodAssumed": 1 });
  });

  it("are none where vaults are netted or a market is settled, which is no trade either", async () => {
    const memory = await read(
      block([ALICE, fill({ dir: "Net Child Vaults" })], [BOB, fill({ dir: "Settlement" })]),
    );
    expect(
      [memory.of("fills"), memory.of("trades"), memory.of("liquidations")].map(
        (rows) => rows.length,
      ),
    ).toEqual([2, 0, 0]);
    expect(notesOf(memory)).toEqual({ "fills hyperliquid:BTC offBook": 2 });
  });
});

describe("Hyperliquid node trades", () => {
  it("name buyer and seller; the aggressor's side tells who took", async () => {
    const memory = await read(JSON.stringify(trade()));
    const shared = {
      line: 1,
      tsEvent: at("2025-05-25T13:59:59Z") + 974_190,
      tsRecv: undefined,
      price: decimal("264.56"),
      size: decimal("0.06"),
    };
    expect(memory.of("trades", "hyperliquid:AAVE")).toEqual([{ ...shared, side: BUY }]);
    expect(memory.of("fills", "hyperliquid:AAVE")).toEqual([
      { ...shared, account: address("1"), side: BUY, liquidity: TAKER, positionBefore: -153.07 },
      { ...shared, account: address("2"), side: SELL, liquidity: MAKER, positionBefore: -278.05 },
    ]);
  });

  it("of a liquidation force the taker; those by rule are no trades", async () => {
    const memory = await read(
      JSON.stringify(trade({ side: "A", trade_dir_override: "LiquidatedMarket" })),
      JSON.stringify(trade({ trade_dir_override: "NetChildVaultPositions" })),
      block(trade()),
    );
    expect(memory.of("trades").map(({ line, side }) => [line, side])).toEqual([
      [1, SELL],
      [3, BUY],
    ]);
    expect(memory.of("liquidations")).toEqual([
      expect.objectContaining({
        line: 1,
        account: address("2"),
        side: SELL,
        method: METHOD_MARKET,
      }),
    ]);
    expect(notesOf(memory)).toEqual({ "fills hyperliquid:AAVE offBook": 1 });
    expect(memory.of("fills").at(-1)?.tsRecv).toBe(RECEIVED);
  });
});

describe("Hyperliquid books", () => {
  it("are a snapshot a line, by the venue's time and the recorder's", async () => {
    const memory = await read(
      book([
        [
          { px: "3801.2", sz: "12.5", n: 3 },
          { px: "3801.1", sz: "0.4", n: 1 },
        ],
        [
          { px: "3801.3", sz: "7", n: 2 },
          { px: "3801.4", sz: "0", n: 0 },
        ],
      ]),
      book([[], []]).replace('"ver_num":1,', ""),
    );
    const times = {
      tsEvent: at("2025-10-10T21:16:05Z"),
      tsRecv: at("2025-10-10T21:16:05Z") + 112_233,
    };
    expect(memory.of("book", "hyperliquid:ETH")).toEqual([
      {
        line: 1,
        ...times,
        side: BID,
        price: decimal("3801.2"),
        size: decimal("12.5"),
        flags: SNAPSHOT | SNAPSHOT_START,
      },
      {
        line: 1,
        ...times,
        side: BID,
        price: decimal("3801.1"),
        size: decimal("0.4"),
        flags: SNAPSHOT,
      },
      {
        line: 1,
        ...times,
        side: ASK,
        price: decimal("3801.3"),
        size: decimal("7"),
        flags: SNAPSHOT | MESSAGE_END,
      },
      {
        line: 2,
        ...times,
        side: NO_SIDE,
        price: decimal("0"),
        size: decimal("0"),
        flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END,
      },
    ]);
    expect(notesOf(memory)).toEqual({ "book hyperliquid:ETH depthLimited": 2 });
  });
});

describe("Hyperliquid asset contexts", () => {
  it("are tickers, and figures that tickers do not have; a price of 0 or none is no price", async () => {
    const memory = await read(
      CONTEXT_HEADER,
      "2025-10-10T21:16:00Z,BTC,0.0000125,35000.5,121000.0,5000000.5,-0.0004,108500.0,108340.0,108345.5,108300.1,108390.9",
      "2025-10-10 21:17:00.000,kPEPE,0.0000125,0.0,0.01,0.0,,0.009,0.0089,0.0,null,",
    );
    const first = { line: 2, tsEvent: at("2025-10-10T21:16:00Z") };
    expect(memory.of("tickers", "hyperliquid:BTC")).toEqual([
      {
        ...first,
        markPrice: 108_340,
        indexPrice: 108_500,
        fundingRate: 0.000_012_5,
        openInterest: 35_000.5,
      },
    ]);
    expect(memory.of("measures", "hyperliquid:BTC")).toEqual([
      { ...first, measure: "premium", value: -0.0004 },
      { ...first, measure: "midPrice", value: 108_345.5 },
      { ...first, measure: "impactBidPrice", value: 108_300.1 },
      { ...first, measure: "impactAskPrice", value: 108_390.9 },
      { ...first, measure: "dayNotionalUsd", value: 5_000_000.5 },
    ]);
    expect(memory.of("tickers", "hyperliquid:kPEPE")[0]).toMatchObject({
      tsEvent: at("2025-10-10T21:17:00Z"),
      openInterest: 0,
    });
    expect(memory.of("measures", "hyperliquid:kPEPE").map(({ measure }) => measure)).toEqual([
      "dayNotionalUsd",
    ]);
  });
});

describe("Hyperliquid lines that are not what they should be", () => {
  it("are skipped where a block is empty, and quarantined whole otherwise", async () => {
    const memory = await read(
      block(),
      "",
      block([ALICE, fill()], [BOB, fill({ side: "S" })]),
      block([ALICE, fill({ px: "1e400" })]),
      block([ALICE, fill({ tid: -1 })]),
      block(["alice", fill()]),
      block([ALICE]),
      block([ALICE, null]),
      block([ALICE, fill({ coin: "a b" })]),
      block([ALICE, fill(liquidation(ALICE, "other") as Record<string, unknown>)]),
      JSON.stringify([ALICE, fill({ time: 1_760_130_964 })]),
      JSON.stringify(trade({ side_info: [] })),
      JSON.stringify(trade({ time: "yesterday" })),
      book([[]]),
      book([[{ px: "1", sz: -1 }], []]),
      book([[7], []]),
      '{"local_time":"2025-10-10T21:16:05","block_number":1,"events":{}}',
      '{"local_time":"2025-10-10T21:16:05","block_number":"x","events":[[]]}',
      '{"raw":{"channel":"trades"}}',
      "[",
      "7",
    );
    expect(memory.rows).toEqual([]);
    expect(skipsOf(memory)).toEqual(["1 block without a fill", "2 blank line"]);
    expect(reasonsOf(memory)).toEqual([
      'side is "S", not "B" or "A"',
      expect.stringMatching(/^px is "1e400", not a decimal number/),
      "tid is -1, not a whole number",
      'the account is "alice", not an address',
      "a fill is no pair of an address and what was filled",
      "the fill is null, not an object",
      '"a b" is not the name of a coin',
      'method is "other", not "market" or "backstop"',
      "time is 1760130964, not a time in milliseconds",
      "side_info holds 0 sides, not a buyer and a seller",
      'time is "yesterday", not a UTC time YYYY-MM-DD HH:MM:SS',
      "levels holds 1 sides, not bids and asks",
      "sz is -1, not zero or more",
      "levels holds a level that is no object",
      "events is {}, not an array",
      'block_number is "x", not a whole number',
      'channel is "trades", not "l2Book"',
      "the JSON is broken or cut",
      "the line is neither a fill, a block of them nor a book",
    ]);
  });

  it("are recognised by their first line, and nothing else is", () => {
    const recognises = (text: string): boolean =>
      hyperliquid.recognises({ name: "0.lz4", text, bytes: Buffer.from(text) });
    const good = [
      block([ALICE, fill()]),
      block(),
      block(trade()),
      JSON.stringify([ALICE, fill()]),
      JSON.stringify(trade()),
      book([[], []]),
      CONTEXT_HEADER,
    ];
    expect(good.map(recognises)).toEqual(good.map(() => true));
    const others = [
      '{"local_time":"x","block_time":"x","block_number":1,"events":[{"user":"0x","inner":{}}]}',
      '{"coin":"BTC","levels":[[],[]]}',
      '["a",{}]',
      "time,coin",
      "",
    ];
    expect(others.map(recognises)).toEqual(others.map(() => false));
  });
});
