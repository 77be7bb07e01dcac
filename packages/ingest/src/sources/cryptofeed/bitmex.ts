import { DataError, type StreamName } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { bitmex as archive } from "../bitmex/bitmex.ts";
import { VENUE } from "../bitmex/bitmexTables.ts";
import {
  arrayField,
  choiceField,
  isObject,
  parseJson,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { BitmexBook, readBitmexEntry, type BitmexAction } from "./bitmexBook.ts";
import { BitmexBulk } from "./bitmexBulk.fast.ts";
import { BitmexInstruments } from "./bitmexInstruments.ts";
import {
  readBitmexFunding,
  readBitmexIndex,
  readBitmexLiquidation,
  readBitmexQuote,
  readBitmexTrade,
} from "./bitmexRows.ts";
import { capturedSymbol } from "./capturedFields.ts";
import { settle, type Outcome } from "./outcome.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";

/** A message of a table, its rows not looked at yet. */
interface TableMessage {
  readonly message: CapturedMessage;
  readonly action: BitmexAction;
  readonly rows: readonly JsonObject[];
  /** The instrument that a partial is of, where it is of one. */
  readonly filtered: string | undefined;
}

/** An index is published under a name that begins with a dot. */
const isIndex = (row: JsonObject): boolean =>
  typeof row["symbol"] === "string" && row["symbol"].startsWith(".");

/** `.BXBT` is stored as `BXBT@index`. */
const indexSymbol = (row: JsonObject): string =>
  capturedSymbol(`${String(row["symbol"]).slice(1)}@index`, "symbol");

/** One connection to BitMEX. */
class BitmexCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books = new Map<string, BitmexBook>();
  private instruments = new BitmexInstruments();

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  connected(): void {
    this.books.clear();
    this.instruments = new BitmexInstruments();
  }

  bulk(sink: RowSink): BulkCapture {
    return new BitmexBulk(sink, { venue: VENUE, books: this.books });
  }

  take(message: CapturedMessage): void {
    if (message.text === "pong") {
      this.sink.skip(message.line, "pong");
      return;
    }
    const read = parseJson(message.text);
    if (!isObject(read)) throw wrongField("the message", read, "an object");
    if (read["table"] === undefined) this.skipReply(message, read);
    else settle(this.sink, message.line, this.read(message, read));
  }

  private skipReply({ line }: CapturedMessage, read: JsonObject): void {
    if (typeof read["info"] === "string") this.sink.skip(line, "welcome");
    else if (isObject(read["request"])) this.sink.skip(line, "reply to a request");
    else throw new DataError("the message is neither of a table nor a reply");
  }

  private read(message: CapturedMessage, read: JsonObject): readonly Outcome[] {
    const table = textField(read, "table");
    const rows = arrayField(read, "data").map((row) => {
      if (isObject(row)) return row;
      throw wrongField("a row of data", row, "an object");
    });
    const filter = isObject(read["filter"]) ? read["filter"]["symbol"] : undefined;
    const action = choiceField(
      read,
      "action",
      (["partial", "insert", "update", "delete"] as const).map((one) => [one, one] as const),
    );
    return this.readTable(table, {
      message,
      action,
      rows: table === "trade" ? rows : rows.filter((row) => !isIndex(row)),
      filtered: filter === undefined ? undefined : capturedSymbol(filter, "the filter's symbol"),
    });
  }

  private readTable(table: string, read: TableMessage): readonly Outcome[] {
    switch (table) {
      case "orderBookL2":
        return this.readBook(read);
      case "trade":
        return this.readInserts(read, "trades", (row) => this.readTrade(read.message, row));
      case "liquidation":
        return this.readInserts(read, "liquidations", (row) => {
          const print = readBitmexLiquidation(read.message, row);
          return this.row("liquidations", capturedSymbol(row["symbol"], "symbol"), print);
        });
      case "funding":
        return this.readInserts(read, "funding", (row) => {
          const rate = readBitmexFunding(read.message, row);
          return this.row("tickers", capturedSymbol(row["symbol"], "symbol"), rate);
        });
      case "quote":
        return read.rows.map((row) => {
          const quote = readBitmexQuote(read.message, row);
          return this.row("quotes", capturedSymbol(row["symbol"], "symbol"), quote);
        });
      case "instrument":
        return this.readInstruments(read);
      default:
        return [`table ${table.slice(0, 40)}`];
    }
  }

  private readBook({ message, action, rows, filtered }: TableMessage): readonly Outcome[] {
    const entries = rows.map((row) => ({
      symbol: capturedSymbol(row["symbol"], "symbol"),
      entry: readBitmexEntry(row, action),
    }));
    const bySymbol = Map.groupBy(entries, ({ symbol }) => symbol);
    // The book of an instrument without any order is a partial without rows.
    if (action === "partial" && filtered !== undefined && bySymbol.size === 0) {
      bySymbol.set(filtered, []);
    }
    return [...bySymbol].map(([symbol, own]) => {
      if (action !== "partial" && !this.books.has(symbol)) {
        return "change of a book before its snapshot";
      }
      return () => {
        const book = this.books.get(symbol) ?? new BitmexBook(VENUE, symbol);
        this.books.set(symbol, book);
        book.take(message, { action, entries: own.map(({ entry }) => entry) }, this.sink);
      };
    });
  }

  /** Of these tables an insert is an event; a partial repeats events from before, updates and deletes follow an order's life. */
  private readInserts(
    { action, rows }: TableMessage,
    what: string,
    read: (row: JsonObject) => Outcome,
  ): readonly Outcome[] {
    if (action === "partial") return [`${what} from before the subscription`];
    return action === "insert" ? rows.map(read) : [`${action} of ${what}`];
  }

  /** Rows of another type than Regular are settlements and the like, which happen off the book. */
  private readTrade(message: CapturedMessage, row: JsonObject): Outcome {
    if (isIndex(row)) return this.row("tickers", indexSymbol(row), readBitmexIndex(message, row));
    const type = row["trdType"] === undefined ? "Regular" : textField(row, "trdType");
    if (type !== "Regular") return `trade off the book (${type.slice(0, 40)})`;
    const trade = readBitmexTrade(message, row);
    return this.row("trades", capturedSymbol(row["symbol"], "symbol"), trade);
  }

  private row<S extends StreamName>(stream: S, symbol: string, row: RawRow<S>): Outcome {
    return () => this.sink.row(stream, VENUE, symbol, row);
  }

  private readInstruments({ message, action, rows }: TableMessage): readonly Outcome[] {
    if (action === "delete") return ["delete of instruments"];
    return rows.map((row) => {
      const symbol = capturedSymbol(row["symbol"], "symbol");
      const change = this.instruments.read(row);
      if (change === undefined) return "instrument without a price, rate or open interest";
      return () => {
        const ticker = this.instruments.take(symbol, change);
        const received = { tsRecv: message.tsRecv, line: message.line.number };
        this.sink.row("tickers", VENUE, symbol, { ...received, ...ticker });
      };
    });
  }
}

/**
 * BitMEX (`bitmex`), the tables of its realtime API.
 *
 * | table | rows | tsEvent |
 * |---|---|---|
 * | `orderBookL2` | `book`, see `BitmexBook` | `timestamp` of its levels where there is one: not in 2021 |
 * | `trade` (inserts) | `trades`; prints of indices are `tickers` of `BXBT@index` | `timestamp` |
 * | `quote` | `quotes` | `timestamp` |
 * | `liquidation` (inserts) | `liquidations`: side and limit price of the order, `leavesQty` | none |
 * | `instrument` | `tickers`, what was last said of each figure | `timestamp` |
 * | `funding` (inserts) | `tickers`: the rate exchanged at that time | `timestamp` |
 *
 * Source: www.bitmex.com/app/wsAPI, 2021.
 */
export const bitmex: CapturedVenue = {
  hosts: ["www.bitmex.com", "ws.bitmex.com"],
  fileName: "BITMEX",
  open: (sink) => new BitmexCapture(sink),
  terms: (venue, symbol, at) => (venue === VENUE ? archive.terms(venue, symbol, at) : undefined),
};
