import { describe, expect, it } from "vitest";
import {
  BUY,
  DataError,
  MESSAGE_END,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  PRICE_LIMIT,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const TRADES = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
const QUOTES =
  "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount";
const TICKER =
  "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price";
const LEVELS = Array.from(
  { length: 5 },
  (_, i) => `asks[${i}].price,asks[${i}].amount,bids[${i}].price,bids[${i}].amount`,
).join(",");
const DEPTH = `exchange,symbol,timestamp,local_timestamp,${LEVELS}`;

const AT = "1583020803145000,1583020803307160";
const CLOCKS = { tsEvent: 1_583_020_803_145_000, tsRecv: 1_583_020_803_307_160 };

async function read(name: string, ...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  await tardis.createReader({}).read(fileOf(name, `${lines.join("\n")}\n`), memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);

describe("tardis files", () => {
  it("refuses an unknown header, naming the file, what was found and what was expected", async () => {
    const refused = read("x_trades.csv", "timestamp,price,amount", "1,2,3");
    await expect(refused).rejects.toThrow(DataError);
    await expect(refused).rejects.toThrow(
      /x_trades\.csv:1: unknown header "timestamp,price,amount"; expected incremental_book_L2 \(exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\) or .*options_chain/,
    );
  });

  it("refuses a file whose columns are in another order, instead of reading by position", async () => {
    const swapped = TRADES.replace("price,amount", "amount,price");
    await expect(read("x_trades.csv", swapped)).rejects.toThrow("unknown header");
  });

  it("refuses a file without a line", async () => {
    await expect(
      tardis.createReader({}).read(fileOf("t.csv", ""), memorySink().sink),
    ).rejects.toThrow("t.csv: the file holds no line");
  });

  it("accounts for every line: header, its repetition, blank lines, bad rows, and CRLF line ends", async () => {
    const memory = memorySink();
    const text = [
      TRADES,
      `bitmex,XBTUSD,${AT},a,sell,8531.5,1`,
      "",
      TRADES,
      `bitmex,XBTUSD,${AT},b,sell,8531.5`,
      `bitmex,XBTUSD,${AT},c,sell,8531.5,2,3`,
      "",
      "",
    ].join("\r\n");
    await tardis.createReader({}).read(fileOf("bitmex_trades.csv", text), memory.sink);
    expect(memory.of("trades")).toHaveLength(1);
    expect(memory.skipped.map(({ line, reason }) => `${line.number} ${reason}`)).toEqual([
      "1 header",
      "3 blank line",
      "4 repeated header",
      "7 blank line",
    ]);
    expect(memory.quarantined.map(({ line, reason }) => `${line.number} ${reason}`)).toEqual([
      "5 7 columns, not 8",
      "6 9 columns, not 8",
    ]);
  });

  it("names venues as everywhere here and keeps names that it does not know", async () => {
    const exchanges = ["binance", "binance-futures", "binance-delivery", "okex-swap", "deribit"];
    const memory = await read(
      "trades.csv",
      TRADES,
      ...exchanges.map((exchange) => `${exchange},X,${AT},1,buy,1,1`),
      `kraken,XBT/USD,${AT},1,buy,1,1`,
    );
    expect(memory.rows.map(({ venue, symbol }) => `${venue}:${symbol}`)).toEqual([
      "binance:X",
      "binance-usdm:X",
      "binance-coinm:X",
      "okex-swap:X",
      "deribit:X",
      "kraken:XBT-USD",
    ]);
  });

  it("quarantines names that are no names, and times in another unit than µs", async () => {
    const memory = await read(
      "trades.csv",
      TRADES,
      `Binance,X,${AT},1,buy,1,1`,
      `binance,../X,${AT},1,buy,1,1`,
      `binance,,${AT},1,buy,1,1`,
      "binance,X,1583020803145000,1583020803307,1,buy,1,1",
      "binance,X,1583020803145000,1583020803307160000,1,buy,1,1",
      "binance,X,1583020803145000,,1,buy,1,1",
    );
    expect(reasons(memory)).toEqual([
      'column exchange: "Binance" is not the id of an exchange',
      'column symbol: "../X" is not the name of an instrument',
      'column symbol: "" is not the name of an instrument',
      'column local_timestamp: "1583020803307" is not a time in whole µs after 1973',
      'column local_timestamp: "1583020803307160000" is not a time in whole µs after 1973',
      'column local_timestamp: "" is not a time in whole µs after 1973',
    ]);
  });

  it("leaves the venue's clock absent where it is empty, and notes where Tardis put its own", async () => {
    const memory = await read(
      "liquidations.csv",
      TRADES,
      "bitmex,XBTUSD,,1583020803307160,1,buy,1,1",
      "bitmex,XBTUSD,1583020803307160,1583020803307160,1,buy,1,1",
    );
    expect(memory.of("liquidations").map((row) => row.tsEvent)).toEqual([
      undefined,
      1_583_020_803_307_160,
    ]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "liquidations bitmex:XBTUSD eventTimeIsLocal": 1,
    });
  });
});

describe("tardis trades and liquidations", () => {
  it("reads the aggressor's side, unknown included, and exact prices and sizes", async () => {
    const memory = await read(
      "binance-futures_trades_2020-03-01_BTCUSDT.csv.gz",
      TRADES,
      `binance-futures,BTCUSDT,${AT},42377944,buy,9682,0.132`,
      `binance-futures,BTCUSDT,${AT},42377945,sell,9681.99,1e-3`,
      `binance-futures,BTCUSDT,${AT},,unknown,9682.10,0`,
    );
    expect(memory.of("trades")).toEqual([
      {
        ...CLOCKS,
        line: 2,
        tradeId: "42377944",
        side: BUY,
        price: decimal("9682"),
        size: decimal("0.132"),
      },
      {
        ...CLOCKS,
        line: 3,
        tradeId: "42377945",
        side: SELL,
        price: decimal("9681.99"),
        size: decimal("0.001"),
      },
      {
        ...CLOCKS,
        line: 4,
        tradeId: undefined,
        side: NO_SIDE,
        price: decimal("9682.1"),
        size: decimal("0"),
      },
    ]);
  });

  it("quarantines what is no side, price or size, naming the column and the text", async () => {
    const memory = await read(
      "trades.csv",
      TRADES,
      `bitmex,XBTUSD,${AT},1,Buy,1,1`,
      `bitmex,XBTUSD,${AT},1,toString,1,1`,
      `bitmex,XBTUSD,${AT},1,buy,NaN,1`,
      `bitmex,XBTUSD,${AT},1,buy,1,`,
      `bitmex,XBTUSD,${AT},1,buy,1,-2`,
    );
    expect(reasons(memory)).toEqual([
      'column side: "Buy" is not one of buy, sell, unknown',
      'column side: "toString" is not one of buy, sell, unknown',
      'column price: "NaN" is not a decimal number of at most 18 decimals that fits 2^53',
      'column amount: "" is not a decimal number of at most 18 decimals that fits 2^53',
      'column amount: "-2" is not a size of zero or more',
    ]);
  });

  it("keeps the side of the forced order and says what the price is on each venue", async () => {
    const memory = await read(
      "liquidations_2021-05-19.csv",
      TRADES,
      `binance-futures,BTCUSDT,${AT},,sell,30000.5,1.5`,
      `bybit,BTCUSD,${AT},1,buy,30000.5,100`,
      `okex-swap,BTC-USD-SWAP,${AT},1,sell,30000.5,3`,
      `deribit,BTC-PERPETUAL,${AT},1,sell,30000.5,10`,
      `bitfinex-derivatives,BTCF0,${AT},1,sell,30000.5,10`,
      `bitmex,XBTUSD,${AT},1,unknown,30000.5,10`,
    );
    expect(memory.of("liquidations")[0]).toEqual({
      ...CLOCKS,
      line: 2,
      liquidationId: undefined,
      side: SELL,
      price: decimal("30000.5"),
      size: decimal("1.5"),
      method: METHOD_MARKET,
      priceKind: PRICE_LIMIT,
    });
    expect(memory.of("liquidations").map((row) => row.priceKind)).toEqual([
      PRICE_LIMIT,
      PRICE_BANKRUPTCY,
      PRICE_BANKRUPTCY,
      PRICE_FILL,
      PRICE_FILL,
    ]);
    expect([...memory.notes.keys()]).toEqual([
      "liquidations bitfinex-derivatives:BTCF0 priceKindAssumed",
    ]);
    expect(reasons(memory)).toEqual(['column side: "unknown" is not one of buy, sell']);
  });

  it("refuses to guess between trades and liquidations, which have the same columns", async () => {
    await expect(read("2021-05-19.csv", TRADES)).rejects.toThrow(
      "the columns are those of both trades and liquidations",
    );
    await expect(read("trades_and_liquidations.csv", TRADES)).rejects.toThrow(DataError);
  });

  it.each([
    ["tardis_binance-futures_BTCUSDT_trades_20200222.csv.gz", "trades"],
    ["bitmex_trades_XBTUSD.csv", "trades"],
    ["binance-trades.csv", "trades"],
    ["binance-futures_trades_2025-10-10_LIQUIDATIONSUSDT.csv.gz", "trades"],
    ["binance-futures_liquidations_2025-10-10_TRADEUSDT.csv.gz", "liquidations"],
    ["binance-futures_liquidations_2025-10-10_TRADES-USDT.csv.gz", "liquidations"],
  ])("takes %s for %s, whatever letters its symbol has", async (name, stream) => {
    const memory = await read(name, TRADES, `binance-futures,X,${AT},1,buy,1,1`);
    expect(memory.rows.map((row) => row.stream)).toEqual([stream]);
  });

  it.each([
    "binance_2025-10-10_TRADEUSDT.csv",
    "binance_mytrades_XBTUSD.csv",
    "bitmex_liquidations_trades_XBTUSD.csv",
  ])("refuses %s, whose name has no or two types", async (name) => {
    await expect(read(name, TRADES)).rejects.toThrow(
      "the columns are those of both trades and liquidations",
    );
  });

  it("reads symbols in any script and with a leading @", async () => {
    const memory = await read(
      "trades.csv",
      TRADES,
      `binance,币安人生USDT,${AT},1,buy,1,1`,
      `hyperliquid,@107,${AT},1,buy,1,1`,
    );
    expect(reasons(memory)).toEqual([]);
    expect(memory.rows.map(({ symbol }) => symbol)).toEqual(["币安人生USDT", "@107"]);
  });
});

describe("tardis quotes and derivative tickers", () => {
  it("reads quotes of one side, of none, and keeps ask and bid apart", async () => {
    const memory = await read(
      "huobi-dm-swap_book_ticker_BTC-USD.csv",
      QUOTES,
      `huobi-dm-swap,BTC-USD,${AT},5494,8629.3,8629.2,806`,
      `huobi-dm-swap,BTC-USD,${AT},,,8629.2,806`,
      `huobi-dm-swap,BTC-USD,${AT},5,8629.3,8629.2,0`,
      `huobi-dm-swap,BTC-USD,${AT},,,,`,
      `huobi-dm-swap,BTC-USD,${AT},,8629.3,,`,
    );
    const absent = { askPrice: undefined, askSize: undefined };
    expect(memory.of("quotes", "huobi-dm-swap:BTC-USD")).toMatchObject([
      {
        ...CLOCKS,
        bidPrice: decimal("8629.2"),
        bidSize: decimal("806"),
        askPrice: decimal("8629.3"),
        askSize: decimal("5494"),
      },
      { bidPrice: decimal("8629.2"), bidSize: decimal("806"), ...absent },
      { bidPrice: undefined, bidSize: undefined, askPrice: decimal("8629.3") },
      { bidPrice: undefined, bidSize: undefined, ...absent },
    ]);
    expect(reasons(memory)).toEqual(['column ask_amount: "" is not a size']);
  });

  it("refuses a venue's own quotes and those derived from its book in one ingest", async () => {
    const memory = memorySink();
    const reader = tardis.createReader({});
    const readQuotes = (name: string, symbol: string): Promise<void> =>
      reader.read(fileOf(name, `${QUOTES}\nbinance,${symbol},${AT},1,2,1,1\n`), memory.sink);
    await readQuotes("binance_quotes_2025-10-10_BTCUSDT.csv.gz", "BTCUSDT");
    await readQuotes("binance_quotes_2025-10-11_BTCUSDT.csv.gz", "BTCUSDT");
    await readQuotes("binance_book_ticker_2025-10-10_ETHUSDT.csv.gz", "ETHUSDT");
    await readQuotes("2025-10-12.csv.gz", "BTCUSDT");
    await expect(
      readQuotes("binance_book_ticker_2025-10-10_BTCUSDT.csv.gz", "BTCUSDT"),
    ).rejects.toThrow(
      "binance_book_ticker_2025-10-10_BTCUSDT.csv.gz: book_ticker of binance:BTCUSDT, whose rows of quotes are already read from quotes",
    );
    expect(memory.of("quotes")).toHaveLength(4);
  });

  it("quarantines measured numbers that are beyond a double", async () => {
    const memory = await read(
      "ticker.csv",
      TICKER,
      `bitmex,XBTUSD,${AT},,1e999,,,,9500.0,`,
      `bitmex,XBTUSD,${AT},,,,,,-1e999,`,
      `bitmex,XBTUSD,${AT},,1e-999,,,,9500.0,`,
    );
    expect(memory.of("tickers").map((row) => row.fundingRate)).toEqual([0]);
    expect(reasons(memory)).toEqual([
      'column funding_rate: "1e999" is not a number',
      'column index_price: "-1e999" is not a number',
    ]);
  });

  it("reads tickers, absent where a cell is empty and 0 where it says 0", async () => {
    const memory = await read(
      "ticker.csv",
      TICKER,
      `bitmex,XBTUSD,${AT},1583020800000000,0.0001,0.00012,1000000,9500.5,9500.0,9500.25`,
      `bitmex,XBTUSD,${AT},,0,,,,9500.0,`,
      `bitmex,XBTUSD,${AT},1583020800000,0,,,,9500.0,`,
      `bitmex,XBTUSD,${AT},,0x10,,,,9500.0,`,
    );
    expect(memory.of("tickers")).toEqual([
      {
        ...CLOCKS,
        line: 2,
        fundingTime: 1_583_020_800_000_000,
        fundingRate: 0.0001,
        predictedFundingRate: 0.00012,
        openInterest: 1_000_000,
        lastPrice: 9500.5,
        indexPrice: 9500,
        markPrice: 9500.25,
      },
      { ...CLOCKS, line: 3, fundingRate: 0, indexPrice: 9500 },
    ]);
    expect(reasons(memory)).toEqual([
      'column funding_timestamp: "1583020800000" is not a time in whole µs after 1973',
      'column funding_rate: "0x10" is not a number',
    ]);
  });
});

describe("tardis book snapshots", () => {
  const row = (cells: string): string => `deribit,BTC-PERPETUAL,${AT},${cells}`;
  const flagsOf = (memory: MemorySink): number[] => memory.of("book").map(({ flags }) => flags);

  it("makes each line one message that replaces the book, skipping empty levels", async () => {
    const memory = await read(
      "deribit_book_snapshot_5.csv",
      DEPTH,
      row(`101,1,100,2,102,3,99.5,4${",".repeat(12)}`),
    );
    expect(memory.of("book").map(({ side, price, size }) => ({ side, price, size }))).toEqual([
      { side: BUY, price: decimal("100"), size: decimal("2") },
      { side: SELL, price: decimal("101"), size: decimal("1") },
      { side: BUY, price: decimal("99.5"), size: decimal("4") },
      { side: SELL, price: decimal("102"), size: decimal("3") },
    ]);
    expect(flagsOf(memory)).toEqual([
      SNAPSHOT | SNAPSHOT_START,
      SNAPSHOT,
      SNAPSHOT,
      SNAPSHOT | MESSAGE_END,
    ]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      "book deribit:BTC-PERPETUAL depthLimited": 1,
    });
  });

  it("keeps a one-sided snapshot one-sided", async () => {
    const memory = await read("a.csv", DEPTH, row(`101,1,,,102,3,,${",".repeat(12)}`));
    expect(memory.of("book").map(({ side }) => side)).toEqual([SELL, SELL]);
    expect(flagsOf(memory)).toEqual([SNAPSHOT | SNAPSHOT_START, SNAPSHOT | MESSAGE_END]);
  });

  it("turns an empty snapshot into one row without a level, so that the book is emptied", async () => {
    const memory = await read("a.csv", DEPTH, row(",".repeat(19)));
    expect(memory.of("book")).toEqual([
      {
        ...CLOCKS,
        line: 2,
        side: NO_SIDE,
        price: decimal("0"),
        size: decimal("0"),
        flags: SNAPSHOT | SNAPSHOT_START | MESSAGE_END,
      },
    ]);
  });

  it("quarantines the whole snapshot when one level is half or bad", async () => {
    const memory = await read(
      "a.csv",
      DEPTH,
      row(`101,,100,2${",".repeat(16)}`),
      row(`101,1,1O0,2${",".repeat(16)}`),
    );
    expect(memory.rows).toEqual([]);
    expect(reasons(memory)).toEqual([
      'column asks[0].amount: "" is not a size',
      'column bids[0].price: "1O0" is not a decimal number of at most 18 decimals that fits 2^53',
    ]);
  });
});
