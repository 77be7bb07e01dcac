import { marketSummaries } from "../../src/sources/summaries/marketSummaries.ts";
import type { Sample } from "./sample.ts";

/** One small file of each kind. */
export const samples: readonly Sample[] = [
  {
    source: marketSummaries,
    name: "drops.csv",
    content: `table_name,exchange,market,timeframe,n_candles_on_day,day_high,day_low,intraday_drop_pct
binance_atom_usdt_1d,binance,atom_usdt,1d,1,4.188,1E-03,99.976
`,
  },
  {
    source: marketSummaries,
    name: "volumes.csv",
    content: `exchange,type,table,base,quote,usd_volume
Binance,spot,binance_btc_usdt_1m,btc,usdt,2376084830.73
Binance,futures,binance_btc_usdt:usdt-251226_1m,btc,usdt,24534603.26
`,
  },
];
