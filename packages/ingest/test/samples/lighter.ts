import { lighter } from "../../src/sources/lighter/lighter.ts";
import type { Sample } from "./sample.ts";

const record = (seconds: number, message: object): object => ({
  ts: 1_700_000_000.25 + seconds,
  msg: JSON.stringify(message),
});

const TRADE = {
  trade_id: 71,
  tx_hash: "00aa",
  type: "trade",
  market_id: 4,
  size: "0.50000",
  price: "10.5",
  usd_amount: "5.250000",
  ask_id: 1,
  bid_id: 2,
  ask_account_id: 31,
  bid_account_id: 32,
  is_maker_ask: false,
  block_height: 9,
  timestamp: 1_700_000_004_001,
  taker_position_size_before: "2.00000",
  taker_fee: 200,
  maker_position_size_before: "-1.00000",
  maker_fee: 20,
};

const LIQUIDATION = {
  ...TRADE,
  trade_id: 60,
  type: "liquidation",
  is_maker_ask: true,
  timestamp: 1_699_999_990_001,
  taker_position_size_before: "-0.50000",
  taker_fee: 10_000,
};

/** A recording of one market: history, a book with two changes, statistics, a trade. */
export const samples: readonly Sample[] = [
  {
    source: lighter,
    name: "lighter.json",
    content: JSON.stringify(
      [
        record(0, { session_id: "x", type: "connected" }),
        record(1, {
          channel: "trade:4",
          liquidation_trades: [LIQUIDATION],
          nonce: 1,
          trades: [
            { ...TRADE, trade_id: 62, timestamp: 1_699_999_995_001 },
            { ...TRADE, trade_id: 61, timestamp: 1_699_999_994_001 },
          ],
          type: "subscribed/trade",
        }),
        record(1.5, {
          channel: "market_stats:4",
          market_stats: {
            symbol: "ABC",
            market_id: 4,
            index_price: "10.25",
            mark_price: "10.5",
            open_interest: "2500.5",
            last_trade_price: "10.75",
            current_funding_rate: "0.0012",
            funding_rate: "0.0010",
            funding_timestamp: 1_699_999_200_000,
          },
          type: "subscribed/market_stats",
        }),
        record(2, {
          channel: "order_book:4",
          offset: 900,
          order_book: {
            code: 0,
            asks: [{ price: "10.6", size: "1.5" }],
            bids: [
              { price: "10.4", size: "2.5" },
              { price: "10.3", size: "0.25" },
            ],
            offset: 900,
            nonce: 50,
          },
          timestamp: 1_700_000_002_001,
          type: "subscribed/order_book",
        }),
        record(3, {
          channel: "order_book:4",
          offset: 901,
          order_book: {
            code: 0,
            asks: [{ price: "10.6", size: "0.00000" }],
            bids: [],
            offset: 901,
            nonce: 52,
          },
          timestamp: 1_700_000_003_001,
          type: "update/order_book",
        }),
        record(4, {
          channel: "trade:4",
          liquidation_trades: null,
          nonce: 53,
          trades: [TRADE],
          type: "update/trade",
        }),
      ],
      null,
      2,
    ),
  },
];
