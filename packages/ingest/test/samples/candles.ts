import { candles } from "../../src/sources/candles/candles.ts";
import type { ReadHints } from "../../src/source.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, content: string, hints: ReadHints): Sample => ({
  source: candles,
  name,
  content,
  hints,
});

/** One small file of each format of bars and funding rates. */
export const samples: readonly Sample[] = [
  sample(
    "BTC_USDT-1m.json",
    "[[1617321600000,58720.45,58840.43,58720.44,58760.34,61.685675],[1617321660000,58760.34,58820.97,58739.28,58750.01,25.4],[1617321840000,58750.01,58758.27,58666.2,58672.92,0.0]]",
    { venue: "binance" },
  ),
  sample(
    "ETH_USDT_USDT-8h-mark.json",
    "[[1758240000000,4017.51732609,4107.67731884,4016.5,4085.03902174,0.0],\n [1758268800000,4085.1,4086.0,4017.2,4027.0,0.0]]\n",
    { venue: "binance-usdm" },
  ),
  sample(
    "ETH_USDT_USDT-8h-funding_rate.json",
    "[[1758240000000,-0.00000231,0.0,0.0,0.0,0.0],[1758268800005,0.0001,0.0,0.0,0.0,0.0]]",
    { venue: "binance-usdm" },
  ),
  sample(
    "funding_rate_btc_8h.json",
    "[\n  [\n    1667462400016,\n    0.00044\n  ],\n  [\n    1667491200005,\n    -0.119172\n  ]\n]",
    { venue: "binance-usdm", symbol: "BTCUSDT" },
  ),
  sample(
    "eth_usd_10m.json",
    `[{"time_period_start":"2020-03-12T00:00:00.0000000Z","time_period_end":"2020-03-12T00:10:00.0000000Z","time_open":"2020-03-12T00:04:55.9304460Z","time_close":"2020-03-12T00:08:24.2864820Z","price_open":195.210000000,"price_high":195.430000000,"price_low":194.380000000,"price_close":194.520000000,"volume_traded":69.682075400,"trades_count":27}]`,
    { venue: "coinapi", symbol: "ETH-USD" },
  ),
  sample(
    "usdc_depeg.json",
    '{"meta":{},"data":[{"dt":"2023-03-09T05:00:00.000Z","o":1.00302319431652,"h":1.00302319431652,"l":1.00302319431652,"c":1.00302319431652,"v":1185.1},{"dt":"2023-03-09T05:15:00.000Z","o":1.003,"h":1.002,"l":0.997013103483469,"c":0.998,"v":1142.6}]}',
    { venue: "mobula", symbol: "USDC" },
  ),
  sample(
    "btc-perp-1m.csv",
    "timestamp,open,high,low,close,volume\n2021-12-31 23:01:00.000000,46319.0,46385.0,46319.0,46377.0,2300413.7295\n2021-12-31 23:02:00.000000,46377.0,46411.0,46377.0,46411.0,1829623.1938\n",
    { venue: "ftx", symbol: "BTC-PERP" },
  ),
];
