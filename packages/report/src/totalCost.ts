import { COST_PARTS, type Outcome } from "@aftershock/strategy";

/** The sum of the recorded parts, USD, positive paid; not complete when a part is not recorded. */
export function totalCost(costs: Outcome["costs"]): {
  readonly usd: number;
  readonly complete: boolean;
} {
  let usd = 0;
  let complete = true;
  for (const part of COST_PARTS) {
    const paid = costs[part];
    if (paid === null) complete = false;
    else usd += paid;
  }
  return { usd, complete };
}
