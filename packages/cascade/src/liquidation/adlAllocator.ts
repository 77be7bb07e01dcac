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
export type AdlAllocator = (
  lots: number,
  candidates: readonly AdlCandidate[],
) => readonly AdlShare[];

/** An allocator by one of the policies, such as `allocateProRata`. */
export const allocatorBy =
  (policy: (request: AdlRequest) => AdlAllocation): AdlAllocator =>
  (lots, candidates) =>
    policy({ lots, candidates }).shares;

/** An allocator by a venue's queue: the highest score first. `unitsPerOne`: units in one of the currency. */
export const queueAllocator = (score: AdlScore, unitsPerOne: number): AdlAllocator =>
  allocatorBy((request) => allocateByQueue(request, { score, unitsPerOne }));
