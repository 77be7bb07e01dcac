import { crc32 } from "node:zlib";
import { ASK, BID, DataError } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { ChecksummedBook, type ChecksumRule, type TextLevel } from "../read/bookChecksum.ts";
import { countOf, isArray, isObject, priceOf, sizeOf, wrongField } from "../read/jsonFields.ts";
import { writeBook } from "./capturedBook.ts";
import { secondsOf } from "./capturedFields.ts";
import { textLevel, type QuotedLevel } from "./quotedLevel.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/** The digits of a number without its point and leading zeros: `0.00500000` is `500000`. */
const digitsOf = (text: string): string => text.replace(".", "").replace(/^0+/, "");

/**
 * The ten best asks, best first, then the ten best bids: of each the digits of its price and of its size.
 * Source: docs.kraken.com, "WebSockets v1: book checksum".
 */
const CHECKSUM: ChecksumRule = {
  depth: 10,
  levelText: (price, size) => digitsOf(price) + digitsOf(size),
  sum: (bids, asks) => crc32(asks.join("") + bids.join("")),
};

/** The keys of a payload's sides: of a snapshot, and of a change. */
const SIDES = [
  ["bs", BID],
  ["as", ASK],
  ["b", BID],
  ["a", ASK],
] as const;

interface TimedLevel extends QuotedLevel {
  /** When the venue changed the level, µs. */
  readonly at: number;
}

function readLevel(level: unknown, side: TextLevel["side"]): TimedLevel {
  if (!isArray(level)) throw wrongField("a level", level, "a list");
  const [price, size, time] = level;
  return { ...textLevel(side, price, size), at: secondsOf(time, "a level's time") };
}

/** All payloads of one message. */
interface BookPayload {
  readonly snapshot: boolean;
  readonly levels: readonly TimedLevel[];
  readonly checksum: number | undefined;
}

function readPayload(payloads: readonly unknown[]): BookPayload {
  const levels: TimedLevel[] = [];
  const found = new Set<string>();
  let checksum: number | undefined;
  for (const payload of payloads) {
    if (!isObject(payload)) throw wrongField("a payload of the book", payload, "an object");
    for (const [key, side] of SIDES) {
      const list = payload[key];
      if (list === undefined) continue;
      if (!isArray(list)) throw wrongField(key, list, "a list of levels");
      found.add(key);
      levels.push(...list.map((level) => readLevel(level, side)));
    }
    if (payload["c"] !== undefined) checksum = countOf(payload["c"], "c");
  }
  const snapshot = found.has("as") || found.has("bs");
  if (found.size === 0 || (snapshot && (found.has("a") || found.has("b")))) {
    throw new DataError("the message of a book is neither a snapshot (as, bs) nor a change (a, b)");
  }
  return { snapshot, levels, checksum };
}

function depthOf(channel: string): number {
  const [, depth] = /^book-(\d{1,5})$/.exec(channel) ?? [];
  if (depth !== undefined) return Number(depth);
  throw new DataError(`the channel is ${channel.slice(0, 40)}, not book- and a depth`);
}

/**
 * The book of one pair. The feed has a fixed depth (`book-1000`): when a better level comes in, the worst one falls out, and the
 * venue does not say so; if it comes back into the feed it is sent again. So each message ends with the deletes of the levels that
 * it pushed out, noted as `levelsOutOfDepth`: they are not the venue's words but its rule.
 *
 * A message is verified by the CRC32 at its end, which covers the ten best levels of each side. Snapshots carry none.
 */
export class KrakenBook {
  readonly #venue: string;
  readonly #symbol: string;
  readonly #depth: number;
  readonly #book = new ChecksummedBook(CHECKSUM);

  /** Throws DataError when `channel` is no channel of books. */
  constructor(venue: string, symbol: string, channel: string) {
    this.#venue = venue;
    this.#symbol = symbol;
    this.#depth = depthOf(channel);
  }

  /** Takes a message. Throws DataError for a bad field; the book is then as it was. */
  take({ tsRecv, line }: CapturedMessage, payloads: readonly unknown[], sink: RowSink): void {
    const { snapshot, levels, checksum } = readPayload(payloads);
    this.#book.apply(
      levels.map(({ text }) => text),
      { snapshot },
    );
    const fallen = this.#book.cut(this.#depth).map(({ side, price }) => ({
      side,
      price: priceOf(price, "a price"),
      size: sizeOf("0", "a size"),
    }));
    if (fallen.length > 0) {
      sink.note("book", this.#venue, this.#symbol, "levelsOutOfDepth", fallen.length);
    }
    writeBook(sink, this.#venue, this.#symbol, {
      tsEvent: levels.length === 0 ? undefined : Math.max(...levels.map(({ at }) => at)),
      tsRecv,
      line: line.number,
      snapshot,
      levels: [...levels, ...fallen],
      checksum: this.#book.verify(checksum),
    });
  }
}
