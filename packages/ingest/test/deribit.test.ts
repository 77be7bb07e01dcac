import { describe, expect, it } from "vitest";
import { BUY, CALL, MESSAGE_END, PRICE_FILL, PUT, SELL, decimal } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { deribit } from "../src/sources/deribit/deribit.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

/** 2024-08-05 06:00:00 UTC, ms. */
const AT = 1_722_837_600_000;

async function read(name: string, content: unknown, hints: ReadHints = {}): Promise<MemorySink> {
  const memory = memorySink();
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await deribit.createReader(hints).read(fileOf(name, text), memory.sink);
  return memory;
}

const reply = (result: unknown): unknown => ({
  jsonrpc: "2.0",
  result,
  usIn: 1,
  usOut: 2,
  testnet: false,
});

const trade = (
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  trade_seq: 7,
  trade_id: "id-7",
  timestamp: AT,
  tick_direction: 1,
  price: 50_000.5,
  mark_price: 50_001.25,
  index_price: 50_100.5,
  instrument_name: "BTC-PERPETUAL",
  direction: "sell",
  amount: 1_000,
  ...fields,
});

const pages = (...trades: unknown[]): unknown => reply({ trades, has_more: false });
const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);
const recognised = (name: string, content: unknown): boolean => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return deribit.recognises({ name, text, bytes: Buffer.from(text) });
};

describe("deribit trades", () => {
  it("reads a page: the taker's side, the amount, mark and index beside it", async () => {
    const memory = await read("x.json", pages(trade()));
    expect(memory.of("trades", "deribit:BTC-PERPETUAL")).toEqual([
      {
        line: 1,
        tsEvent: AT * 1_000,
        tradeId: "id-7",
        side: SELL,
        price: decimal("50000.5"),
        size: decimal("1000"),
      },
    ]);
    expect(memory.of("tickers")).toEqual([
      { line: 1, tsEvent: AT * 1_000, markPrice: 50_001.25, indexPrice: 50_100.5 },
    ]);
    expect(memory.of("liquidations")).toEqual([]);
  });

  it("reads the list alone, under its key or by lines, with the same rows", async () => {
    const two = [trade(), trade({ trade_id: "id-8", direction: "buy" })];
    const forms = [
      pages(...two),
      two,
      { trades: two },
      two.map((one) => JSON.stringify(one)).join("\n"),
    ];
    for (const form of forms) {
      const memory = await read("x.json", form);
      expect(memory.of("trades").map(({ line, tradeId, side }) => [line, tradeId, side])).toEqual([
        [1, "id-7", SELL],
        [2, "id-8", BUY],
      ]);
    }
  });

  it("says whose order was forced: T the taker's, M the maker's, which is the opposite side, MT both", async () => {
    const memory = await read(
      "x.json",
      pages(
        trade({ trade_id: "t", liquidation: "T" }),
        trade({ trade_id: "m", liquidation: "M" }),
        trade({ trade_id: "mt", liquidation: "MT", direction: "buy" }),
        trade({ trade_id: "none", liquidation: "none" }),
        trade({ trade_id: "x", liquidation: "X" }),
      ),
    );
    expect(
      memory.of("liquidations").map(({ liquidationId, side }) => [liquidationId, side]),
    ).toEqual([
      ["t", SELL],
      ["m", BUY],
      ["mt", SELL],
      ["mt", BUY],
    ]);
    expect(memory.of("liquidations")[0]).toMatchObject({
      price: decimal("50000.5"),
      size: decimal("1000"),
      priceKind: PRICE_FILL,
      markPrice: 50_001.25,
    });
    expect(memory.of("trades")).toHaveLength(4);
    expect(reasons(memory)).toEqual(['liquidation is "X", not "none" or "T" or "M" or "MT"']);
  });

  it("keeps an option's volatility as a fraction, and counts block trades", async () => {
    const memory = await read(
      "x.json",
      pages(
        trade({
          instrument_name: "BTC-27DEC24-100000-C",
          iv: 55.91,
          price: 0.0005,
          amount: 0.1,
          block_trade_id: "BLOCK-1",
        }),
      ),
    );
    expect(memory.of("measures", "deribit:BTC-27DEC24-100000-C")).toEqual([
      { line: 1, tsEvent: AT * 1_000, measure: "tradeImpliedVolatility", value: 0.5591 },
    ]);
    expect(memory.of("trades")).toMatchObject([{ price: decimal("0.0005"), size: decimal("0.1") }]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "trades deribit:BTC-27DEC24-100000-C blockTrades": 1,
    });
  });

  it("quarantines bad trades whole, and refuses a reply that is cut", async () => {
    const memory = await read("x.json", [
      trade({ price: 0 }),
      trade({ amount: -1 }),
      trade({ timestamp: AT / 1_000 }),
      trade({ direction: "Buy" }),
      trade({ instrument_name: "BTC/USD" }),
      trade({ trade_id: 7 }),
      trade({ mark_price: "x" }),
      trade({ price: [1] }),
      null,
      {},
    ]);
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      "price is 0, not above zero",
      "amount is -1, not above zero",
      "timestamp is 1722837600, not a time in milliseconds",
      'direction is "Buy", not "buy" or "sell"',
      'instrument_name is "BTC/USD", not the name of an instrument',
      "trade_id is 7, not text",
      'mark_price is "x", not a number',
      "price is [1], not a decimal number",
      "the record is neither an object nor a bar",
      "the record has neither trade_id, interest_1h nor creation_timestamp: it is no trade, funding or book summary",
    ]);
    const cut = JSON.stringify(pages(trade(), trade())).slice(0, -60);
    await expect(read("x.json", cut)).rejects.toThrow(/the JSON ends early after element/);
    await expect(read("x.json", '{"error":{"code":10}}\n{}')).resolves.toMatchObject({ rows: [] });
    await expect(read("x.json", "<html>")).rejects.toThrow(
      'x.json: begins with "<html>", which is no reply of Deribit\'s API that is read here',
    );
  });
});

