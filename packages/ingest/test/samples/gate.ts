import { gate } from "../../src/sources/gate/gate.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[], hints: Sample["hints"] = {}): Sample => ({
  source: gate,
  hints,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of each kind of Gate's archive. */
export const samples: readonly Sample[] = [
  sample("BTC_USDT-202608.csv", [
    "1785542402.330460,214219192,62892.7,0.000159,1",
    "1785542402.330461,214219193,62892.8,0.5,2",
  ]),
  sample("BTC_USD-202608.csv", [
    "1785542400.013040,802737548,62855,671",
    "1785542400.013041,802737549,62855,-3183",
  ]),
  sample("BTC_USDT-2026090100.csv", [
    "1788220800,2,set,100.5,10.0000000000000000,50,0",
    "1788220800,1,set,101,4,50,0",
    "1788220800.1,2,take,100.5,2.5,51,1",
    "1788220800.1,2,make,100.4,1,52,3",
    "1788220800.2,1,take,101,4,55,1",
  ]),
  sample("BTC_USD-2026090700.csv", [
    "1788739200,set,100,5.0,50,0",
    "1788739200,set,101,-7.0,50,0",
    "1788739200.1,make,101,-3,51,1",
    "1788739200.1,take,100,5,52,1",
  ]),
  sample(
    "ETH_USDT-202608.csv",
    ["1785542400,12.5,105,110,90,100", "1785542460,1,106,107,104,105"],
    { venue: "gate" },
  ),
];
