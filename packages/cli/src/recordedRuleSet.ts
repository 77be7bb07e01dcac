import { type MarkTerms, rulesOf, type RuleSet, ruleSetOf } from "@aftershock/cascade";
import type { Lake } from "@aftershock/ingest/lake";
import { type Assumed, assumedRules } from "@aftershock/strategy";
import type { ScenarioRecord } from "./scenarioRecord.ts";
import { loadVenueRules } from "./shippedRules.ts";
import { type FoundTruth, simulatedRuleSet } from "./simulatedRules.ts";

/** The rules under which a record came about. */
export interface RecordedRules {
  readonly rules: RuleSet;
  /** What the mark takes where its rule is silent; undefined where it is as its rule says. */
  readonly mark: MarkTerms | undefined;
  /** What the dated rules of the venue do not say, or not surely, and was taken for granted. */
  readonly assumed: readonly Assumed[];
  /** Of a simulated day. */
  readonly truth: FoundTruth | undefined;
}

/**
 * The rules of the contract on the day of its record: of a simulated day those of its truth, of another the dated ones of its venue, made whole by what is assumed of such venues. Throws ConfigError where even then they are not whole.
 */
export async function recordedRuleSet(
  lake: Lake,
  { instrument, simulated, from }: ScenarioRecord,
): Promise<RecordedRules> {
  if (simulated) {
    const { rules, ...truth } = await simulatedRuleSet(lake, instrument, from);
    return { rules, mark: undefined, assumed: [], truth };
  }
  const { venue, symbol, settle } = instrument;
  const dated = rulesOf(await loadVenueRules(venue), from, [symbol]);
  const { rules, mark, assumed, doubts } = ruleSetOf({
    rules: dated,
    symbol,
    assumptions: assumedRules({ venue, symbol, settle }),
  });
  return {
    rules,
    mark,
    assumed: [
      ...assumed.map(({ part, name, value, why }) => ({ part, value: `${name}: ${value}`, why })),
      ...doubts
        .filter(({ status }) => status !== "absent")
        .map(({ part, status, says }) => ({ part, value: status, why: says.join("; ") })),
    ],
    truth: undefined,
  };
}
