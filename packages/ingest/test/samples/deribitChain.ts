import { deribitChain } from "../../src/sources/deribit/deribitChain.ts";
import { DERIBIT_CHAIN_TYPES } from "../../src/sources/deribit/deribitChainTypes.ts";
import type { Sample } from "./sample.ts";

const [OPTIONS = "", PERPETUAL = "", TERM = ""] = DERIBIT_CHAIN_TYPES.map(({ columns }) =>
  columns.join(","),
);

const option = (name: string, type: string, strike: string): string =>
  `2026-02-05T15:51:32.535650+00:00,BTC-13FEB26-${name},67867.16,BTC-13FEB26,${type},${strike},2026-02-13T08:00:00+00:00,0.021,0.22,0.22,0.22,0.22,67867.16,BTC-13FEB26,0.78,-0.95,8.9,46.9,7.4,0.004,BTC,67846.61,72702.42`;

const perpetual = (at: number, price: number): string =>
  `f.csv,1770306692535,2026-02-05T15:51:32.535650+00:00,BTC,BTC-PERPETUAL,True,1,1,1,1,1,close,${at},27.5,1,1,1,1,12.5,1,True,1,${price},${price},,,t`;

/** The three tables. */
export const samples: readonly Sample[] = [
  {
    source: deribitChain,
    name: "deribit_options_snapshot.csv",
    content: `${[OPTIONS, option("83000-P", "put", "83000.0"), option("60000-C", "call", "60000.0")].join("\n")}\n`,
  },
  {
    source: deribitChain,
    name: "perpetual_futures_prices.csv",
    content: `${[PERPETUAL, perpetual(1770306660000, 67850.5), perpetual(1770306720000, 67801)].join("\n")}\n`,
  },
  { source: deribitChain, name: "term_futures_marks.csv", content: `${TERM}\n` },
];
