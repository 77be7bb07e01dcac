import { binance, binanceDelivery, binanceFutures } from "./binance.ts";
import { bitcom } from "./bitcom.ts";
import { bitfinex } from "./bitfinex.ts";
import { bitmex } from "./bitmex.ts";
import { bitstamp } from "./bitstamp.ts";
import { bybit } from "./bybit.ts";
import { coinbase } from "./coinbase.ts";
import { deribit } from "./deribit.ts";
import { dydx } from "./dydx.ts";
import { ftx } from "./ftx.ts";
import { gemini } from "./gemini.ts";
import { kraken } from "./kraken.ts";
import { krakenFutures } from "./krakenFutures.ts";
import { okex, okx } from "./okx.ts";
import { phemex } from "./phemex.ts";
import type { CapturedVenue } from "./venueCapture.ts";

/** The venues whose captures are read, each in a file of its own. */
export const CAPTURED_VENUES: readonly CapturedVenue[] = [
  binance,
  binanceDelivery,
  binanceFutures,
  bitcom,
  bitfinex,
  bitmex,
  bitstamp,
  bybit,
  coinbase,
  deribit,
  dydx,
  ftx,
  gemini,
  kraken,
  krakenFutures,
  okex,
  okx,
  phemex,
];
