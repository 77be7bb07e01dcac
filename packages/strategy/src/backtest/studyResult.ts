import type { ChainSnapshot } from "../market/chainDiagnostics.ts";
import type { JsonValue } from "../canonicalJson.ts";

import type { Bias } from "../scenarios/biases.ts";
import type { ScenarioBasis, ScenarioOutcome } from "../scenarios/scenarioOutcome.ts";
import type { Outcome } from "./outcome.ts";
import type { ResultsUnderScenarios } from "./underResults.ts";

/** The results of a study: plain JSON, the same bytes for the same study and data. */
export interface StudyResult {
  readonly name: string;
  /** `YYYY-MM-DD` UTC. */
  readonly day: string;
  /** First instant inside, ISO 8601 UTC. */
  readonly from: string;
  /** First instant outside, ISO 8601 UTC. */
  readonly to: string;
  readonly venue: string;
  /** Coins held at the start. */
  readonly portfolio: Readonly<Record<string, number>>;
  /** True when any stream is simulated. */
  readonly simulated: boolean;
  /** Null when the study gives none. */
  readonly seed: number | null;
  /** What the config hash is of. */
  readonly config: JsonValue;
  /** 16 hexadecimal digits. */
  readonly configHash: string;
  /** The replay's hash of every row that the study read: 16 hexadecimal digits. */
  readonly stateHash: string;
  /** One a hedge, in the study's order. */
  readonly outcomes: readonly Outcome[];
  /** One a chain snapshot and coin, in order of time. */
  readonly chain: readonly ChainSnapshot[];
  /** What is wrong or missing in the data, in sentences. */
  readonly warnings: readonly string[];
  /** What the results take for granted, in sentences. */
  readonly assumptions: readonly string[];
  /** What scenarios ran on, what they came to, and what is wrong with all of them; absent where the study has none. */
  readonly basis?: ScenarioBasis;
  readonly scenarios?: readonly ScenarioOutcome[];
  readonly biases?: readonly Bias[];
  /** What hedges and strategies came to under each scenario; absent where the study does not ask for it. */
  readonly underScenarios?: ResultsUnderScenarios;
}