describe("deribit book summaries", () => {
  const summary = (name: string, fields: Readonly<Record<string, unknown>> = {}): unknown => ({
    instrument_name: name,
    bid_price: 0.05,
    ask_price: 0.055,
    mark_price: 0.0523,
    mark_iv: 62.5,
    underlying_index: "BTC-27DEC24",
    underlying_price: 51_000.5,
    estimated_delivery_price: 50_100.5,
    open_interest: 120.5,
    last: 0.051,
    creation_timestamp: AT,
    ...fields,
  });

  it("makes options one snapshot of their chain, known when the last was", async () => {
    const memory = await read(
      "x.json",
      reply([
        summary("BTC-27DEC24-60000-C", { creation_timestamp: AT + 3 }),
        summary("BTC-9AUG24-50000-C", { bid_price: null }),
        summary("BTC-9AUG24-50000-P"),
        summary("XRP_USDC-9AUG24-0d625-P"),
      ]),
    );
    const rows = memory.of("options", "deribit:BTC-OPTIONS");
    expect(rows.map((row) => [row.optionSymbol, row.right, row.strike, row.flags])).toEqual([
      ["BTC-9AUG24-50000-P", PUT, 50_000, 0],
      ["BTC-9AUG24-50000-C", CALL, 50_000, 0],
      ["BTC-27DEC24-60000-C", CALL, 60_000, MESSAGE_END],
    ]);
    expect(rows[0]).toEqual({
      line: 3,
      tsEvent: AT * 1_000,
      tsRecv: (AT + 3) * 1_000,
      optionSymbol: "BTC-9AUG24-50000-P",
      right: PUT,
      strike: 50_000,
      expiry: Date.parse("2024-08-09T08:00:00Z") * 1_000,
      bidPrice: decimal("0.05"),
      askPrice: decimal("0.055"),
      lastPrice: 0.051,
      markPrice: 0.0523,
      markIv: 0.625,
      underlying: "BTC-27DEC24",
      underlyingPrice: 51_000.5,
      indexPrice: 50_100.5,
      openInterest: 120.5,
      flags: 0,
    });
    expect(memory.of("options", "deribit:XRP_USDC-OPTIONS")).toMatchObject([{ strike: 0.625 }]);
    expect(memory.notes.get("options deribit:BTC-OPTIONS withoutBid")).toBe(1);
  });

  it("puts futures and perpetuals into tickers", async () => {
    const memory = await read(
      "x.json",
      reply([
        summary("BTC-PERPETUAL", { current_funding: 0.0001, mark_price: 50_001, last: 50_000 }),
      ]),
    );
    expect(memory.of("tickers", "deribit:BTC-PERPETUAL")).toEqual([
      {
        line: 1,
        tsEvent: AT * 1_000,
        markPrice: 50_001,
        indexPrice: 50_100.5,
        lastPrice: 50_000,
        fundingRate: 0.0001,
        openInterest: 120.5,
      },
    ]);
  });

  it("counts an option that comes twice, and quarantines it with other values", async () => {
    const option = summary("BTC-9AUG24-50000-P");
    const other = summary("BTC-9AUG24-50000-P", { ask_price: 0.06 });
    const memory = await read("x.json", [option, option, other]);
    expect(memory.of("options")).toHaveLength(1);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["duplicate record"]);
    expect(reasons(memory)).toEqual([
      "conflicting duplicate: BTC-9AUG24-50000-P is already record 1 with other values",
    ]);
  });
});

