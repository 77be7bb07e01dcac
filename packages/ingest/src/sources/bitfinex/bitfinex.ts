import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { bitfinexTerms } from "../cryptofeed/bitfinex.ts";
import { capturedSymbol } from "../cryptofeed/capturedFields.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import { hintedDay } from "../read/hintedDay.ts";
import { jsonElements } from "../read/jsonElements.ts";
import {
  countField,
  countOf,
  isArray,
  isObject,
  parseJson,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { BitfinexOrders, readOrderEntry, readOrderSnapshot } from "./bitfinexOrders.ts";

const VENUE = "bitfinex";

/** The messages of one recording, an element of the array each. */
class BitfinexMessages implements RecordReader {
  private readonly sink: RowSink;
  /** The clock of all rows, µs. */
  private readonly day: number;
  /** By `chanId`; undefined for a channel of which nothing is stored. */
  private readonly channels = new Map<number, BitfinexOrders | undefined>();

  constructor(sink: RowSink, day: number) {
    this.sink = sink;
    this.day = day;
  }

  read(record: SourceLine): Emit {
    const message = parseJson(record.text);
    if (isObject(message)) return this.readEvent(record, message);
    if (isArray(message) && message.length === 2) return this.readData(record, message);
    throw wrongField("the message", message, "an event or [channel, payload]");
  }

  lost(): void {
    for (const orders of this.channels.values()) orders?.lost("badEntries");
  }

  private readEvent(record: SourceLine, message: JsonObject): Emit {
    const event = textField(message, "event");
    if (event === "subscribed") {
      const channel = countField(message, "chanId");
      const isRaw = message["channel"] === "book" && message["prec"] === "R0";
      const symbol = isRaw ? capturedSymbol(message["pair"], "pair") : "";
      const orders = isRaw ? new BitfinexOrders(this.sink, VENUE, symbol) : undefined;
      this.channels.set(channel, orders);
    }
    return () => this.sink.skip(record, `event ${event.slice(0, 40)}`);
  }

  private readData(record: SourceLine, [id, payload]: readonly unknown[]): Emit {
    const channel = countOf(id, "the channel");
    if (!this.channels.has(channel)) throw wrongField("the channel", id, "one subscribed to");
    const orders = this.channels.get(channel);
    if (payload === "hb") return () => this.sink.skip(record, "heartbeat");
    if (orders === undefined) return () => this.sink.skip(record, "channel other than a raw book");
    if (!isArray(payload)) throw wrongField("the payload", payload, "an order or a list of them");
    const receipt = { tsEvent: this.day, line: record.number };
    if (payload.every(isArray)) {
      const entries = readOrderSnapshot(payload);
      return () => {
        orders.snapshot(entries, receipt);
        this.noteNoClock(orders.symbol, Math.max(entries.length, 1));
      };
    }
    const entry = readOrderEntry(payload);
    const columns = orders.rowOf(entry);
    return () => {
      orders.update(entry, columns, receipt);
      this.noteNoClock(orders.symbol, 1);
    };
  }

  private noteNoClock(symbol: string, rows: number): void {
    this.sink.note("orders", VENUE, symbol, "noClock", rows);
  }
}

/** The venue greets a connection with its version; a raw book of orders is the first subscription. */
const FIRST_MESSAGES =
  /^\s*\[\s*\{\s*"event"\s*:\s*"info"\s*,\s*"version"\s*:\s*2\s*,[^[]*?"event"\s*:\s*"subscribed"\s*,\s*"channel"\s*:\s*"book"[^}]*"prec"\s*:\s*"R0"/;

const recognises = ({ text }: FileHead): boolean => FIRST_MESSAGES.test(text.slice(0, 4_000));

async function read(file: SourceFile, sink: RowSink, day: number): Promise<void> {
  const messages = new BitfinexMessages(sink, day);
  let count = 0;
  for await (const records of jsonElements(file)) {
    count += records.length;
    for (const record of records) emitRecord(sink, record, messages);
  }
  if (count === 0) throw new DataError(`${file.name} holds no message`);
}

/**
 * Raw order books of Bitfinex's WebSocket v2, recorded as one JSON array of the messages and nothing else: the greeting, the
 * subscription of a book with precision R0, its snapshot, and `[channel, [order id, price, ±amount]]` for every change. Stream
 * `orders`, see `BitfinexOrders`; heartbeats and other channels are skipped. (Aggregated books, trades and receive times are in
 * captures of the source `cryptofeed`.)
 *
 * Neither the venue nor the recorder put a time on these messages. All rows get the start of the day given with --date as the
 * venue's clock, and each is counted (`noClock`): the order of the rows is that of the recording, but no duration between them means
 * anything. There is no sequence either; that an order leaves which is not in the book is what shows a loss, and such a message goes
 * to quarantine and the next row says ROWS_LOST.
 */
export const bitfinex: Source = {
  name: "bitfinex",
  version: 1,
  recognises,
  records: (file) => jsonElements(file),
  createReader: ({ date }) => ({
    read: (file, sink) => read(file, sink, hintedDay(file.name, date)),
  }),
  terms: (venue, symbol, at) => ({ ...terms(venue, symbol, at), ...bitfinexTerms(venue, symbol) }),
};
