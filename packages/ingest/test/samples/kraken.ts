import { kraken } from "../../src/sources/kraken/kraken.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, content: string): Sample => ({ source: kraken, name, content });

/** One small file of each kind that Kraken publishes. */
export const samples: readonly Sample[] = [
  sample(
    "trades.json",
    '{"error":[],"result":{"XBTUSDT":[["105433.60000","0.00027625",1762795433.9717445,"b","l","",10218208],["105410.10000","0.00005000",1762795457.8467374,"s","m","",10218209]],"last":"1762795457846737400"}}',
  ),
  sample(
    "executions.json",
    '{"elements":[{"uid":"a","timestamp":1790422737272,"event":{"Execution":{"execution":{"uid":"b","makerOrder":{"direction":"Buy","orderType":"Limit","tradeable":"PF_XBTUSD"},"takerOrder":{"direction":"Sell","orderType":"Liquidation","tradeable":"PF_XBTUSD"},"timestamp":1790422737272,"quantity":"0.0120","price":"65000.5","markPrice":"65010.25","usdValue":"780"},"takerReducedQuantity":""}}}],"len":1}',
  ),
  sample("XBTUSD.csv", "1381095255,122.0,0.1\n1609459200.1234,29000.5,0.25\n"),
  sample(
    "XBTUSD_1.csv",
    "1609459200,600,610,590.5,605,12.5,42\n1609459260,605,605,604,604.5,2,3\n",
  ),
];
