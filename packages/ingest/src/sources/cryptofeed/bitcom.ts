import { BUY, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import {
  arrayField,
  choiceField,
  countOf,
  isObject,
  objectField,
  priceOf,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { parseJsonLongTexts } from "../read/jsonNumberTexts.ts";
import { BitcomBulk } from "./bitcomBulk.fast.ts";
import { readBitcomOptionName, writeBitcomTicker } from "./bitcomTicker.ts";
import { bookChanges, bookSides, parseMessage } from "./bookLists.ts";
import { writeBook } from "../read/bookMessage.ts";
import { capturedSymbol } from "./capturedFields.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

const VENUE = "bitcom";

/** Of sequences longer than 16 digits the last 15 are kept, which fit 2^53; the digits before are the time the market was started. */
const KEPT_DIGITS = 15;

function sequenceOf(data: JsonObject, name: string): number {
  const value = data[name];
  const isLong = typeof value === "string" && /^\d{17,30}$/.test(value);
  return countOf(isLong ? value.slice(-KEPT_DIGITS) : value, name);
}

/** Derivatives have an `instrument_id`, spot a `pair`. */
const symbolField = (data: JsonObject): string =>
  data["instrument_id"] === undefined
    ? capturedSymbol(data["pair"], "pair")
    : capturedSymbol(data["instrument_id"], "instrument_id");

class BitcomCapture implements VenueCapture {
  private readonly sink: RowSink;
  /** The last sequence of each book. */
  private readonly last = new Map<string, number>();

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  bulk(sink: RowSink): BulkCapture {
    return new BitcomBulk(sink, { venue: VENUE, last: this.last });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text, parseJsonLongTexts);
    const channel = textField(message, "channel");
    if (channel === "depth") this.takeDepth(captured, message);
    else if (channel === "trade") this.takeTrades(captured, message);
    else if (channel === "ticker") {
      const data = objectField(message, "data");
      writeBitcomTicker(this.sink, VENUE, symbolField(data), data, captured);
    } else this.sink.skip(captured.line, `channel ${channel.slice(0, 40)}`);
  }

  private takeDepth({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const data = objectField(message, "data");
    const symbol = symbolField(data);
    const updateId = sequenceOf(data, "sequence");
    const common = {
      tsEvent: timeField(message, "timestamp", "millis"),
      tsRecv,
      line: line.number,
      updateId,
    };
    const snapshot = choiceField(data, "type", [
      ["snapshot", true],
      ["update", false],
    ]);
    const levels = snapshot ? bookSides(data) : bookChanges(data);
    const prevUpdateId = snapshot ? undefined : sequenceOf(data, "prev_sequence");
    const last = this.last.get(symbol);
    if (prevUpdateId !== undefined && last !== undefined && prevUpdateId !== last) {
      this.sink.note("book", VENUE, symbol, "sequenceGaps");
    }
    this.last.set(symbol, updateId);
    writeBook(this.sink, VENUE, symbol, { ...common, snapshot, prevUpdateId, levels });
  }

  private takeTrades({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const trades = arrayField(message, "data").map((trade) => {
      if (!isObject(trade)) throw wrongField("a trade", trade, "an object");
      const row: RawRow<"trades"> = {
        tsEvent: timeField(trade, "created_at", "millis"),
        tsRecv,
        line: line.number,
        tradeId: textField(trade, "trade_id"),
        side: choiceField(trade, "side", [
          ["buy", BUY],
          ["sell", SELL],
        ]),
        price: priceOf(trade["price"], "price"),
        size: sizeOf(trade["qty"], "qty"),
      };
      return { symbol: symbolField(trade), row, isBlock: trade["is_block_trade"] === true };
    });
    if (trades.length === 0) this.sink.skip(line, "message without data");
    for (const { symbol, row, isBlock } of trades) {
      if (isBlock) this.sink.note("trades", VENUE, symbol, "blockTrades");
      this.sink.row("trades", VENUE, symbol, row);
    }
  }
}

/** `BTC-PERPETUAL` and `BTC-31DEC21` are inverse, one USD a contract; with `-USDT` linear. Options are worth one coin. */
function bitcomTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  const [, base, quote, what] =
    /^([A-Z0-9]+)(?:-(USD[TC]))?-(PERPETUAL|OPTIONS|\d{1,2}[A-Z]{3}\d{2})(?:-|$)/.exec(symbol) ??
    [];
  if (base === undefined || what === undefined) return {};
  const settle = quote ?? base;
  const linear = { contract: "linear", multiplier: 1, base, quote: settle, settle } as const;
  if (what === "OPTIONS") return { kind: "optionChain", ...linear };
  if (readBitcomOptionName(symbol) !== undefined) return { kind: "option", ...linear };
  const kind = what === "PERPETUAL" ? "perpetual" : "future";
  if (quote !== undefined) return { kind, ...linear };
  return { kind, contract: "inverse", multiplier: 1, base, quote: "USD", settle: base };
}

/**
 * Bit.com: options, futures, perpetuals and spot.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `depth` | `book`, all levels | `timestamp` of the message, ms |
 * | `trade` | `trades`; `side` is the taker's. Block trades are stored and counted (`blockTrades`) | `created_at`, ms |
 * | `ticker` of an option | `options` of the chain `BTC-OPTIONS`, …: the update of one option, no row ends a picture of the chain. Premiums and marks are in the coin, `sigma` a fraction a year of 365 days, vega in USD a volatility point, theta in USD a day: Black-76 gives the recorded marks and vegas | `time`, ms |
 * | `ticker` of another instrument | `tickers` and `quotes` | `time`, ms |
 *
 * Sequence: an update names the `prev_sequence` of its book, stored as the chain that the replay checks (765 of 765 recorded in
 * 2021 and 2024); a break is also noted (`sequenceGaps`). Sequences of 19 digits keep their last 15. A snapshot may come again.
 */
export const bitcom: CapturedVenue = {
  hosts: ["ws.bit.com", "spot-ws.bit.com"],
  fileName: "BIT.COM",
  open: (sink) => new BitcomCapture(sink),
  terms: bitcomTerms,
};
