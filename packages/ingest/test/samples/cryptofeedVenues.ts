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

/** A level of Bybit's USDT contracts: ids and sizes as that feed writes them. */
const bybitLevel = (price: string, side: "Buy" | "Sell", size?: number): object => ({
  price,
  symbol: "ABCUSDT",
  id: price.replace(".", ""),
  side,
  ...(size === undefined ? {} : { size }),
});

const bybitDelta = (seconds: number, sequence: number, data: object): string =>
  at(seconds, {
    topic: "orderBookL2_25.ABCUSDT",
    type: "delta",
    data: { delete: [], update: [], insert: [], ...data },
    cross_seq: String(sequence),
    timestamp_e6: String((1_700_000_000 + seconds) * 1_000_000 + 1_500),
  });

const DYDX = { connection_id: "c-1", id: "ABC-USD" };
const PHEMEX_BOOK = { depth: 30, symbol: "sABCUSDT" };
const BIT_COM_OPTION = {
  instrument_id: "ABC-24NOV23-5000-C",
  time: 1_700_000_003_001,
  best_bid: "0.01250000",
  best_bid_qty: "3.00000000",
  best_ask: "",
  best_ask_qty: "",
  bid_sigma: "0.75000000",
  ask_sigma: "",
  last_price: "",
  open_interest: "12.50000000",
  underlying_name: "ABC-24NOV23",
  underlying_price: "4800.50000000",
  mark_price: "0.01300000",
  sigma: "0.81250000",
  delta: "0.37500000",
  vega: "2.25000000",
  theta: "-9.50000000",
  gamma: "0.00062500",
};

