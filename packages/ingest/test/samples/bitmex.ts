import { bitmex } from "../../src/sources/bitmex/bitmex.ts";
import type { Sample } from "./sample.ts";

/** One small file of each kind of BitMEX's archive. */
export const samples: readonly Sample[] = [
  {
    source: bitmex,
    name: "20200312.csv",
    content: [
      "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional",
      "2020-03-12D10:45:25.948313000,XBTUSD,Sell,422,3978.5,MinusTick,a1d3dfe7-da2c-f1d0-40da-000000000001,10606970,0.1060697,422",
      "2020-03-12D10:45:25.948313000,ADAH20,Buy,166774,9.54e-06,PlusTick,a1d3dfe7-da2c-f1d0-40da-000000000002,159102396,166774,1.591024",
      "2020-03-12D10:45:26.000000000,.BXBT,Buy,0,3980.12,PlusTick,00000000-0000-0000-0000-000000000000,,,",
      "",
    ].join("\n"),
  },
  {
    source: bitmex,
    name: "20200313.csv",
    content: [
      "timestamp,symbol,bidSize,bidPrice,askPrice,askSize",
      "2020-03-13D00:00:05.045590000,XBTUSD,256081,3978.5,3979,544060",
      "2020-03-13D00:00:07.302458000,XBTH20,,,3985,574060",
      "",
    ].join("\n"),
  },
];
