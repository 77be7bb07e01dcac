/**
 * Depth updates, book tickers and trades of Binance, nearly all lines of a capture, read from their bytes: 3 to 6 times the rate of the
 * plain reader (test/bench/rawJson.ts). Plain twin: BinanceCapture.take. It learns the shape of each stream (BinanceShape) from messages
 * that the plain reader has taken, and takes a line only when it is of a known shape byte for byte and its values are in order. Every other
 * line goes to the twin. Both put the depth updates of a book in order by the same BinanceDepthSync.
 *
 * Layout: BinanceLine. Invariants: nothing is stored before the last byte of a line has been read; the book of a shape, and whether its
 * trades are stored, do not change in a file, so that a shape goes on as the message did that it was learned from.
 */
import type { StreamName } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { BinanceDepthSync } from "./binanceDepthSync.ts";
import { BinanceLine } from "./binanceLine.fast.ts";
import type { BinanceMessage, BinanceVenue, TradeMessage } from "./binanceMessage.ts";
import { type BinanceShape, type ShapedKind, shapeOf } from "./binanceShape.ts";
import {
  type BinanceWriter,
  DepthWriter,
  QuoteWriter,
  SkippedTradeWriter,
  TradeWriter,
} from "./binanceWriters.fast.ts";

/** More than one for each stream of every market; a capture that has more is read plainly from there on. */
const MOST_SHAPES = 1 << 14;
/** Shapes that are tried for one line; a stream has one, or one for each market that has its symbol. */
const MOST_TRIED = 8;

const SPACE = 32;
const QUOTE = 34;
const ZERO = 48;
const LOWER_S = 115;
const LOWER_T = 116;
/** What the name of a combined stream comes after. */
const NAME_AT = '{"stream":"'.length;

/** Reads 8 digits; NaN for anything else. */
function readEight(bytes: Uint8Array, from: number): number {
  let read = 0;
  for (let i = from; i < from + 8; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    read = read * 10 + digit;
  }
  return read;
}

const isDigit = (byte: number | undefined): boolean => byte! - ZERO >= 0 && byte! - ZERO <= 9;

/** A hash of the name of the stream of a message that begins at `at`; 0 for a bare message. */
function streamHash(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== QUOTE || bytes[at + 2] !== LOWER_S || bytes[at + 3] !== LOWER_T) return 0;
  let hash = 1;
  let i = at + NAME_AT;
  for (let byte = bytes[i]!; byte !== QUOTE && byte >= SPACE; byte = bytes[++i]!) {
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

/** A shape as it is looked for. */
class KnownShape {
  readonly pieces: readonly Uint8Array[];
  readonly slots: Uint8Array;
  readonly writer: BinanceWriter;
  /** Another one of the same hash. */
  readonly next: KnownShape | undefined;
  /** How many there are from this one on. */
  readonly length: number;

  constructor(
    { pieces, slots }: BinanceShape,
    writer: BinanceWriter,
    next: KnownShape | undefined,
  ) {
    this.pieces = pieces.map((piece) => Buffer.from(piece));
    this.slots = Uint8Array.from(slots);
    this.writer = writer;
    this.next = next;
    this.length = 1 + (next?.length ?? 0);
  }
}

/** What kind of shape a message can have; undefined for messages that are always read plainly. */
function shapedKind(message: BinanceMessage): ShapedKind | undefined {
  if (message.kind === "diff") return "diff";
  if (message.kind === "trade") return message.feed;
  return message.kind === "row" && message.stream === "quotes" ? "quote" : undefined;
}

/** What a bulk reader asks of the plain reader that it serves. */
export interface PlainCapture {
  /** The book of an instrument of which depth updates have been seen in the file. */
  book(venue: BinanceVenue, symbol: string): BinanceDepthSync;
  /** Why trades of a feed are not stored; undefined when they are. */
  refusal(trade: TradeMessage): string | undefined;
}

/** Reads the lines of one file. */
export class BinanceBulk {
  private readonly sink: RowSink;
  private readonly plain: PlainCapture;
  private readonly line = new BinanceLine();
  /** By the hash of their stream's name. */
  private readonly shapes = new Map<number, KnownShape>();
  /** The texts of all shapes. */
  private readonly known = new Set<string>();

  constructor(sink: RowSink, plain: PlainCapture) {
    this.sink = sink;
    this.plain = plain;
  }

  /** Takes the line that begins at `from`. Returns where the next one begins, or -1 when it is the plain reader's. */
  take(bytes: Uint8Array, from: number, number: number): number {
    const high = readEight(bytes, from);
    const low = readEight(bytes, from + 8);
    // A time after 1973 that fits 2^53.
    if (!(high >= 1_000_000 && high < 90_000_000 && low >= 0)) return -1;
    let at = from + 16;
    if (isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2])) at += 3;
    if (bytes[at] !== SPACE) return -1;
    at += 1;
    const { line } = this;
    line.bytes = bytes;
    line.from = from;
    line.number = number;
    line.tsRecv = high * 1e8 + low;
    for (let shape = this.shapes.get(streamHash(bytes, at)); shape; shape = shape.next) {
      if (line.read(at, shape.pieces, shape.slots) && shape.writer.write(line)) return line.to;
    }
    return -1;
  }

  /** The plain reader has taken a message: lines of its shape are taken here from now on. `json`: the line's, as parsed. */
  learn(json: unknown, message: BinanceMessage): void {
    const kind = shapedKind(message);
    const shape = kind === undefined ? undefined : shapeOf(json, kind);
    const [open] = shape?.pieces ?? [];
    if (shape === undefined || open === undefined || this.known.size >= MOST_SHAPES) return;
    const text = shape.pieces.join();
    if (this.known.has(text)) return;
    this.known.add(text);
    const hash = streamHash(Buffer.from(open), 0);
    const next = this.shapes.get(hash);
    if (next !== undefined && next.length >= MOST_TRIED) return;
    const writer = this.writerOf(message, shape);
    if (writer !== undefined) this.shapes.set(hash, new KnownShape(shape, writer, next));
  }

  private writerOf(message: BinanceMessage, shape: BinanceShape): BinanceWriter | undefined {
    if (message.kind === "diff") {
      const { venue, symbol } = message;
      const book = this.plain.book(venue, symbol);
      return new DepthWriter(this.sink, this.rows("book", message), shape, book);
    }
    if (message.kind === "trade") {
      const refusal = this.plain.refusal(message);
      return refusal === undefined
        ? new TradeWriter(this.rows("trades", message), shape)
        : new SkippedTradeWriter(this.sink, refusal);
    }
    return message.kind === "row"
      ? new QuoteWriter(this.rows("quotes", message), shape)
      : undefined;
  }

  private rows(stream: StreamName, { venue, symbol }: { venue: string; symbol: string }): BulkRows {
    return this.sink.bulk!(stream, venue, symbol);
  }
}
