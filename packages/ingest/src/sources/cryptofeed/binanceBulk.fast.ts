/**
 * Depth updates, best prices and trades of Binance read from their bytes: see captureBytes.fast.ts, and BinanceBulk for how the shapes of
 * streams are learned from messages that the plain reader has taken. Plain twin: BinanceFile.take. Invariant: the book of a shape, and whether
 * its trades are stored, do not change in a file.
 */
import type { StreamName } from "@aftershock/schema";
import type { BulkRows, RowSink } from "../../source.ts";
import type { BinanceDepthSync } from "../binance/binanceDepthSync.ts";
import { BinanceLine } from "../binance/binanceLine.fast.ts";
import type { BinanceMessage, BinanceVenue, TradeMessage } from "../binance/binanceMessage.ts";
import { type BinanceShape, type ShapedKind, shapeOf } from "../binance/binanceShape.ts";
import {
  type BinanceWriter,
  DepthWriter,
  QuoteWriter,
  SkippedTradeWriter,
  TradeWriter,
} from "../binance/binanceWriters.fast.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";
import type { BulkCapture } from "./venueCapture.ts";

/** More than one for each stream of every market; of a capture that has more, the rest is read plainly. */
const MOST_SHAPES = 1 << 14;
/** Shapes of the streams of one hash that are tried; a stream has one. */
const MOST_TRIED = 8;

const SPACE = 32;
const QUOTE = 34;
/** What the name of a combined stream comes after. */
const STREAM = Buffer.from('{"stream":"');

/** A hash of the name of the stream of a message that begins at `from`; 0 for a bare message. */
function streamHash(bytes: Uint8Array, from: number): number {
  for (let i = 0; i < STREAM.length; i++) if (bytes[from + i] !== STREAM[i]) return 0;
  let hash = 1;
  let at = from + STREAM.length;
  for (let byte = bytes[at]!; byte !== QUOTE && byte >= SPACE; byte = bytes[++at]!) {
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

/** A shape as lines are compared with it. */
interface KnownShape {
  readonly pieces: readonly Uint8Array[];
  readonly slots: Uint8Array;
  readonly writer: BinanceWriter;
}

/** What kind of shape a message can have; undefined for messages that are always read plainly. */
function shapedKind(message: BinanceMessage): ShapedKind | undefined {
  if (message.kind === "diff") return "diff";
  if (message.kind === "trade") return message.feed;
  return message.kind === "row" && message.stream === "quotes" ? "quote" : undefined;
}

/** What a bulk reader asks of the plain reader that it serves. */
export interface PlainBinance {
  /** The book of an instrument of which depth updates have been seen. */
  book(venue: BinanceVenue, symbol: string): BinanceDepthSync;
  /** Why trades of a feed are not stored; undefined when they are. */
  refusal(trade: TradeMessage): string | undefined;
}

/** Reads the usual messages of one file. */
export class CapturedBinanceBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly plain: PlainBinance;
  private readonly line = new BinanceLine();
  /** By the hash of their stream's name. */
  private readonly shapes = new Map<number, KnownShape[]>();
  /** The texts of all shapes. */
  private readonly known = new Set<string>();

  constructor(sink: RowSink, plain: PlainBinance) {
    this.sink = sink;
    this.plain = plain;
  }

  take(captured: CaptureBytes): boolean {
    const { bytes, at } = captured;
    const shapes = this.shapes.get(streamHash(bytes, at));
    if (shapes === undefined) return false;
    const { line } = this;
    line.bytes = bytes;
    line.from = captured.from;
    line.number = captured.number;
    line.tsRecv = captured.tsRecv;
    for (const { pieces, slots, writer } of shapes) {
      if (!line.read(at, pieces, slots) || !writer.write(line)) continue;
      captured.at = line.to;
      return true;
    }
    return false;
  }

  /** The plain reader has taken a message: lines of its shape are taken here from now on. `json`: the message as parsed. */
  learn(json: unknown, message: BinanceMessage): void {
    const kind = shapedKind(message);
    const shape = kind === undefined ? undefined : shapeOf(json, kind);
    const [open] = shape?.pieces ?? [];
    if (shape === undefined || open === undefined || this.known.size >= MOST_SHAPES) return;
    const text = shape.pieces.join();
    if (this.known.has(text)) return;
    this.known.add(text);
    const hash = streamHash(Buffer.from(open), 0);
    const others = this.shapes.get(hash) ?? [];
    const writer = others.length < MOST_TRIED ? this.writerOf(message, shape) : undefined;
    if (writer === undefined) return;
    const pieces = shape.pieces.map((piece) => Buffer.from(piece));
    others.push({ pieces, slots: Uint8Array.from(shape.slots), writer });
    this.shapes.set(hash, others);
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
