import {
  type ASK,
  type BID,
  type Decimal,
  MESSAGE_END,
  NO_SIDE,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { ChecksumFlags } from "../read/bookChecksum.ts";

/** One level of a book message: the size now resting at a price, 0 where the level is gone. */
export interface BookLevel {
  readonly side: typeof BID | typeof ASK;
  readonly price: Decimal;
  readonly size: Decimal;
}

/** A message of a book, its fields read. */
export interface BookMessage {
  /** The venue's clock, µs; undefined where it sends none. */
  readonly tsEvent: number | undefined;
  /** The recorder's clock, µs; undefined where nobody recorded it. */
  readonly tsRecv: number | undefined;
  readonly line: number;
  /** Whether the levels are the whole book, and not changes of it. */
  readonly snapshot: boolean;
  /** In the order of the message. */
  readonly levels: readonly BookLevel[];
  readonly updateId?: number | undefined;
  readonly prevUpdateId?: number | undefined;
  /** What the venue's checksum said of the book after the message. Default 0: nothing. */
  readonly checksum?: ChecksumFlags;
  /** Part of the book is missing from here on, and no id would show it. */
  readonly rowsLost?: boolean;
}

const NO_LEVEL = {
  side: NO_SIDE,
  price: { mantissa: 0, decimals: 0 },
  size: { mantissa: 0, decimals: 0 },
} as const;

/** Writes a message as rows of the `book` stream, one a level; one without a side where the message has no level. */
export function writeBook(
  sink: RowSink,
  venue: string,
  symbol: string,
  message: BookMessage,
): void {
  const { tsEvent, tsRecv, line, snapshot, updateId, prevUpdateId } = message;
  const levels = message.levels.length === 0 ? [NO_LEVEL] : message.levels;
  const first = (snapshot ? SNAPSHOT_START : 0) | (message.rowsLost === true ? ROWS_LOST : 0);
  const last = MESSAGE_END | (message.checksum ?? 0);
  for (const [i, { side, price, size }] of levels.entries()) {
    sink.row("book", venue, symbol, {
      tsEvent,
      tsRecv,
      line,
      side,
      price,
      size,
      flags:
        (snapshot ? SNAPSHOT : 0) | (i === 0 ? first : 0) | (i === levels.length - 1 ? last : 0),
      updateId,
      prevUpdateId,
    });
  }
}
