import { ASK, BID, DataError } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { ChecksumRule, TextLevel } from "../read/bookChecksum.ts";
import { CrcBook } from "../read/bookChecksum.fast.ts";
import { countOf, isArray, isObject, priceOf, wrongField } from "../read/jsonFields.ts";
import { writeBook, type BookLevel } from "../read/bookMessage.ts";
import type { BookRows } from "./bookRows.fast.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";
import { secondsOf } from "./capturedFields.ts";
import { takeLevels } from "./checkedLevels.fast.ts";
import { textLevel, type QuotedLevel } from "./quotedLevel.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/**
 * The ten best asks, best first, then the ten best bids: of each the digits of its price and of its size.
 * Source: docs.kraken.com, "WebSockets v1: book checksum".
 */
const CHECKSUM: ChecksumRule = { depth: 10, form: "digits", signed: false };

const NOTHING = { mantissa: 0, decimals: 0 } as const;

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
  let [snapshot, change] = [false, false];
  let checksum: number | undefined;
  for (const payload of payloads) {
    if (!isObject(payload)) throw wrongField("a payload of the book", payload, "an object");
    const { bs, as, b, a, c } = payload;
    snapshot ||= bs !== undefined || as !== undefined;
    change ||= b !== undefined || a !== undefined;
    if (bs !== undefined) readLevels(bs, "bs", BID, levels);
    if (as !== undefined) readLevels(as, "as", ASK, levels);
    if (b !== undefined) readLevels(b, "b", BID, levels);
    if (a !== undefined) readLevels(a, "a", ASK, levels);
    if (c !== undefined) checksum = countOf(c, "c");
  }
  if (snapshot === change) {
    throw new DataError("the message of a book is neither a snapshot (as, bs) nor a change (a, b)");
  }
  return { snapshot, levels, checksum };
}

function readLevels(list: unknown, key: string, side: TextLevel["side"], to: TimedLevel[]): void {
  if (!isArray(list)) throw wrongField(key, list, "a list of levels");
  for (const level of list) to.push(readLevel(level, side));
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
  readonly #book = new CrcBook(CHECKSUM);

  /** Throws DataError when `channel` is no channel of books. */
  constructor(venue: string, symbol: string, channel: string) {
    this.#venue = venue;
    this.#symbol = symbol;
    this.#depth = depthOf(channel);
  }

  /** Takes a message. Throws DataError for a bad field; the book is then as it was. */
  take({ tsRecv, line }: CapturedMessage, payloads: readonly unknown[], sink: RowSink): void {
    const { snapshot, levels, checksum } = readPayload(payloads);
    if (snapshot) this.#book.clear();
    for (const { text } of levels) this.#book.set(text);
    const fallen = this.#cut(sink);
    writeBook(sink, this.#venue, this.#symbol, {
      tsEvent: levels.length === 0 ? undefined : levels.reduce(latest, 0),
      tsRecv,
      line: line.number,
      snapshot,
      levels: fallen.length === 0 ? levels : [...levels, ...fallen],
      checksum: this.#book.verify(checksum),
    });
  }

  /** Takes a change that was read from its bytes. */
  takeBytes(
    line: CaptureBytes,
    {
      checksum,
      rows,
      sink,
    }: { readonly checksum: number; readonly rows: BookRows; readonly sink: RowSink },
  ): void {
    takeLevels(this.#book, line);
    for (const { side, price, size } of this.#cut(sink)) {
      line.mantissa = size.mantissa;
      line.decimals = size.decimals;
      line.addLevel(side, price.mantissa, price.decimals);
    }
    rows.change(line, 0, this.#book.verify(checksum));
  }

  /** Takes away the levels beyond the feed's depth, and returns their deletes. */
  #cut(sink: RowSink): readonly BookLevel[] {
    const fallen = this.#book.cut(this.#depth).map(({ side, price }) => ({
      side,
      price: priceOf(price, "a price"),
      size: NOTHING,
    }));
    if (fallen.length > 0) {
      sink.note("book", this.#venue, this.#symbol, "levelsOutOfDepth", fallen.length);
    }
    return fallen;
  }
}

const latest = (time: number, { at }: TimedLevel): number => (at > time ? at : time);
