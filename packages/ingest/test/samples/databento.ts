import { databento } from "../../src/sources/databento/databento.ts";
import { dbnFile, mappingBytes, mboBytes, mbpBytes, otherBytes, START } from "../dbnFile.ts";
import type { Sample } from "./sample.ts";

const NANO = 1_000_000_000n;
const bid = { side: "B", price: 4_799n * NANO } as const;

const ORDERS = [
  mboBytes({ action: "R", flags: 40 }),
  mboBytes({ ...bid, action: "A", id: 7n, size: 4, flags: 40 }),
  mboBytes({ action: "A", side: "A", id: 8n, price: 4_799_500_000_000n, size: 1, flags: 168 }),
  mappingBytes(2, 12, "ESM4"),
  mboBytes({ ...bid, action: "A", id: 9n, size: 2, flags: 128, instrument: 12 }),
  mboBytes({ action: "T", side: "A", price: 4_799n * NANO, size: 3, sequence: 5 }),
  mboBytes({ ...bid, action: "F", id: 7n, size: 3, sequence: 5 }),
  mboBytes({ ...bid, action: "C", id: 7n, size: 3, flags: 128, sequence: 5 }),
  mboBytes({ ...bid, action: "M", id: 7n, size: 6, flags: 128, sequence: 6 }),
  otherBytes(0x17),
];

const asks = [
  [4_800n * NANO, 5],
  [4_801n * NANO, 6],
] as const;

const LEVELS = [
  mbpBytes({ action: "A", flags: 128, bids: [[4_799n * NANO, 1]], asks }, 10),
  mbpBytes({ action: "T", side: "B", price: 4_800n * NANO, size: 5, asks }, 10),
  mbpBytes({ action: "C", side: "A", flags: 128, asks: asks.slice(1) }, 10),
  mbpBytes({ action: "T", side: "A", price: 4_799n * NANO, size: 1 }, 0),
  mbpBytes({ action: "A", flags: 128, bids: [[4_798n * NANO, 1]], asks }, 1),
];

const HEAD = "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side";

/** DBN of each version that differs, and CSV with and without a column of symbols. */
export const samples: readonly Sample[] = [
  { source: databento, name: "orders.dbn", content: dbnFile({ version: 2 }, ORDERS) },
  { source: databento, name: "levels.dbn", content: dbnFile({ version: 1, schema: 2 }, LEVELS) },
  {
    source: databento,
    name: "glbx-mdp3-20240305.mbo.csv",
    content: [
      `${HEAD},price,size,channel_id,order_id,flags,ts_in_delta,sequence`,
      `${START},${START},160,1,11,A,B,4799250000000,3,0,7,128,0,1`,
      `${START},${START},160,1,11,C,B,4799250000000,1,0,7,128,0,2`,
      `${START},${START},160,1,11,T,A,4799250000000,1,0,0,128,0,3`,
      "",
    ].join("\n"),
  },
  {
    source: databento,
    hints: { venue: "glbx-mdp3" },
    name: "trades.csv",
    content: [
      `${HEAD},depth,price,size,flags,ts_in_delta,sequence,symbol`,
      "2024-03-05T14:30:00.000001500Z,2024-03-05T14:30:00.000000000Z,0,1,11,T,B,0,4799.250000000,3,128,0,5,ESH4",
      "2024-03-05T14:30:00.000001600Z,2024-03-05T14:30:00.000000000Z,0,1,11,T,N,0,4799.500000000,1,128,0,6,ESH4",
      "",
    ].join("\n"),
  },
];
