import type { Source } from "./source.ts";
import { binanceRaw } from "./sources/binance/binanceRaw.ts";
import { cryptofeed } from "./sources/cryptofeed/cryptofeed.ts";
import { deribitChain } from "./sources/deribit/deribitChain.ts";
import { tardis } from "./sources/tardis/tardis.ts";

/** Every format that can be ingested, by its name on the command line. */
export const SOURCES: readonly Source[] = [tardis, binanceRaw, deribitChain, cryptofeed];
