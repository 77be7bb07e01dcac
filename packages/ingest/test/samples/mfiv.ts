import { mfivEvidence } from "../../src/sources/mfiv/mfivEvidence.ts";
import type { Sample } from "./sample.ts";

/** Evidence with two options: one with all fields, and one of an older version, which has fewer. */
export const evidence = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    version: "2022-01-01",
    context: {
      methodology: "mfiv",
      exchange: "deribit",
      currency: "ETH",
      windowInterval: "14d",
      risklessRate: 0.0055,
    },
    params: {
      at: "2022-01-25T03:30:00.004Z",
      options: [
        {
          symbol: "ETH-4FEB22-2500-C",
          optionType: "call",
          strikePrice: 2500,
          expirationDate: "2022-02-04T08:00:00.000Z",
          bestBidPrice: 0.0315,
          bestBidAmount: 5,
          bestBidIV: 98.5,
          bestAskPrice: 0.0325,
          bestAskAmount: 40,
          bestAskIV: 101.25,
          lastPrice: 0.032,
          openInterest: 520,
          markPrice: 0.031999,
          markIV: 99.5,
          delta: 0.41,
          gamma: 0.0006,
          vega: 1.75,
          theta: -7.5,
          rho: 0.25,
          underlyingPrice: 2404.76,
          underlyingIndex: "ETH-4FEB22",
          timestamp: "2022-01-25T03:29:54.633Z",
          localTimestamp: "2022-01-25T03:29:54.981Z",
        },
        {
          symbol: "ETH-4FEB22-2400-P",
          optionType: "put",
          strikePrice: 2400,
          expirationDate: "2022-02-04T08:00:00.000Z",
          bestBidPrice: 0,
          bestAskPrice: 0.0005,
          markPrice: 0.0004,
          underlyingPrice: 2404.8,
          timestamp: "2022-01-25T03:29:59.016Z",
        },
      ],
    },
    result: { dVol: 97.5, invdVol: 103.25 },
    ...changes,
  });

/** A small piece of evidence. */
export const samples: readonly Sample[] = [
  { source: mfivEvidence, name: "evidence.json", content: evidence() },
];
