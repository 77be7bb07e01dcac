import { DataError } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { isArray, isObject, parseJson, type JsonObject } from "../read/jsonFields.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { DeribitBars } from "./deribitBars.ts";
import { deribitTerms, fileSymbol, symbolOfName, VENUE } from "./deribitMarket.ts";
import { deribitRecords } from "./deribitRecords.ts";
import { DeribitSummaries } from "./deribitSummaries.ts";
import { readDeribitFunding, readDeribitTrade } from "./deribitTrades.ts";

/** One document on its way into the sink, record by record; each shows by itself what it is. */
class DeribitDocument {
  private readonly sink: RowSink;
  private readonly symbol: () => string;
  private readonly summaries: DeribitSummaries;
  private readonly bars: DeribitBars;

  constructor(file: SourceFile, sink: RowSink, hints: ReadHints) {
    this.sink = sink;
    this.symbol = () => fileSymbol(file.name, hints);
    this.summaries = new DeribitSummaries(sink);
    this.bars = new DeribitBars(sink, this.symbol);
  }

  read(record: SourceLine): Emit {
    const value = parseJson(record.text);
    if (isArray(value)) return this.bars.read(value, record);
    if (isObject(value)) return this.readObject(value, record);
    throw new DataError("the record is neither an object nor a bar");
  }

  private readObject(object: JsonObject, record: SourceLine): Emit {
    if (object["trade_id"] !== undefined) return readDeribitTrade(this.sink, object, record);
    if (object["interest_1h"] !== undefined) {
      return readDeribitFunding(this.sink, object, record, this.symbol);
    }
    if (object["creation_timestamp"] !== undefined) return this.summaries.read(object, record);
    throw new DataError(
      "the record has neither trade_id, interest_1h nor creation_timestamp: it is no trade, funding or book summary",
    );
  }

  end(): void {
    this.summaries.end();
    this.bars.end();
  }
}

const TRADE = /"trade_id"\s*:\s*"[^"]+"/;
const REPLY = /^\s*\{[^[]*"jsonrpc"\s*:\s*"2\.0"/;
const REPLY_PARTS =
  /"(?:interest_1h|creation_timestamp|ticks|cost)"\s*:|"data"\s*:\s*\[\s*\[\s*\d{13}\s*,/;
const CLOSES = /^\s*\[\s*\[\s*\d{13}\s*,\s*[\d.]+\s*\]/;

/** Trades show themselves by fields that only Deribit has together; other replies by these and the frame around them. */
function recognises({ name, text }: FileHead): boolean {
  const isTrades =
    TRADE.test(text) &&
    ["trade_seq", "tick_direction", "instrument_name", "direction"].every((field) =>
      text.includes(`"${field}"`),
    );
  if (isTrades) return true;
  if (REPLY.test(text)) return REPLY_PARTS.test(text);
  return CLOSES.test(text) && symbolOfName(name)?.endsWith("-DVOL") === true;
}

/**
 * Replies of Deribit's public API, as documents or as their lists alone, trades also as one object a line.
 *
 * | method | rows | tsEvent |
 * |---|---|---|
 * | get_last_trades_by_… | `trades`; `liquidations`; `tickers`: mark and index; `measures`: an option's volatility | `timestamp` |
 * | get_book_summary_by_currency | `options` of `BTC-OPTIONS`; `tickers` | `creation_timestamp` |
 * | get_funding_rate_history | `tickers`; `measures` | `timestamp`, the end of the hour |
 * | get_volatility_index_data | `candles` of `BTC-DVOL` | when the bar opens |
 * | get_tradingview_chart_data | `candles` | when the bar opens |
 *
 * The last three name no instrument: the file's name says it, or the user (`--symbol`). Pages may overlap: trades have ids by
 * which the store drops those that come twice.
 */
export const deribit: Source = {
  name: "deribit",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: async (file, sink) => {
      toldVenue(file.name, VENUE, hints);
      const document = new DeribitDocument(file, sink, hints);
      for await (const records of deribitRecords(file)) {
        for (const record of records) {
          if (record.text.trim() === "") sink.skip(record, "blank line");
          else emitRecord(sink, record, document);
        }
      }
      document.end();
    },
  }),
  records: deribitRecords,
  terms: deribitTerms,
};
