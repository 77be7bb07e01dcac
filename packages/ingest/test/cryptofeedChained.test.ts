import {
  BUY,
  MESSAGE_END,
  METHOD_MARKET,
  PRICE_FILL,
  PUT,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, captureSample, messagesOf, plain, START } from "./captured.ts";
import type { MemorySink } from "./memorySink.ts";

const FIRST = SNAPSHOT | SNAPSHOT_START;

const chainOf = (memory: MemorySink): unknown[] =>
  memory
    .of("book")
    .filter(({ flags }) => (flags & MESSAGE_END) !== 0)
    .map(({ updateId, prevUpdateId }) => [updateId, prevUpdateId]);

describe("cryptofeed: Kraken Futures", () => {
  const ID = "kraken-futures:PI_ABCUSD";

  it("chains snapshot and changes by seq, one level a change", async () => {
    const memory = await captureSample("KRAKEN_FUTURES.ws.1.0");
    expect(messagesOf(memory, ID)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["bid 10.5 100", "ask 11 250"] },
      { flags: [0], levels: ["ask 11 0"] },
    ]);
    expect(chainOf(memory)).toEqual([
      [40, undefined],
      [41, 40],
    ]);
    expect(memory.of("book")[0]?.tsEvent).toBe(START + 1_001_000);
  });

  it("writes a liquidation as the taker's trade and as a print", async () => {
    const memory = await captureSample("KRAKEN_FUTURES.ws.1.0");
    expect(memory.of("trades", ID).map(plain)).toMatchObject([
      { tradeId: "u-1", side: SELL, price: 10.5, size: 20, tsEvent: START + 3_001_000 },
    ]);
    expect(memory.of("liquidations", ID).map(plain)).toMatchObject([
      {
        liquidationId: "u-1",
        side: SELL,
        price: 10.5,
        method: METHOD_MARKET,
        priceKind: PRICE_FILL,
      },
    ]);
  });

  it("skips trades off the book, and those that come with the subscription", async () => {
    const trade = { feed: "trade", product_id: "PI_ABCUSD", uid: "u-2", side: "buy", seq: 10 };
    const memory = await captureSample("KRAKEN_FUTURES.ws.1.0", [
      at(9, { ...trade, type: "termination", time: 1_700_000_009_001, qty: 1, price: 10 }),
      at(9, { feed: "trade_snapshot", product_id: "PI_ABCUSD", trades: [] }),
    ]);
    expect(memory.skipped.slice(-2).map(({ reason }) => reason)).toEqual([
      "trade off the book (termination)",
      "trades from before the subscription",
    ]);
  });

  it("takes the relative funding rate, and quotes without sizes from the lite ticker", async () => {
    const memory = await captureSample("KRAKEN_FUTURES.ws.1.0");
    expect(memory.of("tickers", ID)).toMatchObject([
      {
        tsEvent: START + 4_001_000,
        markPrice: 10.95,
        indexPrice: 10.9,
        lastPrice: 10.5,
        fundingRate: -0.0001,
        predictedFundingRate: 0.0002,
        fundingTime: START + 6_400_000_000,
        openInterest: 12_345,
      },
    ]);
    const [lite] = memory.of("quotes", "kraken-futures:FI_ABCUSD_231229").map(plain);
    expect(lite).toMatchObject({
      bidPrice: 10.5,
      bidSize: undefined,
      askPrice: 11.5,
      tsEvent: undefined,
    });
  });

  it("tells inverse from linear, perpetual from dated contracts by their names", () => {
    const terms = (symbol: string): object => cryptofeed.terms("kraken-futures", symbol, START);
    expect(terms("PI_XBTUSD")).toMatchObject({
      kind: "perpetual",
      contract: "inverse",
      settle: "XBT",
    });
    expect(terms("FI_XBTUSD_210924")).toMatchObject({ kind: "future", contract: "inverse" });
    expect(terms("PF_XBTUSD")).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      settle: "USD",
    });
    expect(terms("IN_XBTUSD")).toMatchObject({ kind: "unknown", contract: "unknown" });
  });
});

