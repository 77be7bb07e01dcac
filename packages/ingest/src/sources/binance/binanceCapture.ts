import { DataError, instrumentId } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { BinanceBulk } from "./binanceBulk.fast.ts";
import { BinanceDepthSync } from "./binanceDepthSync.ts";
import type {
  BinanceMessage,
  BinanceVenue,
  SnapshotMessage,
  TradeMessage,
} from "./binanceMessage.ts";
import { BinanceSnapshotOwners } from "./binanceSnapshotOwners.ts";
import { readBulkLines } from "../read/bulkLines.ts";
import { parseMicros, RECORDED_MICROS } from "../read/parseMicros.ts";
import { readBinanceMessage } from "./readBinanceMessage.ts";

/** What goes on from file to file of an ingest, by `venue:SYMBOL`. */
export interface BinanceState {
  readonly books: Map<string, BinanceDepthSync>;
  /** Which of the two feeds of its trades is stored: the one that came first. */
  readonly tradeFeeds: Map<string, TradeMessage["feed"]>;
}

/** A file is refused when this many lines have been read and none was a message of Binance. */
const LINES_TO_RECOGNISE = 20;

/** The recorder's clock in front of each message: 16 digits are µs, 19 are ns, of which the last three are dropped. */
const RECEIVE_TIME = /^(\d{16})(?:\d{3})? /;

/** A line with its JSON as parsed, and what that means. */
interface ReadLine {
  readonly json: unknown;
  readonly message: BinanceMessage;
}

function readLine({ number, text }: SourceLine): ReadLine {
  const time = RECEIVE_TIME.exec(text);
  if (time === null) {
    throw new DataError("the line does not start with a receive time of 16 (µs) or 19 (ns) digits");
  }
  const [prefix, digits = ""] = time;
  const tsRecv = parseMicros(digits);
  if (tsRecv === undefined)
    throw new DataError(`the receive time ${digits} is not ${RECORDED_MICROS}`);
  let json: unknown;
  try {
    json = JSON.parse(text.slice(prefix.length));
  } catch (cause) {
    throw new DataError("the JSON after the receive time is broken or cut", { cause });
  }
  return { json, message: readBinanceMessage(json, { tsRecv, line: number }) };
}

/** One file of a capture on its way into the sink, line by line. A line gives all of its rows or none. */
export class BinanceCapture {
  private readonly name: string;
  private readonly sink: RowSink;
  private readonly state: BinanceState;
  private readonly owners: BinanceSnapshotOwners;
  private readonly bulk: BinanceBulk | undefined;
  private recognised = false;
  private firstBad: { readonly line: SourceLine; readonly reason: string } | undefined;
  /** Lines read plainly; none is read in bulk before the file is recognised. */
  private lines = 0;

  constructor(name: string, sink: RowSink, state: BinanceState) {
    this.name = name;
    this.sink = sink;
    this.state = state;
    this.owners = new BinanceSnapshotOwners(name);
    this.bulk =
      sink.bulk === undefined
        ? undefined
        : new BinanceBulk(sink, {
            book: (venue, symbol) => this.book(venue, symbol),
            refusal: (trade) => this.refusal(trade),
          });
  }

  /**
   * Reads the file line by line, from its bytes where the sink takes rows in bulk. Throws DataError when it is damaged, or known not to be
   * such a capture.
   */
  async read(file: SourceFile): Promise<void> {
    const { bulk } = this;
    if (bulk === undefined) {
      for await (const lines of file.lines()) for (const line of lines) this.take(line);
    } else {
      await readBulkLines(file, {
        line: (line) => this.take(line),
        bulk: (bytes, from, _to, number) => bulk.take(bytes, from, number),
      });
    }
    this.end();
  }

  /** Takes the next line. Throws DataError as soon as the file is known not to be such a capture. */
  private take(line: SourceLine): void {
    this.lines += 1;
    let read: ReadLine;
    try {
      read = readLine(line);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.refuse(line, error.message);
      return;
    }
    this.recognised = true;
    this.store(line, read.message);
    this.bulk?.learn(read.json, read.message);
  }

  /** After the last line. Throws DataError when not one line was a message of Binance, or there was no line. */
  private end(): void {
    if (this.lines === 0) {
      throw new DataError(`${this.name} holds no lines`, { hints: ["Fetch or record it again."] });
    }
    if (!this.recognised && this.firstBad !== undefined) throw this.notACapture(this.firstBad);
    for (const { line } of this.owners.unclaimed()) {
      this.sink.quarantine(line, "snapshot without a symbol, and no depth update names one");
    }
    for (const book of this.state.books.values()) book.flush(this.sink);
  }

  private refuse(line: SourceLine, reason: string): void {
    this.sink.quarantine(line, reason);
    this.firstBad ??= { line, reason };
    if (!this.recognised && this.lines >= LINES_TO_RECOGNISE) {
      throw this.notACapture(this.firstBad);
    }
  }

  private notACapture(bad: { line: SourceLine; reason: string }): DataError {
    const found = bad.line.text.slice(0, 80);
    return new DataError(
      `${this.name} is not a binance-raw capture: none of its first ${this.lines} lines can be read; line ${bad.line.number} is "${found}" (${bad.reason})`,
      {
        hints: [
          "Expected lines of `<receive time in µs or ns> <message of Binance as JSON>`; name the source that fits the file.",
        ],
      },
    );
  }

  private store(line: SourceLine, message: BinanceMessage): void {
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
      case "diff":
        for (const waited of this.owners.saw(message.venue, message.symbol)) {
          this.storeSnapshot(waited.line, waited.message, message.symbol);
        }
        this.skipIf(line, this.book(message.venue, message.symbol).diff(message.depth, this.sink));
        break;
      case "snapshot":
        this.findOwner(line, message);
        break;
      default:
        message satisfies never;
    }
  }

  private storeTrade(line: SourceLine, message: TradeMessage): void {
    const refusal = this.refusal(message);
    if (refusal === undefined) message.write(this.sink);
    else this.sink.skip(line, refusal);
  }

  /**
   * Why a trade is not to be stored, if so: a capture with both feeds of an instrument's trades must not count them twice, and the feed that
   * is asked for first is the one.
   */
  private refusal({ venue, symbol, feed }: TradeMessage): string | undefined {
    const id = instrumentId(venue, symbol);
    const stored = this.state.tradeFeeds.get(id) ?? feed;
    this.state.tradeFeeds.set(id, stored);
    return stored === feed ? undefined : `${feed} of an instrument whose ${stored} is stored`;
  }

  private findOwner(line: SourceLine, message: SnapshotMessage): void {
    const owner =
      message.symbol === undefined
        ? this.owners.ownerOf({ line, message })
        : { symbol: message.symbol };
    if (owner === "waiting") return;
    if (owner === "ambiguous") {
      this.sink.quarantine(line, "snapshot without a symbol in a capture of several symbols");
      return;
    }
    this.storeSnapshot(line, message, owner.symbol);
  }

  private storeSnapshot(line: SourceLine, message: SnapshotMessage, symbol: string): void {
    this.skipIf(line, this.book(message.venue, symbol).snapshot(message.depth, this.sink));
  }

  private skipIf(line: SourceLine, reason: string | undefined): void {
    if (reason !== undefined) this.sink.skip(line, reason);
  }

  private book(venue: BinanceVenue, symbol: string): BinanceDepthSync {
    const id = instrumentId(venue, symbol);
    let book = this.state.books.get(id);
    if (book === undefined) {
      book = new BinanceDepthSync(venue, symbol);
      this.state.books.set(id, book);
    }
    return book;
  }
}
