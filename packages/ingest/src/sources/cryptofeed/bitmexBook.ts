import { ASK, BID, type Decimal } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import {
  choiceField,
  countField,
  isoField,
  priceOf,
  sizeOf,
  type JsonObject,
} from "../read/jsonFields.ts";
import { writeBook, type BookLevel } from "../read/bookMessage.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** What a message of `orderBookL2` does with the levels in it. */
export type BitmexAction = "partial" | "insert" | "update" | "delete";

/** One level of a message, its fields read. */
export interface BitmexEntry {
  readonly id: number;
  readonly side: BookLevel["side"];
  /** Undefined in updates and deletes: the id stands for it. */
  readonly price: Decimal | undefined;
  /** Undefined in deletes, and in updates that do not change it. */
  readonly size: Decimal | undefined;
  /** The venue's clock, µs; it was not sent in 2021. */
  readonly at: number | undefined;
}

/** Reads one level of a message. Throws DataError for a bad field. */
export function readBitmexEntry(row: JsonObject, action: BitmexAction): BitmexEntry {
  const whole = action === "partial" || action === "insert";
  const sized = whole || (action === "update" && row["size"] !== undefined);
  return {
    id: countField(row, "id"),
    side: choiceField(row, "side", [
      ["Buy", BID],
      ["Sell", ASK],
    ]),
    price: whole ? priceOf(row["price"], "price") : undefined,
    size: sized ? sizeOf(row["size"], "size") : undefined,
    at: row["timestamp"] === undefined ? undefined : isoField(row, "timestamp"),
  };
}

const NOTHING: Decimal = { mantissa: 0, decimals: 0 };

/** The latest of the times that are there. */
function latest(entries: readonly BitmexEntry[]): number | undefined {
  const times = entries.flatMap(({ at }) => at ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * The book of one instrument, keyed by ids: a level comes with id, side, price and size, and from then on goes by its id. So the
 * levels are kept by their ids, and each message becomes absolute sizes at prices.
 *
 * A level whose side turns is deleted on the one side and set on the other. Ids that the book does not have are noted
 * (`unknownIds`); after an update of one the book lacks a level, and says so until its next snapshot.
 */
export class BitmexBook {
  readonly #venue: string;
  readonly #symbol: string;
  readonly #levels = new Map<number, BookLevel>();

  constructor(venue: string, symbol: string) {
    this.#venue = venue;
    this.#symbol = symbol;
  }

  /** The levels by their ids: what the messages that are read from their bytes change too. */
  get levels(): Map<number, BookLevel> {
    return this.#levels;
  }

  /** Takes the levels of a message in and writes its rows. */
  take(
    { tsRecv, line }: CapturedMessage,
    {
      action,
      entries,
    }: { readonly action: BitmexAction; readonly entries: readonly BitmexEntry[] },
    sink: RowSink,
  ): void {
    const snapshot = action === "partial";
    if (snapshot) this.#levels.clear();
    const changes = entries.map((entry) => this.#change(entry, action));
    const unknown = changes.filter((change) => change === undefined).length;
    if (unknown > 0) sink.note("book", this.#venue, this.#symbol, "unknownIds", unknown);
    writeBook(sink, this.#venue, this.#symbol, {
      tsEvent: latest(entries),
      tsRecv,
      line: line.number,
      snapshot,
      levels: changes.flatMap((change) => change ?? []),
      rowsLost: unknown > 0 && action === "update",
    });
  }

  /** What an entry does to the book; undefined for one of an id that is not there. */
  #change(entry: BitmexEntry, action: BitmexAction): readonly BookLevel[] | undefined {
    const { id, side } = entry;
    const known = this.#levels.get(id);
    const price = entry.price ?? known?.price;
    if (price === undefined) return undefined;
    if (action === "delete") {
      this.#levels.delete(id);
      return [{ side: known?.side ?? side, price, size: NOTHING }];
    }
    const level = { side, price, size: entry.size ?? known?.size ?? NOTHING };
    this.#levels.set(id, level);
    if (known === undefined || known.side === side) return [level];
    return [{ ...known, size: NOTHING }, level];
  }
}
