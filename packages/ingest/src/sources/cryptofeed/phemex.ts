import { ASK, BID, BUY, DataError, SELL, type Decimal } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink } from "../../source.ts";
import {
  arrayField,
  choiceField,
  countField,
  countOf,
  decimalOf,
  isArray,
  objectField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { parseJsonLongTexts } from "../read/jsonNumberTexts.ts";
import { parseMicros } from "../read/parseMicros.ts";
import { parseMessage } from "./bookLists.ts";
import type { BookLevel } from "../read/bookMessage.ts";
import { capturedSymbol, OLD_TRADE } from "./capturedFields.ts";
import { KnownLevels } from "./knownLevels.ts";
import { PhemexBulk } from "./phemexBulk.fast.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "phemex";

/** Decimals of the whole numbers that prices and sizes are sent as. */
interface Scale {
  readonly price: number;
  readonly size: number;
}

/** `sBTCUSDT`: spot. */
const SPOT = /^s[A-Z0-9]+$/;
/** `BTCUSD`, `cETHUSD`, `uBTCUSD`, `u100000SHIBUSD`. */
const CONTRACT = /^[a-z]?[A-Z0-9]+USD$/;

function scaleOf(symbol: string): Scale {
  if (SPOT.test(symbol)) return { price: 8, size: 8 };
  if (CONTRACT.test(symbol)) return { price: 4, size: 0 };
  throw new DataError(
    `symbol is "${symbol}", neither spot (s…) nor a contract in USD: its price scale is not known`,
  );
}

/** A whole number and the decimals that it hides. */
function scaled(value: unknown, name: string, decimals: number): Decimal {
  return decimalOf(`${countOf(value, name)}e-${decimals}`, name);
}

function scaledPrice(value: unknown, { price }: Scale): Decimal {
  const read = scaled(value, "the price", price);
  if (read.mantissa === 0) throw wrongField("the price", value, "a price above zero");
  return read;
}

/** Nanoseconds as the text of 19 digits; the last three are dropped. */
function nanosOf(value: unknown, name: string): number {
  const nanos = typeof value === "string" && /^\d{19}$/.test(value) ? value : "";
  const at = parseMicros(nanos.slice(0, -3));
  if (at === undefined) throw wrongField(name, value, "a time in nanoseconds");
  return at;
}

function levelsOf(book: JsonObject, scale: Scale): BookLevel[] {
  const sideOf = (name: string, side: BookLevel["side"]): BookLevel[] =>
    arrayField(book, name).map((level) => {
      if (!isArray(level)) throw wrongField(`a level of ${name}`, level, "[price, size]");
      const [price, size] = level;
      return { side, price: scaledPrice(price, scale), size: scaled(size, "the size", scale.size) };
    });
  return [...sideOf("bids", BID), ...sideOf("asks", ASK)];
}

const isSnapshot = (message: JsonObject): boolean =>
  choiceField(message, "type", [
    ["snapshot", true],
    ["incremental", false],
  ]);

/** What is followed of one book. */
interface Followed {
  readonly levels: KnownLevels;
  /** `sequence` of its last message. */
  last: number;
}

class PhemexCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  private readonly followed = new Map<string, Followed>();

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
  }

  connected(): void {
    this.books.allLost("reconnections");
  }

  bulk(sink: RowSink): BulkCapture {
    const { books, followed } = this;
    return new PhemexBulk(sink, { venue: VENUE, books, followed, scaleOf });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text, parseJsonLongTexts);
    if (message["book"] !== undefined) this.takeBook(captured, message);
    else if (message["trades"] !== undefined) this.takeTrades(captured, message);
    else if ("result" in message) this.sink.skip(captured.line, "reply");
    else this.sink.skip(captured.line, "message other than book and trades");
  }

  private takeBook({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = capturedSymbol(message["symbol"], "symbol");
    const snapshot = isSnapshot(message);
    const sequence = countField(message, "sequence");
    const window = countField(message, "depth");
    const levels = levelsOf(objectField(message, "book"), scaleOf(symbol));
    const tsEvent = nanosOf(message["timestamp"], "timestamp");
    const followed = this.followed.get(symbol) ?? { levels: new KnownLevels(), last: 0 };
    this.followed.set(symbol, followed);
    if (snapshot) {
      // Sent again every 16 s or so where the market is quiet: after the same sequence it has to say the same.
      const repeats = this.books.isWhole(symbol) && sequence === followed.last;
      if (repeats && !followed.levels.equals(levels)) this.books.lost(symbol, "snapshotDiffers");
      followed.levels.restart(levels);
    } else {
      for (const level of levels) followed.levels.set(level);
      if (sequence < followed.last) this.books.lost(symbol, "sequenceBackwards");
      const deepest = Math.max(followed.levels.depth(BID), followed.levels.depth(ASK));
      if (window > 0 && deepest > window) this.books.lost(symbol, "contradictions");
    }
    this.books.write(symbol, { tsEvent, tsRecv, line: line.number, snapshot, levels });
    followed.last = sequence;
  }

  private takeTrades({ line, tsRecv }: CapturedMessage, message: JsonObject): void {
    const symbol = capturedSymbol(message["symbol"], "symbol");
    const scale = scaleOf(symbol);
    const rows = arrayField(message, "trades").map((trade): RawRow<"trades"> => {
      if (!isArray(trade)) throw wrongField("a trade", trade, "[time, side, price, size]");
      const [at, side, price, size] = trade;
      if (side !== "Buy" && side !== "Sell") throw wrongField("the side", side, "Buy or Sell");
      return {
        tsEvent: nanosOf(at, "the trade's time"),
        tsRecv,
        line: line.number,
        side: side === "Buy" ? BUY : SELL,
        price: scaledPrice(price, scale),
        size: scaled(size, "the size", scale.size),
      };
    });
    if (isSnapshot(message)) {
      this.sink.skip(line, OLD_TRADE);
      return;
    }
    if (rows.length === 0) this.sink.skip(line, "message without data");
    for (const row of rows) this.sink.row("trades", VENUE, symbol, row);
  }
}

