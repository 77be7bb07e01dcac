import {
  type ASK,
  type BID,
  DataError,
  MESSAGE_END,
  NO_SIDE,
  SNAPSHOT,
  SNAPSHOT_START,
  type Decimal,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { isArray, priceOf, sizeOf, wrongField } from "./jsonFields.ts";

/** A level of a book: what now rests at a price, 0 where nothing does. */
export interface MessageLevel {
  readonly side: typeof BID | typeof ASK;
  readonly price: Decimal;
  readonly size: Decimal;
}

/** One message of a book, its fields read. */
export interface BookMessage {
  readonly line: number;
  /** The venue's clock, µs. */
  readonly tsEvent: number | undefined;
  /** The recorder's clock, µs. */
  readonly tsRecv?: number | undefined;
  /** The message is the whole book: what was there before is discarded. */
  readonly snapshot: boolean;
  readonly levels: readonly MessageLevel[];
  readonly updateId?: number | undefined;
  /** The id that the book must have before it; undefined in snapshots. */
  readonly prevUpdateId?: number | undefined;
}

/** Reads a list of `[price, size, …]` of one side. Throws DataError for anything else. */
export function levelsOf(value: unknown, name: string, side: MessageLevel["side"]): MessageLevel[] {
  if (!isArray(value)) throw wrongField(name, value, "a list of levels");
  return value.map((level) => {
    if (!isArray(level) || level.length < 2) {
      throw new DataError(`${name} holds a level that is no pair of price and size`);
    }
    return {
      side,
      price: priceOf(level[0], `a price in ${name}`),
      size: sizeOf(level[1], `a size in ${name}`),
    };
  });
}

const NOTHING: Decimal = { mantissa: 0, decimals: 0 };
const NO_LEVEL: Pick<RawRow<"book">, "side" | "price" | "size"> = {
  side: NO_SIDE,
  price: NOTHING,
  size: NOTHING,
};

/** Writes a message as rows of the book stream, one a level; one without levels is a row without a side. */
export function emitBook(sink: RowSink, venue: string, symbol: string, message: BookMessage): void {
  const { line, tsEvent, tsRecv, snapshot, updateId, prevUpdateId } = message;
  const levels = message.levels.length === 0 ? [NO_LEVEL] : message.levels;
  for (const [place, { side, price, size }] of levels.entries()) {
    const start = snapshot && place === 0 ? SNAPSHOT_START : 0;
    const end = place === levels.length - 1 ? MESSAGE_END : 0;
    sink.row("book", venue, symbol, {
      line,
      tsEvent,
      tsRecv,
      side,
      price,
      size,
      flags: (snapshot ? SNAPSHOT : 0) | start | end,
      updateId,
      prevUpdateId,
    });
  }
}
