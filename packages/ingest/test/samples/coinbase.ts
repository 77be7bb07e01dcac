import { coinbase } from "../../src/sources/coinbase/coinbase.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, content: string): Sample => ({ source: coinbase, name, content });

/** One small file of each kind of Coinbase's. */
export const samples: readonly Sample[] = [
  sample(
    "coinbase_BTC-USD_l2.json",
    '{"product":"BTC-USD","level":2,"captured_at":"2026-08-07T20:04:08Z","sequence":133905821961,"l3_depth":null,"truncated":false,"bids":[["64930.57","0.07705309",1],["64930","1.5",2]],"asks":[["64931","2",3]]}\n',
  ),
  sample(
    "coinbase_BTC-USD_l3.json",
    '{"product":"BTC-USD","level":3,"captured_at":"2026-08-07T20:04:10Z","sequence":133905824031,"l3_depth":null,"truncated":false,"bids":[["64930.57","0.077","a-1"]],"asks":[["64931","2","b-2"]]}\n',
  ),
  sample(
    "BTC-USD-trades.json",
    '[{"trade_id":12,"side":"buy","size":"0.01000000","price":"65000.50000000","time":"2026-08-07T20:04:08.500000Z"},{"trade_id":11,"side":"sell","size":"0.02","price":"65000.4","time":"2026-08-07T20:04:08.250Z"}]',
  ),
  sample("BTC-USD-candles.json", "[[1786131960,90,120,100,110,12.5],[1786131900,80,105,95,100,3]]"),
];
