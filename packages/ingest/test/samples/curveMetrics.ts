import { curveMetrics } from "../../src/sources/curve/curveMetrics.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[]): Sample => ({
  source: curveMetrics,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of each kind. */
export const samples: readonly Sample[] = [
  sample("crvFRAX.csv", [
    ",giniCoefficient,shannonsEntropy,FRAX.netSwapFlow,FRAX.netLPFlow,USDC.netSwapFlow,USDC.netLPFlow",
    "2023-03-01 00:00:00,0.15608677057892406,0.9285142616130265,0.0,0,0.0,0.0",
    "2023-03-01 00:01:00,0.156,0.928,-2500.5,7.091983413519705e+19,2500.25,32020669.0",
  ]),
  sample("USDC.csv", [
    "timestamp,USDC.logReturns",
    "2023-03-01 00:01:00,0.08763890930767336",
    "2023-03-01 00:02:00,0.0",
    "2023-03-01 00:03:00,-0.000300015001000042",
  ]),
  sample("ust_usd.csv", [
    ",token_id,symbol,timestamp,open,high,low,close,volume",
    "0,0xa693b19d2931d498c5b318df961919bb4aee87a5,UST/USD,1649264925,,,,1.00045719,",
  ]),
];
