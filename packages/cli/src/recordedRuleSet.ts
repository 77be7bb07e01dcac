import type { RuleSet } from "@aftershock/cascade";
import type { Lake } from "@aftershock/ingest/lake";
import { ConfigError } from "@aftershock/schema";
import type { Assumed } from "@aftershock/strategy";
import type { ScenarioRecord } from "./scenarioRecord.ts";
import { type FoundTruth, simulatedRuleSet } from "./simulatedRules.ts";

/** The rules under which a record came about. */
export interface RecordedRules {
  readonly rules: RuleSet;
  /** What the dated rules of the venue do not say and was taken for granted. */
  readonly assumed: readonly Assumed[];
  /** Of a simulated day. */
  readonly truth: FoundTruth | undefined;
}

/** The rules of the contract on the day of its record: of a simulated day those of its truth. */
export async function recordedRuleSet(
  lake: Lake,
  { instrument, simulated, from }: ScenarioRecord,
): Promise<RecordedRules> {
  if (simulated) {
    const { rules, ...truth } = await simulatedRuleSet(lake, instrument, from);
    return { rules, assumed: [], truth };
  }
  throw new ConfigError(`The rules of ${instrument.venue} cannot be put together yet`, {
    hints: ["Run scenarios on a simulated day."],
  });
}
