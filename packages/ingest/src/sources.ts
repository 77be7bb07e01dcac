import type { Source } from "./source.ts";
import { binanceRaw } from "./sources/binanceRaw.ts";
import { deribitChain } from "./sources/deribitChain.ts";
import { tardis } from "./sources/tardis.ts";

/** Every format that can be ingested, by its name on the command line. */
export const SOURCES: readonly Source[] = [tardis, binanceRaw, deribitChain];
