import { bybit } from "../../src/sources/bybit/bybit.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[], hints: Sample["hints"] = {}): Sample => ({
  source: bybit,
  hints,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of each of Bybit's archives. */
export const samples: readonly Sample[] = [
  sample("BTCUSDT2024-08-05.csv", [
    "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional,RPI",
    "1722816000.1169,BTCUSDT,Sell,0.001,58000.10,MinusTick,555a5c11-8b1d-5c5f-81b1-000000000001,5.8e+09,0.001,58.0001,0",
    "1722816000.1169,BTCUSDT,Sell,0.020,57999.90,MinusTick,555a5c11-8b1d-5c5f-81b1-000000000002,1,0.02,1159.998,0",
    "1722816000.1201,BTCUSDT,Buy,2,58000.20,PlusTick,555a5c11-8b1d-5c5f-81b1-000000000003,1,2,116000.4,1",
  ]),
  sample("BTCUSDT_2024-08-05.csv", [
    "id,timestamp,price,volume,side,rpi",
    "1,1722816000624,58000.8,0.00016,buy,0",
    "2,1722816001011,58000.7,0.000984,sell,0",
  ]),
  sample(
    "2025-09-01_XRPUSDT_ob200.data",
    [
      '{"topic":"orderbook.200.XRPUSDT","type":"snapshot","ts":1756684800691,"data":{"s":"XRPUSDT","b":[["1.9531","6203"],["1.9530","2409"]],"a":[["1.9532","100"]],"u":20,"seq":130020238000},"cts":1756684800589}',
      '{"topic":"orderbook.200.XRPUSDT","type":"delta","ts":1756684800693,"data":{"s":"XRPUSDT","b":[["1.9531","6198"]],"a":[["1.9532","0"],["1.9533","7"]],"u":21,"seq":130020238100},"cts":1756684800590}',
      '{"topic":"orderbook.200.XRPUSDT","type":"delta","ts":1756684800790,"data":{"s":"XRPUSDT","b":[],"a":[],"u":22,"seq":130020238200},"cts":1756684800690}',
    ],
    { venue: "bybit-spot" },
  ),
];