/** Spot is linear; so are the contracts in USD but BTCUSD and c…, and how much of the coin they are is not known here. */
function phemexTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  if (symbol === "BTCUSD") {
    const inverse = { contract: "inverse", multiplier: 1 } as const;
    return { kind: "perpetual", ...inverse, base: "BTC", quote: "USD", settle: "BTC" };
  }
  if (CONTRACT.test(symbol)) return { kind: "perpetual" };
  const [, base, quote] = /^s([A-Z0-9]+?)(USDT|USDC|BTC|ETH)$/.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) return {};
  return { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote };
}

/**
 * Phemex, spot (`sBTCUSDT`) and contracts in USD.
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `book`, `snapshot` or `incremental` | `book`, the best 30 levels a side | `timestamp`, ns |
 * | `trades`, `incremental` | `trades`, without ids; the side is the taker's | the trade's time, ns |
 * | `trades`, `snapshot` | none: a thousand trades from before the subscription | |
 *
 * Prices are whole numbers with four decimals hidden for contracts, eight for spot; sizes whole contracts, or spot with eight decimals
 * hidden (github.com/phemex/phemex-api-docs, `priceScale` and `valueScale` of the products; the ten instruments recorded on 2021-07-03
 * come out at the market's prices). How much of the coin a contract is, the messages do not say. Symbols of another form have no known
 * scale and are quarantined; the later USDT contracts send other messages.
 *
 * Sequence: `sequence` grows from message to message of a book, in steps that no rule gives. A step back gives ROWS_LOST, and so
 * does a side that gets deeper than the window, because a level that leaves it is deleted (of single messages left out of the
 * recording 24 % were found so). Deletions may come twice, so that those of unknown levels prove nothing. A snapshot that is
 * sent again has to say what the book says (3 of 3 there): where it does not, `snapshotDiffers` is noted, and the book was wrong
 * since some message before it.
 */
export const phemex: CapturedVenue = {
  hosts: ["phemex.com", "ws.phemex.com", "vapi.phemex.com"],
  fileName: "PHEMEX",
  open: (sink) => new PhemexCapture(sink),
  terms: phemexTerms,
};
