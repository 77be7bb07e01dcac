import { chainlink } from "../../src/sources/chainlink/chainlink.ts";
import type { Sample } from "./sample.ts";

/** Rounds with made-up answers, the newest first, the last never answered. */
export const ROUNDS = `,round,answer,start,update,answeredInRound
0,110680464442257300003,210000000000,1690003600,1690003603,110680464442257300003
1,110680464442257300002,209912345678,1690001800,1690001800,110680464442257300001
2,110680464442257300001,-5,1690000000,1690000000,110680464442257300001
3,110680464442257300000,0,0,0,110680464442257300000
`;

/** The same columns by number, of a feed with 18 decimals. */
export const NUMBERED = `,0,1,2,3,4
0,18446744073709550002,998500000000000000,1690086400,1690086400,18446744073709550002
1,18446744073709550001,999000000000000000,1690000000,1690000000,18446744073709550001
`;

export const samples: readonly Sample[] = [
  { source: chainlink, name: "ETHUSD_rounds.csv", content: ROUNDS },
  { source: chainlink, name: "stETH-ETH.csv", content: NUMBERED },
];
