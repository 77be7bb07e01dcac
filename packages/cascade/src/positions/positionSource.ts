import type { EngineFigures, PopulationSource } from "../counterfactual/engineRun.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { Identification } from "./identification.ts";

/** A run under changed rules, and the run of the recorded rules on the record that it is compared with. */
export interface ComparedRun {
  readonly recorded: EngineFigures;
  readonly changed: EngineFigures;
}

/**
 * What tells who was liquidated in a record: a `snapshot` of accounts, `prints` of forced orders, an `estimate` of forced flow that nobody printed (which finds a part of it), or `nothing`.
 */
export type LiquidationEvidence = "snapshot" | "prints" | "estimate" | "nothing";

/** Who held what when a record began, as far as it is known. */
export interface PositionSource {
  /** `snapshot`: accounts as recorded. `pinned`: those that the record saw liquidated, with or without shadow positions besides. */
  readonly kind: "snapshot" | "pinned";
  /** With an `estimate` or `nothing` figures of the engine on the record are no more than a bound themselves. */
  readonly evidence: LiquidationEvidence;
  /** What it comes of, in words: "prints". */
  readonly origin: string;
  /** The population of a draw: 0 is the central one, others differ in what prints leave open. The same draw gives the same, and the very same source, each time. */
  readonly population: (draw: number) => PopulationSource;
  /**
   * Whether a run under `rules` stayed among those whose triggers are known. Assumes that both runs are over the whole record.
   */
  readonly identify: (rules: RuleSet, run: ComparedRun) => Identification;
  /** What it rests on, one sentence each: to be printed with every result. */
  readonly assumptions: readonly string[];
}
