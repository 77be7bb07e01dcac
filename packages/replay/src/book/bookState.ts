import { type Decimal, type Instrument, IntegrityError } from "@aftershock/schema";
import type { StateHash } from "../stateHash.ts";
import type { BookMessage } from "./bookMessage.ts";
import type { MessageJudge } from "./messageJudge.ts";
import type { OrderBook } from "./orderBook.ts";
import type { SideReads } from "./sideReads.ts";

const sameGrid = (a: Decimal, b: Decimal): boolean =>
  a.mantissa === b.mantissa && a.decimals === b.decimals;

/** Throws IntegrityError when a batch is of another instrument or price grid than the book it is given to. */
export function checkGrid(own: Instrument, { id, tick, lot }: Instrument): void {
  if (id === own.id && sameGrid(tick, own.tick) && sameGrid(lot, own.lot)) return;
  throw new IntegrityError(
    `A batch of ${id} with another instrument or price grid was given to the book of ${own.id}`,
    { hints: ["Compile the tape of this instrument again: one tape has one tick and one lot."] },
  );
}

function hashSide(hash: StateHash, side: SideReads): void {
  hash.mix(side.depth);
  for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
    hash.mix(price);
    hash.mix(side.sizeAt(price));
  }
}

/** Takes the whole state of a book into a hash: levels, validity, ids, and the message that is still open. */
export function hashBook(
  hash: StateHash,
  book: Pick<OrderBook, "instrument" | "bidSide" | "askSide">,
  { missing, updateId, sequence }: MessageJudge,
  message: BookMessage,
): void {
  hash.mixText(book.instrument.id);
  hash.mixText(missing);
  hash.mix(updateId);
  hash.mix(Number(sequence.bridging));
  hashSide(hash, book.bidSide);
  hashSide(hash, book.askSide);
  hash.mix(message.rows);
  message.eachLevel((...level) => level.forEach((part) => hash.mix(part)));
}
