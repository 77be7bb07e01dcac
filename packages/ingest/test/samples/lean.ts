import { lean } from "../../src/sources/lean/lean.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[], hints: Sample["hints"] = {}): Sample => ({
  source: lean,
  hints,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of each kind. */
export const samples: readonly Sample[] = [
  sample("cryptofuture_binance_minute_btcusd_20221213_trade.zip", [
    "0,17204,17207.6,17203.9,17207.6,4242",
    "60000,17207.5,17219.8,17207.5,17219.8,17069",
    "180000,17219.9,17232.7,17219.9,17222.7,23868",
  ]),
  sample("cryptofuture_binance_minute_adausdt_20221213_quote.zip", [
    "0,0.3066,0.3067,0.3066,0.3067,88126,0.3067,0.3068,0.3067,0.3068,236586",
    "60000,0.3067,0.3071,0.3067,0.307,342957,,,,,",
  ]),
  sample("20260101_trade.zip", ["0,87489,87496,87463,87488,1.9414"], {
    venue: "dydx",
    symbol: "BTC-USD",
  }),
  sample("cryptofuture_bybit_margin_interest_btcusdt.csv", [
    "20221213 00:00:00,-0.0002016",
    "20221213 08:00:00,-0.00022398",
  ]),
];