describe("deribit bars and funding", () => {
  it("reads the volatility index with the length of its bars found in it", async () => {
    const memory = await read(
      "BTC-dvol-2024-08-05-00.json",
      reply({
        data: [
          [AT, 60.1, 63.5, 59.9, 63.08],
          [AT + 60_000, 63.08, 64, 63, 63.5],
          [AT + 180_000, 63.5, 63, 64, 63.5],
          [AT + 240_000, 63.5, 64],
        ],
        continuation: null,
      }),
    );
    expect(memory.of("candles", "deribit:BTC-DVOL")).toMatchObject([
      {
        line: 1,
        tsEvent: AT * 1_000,
        intervalMicros: 60_000_000,
        open: decimal("60.1"),
        high: decimal("63.5"),
        low: decimal("59.9"),
        close: decimal("63.08"),
      },
      { line: 2 },
      { line: 3 },
    ]);
    expect(memory.datasets).toEqual(["bars-1m"]);
    expect(memory.notes.get("candles deribit:BTC-DVOL badOhlc")).toBe(1);
    expect(reasons(memory)).toEqual(["the bar has 3 values, not 2, 5 or 7"]);
    expect(deribit.terms("deribit", "BTC-DVOL", 0).kind).toBe("index");
  });

  it("reads closes alone, four times the same price, and says so", async () => {
    const memory = await read("dvol_eth.json", [
      [AT, 60.1],
      [AT + 86_400_000, 61.25],
      [AT + 86_400_000, 61.25],
    ]);
    expect(memory.of("candles", "deribit:ETH-DVOL")).toMatchObject([
      { open: decimal("60.1"), close: decimal("60.1"), intervalMicros: 86_400_000_000 },
      { low: decimal("61.25") },
    ]);
    expect(memory.notes.get("candles deribit:ETH-DVOL closeOnly")).toBe(2);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["duplicate record"]);
  });

  const chart = {
    status: "ok",
    volume: [1.5, 0],
    ticks: [AT, AT + 60_000],
    open: [50_000, 50_010.5],
    low: [49_990, 50_010.5],
    high: [50_020, 50_010.5],
    cost: [75_000, 0],
    close: [50_010.5, 50_010.5],
  };

  it("reads the columns of a chart as bars, whose records quarantine can find again", async () => {
    const memory = await read("BTC-PERPETUAL-candles-1m-2024-08-05.json", reply(chart));
    expect(memory.of("candles", "deribit:BTC-PERPETUAL")).toMatchObject([
      {
        line: 1,
        intervalMicros: 60_000_000,
        open: decimal("50000"),
        high: decimal("50020"),
        low: decimal("49990"),
        close: decimal("50010.5"),
        volume: 1.5,
        quoteVolume: 75_000,
      },
      { line: 2, volume: 0 },
    ]);
    const texts: string[] = [];
    const file = fileOf("BTC-PERPETUAL.json", JSON.stringify(reply(chart)));
    for await (const records of deribit.records?.(file) ?? []) {
      for (const { text } of records) texts.push(text);
    }
    expect(texts[1]).toBe(`[${AT + 60_000},50010.5,50010.5,50010.5,50010.5,0,0]`);
  });

  it("refuses a chart whose columns differ in length or lack", async () => {
    const name = "BTC-PERPETUAL-candles.json";
    await expect(read(name, reply({ ...chart, high: [50_020] }))).rejects.toThrow(
      /the lists of the chart differ in length: ticks 2, open 2, high 1/,
    );
    const { cost: _, ...without } = chart;
    await expect(read(name, reply(without))).rejects.toThrow('the chart has no list "cost"');
  });

  it("reads funding by the hour, and asks for the instrument where nothing names it", async () => {
    const hours = reply([
      { timestamp: AT, index_price: 50_100.5, interest_8h: -0.00012, interest_1h: -0.00002 },
    ]);
    const memory = await read("BTC-PERPETUAL-funding.json", hours);
    expect(memory.of("tickers", "deribit:BTC-PERPETUAL")).toEqual([
      {
        line: 1,
        tsEvent: AT * 1_000,
        fundingRate: -0.00002,
        fundingTime: AT * 1_000,
        indexPrice: 50_100.5,
      },
    ]);
    expect(memory.of("measures")).toMatchObject([{ measure: "funding8h", value: -0.00012 }]);
    await expect(read("funding.json", hours)).rejects.toThrow(/--symbol is needed/);
    const hinted = await read("funding.json", hours, { symbol: "ETH-PERPETUAL" });
    expect(hinted.rows[0]?.symbol).toBe("ETH-PERPETUAL");
    await expect(read("x.json", hours, { venue: "okex" })).rejects.toThrow(/is of deribit/);
  });
});

