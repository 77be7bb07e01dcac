import { tardis } from "../../src/sources/tardis/tardis.ts";
import { TARDIS_TYPES } from "../../src/sources/tardis/tardisTypes.ts";
import type { Sample } from "./sample.ts";

const T = 1_722_816_000_000_000;
const at = (step: number): string => `${T + step * 1_000},${T + step * 1_000 + 450}`;

const headerOf = (type: string): string =>
  TARDIS_TYPES.find(({ name }) => name === type)?.columns.join(",") ?? "";

const sample = (type: string, name: string, lines: readonly string[]): Sample => ({
  source: tardis,
  name: `binance-futures_${name}_2024-08-05_BTCUSDT.csv`,
  content: `${[headerOf(type), ...lines].join("\n")}\n`,
});

const FUTURES = "binance-futures,BTCUSDT";

/** Tardis's types, a few lines each. */
export const samples: readonly Sample[] = [
  sample("trades or liquidations", "trades", [
    `${FUTURES},${at(1)},501,buy,58160.2,0.004`,
    `${FUTURES},${at(2)},502,sell,58160.1,1.2`,
    `${FUTURES},${at(2)},503,sell,58159.9,0.75`,
    `bitmex,XBTUSD,${T},${T},a7-1,unknown,58150.5,100`,
  ]),
  sample("trades or liquidations", "liquidations", [
    `${FUTURES},${at(1)},,sell,58001.4,0.311`,
    `deribit,BTC-PERPETUAL,${at(3)},77,buy,58020.5,2500`,
  ]),
  sample("incremental_book_L2", "incremental_book_L2", [
    `${FUTURES},${at(1)},true,bid,58160.1,2.5`,
    `${FUTURES},${at(1)},true,ask,58160.2,1.25`,
    `${FUTURES},${at(2)},false,bid,58160,0.5`,
    `${FUTURES},${at(2)},false,ask,58160.2,0`,
    `${FUTURES},${at(2)},false,ask,58160.3,4`,
    `${FUTURES},${at(3)},false,bid,58159.7,0.018`,
    `${FUTURES},${at(4)},true,bid,58159.7,3`,
    `${FUTURES},${at(4)},true,ask,58161,1`,
    `${FUTURES},${at(5)},false,ask,58161,0`,
  ]),
  sample("book_snapshot_5", "book_snapshot_5", [
    `${FUTURES},${at(1)},${[0, 1, 2, 3, 4].map((i) => `${58_161 + i},1.5,${58_160 - i},2`).join(",")}`,
    `${FUTURES},${at(2)},58161,1.5,58160,2,58162,1,58159,3,,,58158,1,,,,,,,,`,
  ]),
  sample("quotes or book_ticker", "quotes", [
    `${FUTURES},${at(1)},1.25,58160.2,58160.1,2.5`,
    `${FUTURES},${at(2)},,,58160.1,2.5`,
  ]),
  sample("derivative_ticker", "derivative_ticker", [
    `${FUTURES},${at(1)},${T + 28_800_000_000},0.0001,,80211.5,58160.1,58166.25,58159.875`,
    `${FUTURES},${at(2)},,,,80212.5,,,58159.5`,
  ]),
  sample("options_chain", "options_chain", [
    `deribit,BTC-30AUG24-60000-P,${at(1)},put,60000,1725004800000000,10.5,0.081,0.0795,12.5,57.25,0.0825,11.5,66.5,0.0811,61.75,BTC-30AUG24,58160.5,-0.55,0.00002,70.5,-51.5,-25.25`,
    `deribit,BTC-30AUG24-60000-C,${at(2)},call,60000,1725004800000000,,,,,,,,,0.0491,61.75,BTC-30AUG24,58160.5,,,,,`,
  ]),
];
