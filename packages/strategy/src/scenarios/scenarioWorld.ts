import type { MarkOptions, PositionSource, ResponseModel, RuleSet } from "@aftershock/cascade";
import type { Instrument } from "@aftershock/schema";
import type { BandModel } from "./bandModel.ts";
import type { Assumed, ScenarioBasis } from "./scenarioOutcome.ts";

/** Who held what, in as many ways as it may have been. */
export interface ScenarioPositions {
  /** Where they come from, in a sentence. */
  readonly says: string;
  /** How many accounts there are. */
  readonly accounts: number;
  readonly source: PositionSource;
}

/** How prices answer. */
export interface ScenarioResponses {
  /** The own estimate of each kernel, of which the middle is made, then bootstrap draws; the first is the central one. */
  readonly models: readonly ResponseModel[];
  /** How many kernels there are: so many of the first models are no draws. */
  readonly kernels: number;
  readonly calibration: ScenarioBasis["calibration"];
}

/** Everything that scenarios run on but the record itself. */
export interface ScenarioWorld {
  readonly instrument: Instrument;
  /** The rules under which the record came about. */
  readonly recorded: RuleSet;
  /** What the recorded mark takes where its rule is silent, where that is told already. Default: as markAssumptions has it. */
  readonly mark?: MarkOptions;
  readonly positions: ScenarioPositions;
  readonly responses: ScenarioResponses;
  readonly assumed: readonly Assumed[];
  readonly bands: BandModel;
  /** Whether hedges or strategies run under the scenarios, so that it is asked how far these are from the record; default false. */
  readonly isShown?: boolean;
}

/** What was printed of forced orders that hit the book. */
export interface PrintedNotional {
  /** Quote currency, κ included. */
  readonly notional: number;
}
