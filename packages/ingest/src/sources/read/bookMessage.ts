import {
  type ASK,
  type BID,
  DataError,
  type Decimal,
  MESSAGE_END,
  NO_SIDE,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { BulkRows, RawRow, RowSink } from "../../source.ts";
import type { ChecksumFlags } from "./bookChecksum.ts";
import { isArray, priceOf, sizeOf, wrongField } from "./jsonFields.ts";

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
  readonly tsRecv?: number | undefined;
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

/** Reads a list of `[price, size, …]` of one side. Throws DataError for anything else. */
export function levelsOf(value: unknown, name: string, side: BookLevel["side"]): BookLevel[] {
  if (!isArray(value)) throw wrongField(name, value, "a list of levels");
  const [priceName, sizeName] = [`a price in ${name}`, `a size in ${name}`];
  return value.map((level) => {
    if (!isArray(level) || level.length < 2) {
      throw new DataError(`${name} holds a level that is no pair of price and size`);
    }
    return {
      side,
      price: priceOf(level[0], priceName),
      size: sizeOf(level[1], sizeName),
    };
  });
}

const NO_LEVEL = {
  side: NO_SIDE,
  price: { mantissa: 0, decimals: 0 },
  size: { mantissa: 0, decimals: 0 },
} as const;

type BookPlaces = Readonly<
  Record<
    | Exclude<keyof BookMessage, "snapshot" | "levels" | "checksum" | "rowsLost">
    | keyof BookLevel
    | "flags",
    number
  >
>;

/** The places of the columns of the `book` stream. */
class BookColumns {
  readonly rows: BulkRows;
  private readonly places: BookPlaces;

  constructor(rows: BulkRows) {
    this.rows = rows;
    this.places = {
      tsEvent: rows.placeOf("tsEvent"),
      tsRecv: rows.placeOf("tsRecv"),
      line: rows.placeOf("line"),
      side: rows.placeOf("side"),
      price: rows.placeOf("price"),
      size: rows.placeOf("size"),
      flags: rows.placeOf("flags"),
      updateId: rows.placeOf("updateId"),
      prevUpdateId: rows.placeOf("prevUpdateId"),
    };
  }

  /** What the rows of a message share. */
  start({ tsEvent, tsRecv, line, updateId, prevUpdateId }: BookMessage): void {
    const { numbers } = this.rows;
    const { places } = this;
    numbers[places.tsEvent] = tsEvent ?? Number.NaN;
    numbers[places.tsRecv] = tsRecv ?? Number.NaN;
    numbers[places.line] = line;
    numbers[places.updateId] = updateId ?? Number.NaN;
    numbers[places.prevUpdateId] = prevUpdateId ?? Number.NaN;
  }

  add({ side, price, size }: BookLevel | typeof NO_LEVEL, flags: number): void {
    const { numbers } = this.rows;
    const { places } = this;
    numbers[places.side] = side;
    numbers[places.price] = price.mantissa;
    numbers[places.price + 1] = price.decimals;
    numbers[places.size] = size.mantissa;
    numbers[places.size + 1] = size.decimals;
    numbers[places.flags] = flags;
    this.rows.commit();
  }
}

const columnsOf = new WeakMap<BulkRows, BookColumns>();

/** The columns of a book where the sink takes rows as columns. */
function bookColumns(sink: RowSink, venue: string, symbol: string): BookColumns | undefined {
  const rows = sink.bulk?.("book", venue, symbol);
  if (rows === undefined) return undefined;
  const found = columnsOf.get(rows);
  if (found !== undefined) return found;
  const columns = new BookColumns(rows);
  columnsOf.set(rows, columns);
  return columns;
}

/** Writes a message as rows of the `book` stream, one a level; one without a side where the message has no level. */
export function writeBook(
  sink: RowSink,
  venue: string,
  symbol: string,
  message: BookMessage,
): void {
  const { snapshot } = message;
  const levels = message.levels.length === 0 ? [NO_LEVEL] : message.levels;
  const columns = bookColumns(sink, venue, symbol);
  columns?.start(message);
  const each = snapshot ? SNAPSHOT : 0;
  let flags = each | (snapshot ? SNAPSHOT_START : 0) | (message.rowsLost === true ? ROWS_LOST : 0);
  let left = levels.length;
  for (const level of levels) {
    left -= 1;
    if (left === 0) flags |= MESSAGE_END | (message.checksum ?? 0);
    if (columns !== undefined) columns.add(level, flags);
    else sink.row("book", venue, symbol, rowOf(message, level, flags));
    flags = each;
  }
}

function rowOf(
  { tsEvent, tsRecv, line, updateId, prevUpdateId }: BookMessage,
  { side, price, size }: BookLevel | typeof NO_LEVEL,
  flags: number,
): RawRow<"book"> {
  return { tsEvent, tsRecv, line, side, price, size, flags, updateId, prevUpdateId };
}
