import { ASK, BID, BUY, METHOD_MARKET, PRICE_FILL, SELL, type Decimal } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import type { ChecksumRule, TextLevel } from "../read/bookChecksum.ts";
import { CrcBook } from "../read/bookChecksum.fast.ts";
import {
  arrayField,
  choiceField,
  countField,
  countOf,
  isArray,
  isObject,
  isoField,
  objectField,
  optionalReal,
  parseJson,
  priceOf,
  sizeOf,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { parseJsonTexts } from "../read/jsonNumberTexts.ts";
import { writeBook } from "../read/bookMessage.ts";
import { capturedSymbol, secondsOf } from "./capturedFields.ts";
import { FtxBulk } from "./ftxBulk.fast.ts";
import { settle, type Outcome } from "./outcome.ts";
import { textLevel, type QuotedLevel } from "./quotedLevel.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

const VENUE = "ftx";

/**
 * The 100 best levels of each side as `price:size`, bid and ask in turn, joined by colons. FTX wrote its numbers as Python does
 * (`28.0`, `5.825e-05`), so the text of the message is taken as it stands.
 * Source: docs.ftx.com, "Orderbooks: checksum", 2021 (archived).
 */
const CHECKSUM: ChecksumRule = { depth: 100, form: "pairs", signed: false };

function readLevel(level: unknown, side: TextLevel["side"]): QuotedLevel {
  if (!isArray(level)) throw wrongField("a level", level, "a list");
  const [price, size] = level;
  return textLevel(side, price, size);
}

/** A book message, its fields read. */
interface FtxBookMessage {
  readonly tsEvent: number;
  readonly snapshot: boolean;
  readonly levels: readonly QuotedLevel[];
  readonly checksum: number;
}

function readBook(data: JsonObject): FtxBookMessage {
  return {
    tsEvent: secondsOf(data["time"], "time"),
    snapshot: choiceField(data, "action", [
      ["partial", true],
      ["update", false],
    ]),
    levels: [
      ...arrayField(data, "bids").map((level) => readLevel(level, BID)),
      ...arrayField(data, "asks").map((level) => readLevel(level, ASK)),
    ],
    checksum: countField(data, "checksum"),
  };
}

function readTrade(
  trade: unknown,
  { tsRecv, line }: CapturedMessage,
): {
  readonly row: RawRow<"trades">;
  readonly liquidation: boolean;
} {
  if (!isObject(trade)) throw wrongField("a trade", trade, "an object");
  return {
    row: {
      tsEvent: isoField(trade, "time"),
      tsRecv,
      line: line.number,
      tradeId: String(countOf(trade["id"], "id")),
      side: choiceField(trade, "side", [
        ["buy", BUY],
        ["sell", SELL],
      ]),
      price: priceOf(trade["price"], "price"),
      size: sizeOf(trade["size"], "size"),
    },
    liquidation: choiceField(trade, "liquidation", [
      [true, true],
      [false, false],
    ]),
  };
}

/** A trade of a forced order: the order was the taker's. */
function liquidationOf({ tradeId, ...trade }: RawRow<"trades">): RawRow<"liquidations"> {
  return { ...trade, liquidationId: tradeId, method: METHOD_MARKET, priceKind: PRICE_FILL };
}

function quoteSide(
  data: JsonObject,
  [price, size]: readonly [string, string],
): { price: Decimal | undefined; size: Decimal | undefined } {
  if (data[price] === null || data[price] === undefined)
    return { price: undefined, size: undefined };
  return { price: priceOf(data[price], price), size: sizeOf(data[size], size) };
}

function readTicker(
  { tsRecv, line }: CapturedMessage,
  data: JsonObject,
): {
  readonly quote: RawRow<"quotes">;
  readonly ticker: RawRow<"tickers">;
} {
  const received = { tsEvent: secondsOf(data["time"], "time"), tsRecv, line: line.number };
  const bid = quoteSide(data, ["bid", "bidSize"]);
  const ask = quoteSide(data, ["ask", "askSize"]);
  return {
    quote: {
      ...received,
      bidPrice: bid.price,
      bidSize: bid.size,
      askPrice: ask.price,
      askSize: ask.size,
    },
    ticker: { ...received, lastPrice: optionalReal(data, "last") },
  };
}

/** One connection to FTX. */
class FtxCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books = new Map<string, CrcBook>();

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  connected(): void {
    this.books.clear();
  }

  bulk(sink: RowSink): BulkCapture {
    return new FtxBulk(sink, { venue: VENUE, books: this.books });
  }

  take(message: CapturedMessage): void {
    // Only the sum of a book is over the texts of its numbers.
    const isBook = message.text.includes('"orderbook"');
    const read = isBook ? parseJsonTexts(message.text) : parseJson(message.text);
    if (!isObject(read)) throw wrongField("the message", read, "an object");
    const type = textField(read, "type");
    if (type !== "partial" && type !== "update") {
      this.sink.skip(message.line, `event ${type.slice(0, 40)}`);
      return;
    }
    settle(this.sink, message.line, [this.read(message, read)]);
  }

  private read(message: CapturedMessage, read: JsonObject): Outcome {
    const channel = textField(read, "channel");
    const symbol = capturedSymbol(read["market"], "market");
    switch (channel) {
      case "orderbook":
        return this.readBook(message, symbol, readBook(objectField(read, "data")));
      case "trades":
        return this.readTrades(message, symbol, arrayField(read, "data"));
      case "ticker": {
        const { quote, ticker } = readTicker(message, objectField(read, "data"));
        return () => {
          this.sink.row("quotes", VENUE, symbol, quote);
          this.sink.row("tickers", VENUE, symbol, ticker);
        };
      }
      default:
        return `channel ${channel.slice(0, 40)}`;
    }
  }

  private readBook(
    { tsRecv, line }: CapturedMessage,
    symbol: string,
    read: FtxBookMessage,
  ): Outcome {
    const { checksum, ...message } = read;
    return () => {
      const book = this.books.get(symbol) ?? new CrcBook(CHECKSUM);
      this.books.set(symbol, book);
      if (message.snapshot) book.clear();
      for (const { text } of message.levels) book.set(text);
      const verdict = book.verify(checksum);
      writeBook(this.sink, VENUE, symbol, {
        ...message,
        tsRecv,
        line: line.number,
        checksum: verdict,
      });
    };
  }

  private readTrades(message: CapturedMessage, symbol: string, list: readonly unknown[]): Outcome {
    const trades = list.map((trade) => readTrade(trade, message));
    if (trades.length === 0) return "message without content";
    return () => {
      for (const { row, liquidation } of trades) {
        this.sink.row("trades", VENUE, symbol, row);
        if (liquidation) this.sink.row("liquidations", VENUE, symbol, liquidationOf(row));
      }
    };
  }
}

