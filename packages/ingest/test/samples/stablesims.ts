import { stablesims } from "../../src/sources/stablesims/stablesims.ts";
import type { Sample } from "./sample.ts";

/** One small file of each kind. */
export const samples: readonly Sample[] = [
  {
    source: stablesims,
    name: "gas_1m.json",
    content: `{"schema":{"fields":[{"name":"datetime","type":"string"},{"name":"timestamp","type":"datetime"}],"pandas_version":"0.20.0"},"data":[
{"datetime":"2020-03-12 11:50:00","timestamp":"2020-03-12T23:50:00.000Z","doc_count":5257,"avgGasDay":112223756364.638,"30.0 Perc":81002760455.40797,"60.0 Perc":90000000000,"90.0 Perc":150000000000,"100.0 Perc":7324118900682},
{"datetime":"2020-03-12 11:51:00","timestamp":"2020-03-12T23:51:00.000Z","doc_count":0,"avgGasDay":null,"30.0 Perc":null,"60.0 Perc":null,"90.0 Perc":null,"100.0 Perc":null}]}`,
  },
  {
    source: stablesims,
    name: "2021-01-11_eth_dai_liquidity.json",
    content:
      '[{"DAI": 101582543.49912335, "WETH": 94422.42317448859}, {"DAI": 101993202.15449274, "WETH": 94053.13594880009}]',
  },
];
