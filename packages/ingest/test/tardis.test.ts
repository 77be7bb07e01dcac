import { describe, expect, it } from "vitest";
import {
  BUY,
  CALL,
  DataError,
  MESSAGE_END,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  PRICE_LIMIT,
  PUT,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import { tardis } from "../src/sources/tardis.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const TRADES = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
const QUOTES =
  "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount";
const TICKER =
  "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price";
const OPTIONS =
  "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho";
const LEVELS = Array.from(
  { length: 5 },
  (_, i) => `asks[${i}].price,asks[${i}].amount,bids[${i}].price,bids[${i}].amount`,
).join(",");
const DEPTH = `exchange,symbol,timestamp,local_timestamp,${LEVELS}`;

const AT = "1583020803145000,1583020803307160";
const CLOCKS = { tsEvent: 1_583_020_803_145_000, tsRecv: 1_583_020_803_307_160 };

async function read(name: string, ...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  await tardis.createReader().read(fileOf(name, `${lines.join("\n")}\n`), memory.sink);
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
      tardis.createReader().read(fileOf("t.csv", ""), memorySink().sink),
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
    await tardis.createReader().read(fileOf("bitmex_trades.csv", text), memory.sink);
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
      'column price: "NaN" is not a decimal number that fits 2^53',
      'column amount: "" is not a decimal number that fits 2^53',
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
      'column bids[0].price: "1O0" is not a decimal number that fits 2^53',
    ]);
  });
});

describe("tardis options_chain", () => {
  const put = (recv: number, symbol = "BTC-9JUN20-9875-P"): string =>
    `deribit,${symbol},1591574399413000,${recv},put,9875,1591689600000000,0.1,0.0295,0.0205,15.1,55.91,0.0235,15.2,68.94,0.02210436,62.89,SYN.BTC-9JUN20,9756.36,-0.61752,0.00103,2.24964,-53.05655,-0.22796`;

  it("reads an update of one option into the chain of its coin, volatilities as fractions", async () => {
    const memory = await read("options.csv", OPTIONS, put(1_591_574_400_196_008));
    expect(memory.of("options", "deribit:BTC-OPTIONS")).toEqual([
      {
        tsEvent: 1_591_574_399_413_000,
        tsRecv: 1_591_574_400_196_008,
        line: 2,
        optionSymbol: "BTC-9JUN20-9875-P",
        right: PUT,
        strike: 9875,
        expiry: 1_591_689_600_000_000,
        openInterest: 0.1,
        lastPrice: 0.0295,
        bidPrice: decimal("0.0205"),
        bidSize: decimal("15.1"),
        bidIv: 0.5591,
        askPrice: decimal("0.0235"),
        askSize: decimal("15.2"),
        askIv: 0.6894,
        markPrice: 0.02210436,
        markIv: 0.6289,
        underlying: "SYN.BTC-9JUN20",
        underlyingPrice: 9756.36,
        delta: -0.61752,
        gamma: 0.00103,
        vega: 2.24964,
        theta: -53.05655,
        rho: -0.22796,
        flags: MESSAGE_END,
      },
    ]);
  });

  it("ends a message with the last line of a local_timestamp, each coin for itself", async () => {
    const memory = await read(
      "options.csv",
      OPTIONS,
      put(1_591_574_400_000_001),
      put(1_591_574_400_000_001, "ETH-9JUN20-250-P"),
      put(1_591_574_400_000_001, "BTC-9JUN20-9000-P"),
      put(1_591_574_400_000_002, "BTC_USDC-9JUN20-9000-P"),
      put(1_591_574_400_000_002),
    );
    const flags = (id: string): number[] => memory.of("options", id).map((row) => row.flags);
    expect(flags("deribit:BTC-OPTIONS")).toEqual([0, MESSAGE_END, MESSAGE_END]);
    expect(flags("deribit:ETH-OPTIONS")).toEqual([MESSAGE_END]);
    expect(flags("deribit:BTC_USDC-OPTIONS")).toEqual([MESSAGE_END]);
  });

  it("takes a price of 0 or an empty one for no quote, and counts sizes that stand alone", async () => {
    const cells = "call,300,1591689600000000,8.0,,0,0,0.0,,2.5,68.12,0.056,66.12,,,,,,,";
    const memory = await read(
      "options.csv",
      OPTIONS,
      `deribit,ETH-9JUN20-300-C,1591574408454000,1591574407473112,${cells}`,
    );
    const [row] = memory.of("options", "deribit:ETH-OPTIONS");
    expect(row).toMatchObject({ right: CALL, markIv: 0.6612 });
    for (const column of [
      "bidPrice",
      "bidSize",
      "bidIv",
      "askPrice",
      "askSize",
      "askIv",
      "delta",
    ]) {
      expect(row).toHaveProperty(column, undefined);
    }
    expect(Object.fromEntries(memory.notes)).toEqual({
      "options deribit:ETH-OPTIONS sizeWithoutPrice": 1,
    });
  });

  it("leaves volatilities of venues that send fractions as they are", async () => {
    const line = put(1_591_574_400_000_001)
      .replace("deribit", "okex-options")
      .replace("55.91", "0.5591");
    const memory = await read("options.csv", OPTIONS, line);
    expect(memory.of("options", "okex-options:BTC-OPTIONS")[0]?.bidIv).toBe(0.5591);
  });

  it("quarantines a right that is neither call nor put, and a name without a coin", async () => {
    const memory = await read(
      "options.csv",
      OPTIONS,
      put(1_591_574_400_000_001).replace(",put,", ",P,"),
      put(1_591_574_400_000_001, "BTCUSD"),
    );
    expect(reasons(memory)).toEqual([
      'column type: "P" is not one of call, put',
      `column symbol: "BTCUSD" is not an option's name such as BTC-9JUN20-9875-P`,
    ]);
  });
});
