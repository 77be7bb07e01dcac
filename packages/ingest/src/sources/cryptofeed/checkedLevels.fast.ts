/**
 * Takes the levels of messages that were read from their bytes into a book that verifies checksums: part of what test/bench/captures.ts
 * measures. Plain twin: `CrcBook.set` of each level. Layout: those of `CaptureBytes.levels` and `spans`.
 */
import { CrcBook } from "../read/bookChecksum.fast.ts";
import { type CaptureBytes, LEVEL, SPAN } from "./captureBytes.fast.ts";

/** 10^n, n in 0 … 18: exact, so that a quotient is the double that the decimal's text is read as. */
const POWERS = Float64Array.from({ length: 19 }, (_, n) => 10 ** n);

/** Whether the texts of all levels are short enough for a checksum. */
export function levelsFit({ spans, count }: CaptureBytes): boolean {
  for (let level = 0; level < count; level++) {
    if (!CrcBook.fits(spans, level * SPAN)) return false;
  }
  return true;
}

const taken = { side: 0, price: 0, isGone: false };

/** Takes all levels in. */
export function takeLevels(book: CrcBook, { bytes, levels, spans, count }: CaptureBytes): void {
  for (let level = 0; level < count; level++) {
    const at = level * LEVEL;
    taken.side = levels[at]!;
    taken.price = levels[at + 1]! / POWERS[levels[at + 2]!]!;
    taken.isGone = levels[at + 3] === 0;
    book.setBytes(taken, bytes, spans, level * SPAN);
  }
}
