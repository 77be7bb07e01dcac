import { BUY, METHOD_MARKET, PRICE_BANKRUPTCY, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import { okxTerms, okxVenue } from "../okx/okxMarket.ts";
import {
  arrayField,
  choiceField,
  isObject,
  objectField,
  parseJson,
  priceOf,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { capturedSymbol, OLD_TRADE } from "./capturedFields.ts";
import { FirstFeed } from "./firstFeed.ts";
import { OkxBook, readOkxBook } from "./okxBook.ts";
import { OkxBulk } from "./okxBulk.fast.ts";
import { readOkxQuote, readOkxTicker } from "./okxTickers.ts";
import { settle, type Outcome } from "./outcome.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

const VENUES: ReadonlySet<string> = new Set(["okex", "okex-swap", "okex-futures", "okex-options"]);

/** An index shares its name with the spot market of its pair. */
const INDEX = "@index";

/** The channels of books: all but the last send changes and a checksum, the last a whole book of five levels each time. */
const BOOKS: ReadonlySet<string> = new Set(["books", "books-l2-tbt", "books50-l2-tbt", "books5"]);

const TICKERS: ReadonlySet<string> = new Set([
  "funding-rate",
  "mark-price",
  "open-interest",
  "index-tickers",
]);

/** One element of a message's data, with what it came with. */
interface OkxItem {
  readonly message: CapturedMessage;
  readonly channel: string;
  readonly symbol: string;
  readonly data: JsonObject;
  /** `snapshot` or `update`; absent where the channel knows no difference. */
  readonly action: unknown;
}

const TAKER_SIDES = [
  ["buy", BUY],
  ["sell", SELL],
] as const;

function readTrade({ message, data }: OkxItem): RawRow<"trades"> {
  return {
    tsEvent: timeField(data, "ts", "millis"),
    tsRecv: message.tsRecv,
    line: message.line.number,
    tradeId: textField(data, "tradeId"),
    side: choiceField(data, "side", TAKER_SIDES),
    price: priceOf(data["px"], "px"),
    size: sizeOf(data["sz"], "sz"),
  };
}

/** The forced orders of one instrument: `side` as it stands, the price is that of bankruptcy. */
function readLiquidations({ message, data }: OkxItem): readonly RawRow<"liquidations">[] {
  return arrayField(data, "details").map((detail) => {
    if (!isObject(detail)) throw wrongField("a detail", detail, "an object");
    return {
      tsEvent: timeField(detail, "ts", "millis"),
      tsRecv: message.tsRecv,
      line: message.line.number,
      side: choiceField(detail, "side", TAKER_SIDES),
      price: priceOf(detail["bkPx"], "bkPx"),
      size: sizeOf(detail["sz"], "sz"),
      method: METHOD_MARKET,
      priceKind: PRICE_BANKRUPTCY,
    };
  });
}

/** One connection to OKX, messages of version 5. */
class OkxCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly feeds = new FirstFeed();
  private readonly books = new Map<string, OkxBook>();
  private openedAt = Number.NEGATIVE_INFINITY;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  connected(tsRecv: number): void {
    this.openedAt = tsRecv;
    this.books.clear();
  }

  bulk(sink: RowSink): BulkCapture {
    return new OkxBulk(sink, { books: this.books, feeds: this.feeds });
  }

  take(message: CapturedMessage): void {
    if (message.text === "pong") {
      this.sink.skip(message.line, "pong");
      return;
    }
    const read = parseJson(message.text);
    if (!isObject(read)) throw wrongField("the message", read, "an object");
    if (typeof read["event"] === "string") {
      this.sink.skip(message.line, `event ${read["event"].slice(0, 40)}`);
      return;
    }
    const argument = objectField(read, "arg");
    const channel = textField(argument, "channel");
    const outcomes = arrayField(read, "data").map((data) => {
      if (!isObject(data)) throw wrongField("an element of data", data, "an object");
      const symbol = capturedSymbol(data["instId"] ?? argument["instId"], "instId");
      return this.read({ message, channel, symbol, data, action: read["action"] });
    });
    settle(this.sink, message.line, outcomes);
  }

  private read(item: OkxItem): Outcome {
    const { channel } = item;
    if (BOOKS.has(channel)) return this.readBook(item);
    if (TICKERS.has(channel)) return this.readTicker(item);
    switch (channel) {
      case "trades":
      case "trades-all":
        return this.readTrade(item);
      case "tickers":
        return this.readQuote(item, { last: true });
      case "bbo-tbt":
        return this.readQuote(item, { last: false });
      case "liquidation-orders":
        return this.readLiquidations(item);
      default:
        return `channel ${channel.slice(0, 40)}`;
    }
  }

  private readBook({ message, channel, symbol, data, action }: OkxItem): Outcome {
    const read = readOkxBook(data, { channel, action });
    return (
      this.feeds.refuse("book", symbol, channel) ??
      ((): void => {
        const book = this.books.get(symbol) ?? new OkxBook(okxVenue(symbol), symbol);
        this.books.set(symbol, book);
        book.take(message, read, this.sink);
      })
    );
  }

  private readTrade(item: OkxItem): Outcome {
    const trade = readTrade(item);
    const refused = this.feeds.refuse("trades", item.symbol, item.channel);
    if (refused !== undefined) return refused;
    if ((trade.tsEvent ?? 0) < this.openedAt) return OLD_TRADE;
    return () => this.sink.row("trades", okxVenue(item.symbol), item.symbol, trade);
  }

  private readQuote(
    { message, symbol, channel, data }: OkxItem,
    { last }: { last: boolean },
  ): Outcome {
    const quote = readOkxQuote(message, data, { last });
    const ticker = last ? readOkxTicker(message, data) : undefined;
    const refused = this.feeds.refuse("quotes", symbol, channel);
    if (refused !== undefined && ticker === undefined) return refused;
    return () => {
      if (refused === undefined) this.sink.row("quotes", okxVenue(symbol), symbol, quote);
      if (ticker !== undefined) this.sink.row("tickers", okxVenue(symbol), symbol, ticker);
    };
  }

  private readTicker({ message, symbol, channel, data }: OkxItem): Outcome {
    const ticker = readOkxTicker(message, data);
    const name = channel === "index-tickers" ? `${symbol}${INDEX}` : symbol;
    return () => this.sink.row("tickers", okxVenue(symbol), name, ticker);
  }

  private readLiquidations(item: OkxItem): Outcome {
    const prints = readLiquidations(item);
    if (prints.length === 0) return "message without content";
    return () => {
      for (const print of prints)
        this.sink.row("liquidations", okxVenue(item.symbol), item.symbol, print);
    };
  }
}

/** An index is of the spot market by its name, and of none by its kind. */
function termsOf(venue: string, symbol: string, at: number): Partial<InstrumentTerms> | undefined {
  if (!VENUES.has(venue)) return undefined;
  return symbol.endsWith(INDEX) ? { kind: "index" } : okxTerms(venue, symbol, at);
}

/**
 * OKX, messages of version 5: spot (`okex`), swaps (`okex-swap`), futures (`okex-futures`) and options (`okex-options`), as an
 * instrument's id says, and named as in other recordings, from before OKEx became OKX in 2022. The venue's clock is `ts`; sizes of swaps, futures and
 * options are in contracts.
 *
 * | channel | rows | tsEvent |
 * |---|---|---|
 * | `books`, `books-l2-tbt`, `books50-l2-tbt`, `books5` | `book`, see `OkxBook`; verified by its CRC32 | `ts` |
 * | `trades`, `trades-all` | `trades`; one from before the connection is skipped | `ts` |
 * | `tickers` | `quotes`, and `tickers` (last price) | `ts` |
 * | `bbo-tbt` | `quotes` | `ts` |
 * | `funding-rate`, `mark-price`, `open-interest`, `index-tickers` | `tickers`; of an index under `BTC-USDT@index` | `ts`; older funding has none |
 * | `liquidation-orders` | `liquidations`, at the bankruptcy price | `ts` of the order |
 *
 * Other channels are skipped and counted. Source: www.okx.com/docs-v5, "Public channels", 2022.
 */
export const okx: CapturedVenue = {
  hosts: ["ws.okx.com", "wsaws.okx.com", "ws.okex.com", "wsaws.okex.com"],
  fileName: "OKX",
  open: (sink) => new OkxCapture(sink),
  terms: termsOf,
};

/** As cryptofeed called OKX before it was renamed. */
export const okex: CapturedVenue = { ...okx, fileName: "OKEX" };
