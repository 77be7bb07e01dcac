import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { ChecksumFlags, ChecksumRule, TextLevel } from "../read/bookChecksum.ts";
import { CrcBook } from "../read/bookChecksum.fast.ts";
import {
  arrayField,
  choiceField,
  countField,
  isArray,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { writeBook } from "../read/bookMessage.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";
import { takeLevels } from "./checkedLevels.fast.ts";
import { textLevel, type QuotedLevel } from "./quotedLevel.ts";
import type { CapturedMessage } from "./venueCapture.ts";

/**
 * The 25 best levels of each side as `price:size`, bid and ask in turn, joined by colons; the CRC32 as a signed number.
 * Source: www.okx.com/docs-v5, "Order book channel: checksum", 2022.
 */
const CHECKSUM: ChecksumRule = { depth: 25, form: "pairs", signed: true };

/** A message of one book, its fields read. */
export interface OkxBookMessage {
  readonly tsEvent: number;
  readonly snapshot: boolean;
  readonly levels: readonly QuotedLevel[];
  readonly checksum: number | undefined;
  readonly updateId: number | undefined;
  readonly prevUpdateId: number | undefined;
}

/** A level is `[price, size, "0", number of orders]`. */
function readLevel(level: unknown, side: TextLevel["side"]): QuotedLevel {
  if (!isArray(level)) throw wrongField("a level", level, "a list");
  const [price, size] = level;
  return textLevel(side, price, size);
}

function readChecksum(data: JsonObject): number | undefined {
  const value = data["checksum"];
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value))) {
    return value;
  }
  throw wrongField("checksum", value, "a whole number");
}

/**
 * Reads one element of a book message. `books5` sends whole books; the other channels say in `action` whether it is one.
 * Throws DataError for a bad field.
 */
export function readOkxBook(
  data: JsonObject,
  { channel, action }: { readonly channel: string; readonly action: unknown },
): OkxBookMessage {
  const snapshot =
    channel === "books5" ||
    choiceField({ action }, "action", [
      ["snapshot", true],
      ["update", false],
    ]);
  return {
    tsEvent: timeField(data, "ts", "millis"),
    snapshot,
    levels: [
      ...arrayField(data, "bids").map((level) => readLevel(level, BID)),
      ...arrayField(data, "asks").map((level) => readLevel(level, ASK)),
    ],
    checksum: readChecksum(data),
    updateId: data["seqId"] === undefined ? undefined : countField(data, "seqId"),
    prevUpdateId:
      snapshot || data["prevSeqId"] === undefined ? undefined : countField(data, "prevSeqId"),
  };
}

/**
 * The book of one instrument. Levels that fall out of the feed's depth are deleted by the venue's own messages. Every message,
 * snapshots too, carries a CRC32 over the best 25 levels of each side; since 2022 also `seqId` and `prevSeqId`, which chain it.
 */
export class OkxBook {
  readonly #venue: string;
  readonly #symbol: string;
  readonly #book = new CrcBook(CHECKSUM);

  constructor(venue: string, symbol: string) {
    this.#venue = venue;
    this.#symbol = symbol;
  }

  /** Takes a message and writes its rows. */
  take({ tsRecv, line }: CapturedMessage, message: OkxBookMessage, sink: RowSink): void {
    const { checksum, ...read } = message;
    if (read.snapshot) this.#book.clear();
    for (const { text } of read.levels) this.#book.set(text);
    writeBook(sink, this.#venue, this.#symbol, {
      ...read,
      tsRecv,
      line: line.number,
      checksum: this.#book.verify(checksum),
    });
  }

  /** Takes a message that was read from its bytes; returns what its checksum says. */
  takeBytes(
    line: CaptureBytes,
    { snapshot, checksum }: { readonly snapshot: boolean; readonly checksum: number },
  ): ChecksumFlags {
    if (snapshot) this.#book.clear();
    takeLevels(this.#book, line);
    return this.#book.verify(checksum);
  }
}
