import { lobster } from "../../src/sources/lobster/lobster.ts";
import type { Sample } from "./sample.ts";

/** A message file; an orderbook file says nothing without it. */
export const samples: readonly Sample[] = [
  {
    source: lobster,
    name: "AAPL_2012-06-21_34200000_57600000_message_2.csv",
    content: [
      "34200.004241176,1,16113575,18,5853300,1",
      "34200.025551909,1,16120456,18,5859100,-1",
      "34200.2,2,16120456,8,5859100,-1",
      "34200.201743,4,16120456,4,5859100,-1",
      "34200.3,5,0,100,5856000,1",
      "34200.35,6,-1,500,5856100,-1",
      "34201,3,16113575,18,5853300,1",
      "34202.5,7,0,0,-1,-1",
      "",
    ].join("\n"),
  },
];
