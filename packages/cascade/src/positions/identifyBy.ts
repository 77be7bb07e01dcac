import type { Instrument } from "@aftershock/schema";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { BoundReason, Identification } from "./identification.ts";
import { ledgerOf, type PlannedPosition, slackBy } from "./plannedPosition.ts";
import type { ComparedRun, LiquidationEvidence, PositionSource } from "./positionSource.ts";

/** Rounding of a doubled sum is below this share of a position's value. */
const ROUNDING = 1e-12;

/** Whether some position would be liquidated by `rules` at a mark at which the recorded ones just let it be. */
function asksMore({ instrument, recorded, plan }: Identified, rules: RuleSet): boolean {
  const ledger = ledgerOf(instrument);
  const [before, after] = [slackBy(recorded, ledger, 0), slackBy(rules, ledger, 0)];
  return plan.some(({ lots, trigger }) => {
    const rounding = ROUNDING * Math.abs(ledger.valueUnits(0, lots, trigger));
    return after.part(0, lots, trigger) < before.part(0, lots, trigger) - rounding;
  });
}

/** What a source without accounts that were never liquidated was made of. */
export interface Identified {
  readonly instrument: Instrument;
  readonly recorded: RuleSet;
  readonly plan: readonly PlannedPosition[];
  readonly evidence: LiquidationEvidence;
}

/** What is a bound under any rules, those of the record included. */
const BY_EVIDENCE: Readonly<Record<LiquidationEvidence, readonly BoundReason[]>> = {
  snapshot: [],
  prints: [],
  estimate: ["estimatedFlow"],
  nothing: ["unknownFlow"],
};

/**
 * Whether a run stayed among those of whom the record says something. It did not where the mark that liquidations go by went beyond the extremes that it had under the recorded rules, or where the rules ask for more margin at
 * recorded triggers, or at times may; and never did where no print tells who was liquidated.
 */
export function identifyBy(source: Identified): PositionSource["identify"] {
  const asked = new Map<RuleSet, boolean>();
  return (rules: RuleSet, { recorded, changed }: ComparedRun): Identification => {
    const isMore = asked.get(rules) ?? asksMore(source, rules);
    asked.set(rules, isMore);
    const why: BoundReason[] = [...BY_EVIDENCE[source.evidence]];
    if (isMore) why.push("higherMargin");
    if ((rules.volatilityMargin?.most ?? 1) > 1) why.push("marginByVolatility");
    const isBeyond =
      changed.lowestMark < recorded.lowestMark || changed.highestMark > recorded.highestMark;
    if (isBeyond) why.push("markBeyondRecord");
    return why.length === 0 ? { identified: "estimate" } : { identified: "bound", why };
  };
}
