import { okx } from "../../src/sources/okx/okx.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[]): Sample => ({
  source: okx,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of each kind of OKX's archive. */
export const samples: readonly Sample[] = [
  sample("BTC-USDT-SWAP-trades-2025-10-11.csv", [
    "instrument_name,trade_id,side,price,size,created_time,source",
    "BTC-USDT-SWAP,2885385355,sell,113000.2,14.07,1760130900000,0",
    "BTC-USDT-SWAP,2885385356,buy,113000.3,7.98e-05,1760130900012,1",
  ]),
  sample("BTC-USD-220325-trades-2021-12-31.csv", [
    "719977054,buy,5,61000.5,1640908800000",
    "719977055,sell,6,61000.4,1640908800012",
  ]),
  sample("ETH-USDT-candlesticks-2025-10-11.csv", [
    "instrument_name,open,high,low,close,vol,vol_ccy,vol_quote,open_time,confirm",
    "ETH-USDT,3839.44,3843.58,3836.71,3838.16,12.5,47977,47977,1760130900000,1",
  ]),
  sample("allswap-fundingrates-2025-10-11.csv", [
    "instrument_name,funding_rate,funding_time",
    "BTC-USDT-SWAP,-0.0001,1760140800000",
    "ETH-USDT-SWAP,0.0002,1760140800000",
  ]),
  sample("BTC-USDT-SWAP-L2orderbook-400lv-2025-10-10.data", [
    '{"instId":"BTC-USDT-SWAP","action":"snapshot","ts":"1760130900000","asks":[["113001","7","1"],["113002","3","2"]],"bids":[["113000","5","2"]]}',
    '{"instId":"BTC-USDT-SWAP","action":"update","ts":"1760130900010","asks":[],"bids":[["113000","0","0"]]}',
  ]),
];
