import { DataError, type Micros } from "@aftershock/schema";

/** What a record says of a step of time; steps are even and ascend. Prices in quote currency unless said otherwise. */
export interface RecordedStep {
  /** End of the step, µs. */
  readonly at: Micros;
  /** Best bid and ask at the end of the step, ticks. */
  readonly bid: number;
  readonly ask: number;
  /** The venue's mark and index as last known at the end of the step. */
  readonly mark: number;
  readonly index: number;
  /** What rests within `DEPTH_BAND_BPS` of the mid on the side of the bids and of the asks, quote currency. */
  readonly bidDepth: number;
  readonly askDepth: number;
}

/** Half-width of the band in which depth is counted, 1e-4 of the mid. */
export const DEPTH_BAND_BPS = 25;

/** Refuses a step that cannot be used. Throws DataError naming time and value. */
export function checkStep(step: RecordedStep, last: number): void {
  const { at, bid, ask, mark, index, bidDepth, askDepth } = step;
  if (!(at > last)) {
    throw new DataError(`A step ends at ${at} µs, after one that ends at ${last}`, {
      hints: ["Hand steps over in order of time."],
    });
  }
  const isBook = bid > 0 && ask > bid && ask < Infinity;
  const isPrice = mark > 0 && mark < Infinity && index > 0 && index < Infinity;
  const isDepth = bidDepth >= 0 && askDepth >= 0 && bidDepth + askDepth < Infinity;
  if (isBook && isPrice && isDepth) return;
  throw new DataError(
    `The step that ends at ${at} µs has bid ${bid}, ask ${ask} (ticks), mark ${mark}, index ${index}, depth ${bidDepth} and ${askDepth}`,
    { hints: ["Leave out steps at which the book is not known or crossed: the last one stands."] },
  );
}
