import { ConfigError, instrumentId } from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";
import type {
  BinanceMessage,
  BinanceVenue,
  SnapshotMessage,
  TradeMessage,
} from "../binance/binanceMessage.ts";
import { readBinanceMessage } from "../binance/readBinanceMessage.ts";
import { isObject, parseJson, wrongField } from "../read/jsonFields.ts";
import { CapturedBinanceBook } from "./binanceBook.ts";
import { CapturedBinanceBulk } from "./binanceBulk.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { FirstFeed } from "./firstFeed.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

/** What the files of one ingest have in common. */
interface BinanceIngest {
  /** By `venue:SYMBOL`. */
  readonly books: Map<string, CapturedBinanceBook>;
  readonly feeds: FirstFeed;
}

/** Depth snapshots of spot, USD-M and COIN-M by REST. */
const DEPTH_PATH = /^https?:\/\/[^/]+\/(?:api\/v[13]|[fd]api\/v1)\/depth\?/;

/** The file that a recorder keeps for REST replies has a set of its own: it joins the stream's and never replaces it. */
const REPLIES = "rest";

/** One file of a capture of Binance: a connection to one of its markets, or the replies to REST requests. */
class BinanceFile implements VenueCapture {
  private readonly sink: RowSink;
  private readonly ingest: BinanceIngest;
  private bulkReader: CapturedBinanceBulk | undefined;
  private streams = false;
  private replies = false;

  constructor(sink: RowSink, ingest: BinanceIngest) {
    this.sink = sink;
    this.ingest = ingest;
  }

  connected(): void {
    this.streams = true;
  }

  take(message: CapturedMessage): void {
    if (message.url === undefined) {
      this.streams = true;
      const json = parseJson(message.text);
      const read = this.readMessage(message, json);
      this.store(message, read);
      this.bulkReader?.learn(json, read);
    } else this.takeReply(message, message.url);
  }

  end(): void {
    this.replies = false;
    for (const book of this.ingest.books.values()) book.flush(this.sink);
  }

  bulk(sink: RowSink): BulkCapture {
    this.bulkReader = new CapturedBinanceBulk(sink, {
      book: (venue, symbol) => this.book(venue, symbol),
      refusal: (trade) => this.refusal(trade),
    });
    return this.bulkReader;
  }

  private takeReply(message: CapturedMessage, url: string): void {
    if (!DEPTH_PATH.test(url)) {
      this.sink.skip(message.line, "REST reply other than a depth snapshot");
      return;
    }
    const symbol = capturedSymbol(/[?&]symbol=(\w+)/.exec(url)?.[1], "the address's symbol");
    const body = parseJson(message.text);
    if (!isObject(body)) throw wrongField("the reply", body, "an object");
    // Only COIN-M says in the reply whose it is.
    const read = this.readMessage(message, { ...body, symbol });
    if (!this.streams && !this.replies) {
      this.sink.dataset(REPLIES);
      this.replies = true;
    }
    this.store(message, read);
  }

  private readMessage({ tsRecv, line }: CapturedMessage, message: unknown): BinanceMessage {
    return readBinanceMessage(message, { tsRecv, line: line.number });
  }

  private store({ line }: CapturedMessage, message: BinanceMessage): void {
    switch (message.kind) {
      case "row":
        message.write(this.sink);
        break;
      case "trade":
        this.storeTrade(line, message);
        break;
      case "unread":
        this.sink.skip(line, message.reason);
        break;
      case "diff": {
        const book = this.book(message.venue, message.symbol);
        this.skipIf(line, book.diff(message.depth, this.sink));
        break;
      }
      case "snapshot":
        this.storeSnapshot(line, message);
        break;
      default:
        message satisfies never;
    }
  }

  private storeTrade(line: SourceLine, message: TradeMessage): void {
    const refused = this.refusal(message);
    if (refused === undefined) message.write(this.sink);
    else this.sink.skip(line, refused);
  }

  /** Why a trade is not to be stored, if so: of two feeds of an instrument's trades the one that came first is. */
  private refusal({ venue, symbol, feed }: TradeMessage): string | undefined {
    return this.ingest.feeds.refuse("trades", instrumentId(venue, symbol), feed);
  }

  /** Throws ConfigError for a reply from a file of its own that comes too late to be joined. */
  private storeSnapshot(line: SourceLine, { venue, symbol = "", depth }: SnapshotMessage): void {
    const book = this.book(venue, symbol);
    if (this.streams) {
      this.skipIf(line, book.snapshot(depth, this.sink));
      return;
    }
    if (book.streamRecv > depth.tsRecv) {
      throw new ConfigError(
        `a depth snapshot of ${venue}:${symbol} by REST comes after depth updates that were received later`,
        {
          hints: [
            "Name the file of REST replies before the file of the stream that it belongs to.",
          ],
        },
      );
    }
    book.reply(depth, this.sink);
  }

  private skipIf(line: SourceLine, reason: string | undefined): void {
    if (reason !== undefined) this.sink.skip(line, reason);
  }

  private book(venue: BinanceVenue, symbol: string): CapturedBinanceBook {
    const id = instrumentId(venue, symbol);
    let book = this.ingest.books.get(id);
    if (book === undefined) {
      book = new CapturedBinanceBook(venue, symbol);
      this.ingest.books.set(id, book);
    }
    return book;
  }
}

/** Begins an ingest of captures of Binance. */
function begin(): Pick<CapturedVenue, "open"> {
  const ingest: BinanceIngest = { books: new Map(), feeds: new FirstFeed() };
  return { open: (sink) => new BinanceFile(sink, ingest) };
}

const venue = (fileName: string, hosts: readonly string[]): CapturedVenue => ({
  fileName,
  hosts,
  begin,
  open: (sink) => begin().open(sink),
});

/**
 * Binance, spot (`binance`). Messages are read as those of `binance-raw` are, with the same streams and clocks; the depth
 * snapshots are replies to REST requests, whose address says whose they are. See `CapturedBinanceBook` for how both join.
 */
export const binance: CapturedVenue = venue("BINANCE", [
  "stream.binance.com",
  "www.binance.com",
  "api.binance.com",
]);

/** Binance, USD-M futures (`binance-usdm`); see `binance`. */
export const binanceFutures: CapturedVenue = venue("BINANCE_FUTURES", [
  "fstream.binance.com",
  "fapi.binance.com",
]);

/** Binance, COIN-M futures (`binance-coinm`); see `binance`. Its snapshots were recorded in a file of their own. */
export const binanceDelivery: CapturedVenue = venue("BINANCE_DELIVERY", [
  "dstream.binance.com",
  "dapi.binance.com",
]);
