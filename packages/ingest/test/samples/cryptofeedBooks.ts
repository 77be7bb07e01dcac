import { cryptofeed } from "../../src/sources/cryptofeed/cryptofeed.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[]): Sample => ({
  source: cryptofeed,
  name,
  content: `${lines.join("\n")}\n`,
});

/** A line of a stream, so many seconds after the connection. */
const at = (seconds: number, message: unknown): string =>
  `${1_700_000_000 + seconds}.25: ${typeof message === "string" ? message : JSON.stringify(message)}`;
const opened = (url: string): string => `${url} <-> 1700000000.125`;

const OKX_BOOK = { channel: "books-l2-tbt", instId: "ABC-USDT-SWAP" };

/** What an option's ticker says beside its prices. */
const GREEKS = { vega: 12.5, theta: -3.25, rho: 0.5, gamma: 0.00025, delta: 0.625 };

/** A small capture of each venue whose books carry ids or checksums, good to the last digit. */
export const samples: readonly Sample[] = [
  sample("KRAKEN.ws.1.0", [
    'configuration: {"l2_book":["ABC-XYZ"]}',
    opened("wss://ws.kraken.com"),
    'wss://ws.kraken.com <- 1700000000.2: {"event":"subscribe","pair":["ABC/XYZ"]}',
    at(1, { event: "heartbeat" }),
    at(1, [
      7,
      {
        as: [
          ["0.05010", "12.50000000", "1699999990.000001"],
          ["0.05020", "0.75000000", "1699999991.000002"],
        ],
        bs: [
          ["0.05000", "500.00000000", "1699999992.000003"],
          ["0.04990", "0.00000005", "1699999980.000004"],
        ],
      },
      "book-10",
      "ABC/XYZ",
    ]),
    at(2, [
      7,
      { b: [["0.05005", "3.00000000", "1700000002.000005"]], c: "3291585815" },
      "book-10",
      "ABC/XYZ",
    ]),
    at(3, [
      7,
      {
        a: [
          ["0.05010", "0.00000000", "1700000003.000006"],
          ["0.05030", "1.00000000", "1699999000.000000", "r"],
        ],
      },
      { b: [["0.05006", "1.00000000", "1700000003.000005"]], c: "4102590814" },
      "book-10",
      "ABC/XYZ",
    ]),
    at(4, [
      8,
      [
        ["0.05006", "1.00000000", "1700000004.000001", "s", "m", ""],
        ["0.05005", "0.50000000", "1700000004.000002", "s", "m", ""],
      ],
      "trade",
      "ABC/XYZ",
    ]),
    at(5, [
      9,
      ["0.05005", "0.05020", "1700000005.000001", "2.50000000", "0.75000000"],
      "spread",
      "ABC/XYZ",
    ]),
    at(6, [
      10,
      {
        a: ["0.05020", 0, "0.75000000"],
        b: ["0.05005", 2, "2.50000000"],
        c: ["0.05005", "0.50000000"],
      },
      "ticker",
      "ABC/XYZ",
    ]),
  ]),
  sample("KRAKEN_FUTURES.ws.1.0", [
    opened("wss://futures.kraken.com/ws/v1"),
    at(1, { event: "info", version: 1 }),
    at(1, {
      feed: "book_snapshot",
      product_id: "PI_ABCUSD",
      timestamp: 1_700_000_001_001,
      seq: 40,
      tickSize: null,
      bids: [{ price: 10.5, qty: 100.0 }],
      asks: [{ price: 11, qty: 250.0 }],
    }),
    at(2, {
      feed: "book",
      product_id: "PI_ABCUSD",
      side: "sell",
      seq: 41,
      price: 11,
      qty: 0.0,
      timestamp: 1_700_000_002_001,
    }),
    at(3, {
      feed: "trade",
      product_id: "PI_ABCUSD",
      uid: "u-1",
      side: "sell",
      type: "liquidation",
      seq: 9,
      time: 1_700_000_003_001,
      qty: 20,
      price: 10.5,
    }),
    at(4, {
      feed: "ticker",
      time: 1_700_000_004_001,
      product_id: "PI_ABCUSD",
      bid: 10.5,
      ask: 11.5,
      bid_size: 100,
      ask_size: 7,
      index: 10.9,
      last: 10.5,
      openInterest: 12345,
      markPrice: 10.95,
      funding_rate: 0.00001,
      relative_funding_rate: -0.0001,
      relative_funding_rate_prediction: 0.0002,
      next_funding_rate_time: 1_700_006_400_000,
    }),
    at(5, { feed: "ticker_lite", product_id: "FI_ABCUSD_231229", bid: 10.5, ask: 11.5 }),
  ]),
  sample("OKX.ws.1.0", [
    opened("wss://ws.okx.com:8443/ws/v5/public"),
    at(1, { event: "subscribe", arg: OKX_BOOK }),
    at(1, {
      arg: OKX_BOOK,
      action: "snapshot",
      data: [
        {
          bids: [
            ["99.5", "3", "0", "1"],
            ["99", "10", "0", "2"],
          ],
          asks: [
            ["100", "2", "0", "1"],
            ["100.5", "7.25", "0", "3"],
          ],
          ts: "1700000001001",
          checksum: -661299956,
        },
      ],
    }),
    at(2, {
      arg: OKX_BOOK,
      action: "update",
      data: [
        {
          bids: [["99.5", "0", "0", "0"]],
          asks: [["100", "4", "0", "2"]],
          ts: "1700000002001",
          checksum: 1180041682,
        },
      ],
    }),
    at(3, {
      arg: { channel: "trades", instId: "ABC-USDT-SWAP" },
      data: [
        {
          instId: "ABC-USDT-SWAP",
          tradeId: "77",
          px: "100",
          sz: "1",
          side: "buy",
          ts: "1700000003001",
        },
      ],
    }),
    at(4, {
      arg: { channel: "tickers", instId: "ABC-USDT-SWAP" },
      data: [
        {
          instId: "ABC-USDT-SWAP",
          last: "100",
          askPx: "100",
          askSz: "3",
          bidPx: "",
          bidSz: "",
          ts: "1700000004001",
        },
      ],
    }),
    at(5, {
      arg: { channel: "funding-rate", instId: "ABC-USDT-SWAP" },
      data: [
        {
          instId: "ABC-USDT-SWAP",
          fundingRate: "0.0001",
          nextFundingRate: "",
          fundingTime: "1700006400000",
        },
      ],
    }),
    at(6, {
      arg: { channel: "liquidation-orders", instType: "SWAP" },
      data: [
        {
          instId: "ABC-USDT-SWAP",
          details: [{ side: "sell", posSide: "long", bkPx: "98.5", sz: "40", ts: "1700000005999" }],
        },
      ],
    }),
  ]),
  sample("FTX.ws.1.0", [
    opened("wss://ftx.com/ws/"),
    at(
      1,
      '{"channel": "orderbook", "market": "ABC/USD", "type": "partial", "data": {"time": 1700000001.0625, "checksum": 3241392475, "bids": [[28.0, 5.5], [5.825e-05, 85800.0]], "asks": [[28.5, 1.0]], "action": "partial"}}',
    ),
    at(
      2,
      '{"channel": "orderbook", "market": "ABC/USD", "type": "update", "data": {"time": 1700000002.0625, "checksum": 2215747403, "bids": [[28.25, 2.0]], "asks": [], "action": "update"}}',
    ),
    at(
      3,
      '{"channel": "trades", "market": "ABC/USD", "type": "update", "data": [{"id": 501, "price": 28.5, "size": 0.25, "side": "buy", "liquidation": true, "time": "2023-11-14T22:13:23.000001+00:00"}]}',
    ),
    at(
      4,
      '{"channel": "ticker", "market": "ABC/USD", "type": "update", "data": {"bid": 28.25, "ask": 28.5, "bidSize": 2.0, "askSize": 0.75, "last": 28.5, "time": 1700000004.0625}}',
    ),
  ]),
  sample("DERIBIT.ws.1.0", [
    opened("wss://www.deribit.com/ws/api/v2"),
    at(1, { jsonrpc: "2.0", id: 0, result: ["book.ABC-24SEP21-8000-P.raw"] }),
    at(1, {
      jsonrpc: "2.0",
      method: "subscription",
      params: {
        channel: "book.ABC-24SEP21-8000-P.raw",
        data: {
          type: "snapshot",
          timestamp: 1_700_000_001_001,
          instrument_name: "ABC-24SEP21-8000-P",
          change_id: 500,
          bids: [["new", 0.0005, 10.0]],
          asks: [["new", 0.001, 2.5]],
        },
      },
    }),
    at(2, {
      jsonrpc: "2.0",
      method: "subscription",
      params: {
        channel: "book.ABC-24SEP21-8000-P.raw",
        data: {
          type: "change",
          timestamp: 1_700_000_002_001,
          prev_change_id: 500,
          instrument_name: "ABC-24SEP21-8000-P",
          change_id: 503,
          bids: [["delete", 0.0005, 0.0]],
          asks: [["change", 0.001, 3.5]],
        },
      },
    }),
    at(3, {
      jsonrpc: "2.0",
      method: "subscription",
      params: {
        channel: "ticker.ABC-24SEP21-8000-P.raw",
        data: {
          underlying_price: 9000.5,
          underlying_index: "ABC-24SEP21",
          timestamp: 1_700_000_003_001,
          open_interest: 12.5,
          mark_price: 0.00075,
          mark_iv: 80.5,
          last_price: null,
          instrument_name: "ABC-24SEP21-8000-P",
          index_price: 8999.75,
          greeks: GREEKS,
          bid_iv: 0.0,
          best_bid_price: 0.0,
          best_bid_amount: 0.0,
          ask_iv: 90.25,
          best_ask_price: 0.001,
          best_ask_amount: 3.5,
        },
      },
    }),
    at(4, {
      jsonrpc: "2.0",
      method: "subscription",
      params: {
        channel: "trades.ABC-PERPETUAL.raw",
        data: [
          {
            trade_seq: 1,
            trade_id: "T-1",
            timestamp: 1_700_000_004_001,
            price: 9000.5,
            instrument_name: "ABC-PERPETUAL",
            direction: "buy",
            amount: 100.0,
            liquidation: "M",
          },
        ],
      },
    }),
  ]),
  sample("BITMEX.ws.1.0", [
    opened("wss://www.bitmex.com/realtime"),
    at(1, { info: "Welcome", version: "x" }),
    at(1, {
      table: "orderBookL2",
      action: "partial",
      filter: { symbol: "ABCM23" },
      data: [
        { symbol: "ABCM23", id: 9001, side: "Sell", size: 300, price: 101.5 },
        { symbol: "ABCM23", id: 9002, side: "Buy", size: 200, price: 100.5 },
      ],
    }),
    at(2, {
      table: "orderBookL2",
      action: "insert",
      data: [{ symbol: "ABCM23", id: 9003, side: "Buy", size: 50, price: 101 }],
    }),
    at(3, {
      table: "orderBookL2",
      action: "update",
      data: [{ symbol: "ABCM23", id: 9002, side: "Buy", size: 75 }],
    }),
    at(4, {
      table: "orderBookL2",
      action: "delete",
      data: [{ symbol: "ABCM23", id: 9001, side: "Sell" }],
    }),
    at(5, {
      table: "trade",
      action: "insert",
      data: [
        {
          timestamp: "2023-11-14T22:13:25.125Z",
          symbol: "ABCM23",
          side: "Sell",
          size: 25,
          price: 101,
          trdMatchID: "m-1",
        },
      ],
    }),
    at(6, {
      table: "quote",
      action: "insert",
      data: [
        {
          timestamp: "2023-11-14T22:13:26.125Z",
          symbol: "ABCM23",
          bidSize: 50,
          bidPrice: 101,
          askPrice: null,
          askSize: null,
        },
      ],
    }),
    at(7, {
      table: "liquidation",
      action: "insert",
      data: [{ orderID: "o-1", symbol: "ABCM23", side: "Sell", price: 99.5, leavesQty: 1200 }],
    }),
    at(8, {
      table: "instrument",
      action: "update",
      data: [
        {
          symbol: "ABCM23",
          markPrice: 100.75,
          openInterest: 5000,
          timestamp: "2023-11-14T22:13:28.125Z",
        },
      ],
    }),
  ]),
  sample("BINANCE_DELIVERY.http.0.0", [
    `https://dapi.binance.com/dapi/v1/depth?symbol=ABCUSD_PERP&limit=1000 -> 1700000001.25: ${JSON.stringify(
      {
        lastUpdateId: 1000,
        E: 1_700_000_001_002,
        T: 1_700_000_001_001,
        symbol: "ABCUSD_PERP",
        pair: "ABCUSD",
        bids: [["10.5", "100"]],
        asks: [["11.0", "250"]],
      },
    )}`,
  ]),
  sample("BINANCE_FUTURES.ws.1.0", [
    opened("wss://fstream.binance.com/stream?streams=abcusdt@depth@100ms"),
    at(0, {
      stream: "abcusdt@depth@100ms",
      data: {
        e: "depthUpdate",
        E: 1_700_000_000_203,
        T: 1_700_000_000_201,
        s: "ABCUSDT",
        U: 990,
        u: 995,
        pu: 980,
        b: [["10.4", "1"]],
        a: [],
      },
    }),
    `https://fapi.binance.com/fapi/v1/depth?symbol=ABCUSDT&limit=1000 -> 1700000001.25: ${JSON.stringify(
      {
        lastUpdateId: 1000,
        E: 1_700_000_001_002,
        T: 1_700_000_001_001,
        bids: [["10.5", "100"]],
        asks: [["11.0", "250"]],
      },
    )}`,
    at(2, {
      stream: "abcusdt@depth@100ms",
      data: {
        e: "depthUpdate",
        E: 1_700_000_002_003,
        T: 1_700_000_002_001,
        s: "ABCUSDT",
        U: 999,
        u: 1005,
        pu: 995,
        b: [["10.5", "0"]],
        a: [["11.0", "260"]],
      },
    }),
    at(3, {
      stream: "abcusdt@aggTrade",
      data: {
        e: "aggTrade",
        E: 1_700_000_003_003,
        T: 1_700_000_003_001,
        s: "ABCUSDT",
        a: 71,
        p: "11.0",
        q: "4",
        f: 100,
        l: 101,
        m: false,
      },
    }),
  ]),
];
