import { terms } from "../../catalogue/instruments.ts";
import type { Source } from "../../source.ts";
import { BinanceCapture, type BinanceState } from "./binanceCapture.ts";

/**
 * Raw captures of Binance's streams: each line is the recorder's clock (16 digits µs or 19 digits ns), a space, and the message
 * as it came; among them the REST depth snapshots. Which market a message is from, it shows itself: `ps` or a symbol like
 * BTCUSD_PERP is `binance-coinm`, a depth update without `pu` or a trade with `M` is spot (`binance`), the rest `binance-usdm`.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `depthUpdate` (the full diffs, any speed), REST depth | `book`, one a level, ordered as `BinanceDepthSync` says | `T`, the transaction, on futures; `E` on spot; none in a spot snapshot |
 * | `bookTicker` | `quotes` | `T` on futures; spot sends none |
 * | `trade` or `aggTrade` (its id is `a`), of an instrument whichever comes first | `trades` | `T` |
 * | `markPriceUpdate` | `tickers`: mark, index, funding rate and its next time | `E` |
 * | `forceOrder` | `liquidations` | `T` of the order |
 *
 * `T` is when the matching engine did it, `E` when it was sent, some ms later; vendors that keep `E` (Tardis) therefore differ by
 * that much. Other events, partial-depth streams and subscription replies are skipped and counted. A line that is broken, cut or
 * has a bad field is quarantined whole.
 */
export const binanceRaw: Source = {
  name: "binance-raw",
  version: 1,
  recognises: ({ text }) =>
    /^\d{16}(?:\d{3})? \{.*"(?:lastUpdateId|e|stream)":/.test(text.slice(0, 2_000)),
  continues: true,
  createReader() {
    const state: BinanceState = { books: new Map(), tradeFeeds: new Map() };
    return {
      async read(file, sink) {
        await new BinanceCapture(file.name, sink, state).read(file);
      },
    };
  },
  terms,
};
