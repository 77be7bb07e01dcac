/**
 * Why a result is a bound and no estimate. `markBeyondRecord`: marks went where the record has not been, and who would have been liquidated there is not known. `higherMargin`: accounts that the record shows safe may
 * not be under these rules. `marginByVolatility`: the same, at times. `estimatedFlow`: who was liquidated in the record was not printed, and the estimate of it finds a part. `unknownFlow`: nothing tells who was.
 */
export type BoundReason =
  | "markBeyondRecord"
  | "higherMargin"
  | "marginByVolatility"
  | "estimatedFlow"
  | "unknownFlow";

/** Whether who would be liquidated is known from the record, or reaches to those of whom it says nothing. */
export type Identification =
  | { readonly identified: "estimate" }
  | { readonly identified: "bound"; readonly why: readonly BoundReason[] };

/** A figure that the record identifies: its middle and its band. */
export interface EstimatedFigure {
  readonly identified: "estimate";
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/**
 * A figure that it does not: what is known is that it lies at or beyond `atLeast` or at or before `atMost`. There is no middle, so that none can be shown.
 */
export interface BoundedFigure {
  readonly identified: "bound";
  readonly why: readonly BoundReason[];
  readonly atLeast: number | undefined;
  readonly atMost: number | undefined;
}

/** A figure of a counterfactual. */
export type IdentifiedFigure = EstimatedFigure | BoundedFigure;

/**
 * What of a figure the accounts that are not known can change: with more of them liquidated it is `higher` (forced notional, accounts liquidated, bad debt), `lower` (a low of the price, a fund), or may go
 * either way.
 */
export type WithMoreLiquidated = "higher" | "lower" | "either";

/**
 * A figure by what is known of it: an estimate with its middle, or a bound on the side to which the unknown accounts cannot move it.
 */
export function identifiedFigure(
  identification: Identification,
  { low, mid, high }: { readonly low: number; readonly mid: number; readonly high: number },
  withMore: WithMoreLiquidated,
): IdentifiedFigure {
  if (identification.identified === "estimate") return { identified: "estimate", low, mid, high };
  return {
    identified: "bound",
    why: identification.why,
    atLeast: withMore === "higher" ? low : undefined,
    atMost: withMore === "lower" ? high : undefined,
  };
}

/** Draws of one scenario together: a bound as soon as one of them is, with every reason once. */
export function worstIdentification(draws: readonly Identification[]): Identification {
  const why = new Set(draws.flatMap((one) => (one.identified === "bound" ? one.why : [])));
  return why.size === 0
    ? { identified: "estimate" }
    : { identified: "bound", why: [...why].toSorted() };
}
