import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms } from "../../source.ts";
import { visionTerms } from "../binance-vision/visionTerms.ts";

/**
 * What is known of an instrument that bars or funding rates are of. Series beside the traded price (`BTCUSDT@mark`) are indices;
 * on Binance the naming tells what the table does not.
 */
export const seriesTerms = (venue: string, symbol: string, at: number): InstrumentTerms =>
  symbol.includes("@") || venue.startsWith("binance")
    ? visionTerms(venue, symbol, at)
    : terms(venue, symbol, at);