/** A small capture of each venue that numbers its messages in another way than by book, or not at all. */
export const samples: readonly Sample[] = [
  sample("BYBIT.ws.1.0", [
    opened("wss://stream.bybit.com/realtime_public"),
    'wss://stream.bybit.com/realtime_public <- 1700000000.2: {"op":"subscribe","args":["trade.ABCUSDT"]}',
    at(1, { success: true, ret_msg: "", conn_id: "x", request: { op: "subscribe", args: [] } }),
    at(1, {
      topic: "orderBookL2_25.ABCUSDT",
      type: "snapshot",
      data: {
        order_book: [
          bybitLevel("9.95", "Buy", 12.5),
          bybitLevel("10.00", "Buy", 642.60004),
          bybitLevel("10.05", "Sell", 7),
        ],
      },
      cross_seq: "100",
      timestamp_e6: "1700000001001000",
    }),
    bybitDelta(2, 104, {
      delete: [bybitLevel("9.95", "Buy")],
      update: [bybitLevel("10.05", "Sell", 8.25)],
      insert: [bybitLevel("10.10", "Sell", 3)],
    }),
    at(3, {
      topic: "trade.ABCUSDT",
      data: [
        {
          symbol: "ABCUSDT",
          tick_direction: "PlusTick",
          price: "10.05",
          size: 0.5,
          timestamp: "2023-11-14T22:13:23.000Z",
          trade_time_ms: "1700000003123",
          side: "Sell",
          trade_id: "t-1",
        },
      ],
    }),
    at(4, {
      topic: "liquidation.ABCUSDT",
      data: { symbol: "ABCUSDT", side: "Buy", price: "9.50", qty: "25", time: 1700000004001 },
    }),
  ]),
  sample("BITFINEX-1.0", [
    opened("wss://api.bitfinex.com/ws/2"),
    at(1, { event: "info", version: 2, serverId: "x", platform: { status: 1 } }),
    at(1, { event: "conf", status: "OK", flags: 65536 }),
    at(1, {
      event: "subscribed",
      channel: "book",
      chanId: 1,
      symbol: "tABCUSD",
      prec: "P0",
      pair: "ABCUSD",
    }),
    at(1, {
      event: "subscribed",
      channel: "book",
      chanId: 2,
      symbol: "tABC:DEF",
      prec: "R0",
      pair: "ABC:DEF",
    }),
    at(1, { event: "subscribed", channel: "trades", chanId: 3, symbol: "tABCUSD", pair: "ABCUSD" }),
    at(1, { event: "subscribed", channel: "ticker", chanId: 4, symbol: "tABCUSD", pair: "ABCUSD" }),
    at(2, [
      1,
      [
        [10.5, 2, 30],
        [10.25, 1, 0.5],
        [10.75, 3, -12.125],
      ],
      1,
    ]),
    at(2, [
      2,
      [
        [901, 5.5, 2],
        [902, 5.75, -3],
      ],
      2,
    ]),
    at(2, [3, [[77, 1699999990001, 1, 10.5]], 3]),
    at(2, [4, [10.5, 1000.5, 10.75, 900, 0.1, 0.01, 10.6, 5000, 11, 10], 4]),
    at(3, [1, [10.75, 0, -1], 5]),
    at(3, [2, [902, 0, -1], 6]),
    at(4, [3, "te", [78, 1700000004001, -0.75, 10.5], 7]),
    at(4, [3, "tu", [78, 1700000004001, -0.75, 10.5], 8]),
    at(5, [1, "hb", 9]),
  ]),
  sample("COINBASE.ws.1.0", [
    opened("wss://ws-feed.pro.coinbase.com"),
    at(1, { type: "subscriptions", channels: [] }),
    at(1, {
      type: "snapshot",
      product_id: "ABC-USD",
      asks: [["10.50", "3.00"]],
      bids: [
        ["10.25", "1.5"],
        ["10.00", "40"],
      ],
    }),
    at(1, {
      type: "last_match",
      product_id: "ABC-USD",
      trade_id: 6,
      sequence: 90,
      side: "buy",
      size: "1",
      price: "10.25",
      time: "2023-11-14T22:13:10.000000Z",
    }),
    at(2, {
      type: "l2update",
      product_id: "ABC-USD",
      changes: [
        ["sell", "10.50", "0.00"],
        ["sell", "10.75", "2"],
      ],
      time: "2023-11-14T22:13:22.000125Z",
    }),
    at(3, {
      type: "match",
      product_id: "ABC-USD",
      trade_id: 7,
      sequence: 95,
      side: "sell",
      size: "0.5",
      price: "10.75",
      time: "2023-11-14T22:13:23.000250Z",
    }),
    at(3, {
      type: "ticker",
      product_id: "ABC-USD",
      sequence: 95,
      price: "10.75",
      best_bid: "10.25",
      best_ask: "10.75",
      side: "buy",
      time: "2023-11-14T22:13:23.000250Z",
      trade_id: 7,
      last_size: "0.5",
    }),
  ]),
  sample("BITSTAMP-1.0", [
    opened("wss://ws.bitstamp.net/"),
    at(1, { event: "bts:subscription_succeeded", channel: "diff_order_book_abcusd", data: {} }),
    'https://www.bitstamp.net/api/v2/order_book/abcusd -> 1700000002.5: {"timestamp": "1700000002", "microtimestamp": "1700000002000000", "bids": [["10.25", "1.5"]], "asks": [["10.50", "3.00"]]}',
    at(2, {
      data: {
        timestamp: "1700000001",
        microtimestamp: "1700000001999999",
        bids: [["10.00", "0"]],
        asks: [],
      },
      channel: "diff_order_book_abcusd",
      event: "data",
    }),
    at(3, {
      data: {
        timestamp: "1700000003",
        microtimestamp: "1700000003000001",
        bids: [["10.25", "0.0"]],
        asks: [["10.75", "4"]],
      },
      channel: "diff_order_book_abcusd",
      event: "data",
    }),
    at(4, {
      channel: "live_trades_abcusd",
      data: {
        amount: 0.5,
        amount_str: "0.50000000",
        id: 21,
        microtimestamp: "1700000004001000",
        price: 10.75,
        price_str: "10.75",
        timestamp: "1700000004",
        type: 1,
        buy_order_id: 1,
        sell_order_id: 2,
      },
      event: "trade",
    }),
  ]),
  sample("DYDX.ws.1.0", [
    opened("wss://api.dydx.exchange/v3/ws"),
    at(1, { type: "connected", connection_id: "c-1", message_id: 0 }),
    at(1, {
      type: "subscribed",
      ...DYDX,
      message_id: 1,
      channel: "v3_orderbook",
      contents: {
        bids: [
          { price: "10.5", offset: "500", size: "3" },
          { price: "10.25", offset: "498", size: "0" },
        ],
        asks: [{ price: "10.75", offset: "499", size: "2.5" }],
      },
    }),
    at(2, {
      type: "channel_data",
      ...DYDX,
      message_id: 3,
      channel: "v3_orderbook",
      contents: { offset: "503", bids: [["10.5", "4"]], asks: [] },
    }),
    at(2, {
      type: "subscribed",
      ...DYDX,
      message_id: 2,
      channel: "v3_trades",
      contents: { trades: [] },
    }),
    at(3, {
      type: "channel_data",
      ...DYDX,
      message_id: 4,
      channel: "v3_orderbook",
      contents: { offset: "502", bids: [["10.5", "9"]], asks: [["10.75", "0"]] },
    }),
    at(4, {
      type: "channel_data",
      ...DYDX,
      message_id: 5,
      channel: "v3_trades",
      contents: {
        trades: [
          {
            size: "0.5",
            side: "SELL",
            price: "10.5",
            createdAt: "2023-11-14T22:13:24.125Z",
            liquidation: true,
          },
        ],
      },
    }),
  ]),
  sample("GEMINI.ws.1.0", [
    opened("wss://api.gemini.com/v2/marketdata/"),
    at(1, {
      type: "l2_updates",
      symbol: "ABCUSD",
      changes: [
        ["buy", "10.25", "1.5"],
        ["sell", "10.50", "3.00"],
      ],
      trades: [
        {
          type: "trade",
          symbol: "ABCUSD",
          event_id: 5,
          timestamp: 1699999990001,
          price: "10.25",
          quantity: "1",
          side: "buy",
        },
      ],
      auction_events: [],
    }),
    at(2, {
      type: "l2_updates",
      symbol: "ABCUSD",
      changes: [
        ["sell", "10.50", "0"],
        ["sell", "10.40", "0"],
      ],
    }),
    at(3, {
      type: "trade",
      symbol: "ABCUSD",
      event_id: 9,
      timestamp: 1700000003001,
      price: "10.25",
      quantity: "0.75",
      side: "sell",
    }),
    at(4, { type: "heartbeat", timestamp: 1700000004001 }),
  ]),
  sample("PHEMEX.ws.1.0", [
    opened("wss://phemex.com/ws"),
    at(1, { error: null, id: 1, result: { status: "success" } }),
    at(
      1,
      `{"book":{"asks":[[1075000000,250000000]],"bids":[[1050000000,12345678],[1025000000,100000000]]},${JSON.stringify({ ...PHEMEX_BOOK, sequence: 70 }).slice(1, -1)},"timestamp":1700000001000123456,"type":"snapshot"}`,
    ),
    at(
      2,
      `{"book":{"asks":[[1075000000,0]],"bids":[]},${JSON.stringify({ ...PHEMEX_BOOK, sequence: 74 }).slice(1, -1)},"timestamp":1700000002000999999,"type":"incremental"}`,
    ),
    at(
      2,
      '{"sequence":74,"symbol":"ABCUSD","trades":[[1699999990000000000,"Buy",107500,3]],"type":"snapshot"}',
    ),
    at(
      3,
      '{"sequence":75,"symbol":"ABCUSD","trades":[[1700000003000001999,"Sell",105125,40]],"type":"incremental"}',
    ),
  ]),
  sample("BIT.COM.ws.1.0", [
    opened("wss://ws.bit.com"),
    at(1, {
      channel: "subscription",
      timestamp: 1700000001001,
      data: { code: 0, subscription: ["depth"] },
    }),
    at(
      1,
      '{"channel":"depth","timestamp":1700000001001,"data":{"type":"snapshot","instrument_id":"ABC-PERPETUAL","sequence":1639042609299076519,"bids":[["10.25000000","1.50000000"]],"asks":[]}}',
    ),
    at(
      2,
      '{"channel":"depth","timestamp":1700000002001,"data":{"type":"update","instrument_id":"ABC-PERPETUAL","sequence":1639042609299076520,"prev_sequence":1639042609299076519,"changes":[["sell","10.50000000","2.00000000"],["buy","10.25000000","0.00000000"]]}}',
    ),
    at(3, { channel: "ticker", timestamp: 1_700_000_003_005, data: BIT_COM_OPTION }),
    at(4, {
      channel: "ticker",
      timestamp: 1_700_000_004_001,
      data: {
        instrument_id: "ABC-USDT-PERPETUAL",
        time: 1_700_000_004_001,
        best_bid: "10.25",
        best_bid_qty: "3",
        best_ask: "10.50",
        best_ask_qty: "4",
        last_price: "10.25",
        mark_price: "10.37",
        index_price: "10.36",
        funding_rate: "0.00010000",
        open_interest: "1441.5",
      },
      module: "linear",
    }),
    at(5, {
      channel: "trade",
      timestamp: 1_700_000_005_001,
      data: [
        {
          trade_id: "31",
          instrument_id: "ABC-PERPETUAL",
          price: "10.50",
          qty: "2",
          side: "buy",
          sigma: "0",
          is_block_trade: false,
          created_at: 1_700_000_005_000,
        },
      ],
    }),
  ]),
];
