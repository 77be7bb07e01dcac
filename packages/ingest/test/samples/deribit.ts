import { deribit } from "../../src/sources/deribit/deribit.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, content: string): Sample => ({ source: deribit, name, content });

/** One small reply of each method of Deribit's API. */
export const samples: readonly Sample[] = [
  sample(
    "BTC-PERPETUAL-trades-2024-08-05-0001.json",
    '{"jsonrpc":"2.0","result":{"trades":[{"trade_seq":7,"trade_id":"id-7","timestamp":1722837600000,"tick_direction":1,"price":50000.5,"mark_price":50001.25,"iv":null,"instrument_name":"BTC-PERPETUAL","index_price":50100.5,"direction":"sell","amount":1000.0,"liquidation":"T"},{"trade_seq":8,"trade_id":"id-8","timestamp":1722837600012,"tick_direction":0,"price":0.0005,"mark_price":0.0006,"iv":55.91,"instrument_name":"BTC-27DEC24-100000-C","index_price":50100.5,"direction":"buy","amount":0.1,"block_trade_id":"BLOCK-1"}],"has_more":false},"usIn":1,"usOut":2}',
  ),
  sample(
    "summaries.json",
    '{"jsonrpc":"2.0","result":[{"instrument_name":"BTC-27DEC24-60000-C","bid_price":0.05,"ask_price":null,"mark_price":0.0523,"mark_iv":62.5,"underlying_index":"BTC-27DEC24","underlying_price":51000.5,"estimated_delivery_price":50100.5,"open_interest":120.5,"last":0.051,"creation_timestamp":1722837600000},{"instrument_name":"BTC-PERPETUAL","mark_price":50001,"current_funding":0.0001,"open_interest":500000000,"last":50000.5,"creation_timestamp":1722837600000}]}',
  ),
  sample(
    "BTC-dvol-2024-08-05-00.json",
    '{"jsonrpc":"2.0","result":{"data":[[1722837600000,60.1,63.5,59.9,63.08],[1722837660000,63.08,64,63,63.5]],"continuation":null}}',
  ),
  sample(
    "BTC-PERPETUAL-candles-1m-2024-08-05.json",
    '{"jsonrpc":"2.0","result":{"status":"ok","volume":[1.5,0],"ticks":[1722837600000,1722837660000],"open":[50000,50010.5],"low":[49990,50010.5],"high":[50020,50010.5],"cost":[75000,0],"close":[50010.5,50010.5]}}',
  ),
  sample(
    "BTC-PERPETUAL-funding.json",
    '{"jsonrpc":"2.0","result":[{"timestamp":1722837600000,"index_price":50100.5,"prev_index_price":50090.5,"interest_8h":-0.00012,"interest_1h":-0.00002}]}',
  ),
  sample("dvol_btc_daily.json", "[\n  [1722816000000, 63.08],\n  [1722902400000, 61.2]\n]\n"),
];
