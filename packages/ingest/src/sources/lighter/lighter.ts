import { terms as catalogueTerms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms, Source } from "../../source.ts";
import { emitRecord } from "../read/emitRecords.ts";
import { jsonElements } from "../read/jsonElements.ts";
import { LighterRecords } from "./lighterRecords.ts";

/** Markets are perpetuals of one coin, paid in USDC; spot has a `/` in its name, which is stored as `-`. */
function terms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = catalogueTerms(venue, symbol, at);
  if (known.contract !== "unknown") return known;
  const [base = "", quote] = symbol.split("-");
  const linear = { contract: "linear", multiplier: 1, base } as const;
  if (quote !== undefined) return { ...known, kind: "spot", ...linear, quote, settle: quote };
  return { ...known, kind: "perpetual", ...linear, quote: "USD", settle: "USDC" };
}

const FIRST_RECORD = /^\s*\[\s*\{\s*"ts"\s*:\s*\d{9,10}(?:\.\d+)?\s*,\s*"msg"\s*:\s*"\{/;
/** The greeting, or the channel of a message, inside the text of `msg`. */
const LIGHTER_MESSAGE =
  /\{\\"session_id\\":|\\"channel\\":\\"(?:order_book|trade|market_stats)[:/]\d+\\"/;

/**
 * Lighter (zkLighter): its WebSocket messages as a JSON array of `{"ts": seconds, "msg": "…"}`, ts being the recorder's clock.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `order_book`, `subscribed` then `update` | `book`, all levels | `timestamp`, ms |
 * | `trade` | `trades`; `fills` of both accounts with their position before, and the fee; `liquidations` where the type is so: the taker is the account that was liquidated | `timestamp`, ms |
 * | `market_stats` | `tickers`: mark, index, last price, funding rate of the current hour; `measures`: `openInterestUsd` | none is sent |
 *
 * The first message of the trade feed is history: the last trades, and liquidations of the minutes before, newest first. They are
 * stored oldest first and **without** tsRecv, for nobody received them when they happened, and counted (`oldTrades`). A trade that
 * comes again is dropped by its id. Trades of another type than `trade` and `liquidation` (`deleverage`) are fills whose `cause` says so.
 *
 * Sequence: updates of a book count up in `offset` (2,549 of 2,549 recorded on 2025-12-10), which is stored as the chain that the
 * replay checks; a break is also noted (`sequenceGaps`). Later versions of the feed have `begin_nonce`, the `nonce` of the update
 * before, and that is the chain then (apidocs.lighter.xyz, "WebSocket").
 *
 * Units: rates are sent in percent and stored as fractions (0.0012 is 0.000012 an hour); fees are millionths of the traded value (200 of
 * takers and 20 of makers are the 2 and 0.2 basis points of premium accounts; no page says so). The symbol of a market is known from its
 * statistics; where there are none, from --symbol.
 */
export const lighter: Source = {
  name: "lighter",
  version: 1,
  recognises: ({ text }) => FIRST_RECORD.test(text) && LIGHTER_MESSAGE.test(text),
  records: (file) => jsonElements(file),
  createReader: ({ symbol }) => ({
    async read(file, sink) {
      const reader = new LighterRecords(sink, file.name, symbol);
      for await (const records of jsonElements(file)) {
        for (const record of records) emitRecord(sink, record, reader);
      }
      reader.end();
    },
  }),
  terms,
};
