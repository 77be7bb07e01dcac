/**
 * Takes the levels of messages that were read from their bytes into the known levels of a book: part of what test/bench/captures.ts
 * measures. Plain twin: `KnownLevels`. Layout: that of `CaptureBytes.levels`.
 */
import { BID } from "@aftershock/schema";
import { type CaptureBytes, LEVEL } from "./captureBytes.fast.ts";
import type { KnownLevels } from "./knownLevels.ts";

/** As `KnownLevels.set` of the nth level. */
export function setLevel(known: KnownLevels, levels: Float64Array, nth: number): boolean {
  const at = nth * LEVEL;
  const side = levels[at] === BID ? known.bids : known.asks;
  return levels[at + 3] === 0
    ? side.delete(levels[at + 1]!, levels[at + 2]!)
    : side.set(levels[at + 1]!, levels[at + 2]!, levels[at + 3]!, levels[at + 4]!);
}

/** As `KnownLevels.apply`. */
export function applyLevels(known: KnownLevels, { levels, count }: CaptureBytes): boolean {
  let consistent = true;
  for (let nth = 0; nth < count; nth++) {
    if (!setLevel(known, levels, nth) && levels[nth * LEVEL + 3] === 0) consistent = false;
  }
  return consistent;
}