/** `BTC-PERP`, `BTC-1231` and `BTC-20210326` are linear in USD, one coin a contract; `LTC-BTC` is spot; others (MOVE) are not said. */
function ftxTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  const [base, quote, more] = symbol.split("-");
  if (venue !== VENUE) return undefined;
  if (base === undefined || quote === undefined || more !== undefined) return {};
  const dated = /^\d{4}(?:\d{4})?$/.test(quote);
  const linear = { contract: "linear", multiplier: 1, base } as const;
  if (dated || quote === "PERP") {
    return { kind: dated ? "future" : "perpetual", ...linear, quote: "USD", settle: "USD" };
  }
  return { kind: "spot", ...linear, quote, settle: quote };
}

/**
 * FTX (`ftx`). A market is written `LTC-BTC`, `BTC-PERP`, `BTC-1231`. The venue's clock is `time`, in seconds.
 *
 * | channel | rows | tsEvent |
 * |---|---|---|
 * | `orderbook` | `book`, the best 100 levels of each side; levels that fall out of it are deleted by the venue's own messages; verified by its CRC32 | `time` |
 * | `trades` | `trades`, and `liquidations` of those that are flagged: the forced order was the taker's | the trade's |
 * | `ticker` | `quotes`, and `tickers` (last price) | `time` |
 */
export const ftx: CapturedVenue = {
  hosts: ["ftx.com", "ftexchange.com"],
  fileName: "FTX",
  open: (sink) => new FtxCapture(sink),
  terms: ftxTerms,
};
