import { DataError } from "@aftershock/schema";
import type { InstrumentTerms, ReadHints, RowSink, Source, SourceLine } from "../../source.ts";
import { OLD_TRADE } from "../cryptofeed/capturedFields.ts";
import { coinSymbol, HYPERLIQUID, hyperliquidTerms } from "../hyperliquid/hyperliquidCoins.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import { hintedDay } from "../read/hintedDay.ts";
import {
  arrayField,
  isArray,
  isObject,
  objectField,
  parseJson,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { parseMicros, RECORDED_MICROS } from "../read/parseMicros.ts";
import {
  readAssetContext,
  readBookMessage,
  readFeedTrades,
  readQuoteMessage,
  writeFeedTrade,
  type AssetContext,
  type FeedTrade,
  type MessageReceipt,
} from "./hyperliquidMessages.ts";
import { hyperliquidRecords } from "./hyperliquidRecords.ts";

/** The recorder's clock in front of a message: 19 digits are ns, of which the last three are dropped, 16 are µs. */
const RECEIVE_TIME = /^(\d{16})(?:\d{3})? /;

/** No trade takes longer from the venue to the recorder, µs: one that seems to is history, sent along on subscription. */
const LONGEST_DELAY = 5_000_000;

/** A perpetual of a frame that names none: its place in the venue's list, or in that of a builder's exchange (`xyz-perp@3`). */
const placeSymbol = (dex: string, place: number): string =>
  dex === "" ? `perp@${place}` : `${coinSymbol(dex)}-perp@${place}`;

class HyperliquidMessages implements RecordReader {
  private readonly sink: RowSink;
  private readonly fileName: string;
  private readonly hints: ReadHints;
  /** When the first message came, µs. */
  private startedAt: number | undefined;
  /** Coins whose first trades have been seen. */
  private readonly traded = new Set<string>();

  constructor(sink: RowSink, fileName: string, hints: ReadHints) {
    this.sink = sink;
    this.fileName = fileName;
    this.hints = hints;
  }

  read(record: SourceLine): Emit {
    const { text, number } = record;
    const [prefix = "", digits] = RECEIVE_TIME.exec(text) ?? [];
    const tsRecv = digits === undefined ? undefined : parseMicros(digits);
    if (digits !== undefined && tsRecv === undefined) {
      throw new DataError(`the receive time ${digits} is not ${RECORDED_MICROS}`);
    }
    this.startedAt ??= tsRecv;
    const message = parseJson(text.slice(prefix.length));
    if (!isObject(message)) throw wrongField("the message", message, "a JSON object");
    return this.readMessage(record, message, { line: number, tsRecv });
  }

  private readMessage(record: SourceLine, message: JsonObject, receipt: MessageReceipt): Emit {
    const channel = textField(message, "channel");
    switch (channel) {
      case "l2Book":
        return readBookMessage(this.sink, objectField(message, "data"), receipt);
      case "bbo":
        return readQuoteMessage(this.sink, objectField(message, "data"), receipt);
      case "trades":
        return this.readTrades(record, message["data"], receipt);
      case "activeAssetCtx":
        return this.readContextOf(objectField(message, "data"), receipt);
      case "allDexsAssetCtxs":
        return this.readContexts(objectField(message, "data"), receipt);
      default:
        return () => this.sink.skip(record, `channel ${channel.slice(0, 40)}`);
    }
  }

  private readTrades(record: SourceLine, data: unknown, receipt: MessageReceipt): Emit {
    const trades = readFeedTrades(data);
    return () => {
      const live = trades.filter((trade) => !this.isHistory(trade, trades));
      for (const { symbol } of trades) this.traded.add(symbol);
      const [first] = live;
      if (first === undefined) {
        const reason = trades.length === 0 ? "message without trades" : OLD_TRADE;
        this.sink.skip(record, reason);
        return;
      }
      const old = trades.length - live.length;
      if (old > 0) this.sink.note("trades", HYPERLIQUID, first.symbol, "oldTrades", old);
      for (const trade of live) writeFeedTrade(this.sink, trade, receipt);
    };
  }

  /**
   * The first message of a coin's trades lists those before the subscription, which nothing marks: known by one of them being
   * older than any delay explains. (A recording cut at midnight starts in the middle, with trades on their way.)
   */
  private isHistory(trade: FeedTrade, message: readonly FeedTrade[]): boolean {
    const { startedAt } = this;
    if (startedAt === undefined || this.traded.has(trade.symbol)) return false;
    const oldest = Math.min(...message.map(({ tsEvent }) => tsEvent));
    return oldest < startedAt - LONGEST_DELAY && trade.tsEvent < startedAt;
  }

  private readContextOf(data: JsonObject, receipt: MessageReceipt): Emit {
    const symbol = coinSymbol(textField(data, "coin"));
    const context = readAssetContext(data["ctx"], this.clocksOf(receipt));
    return () => this.writeContext(symbol, context, receipt);
  }

  private readContexts(data: JsonObject, receipt: MessageReceipt): Emit {
    const clocks = this.clocksOf(receipt);
    const contexts = arrayField(data, "ctxs").flatMap((entry) => {
      const [dex, list] = isArray(entry) ? entry : [];
      if (typeof dex !== "string" || !isArray(list)) {
        throw wrongField("an entry of ctxs", entry, "[exchange, contexts]");
      }
      return list.map((context, place) => ({
        symbol: placeSymbol(dex, place),
        context: readAssetContext(context, clocks),
      }));
    });
    if (contexts.length === 0) throw wrongField("ctxs", data["ctxs"], "contexts");
    return () => {
      for (const { symbol, context } of contexts) this.writeContext(symbol, context, receipt);
    };
  }

  /** A context carries no time: without the recorder's clock it gets the start of the day that the user names. */
  private clocksOf({ tsRecv, line }: MessageReceipt): {
    readonly tsEvent: number | undefined;
    readonly tsRecv: number | undefined;
    readonly line: number;
  } {
    if (tsRecv !== undefined) return { tsEvent: undefined, tsRecv, line };
    return { tsEvent: hintedDay(this.fileName, this.hints.date), tsRecv, line };
  }

  private writeContext(symbol: string, context: AssetContext, { tsRecv }: MessageReceipt): void {
    const { ticker, measures } = context;
    this.sink.row("tickers", HYPERLIQUID, symbol, ticker);
    for (const row of measures) this.sink.row("measures", HYPERLIQUID, symbol, row);
    if (tsRecv !== undefined) return;
    this.sink.note("tickers", HYPERLIQUID, symbol, "noClock");
    this.sink.note("measures", HYPERLIQUID, symbol, "noClock", measures.length);
  }
}

function terms(venue: string, symbol: string, at: number): InstrumentTerms {
  if (!/^(?:[^@]+-)?perp@\d+$/.test(symbol)) return hyperliquidTerms(venue, symbol, at);
  return {
    kind: "perpetual",
    contract: "linear",
    multiplier: 1,
    base: "",
    quote: "USD",
    settle: symbol.startsWith("perp@") ? "USDC" : "",
  };
}

const LINE =
  /^\d{16}(?:\d{3})? \{"channel": ?"(?:l2Book|trades|bbo|activeAssetCtx)", ?"data": ?[[{]/;
const FRAME = /^(?:\d{16}(?:\d{3})? )?\s*\{\s*"channel"\s*:\s*"allDexsAssetCtxs"/;

/**
 * Messages of Hyperliquid's WebSocket as recorders write them: each line the recorder's clock (19 digits ns or 16 digits µs), a
 * space, and the message as it came; or a single frame as JSON.
 *
 * | channel | rows | tsEvent |
 * |---|---|---|
 * | `l2Book` | `book`: the best twenty levels a side, each message a snapshot of them | `time`, ms |
 * | `bbo` | `quotes` | `time`, ms |
 * | `trades` | `trades`; `fills` of the buyer and the seller where `users` names them | `time`, ms |
 * | `activeAssetCtx`, `allDexsAssetCtxs` | `tickers` (mark, oracle, funding rate for an hour, open interest in coins) and `measures` (mid price, premium, impact prices, notional of a day) | none is sent |
 *
 * There is no sequence, and none is needed for the book: a message that is missing makes it late, not wrong. The first message of a
 * coin's trades holds the thirty or so before it, which are left out and counted (`oldTrades`).
 *
 * A frame of `allDexsAssetCtxs` does not name its perpetuals: they stand in the order of the list of the exchange, so that they are
 * stored by their place, `perp@0` for the first of the venue and `xyz-perp@0` of a builder's. Where it has no receive time either,
 * --date says the day, and its rows get the start of it as the venue's clock and are counted (`noClock`).
 */
export const hyperliquidRaw: Source = {
  name: "hyperliquid-raw",
  version: 1,
  recognises: ({ text }) => LINE.test(text) || FRAME.test(text),
  records: hyperliquidRecords,
  createReader: (hints) => ({
    async read(file, sink) {
      const messages = new HyperliquidMessages(sink, file.name, hints);
      let count = 0;
      for await (const records of hyperliquidRecords(file)) {
        count += records.length;
        for (const record of records) {
          if (record.text.trim() === "") sink.skip(record, "blank line");
          else emitRecord(sink, record, messages);
        }
      }
      if (count === 0) throw new DataError(`${file.name} holds no message`);
    },
  }),
  terms,
};
