import type { Mitigation } from "./mitigation.ts";

/**
 * Nobody is ever liquidated. No venue could do this: it is the bound, how much of a crash forced orders made at all, which no other mitigation of forced selling
 * should be expected to beat.
 *
 * Assumes that someone carries the debts of accounts below nothing; bad debt is not counted, for nothing is closed. What is saved is only delayed where accounts are worth
 * less than nothing at the end. Where a record has little forced flow, so that little can be removed, the answer is small by construction. Backfires as a rule:
 * without liquidations there is no limit to what
 * winners are owed by those who cannot pay.
 */
export const noLiquidations = (): Mitigation => ({
  name: "No liquidations",
  kind: "noLiquidations",
  parameters: {},
  describe: () => "Nobody is liquidated: the bound on what changes of liquidation can do.",
  apply: (rules) => ({ ...rules, liquidates: false }),
});
