import type { AdlCandidate } from "./adl/adlCandidate.ts";
import type { AdlScore } from "./adl/adlScore.ts";
import {
  type AdlAllocation,
  type AdlRequest,
  type AdlShare,
  allocateByQueue,
} from "./adl/allocateAdl.ts";

/**
 * Says who gives up how much, in the order in which it is booked. `lots` is above 0; the shares sum to it, or to what the candidates have
 * where that is less. A function of its arguments alone.
 */
export interface AdlAllocator {
  (lots: number, candidates: readonly AdlCandidate[]): readonly AdlShare[];
  /**
   * Of an allocator that is a queue and nothing else: how early a candidate is closed, the highest first, ties by account. An engine then keeps the queue while marks stand (AdlQueue) and
   * does not ask for the shares, which would be the same. Undefined: it asks each time.
   */
  readonly score?: (candidate: AdlCandidate) => number;
}

/** An allocator by one of the policies, such as `allocateProRata`. */
export const allocatorBy =
  (policy: (request: AdlRequest) => AdlAllocation): AdlAllocator =>
  (lots, candidates) =>
    policy({ lots, candidates }).shares;

/** An allocator by a venue's queue: the highest score first. `unitsPerOne`: units in one of the currency. */
export const queueAllocator = (score: AdlScore, unitsPerOne: number): AdlAllocator =>
  Object.assign(
    allocatorBy((request) => allocateByQueue(request, { score, unitsPerOne })),
    { score: (candidate: AdlCandidate) => score(candidate, unitsPerOne) },
  );
