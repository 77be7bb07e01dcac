import { COST_PARTS, type Outcome } from "@aftershock/strategy";

/** The sum of the recorded parts, USD, positive paid; not complete when a part is not recorded, or only in part. */
export function totalCost({ costs, partialCosts }: Pick<Outcome, "costs" | "partialCosts">): {
  readonly usd: number;
  readonly complete: boolean;
} {
  let usd = 0;
  let complete = partialCosts.length === 0;
  for (const part of COST_PARTS) {
    const paid = costs[part];
    if (paid === null) complete = false;
    else usd += paid;
  }
  return { usd, complete };
}