describe("cryptofeed: Deribit", () => {
  const OPTION = "deribit:ABC-24SEP21-8000-P";
  const subscription = (channel: string, data: unknown): string =>
    at(9, { jsonrpc: "2.0", method: "subscription", params: { channel, data } });
  const trade = {
    trade_id: "T-2",
    timestamp: 1_700_000_009_001,
    price: 9000,
    instrument_name: "ABC-PERPETUAL",
    direction: "sell",
    amount: 10,
  };
  const sidesOf = async (liquidation: string): Promise<number[]> => {
    const memory = await captureSample("DERIBIT.ws.1.0", [
      subscription("trades.ABC-PERPETUAL.raw", [{ ...trade, liquidation }]),
    ]);
    return memory
      .of("liquidations")
      .filter(({ liquidationId }) => liquidationId === "T-2")
      .map(({ side }) => side);
  };

  it("chains the book by change ids; a delete is size 0", async () => {
    const memory = await captureSample("DERIBIT.ws.1.0");
    expect(messagesOf(memory, OPTION)).toEqual([
      { flags: [FIRST, SNAPSHOT], levels: ["bid 0.0005 10", "ask 0.001 2.5"] },
      { flags: [0, 0], levels: ["bid 0.0005 0", "ask 0.001 3.5"] },
    ]);
    expect(chainOf(memory)).toEqual([
      [500, undefined],
      [503, 500],
    ]);
  });

  it("writes an option's ticker as a message of its own instrument, volatilities as fractions", async () => {
    const memory = await captureSample("DERIBIT.ws.1.0");
    expect(memory.of("options", OPTION).map(plain)).toEqual([
      {
        tsEvent: START + 3_001_000,
        tsRecv: START + 3_250_000,
        line: 5,
        optionSymbol: "ABC-24SEP21-8000-P",
        right: PUT,
        strike: 8000,
        // 2021-09-24T08:00Z
        expiry: 1_632_470_400_000_000,
        bidPrice: undefined,
        bidSize: undefined,
        bidIv: undefined,
        askPrice: 0.001,
        askSize: 3.5,
        askIv: 0.9025,
        lastPrice: undefined,
        markPrice: 0.00075,
        markIv: 0.805,
        underlying: "ABC-24SEP21",
        underlyingPrice: 9000.5,
        indexPrice: 8999.75,
        delta: 0.625,
        gamma: 0.00025,
        vega: 12.5,
        theta: -3.25,
        rho: 0.5,
        openInterest: 12.5,
        flags: MESSAGE_END,
      },
    ]);
    expect(memory.of("quotes", OPTION)).toEqual([]);
  });

  it("gives the side of the order that was forced: the taker's, the maker's on the other side, or both", async () => {
    expect(await sidesOf("T")).toEqual([SELL]);
    expect(await sidesOf("M")).toEqual([BUY]);
    expect(await sidesOf("MT")).toEqual([SELL, BUY]);
    const memory = await captureSample("DERIBIT.ws.1.0");
    expect(memory.of("trades").map(plain)).toMatchObject([{ side: BUY, price: 9000.5, size: 100 }]);
    expect(memory.of("liquidations")).toMatchObject([{ liquidationId: "T-1", side: SELL }]);
  });

  it("notes block trades, which are struck off the book", async () => {
    const memory = await captureSample("DERIBIT.ws.1.0", [
      subscription("trades.ABC-PERPETUAL.raw", [{ ...trade, block_trade_id: "B-1" }]),
    ]);
    expect(memory.notes.get("trades deribit:ABC-PERPETUAL blockTrades")).toBe(1);
  });

  it("reads a perpetual's ticker as marks, funding and best prices", async () => {
    const memory = await captureSample("DERIBIT.ws.1.0", [
      subscription("ticker.ABC-PERPETUAL.raw", {
        timestamp: 1_700_000_009_001,
        instrument_name: "ABC-PERPETUAL",
        mark_price: 9000.25,
        index_price: 8999,
        last_price: 9001,
        current_funding: 0.0001,
        open_interest: 777,
        best_bid_price: 9000,
        best_bid_amount: 10,
        best_ask_price: 9000.5,
        best_ask_amount: 20,
      }),
    ]);
    expect(memory.of("tickers")).toMatchObject([
      {
        markPrice: 9000.25,
        indexPrice: 8999,
        lastPrice: 9001,
        fundingRate: 0.0001,
        openInterest: 777,
      },
    ]);
    expect(memory.of("quotes").map(plain)).toMatchObject([
      { bidPrice: 9000, bidSize: 10, askPrice: 9000.5, askSize: 20 },
    ]);
  });

  it.each([
    [
      "book.X.raw",
      {
        type: "change",
        timestamp: 1_700_000_009_001,
        instrument_name: "X",
        change_id: 5,
        bids: [],
        asks: [],
      },
      "prev_change_id",
    ],
    [
      "book.X.raw",
      {
        type: "snapshot",
        timestamp: 1_700_000_009_001,
        instrument_name: "X",
        change_id: 5,
        bids: [["delete", 1, 2]],
        asks: [],
      },
      "the amount of a level's delete is 2",
    ],
    [
      "book.X.raw",
      {
        type: "snapshot",
        timestamp: 1_700_000_009_001,
        instrument_name: "X",
        change_id: 5,
        bids: [["new", 1, 0]],
        asks: [],
      },
      "above 0",
    ],
    ["trades.X.raw", {}, "a list of trades"],
    ["ticker.X.raw", { instrument_name: "X" }, "timestamp is missing"],
  ])("quarantines %s %j", async (channel, data, reason) => {
    const memory = await captureSample("DERIBIT.ws.1.0", [subscription(channel, data)]);
    expect(memory.quarantined).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });
});