describe("deribit files", () => {
  it("are recognised by what only Deribit sends, and bare closes by their name", () => {
    expect(recognised("x", pages(trade()))).toBe(true);
    expect(recognised("x", [trade()])).toBe(true);
    expect(recognised("x", reply([{ creation_timestamp: 1 }]))).toBe(true);
    expect(recognised("x", reply({ data: [[AT, 1, 2, 3, 4]], continuation: null }))).toBe(true);
    expect(recognised("x", reply({ ticks: [] }))).toBe(true);
    expect(recognised("dvol_btc_daily.json", [[AT, 60.1]])).toBe(true);
    expect(recognised("funding_btc.json", [[AT, 60.1]])).toBe(false);
    expect(recognised("x", { jsonrpc: "2.0", id: 1, result: [{ blockNumber: "0x1" }] })).toBe(
      false,
    );
  });

  it("say what their instruments are", () => {
    const of = (symbol: string): unknown => deribit.terms("deribit", symbol, 0);
    expect(of("SOL_USDC-PERPETUAL")).toMatchObject({
      kind: "perpetual",
      contract: "linear",
      quote: "USDC",
    });
    expect(of("BTC_USDC")).toMatchObject({ kind: "spot", base: "BTC" });
    expect(of("ETH-27DEC24-3000-C")).toMatchObject({
      kind: "option",
      contract: "linear",
      settle: "ETH",
    });
    expect(of("BTC-27DEC24")).toMatchObject({ kind: "future", contract: "inverse" });
  });
});
