import type { SideReads } from "../book/sideReads.ts";

/** Fractions of the mid in one unit of bps. */
const BPS = 10_000;

/**
 * Writes the size that rests no further from the mid than each of `bands`, lots. `bands`: 1e-4 of the mid, ascending, as many as `into`
 * has places. `doubledMid`: best bid plus best ask, ticks, above 0. Exact below 2^53 / 20,000 ticks. The better side of the mid, where a
 * crossed book has levels too, counts whole.
 */
export function sizeWithinBps(
  side: SideReads,
  doubledMid: number,
  bands: readonly number[],
  into: Float64Array,
): void {
  let size = 0;
  let price = side.bestPrice;
  for (const [band, bps] of bands.entries()) {
    const limit = doubledMid * (BPS - side.side * bps);
    // Twice the price against twice the mid; a comparison with an absent price is false.
    while ((2 * BPS * price - limit) * side.side >= 0) {
      size += side.sizeAt(price);
      price = side.priceAfter(price);
    }
    into[band] = size;
  }
}
