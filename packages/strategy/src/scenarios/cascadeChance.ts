/**
 * How often there was a cascade under one planted rule on simulated days whose truth is known, by where the estimate lay: the chance is 1 / (1 + e^(−(reach − middle) / width)). Both numbers are in units of reach.
 */
export interface ChanceCurve {
  readonly rule: string;
  /** The reach at which the chance is one half. */
  readonly middle: number;
  /** Above 0: the smaller, the surer. */
  readonly width: number;
  /** On how many days it was measured. */
  readonly cases: number;
}

/** How far an extreme reaches from that of the path without forced flow, where it is 0, to that of the record, where it is 1. Natural logarithms. */
export const reachOf = (
  changed: number,
  { unforced, recorded }: { readonly unforced: number; readonly recorded: number },
): number => (unforced - changed) / (unforced - recorded);

/** The chance of a cascade where the middle of an ensemble reaches so far, 0 … 1. */
export const cascadeChance = (
  { middle, width }: Pick<ChanceCurve, "middle" | "width">,
  reach: number,
): number => 1 / (1 + Math.exp((middle - reach) / width));
