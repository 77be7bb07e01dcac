import { DataError, instrumentId, type StreamName } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { Emit } from "../read/emitRecords.ts";
import { DatabentoBook } from "./databentoBook.ts";
import {
  F_BAD_TS_RECV,
  F_MAYBE_BAD_BOOK,
  type BookEvent,
  type DatabentoEvent,
  type OrderEvent,
} from "./databentoEvent.ts";
import { DatabentoOrders } from "./databentoOrders.ts";

/** What is known of order books from file to file, by instrument. */
export type OpenOrders = Map<string, DatabentoOrders>;

const NO_CHANGE = "no change of what is stored";

/** Turns the events of one file into rows: each of them into all of its rows, or into a reason why it has none. */
export class DatabentoWriter {
  private readonly sink: RowSink;
  private readonly orders: OpenOrders;
  private readonly books = new Map<string, DatabentoBook>();
  /** The order book of each numeric instrument id that came. */
  private readonly byNumber = new Map<number, DatabentoOrders>();

  constructor(sink: RowSink, orders: OpenOrders) {
    this.sink = sink;
    this.orders = orders;
  }

  /** An event of market by order. `instrument`: the numeric id. Throws DataError. */
  order(event: OrderEvent, instrument: number): Emit {
    const orders = this.ordersOf(event);
    if (event.action === "T") {
      const emit = this.trade(event);
      return () => {
        emit();
        orders.pass(event);
      };
    }
    if (event.action === "F" || event.action === "N") {
      const reason =
        event.action === "F" ? "fill of a resting order: it is in the trade" : NO_CHANGE;
      return () => {
        this.sink.skip(event.line, reason);
        orders.pass(event);
      };
    }
    const emit = orders.read(this.sink, event);
    return () => {
      this.byNumber.set(instrument, orders);
      emit();
      this.note("orders", event);
    };
  }

  /** An event of market by price, ten levels deep. Throws DataError. */
  levels(event: BookEvent): Emit {
    const trade = event.action === "T" ? this.trade(event) : undefined;
    return () => {
      trade?.();
      const isWritten = this.bookOf(event).write(event);
      if (isWritten) this.note("book", event);
      else if (trade === undefined) this.sink.skip(event.line, NO_CHANGE);
    };
  }

  /** An event of market by price, the best level only. `isBefore`: the levels are those before the trade, which a quote is not. */
  quote(event: BookEvent, isBefore: boolean): Emit {
    const trade = event.action === "T" ? this.trade(event) : undefined;
    if (isBefore) return trade ?? (() => this.sink.skip(event.line, NO_CHANGE));
    return () => {
      trade?.();
      const { line, venue, symbol, tsEvent, tsRecv, bids, asks } = event;
      const [bid, ask] = [bids[0], asks[0]];
      this.sink.row("quotes", venue, symbol, {
        line: line.number,
        tsEvent,
        tsRecv,
        bidPrice: bid?.price,
        bidSize: bid?.size,
        askPrice: ask?.price,
        askSize: ask?.size,
        updateId: event.sequence,
      });
      this.note("quotes", event);
    };
  }

  /** A trade; its side is the aggressor's. Throws DataError when it is none. */
  trade(event: DatabentoEvent): Emit {
    const { line, venue, symbol, action, side, price, size, tsEvent, tsRecv } = event;
    if (action !== "T") throw new DataError(`action is ${action}, not T, in a record of a trade`);
    if (price === undefined) throw new DataError("price is undefined, not the price of a trade");
    return () => {
      this.sink.row("trades", venue, symbol, {
        line: line.number,
        tsEvent,
        tsRecv,
        side,
        price,
        size: { mantissa: size, decimals: 0 },
      });
      this.note("trades", event);
    };
  }

  /** A record is bad; of another instrument id than any that came before, it may be of each of them. */
  lost(instrument: number | undefined): void {
    const known = instrument === undefined ? undefined : this.byNumber.get(instrument);
    for (const orders of known === undefined ? this.byNumber.values() : [known]) orders.lost();
  }

  /** The file is over. */
  end(): void {
    for (const orders of this.orders.values()) orders.endOfFile();
    for (const book of this.books.values()) book.endOfFile();
  }

  private ordersOf({ venue, symbol }: DatabentoEvent): DatabentoOrders {
    const id = instrumentId(venue, symbol);
    const orders = this.orders.get(id) ?? new DatabentoOrders();
    this.orders.set(id, orders);
    return orders;
  }

  private bookOf({ venue, symbol }: DatabentoEvent): DatabentoBook {
    const id = instrumentId(venue, symbol);
    const book = this.books.get(id) ?? new DatabentoBook(this.sink, venue, symbol);
    this.books.set(id, book);
    return book;
  }

  private note(stream: StreamName, { venue, symbol, flags }: DatabentoEvent): void {
    if ((flags & F_BAD_TS_RECV) !== 0) this.sink.note(stream, venue, symbol, "badTsRecv");
    if ((flags & F_MAYBE_BAD_BOOK) !== 0) this.sink.note(stream, venue, symbol, "maybeBadBook");
  }
}
