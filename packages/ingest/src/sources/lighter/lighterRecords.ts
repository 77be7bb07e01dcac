import { ASK, BID, ConfigError } from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";
import { writeBook, type BookLevel, type BookMessage } from "../read/bookMessage.ts";
import { capturedSymbol } from "../cryptofeed/capturedFields.ts";
import type { Emit, RecordReader } from "../read/emitRecords.ts";
import {
  arrayField,
  countField,
  isArray,
  isObject,
  objectField,
  optionalReal,
  parseJson,
  priceOf,
  realOf,
  sizeOf,
  textField,
  timeField,
  timeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { readLighterTrade, writeLighterTrade, type LighterTrade } from "./lighterTrades.ts";

const VENUE = "lighter";

/** A record waits for the symbol of its market, which its statistics name within a second; more than this means there are none. */
const MAX_WAITING = 100_000;

/** One message with what the recorder said. */
interface LighterMessage {
  readonly record: SourceLine;
  /** The recorder's clock, µs. */
  readonly tsRecv: number;
  readonly message: JsonObject;
  /** `subscribed` or `update`. */
  readonly isFirst: boolean;
}

/** Writes a record, once its market's symbol is known. */
type WriteOf = (symbol: string) => void;

function levelsOf(book: JsonObject, name: "bids" | "asks", side: BookLevel["side"]): BookLevel[] {
  return arrayField(book, name).map((level) => {
    if (!isObject(level)) throw wrongField(`a level of ${name}`, level, "an object");
    return { side, price: priceOf(level["price"], "price"), size: sizeOf(level["size"], "size") };
  });
}

/** Ids by which an update follows the one before. */
function chainOf(
  message: JsonObject,
  book: JsonObject,
  isFirst: boolean,
): Pick<BookMessage, "updateId" | "prevUpdateId"> {
  if (book["begin_nonce"] !== undefined) {
    const prevUpdateId = isFirst ? undefined : countField(book, "begin_nonce");
    return { updateId: countField(book, "nonce"), prevUpdateId };
  }
  const updateId = countField(message, "offset");
  return { updateId, prevUpdateId: isFirst ? undefined : updateId - 1 };
}

/** A rate that is sent in percent, as a fraction. */
function fractionOf(stats: JsonObject, name: string): number | undefined {
  const percent = optionalReal(stats, name);
  // Rounded to the digits that a double holds: 0.0012 / 100 would be 0.000011999999999999999.
  return percent === undefined ? undefined : Number((percent / 100).toPrecision(15));
}

function tradesOf(message: JsonObject, name: string): LighterTrade[] {
  const trades = message[name];
  if (trades === undefined || trades === null) return [];
  if (!isArray(trades)) throw wrongField(name, trades, "a list of trades");
  return trades.map(readLighterTrade);
}

/** The messages of one recording. */
export class LighterRecords implements RecordReader {
  private readonly sink: RowSink;
  private readonly fileName: string;
  private readonly hinted: string | undefined;
  private readonly symbols = new Map<string, string>();
  private readonly waiting = new Map<string, WriteOf[]>();
  /** The last id of each book. */
  private readonly lastIds = new Map<string, number>();
  private readonly tradeIds = new Set<number>();

  /** `hinted`: what the user says the symbol is, where the recording does not. */
  constructor(sink: RowSink, fileName: string, hinted: string | undefined) {
    this.sink = sink;
    this.fileName = fileName;
    this.hinted = hinted;
  }

  read(record: SourceLine): Emit {
    const entry = parseJson(record.text);
    if (!isObject(entry)) throw wrongField("the record", entry, "an object");
    const seconds = realOf(entry["ts"], "ts");
    const tsRecv = timeOf(Math.round(seconds * 1_000_000), "ts", "micros");
    const message = parseJson(textField(entry, "msg"));
    if (!isObject(message)) throw wrongField("msg", message, "a JSON object");
    const type = textField(message, "type");
    const [, phase, feed] =
      /^(subscribed|update)\/(order_book|trade|market_stats)$/.exec(type) ?? [];
    const read: LighterMessage = { record, tsRecv, message, isFirst: phase === "subscribed" };
    if (feed === "order_book") return this.readBook(read);
    if (feed === "trade") return this.readTrades(read);
    if (feed === "market_stats") return this.readStats(read);
    return () => this.sink.skip(record, `type ${type.slice(0, 40)}`);
  }

  /** The recording is over. Throws ConfigError when the symbol of a market never showed. */
  end(): void {
    for (const market of this.waiting.keys()) throw this.unnamed(market);
  }

  /** The number in `order_book:1` or `order_book/1`. */
  private marketOf({ message }: LighterMessage): string {
    const [, market] = /^\w+[:/](\d{1,9})$/.exec(textField(message, "channel")) ?? [];
    if (market !== undefined) return market;
    throw wrongField("channel", message["channel"], "a feed of one market");
  }

  private whenNamed(read: LighterMessage, write: WriteOf): Emit {
    const market = this.marketOf(read);
    return () => {
      const symbol = this.symbols.get(market) ?? this.hinted;
      if (symbol !== undefined) {
        write(symbol);
        return;
      }
      const waiting = this.waiting.get(market) ?? [];
      if (waiting.length >= MAX_WAITING) throw this.unnamed(market);
      waiting.push(write);
      this.waiting.set(market, waiting);
    };
  }

  private unnamed(market: string): ConfigError {
    return new ConfigError(`${this.fileName}: nothing says what market ${market} is`, {
      hints: ["Name it with --symbol, for example --symbol BTC."],
    });
  }

  private readBook(read: LighterMessage): Emit {
    const { record, tsRecv, message, isFirst } = read;
    const book = objectField(message, "order_book");
    const depth: BookMessage = {
      tsEvent: timeField(message, "timestamp", "millis"),
      tsRecv,
      line: record.number,
      snapshot: isFirst,
      levels: [...levelsOf(book, "bids", BID), ...levelsOf(book, "asks", ASK)],
      ...chainOf(message, book, isFirst),
    };
    return this.whenNamed(read, (symbol) => {
      const last = this.lastIds.get(symbol);
      const { updateId = 0, prevUpdateId } = depth;
      if (last !== undefined && prevUpdateId !== undefined && prevUpdateId !== last) {
        this.sink.note("book", VENUE, symbol, "sequenceGaps");
      }
      this.lastIds.set(symbol, updateId);
      writeBook(this.sink, VENUE, symbol, depth);
    });
  }

  private readTrades(read: LighterMessage): Emit {
    const { record, tsRecv, message, isFirst } = read;
    const trades = [...tradesOf(message, "liquidation_trades"), ...tradesOf(message, "trades")];
    // The venue lists the newest first.
    trades.sort((a, b) => a.tsEvent - b.tsEvent || a.tradeId - b.tradeId);
    return this.whenNamed(read, (symbol) => {
      const fresh = trades.filter(({ tradeId }) => !this.tradeIds.has(tradeId));
      const note = (what: string, count: number): void => {
        if (count > 0) this.sink.note("trades", VENUE, symbol, what, count);
      };
      note("repeatedTrades", fresh.length === 0 ? 0 : trades.length - fresh.length);
      if (isFirst) note("oldTrades", fresh.length);
      const received = isFirst ? undefined : tsRecv;
      const target = { sink: this.sink, venue: VENUE, symbol, line: record.number };
      for (const trade of fresh) {
        this.tradeIds.add(trade.tradeId);
        writeLighterTrade(trade, { ...target, tsRecv: received });
      }
      const reason = trades.length === 0 ? "message without trades" : "duplicate trades";
      if (fresh.length === 0) this.sink.skip(record, reason);
    });
  }

  private readStats({ record, tsRecv, message }: LighterMessage): Emit {
    const stats = objectField(message, "market_stats");
    // The feed of all markets has one object for each; which it is, the singular feed says at its place.
    if (stats["symbol"] === undefined) {
      return () => this.sink.skip(record, "statistics of all markets");
    }
    const symbol = capturedSymbol(stats["symbol"], "symbol");
    const market = String(countField(stats, "market_id"));
    const openInterest = optionalReal(stats, "open_interest");
    const common = { tsRecv, line: record.number };
    const ticker = {
      ...common,
      markPrice: optionalReal(stats, "mark_price"),
      indexPrice: optionalReal(stats, "index_price"),
      lastPrice: optionalReal(stats, "last_trade_price"),
      fundingRate: fractionOf(stats, "current_funding_rate"),
    };
    return () => {
      this.name(market, symbol);
      this.sink.row("tickers", VENUE, symbol, ticker);
      if (openInterest === undefined) return;
      const measure = { ...common, measure: "openInterestUsd", value: openInterest };
      this.sink.row("measures", VENUE, symbol, measure);
    };
  }

  /** A market's symbol is known: what waited for it is written. */
  private name(market: string, symbol: string): void {
    this.symbols.set(market, symbol);
    const waiting = this.waiting.get(market) ?? [];
    this.waiting.delete(market);
    for (const write of waiting) write(symbol);
  }
}
