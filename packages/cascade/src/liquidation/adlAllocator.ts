import type { AdlCandidate } from "./adl/adlCandidate.ts";
import type { AdlShare } from "./adl/allocateAdl.ts";

/**
 * Says who gives up how much, in the order in which it is booked. `lots` is above 0; the shares sum to it, or to what the candidates have
 * where that is less. A function of its arguments alone.
 */
export type AdlAllocator = (
  lots: number,
  candidates: readonly AdlCandidate[],
) => readonly AdlShare[];
