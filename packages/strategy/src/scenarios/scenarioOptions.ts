import type { ShadowPrior } from "@aftershock/cascade";

/** Where the positions of a counterfactual come from. */
export type PositionKind = "snapshot" | "prints" | "shadow";

/** Where the forced flow comes from that positions are pinned to. */
export type FlowKind = "printed" | "estimated";

/** What is believed of the leverage of those who were never liquidated; their open interest is the recorded one. */
export type LeveragePrior = Omit<ShadowPrior, "openInterest">;

/** How a study's scenarios are run, as its author writes it. */
export interface CounterfactualDefinition {
  /** The contract that is replayed, `venue:SYMBOL`. Default: the perpetual of the first coin of the portfolio at the study's venue. */
  readonly instrument?: string;
  /**
   * `snapshot` (the default): all accounts, as recorded at the beginning (a simulated day, or a venue whose accounts are public). `prints`: what was liquidated, from the prints of
   * forced orders; of who was not, nothing is known. `shadow`: the same, and of the recorded open interest what a prior of leverage says of those who were not; without prints that prior alone.
   */
  readonly positions?: PositionKind;
  /**
   * With `prints` and `shadow`. `printed` (the default): what the venue printed. `estimated`: what falls of open interest and bursts of takers say was forced, which finds a part of it: results are bounds.
   */
  readonly flow?: FlowKind;
  /** With `shadow`. Default: `DEFAULT_LEVERAGE_PRIOR`. */
  readonly leveragePrior?: LeveragePrior;
  /** A file that `aftershock calibrate` wrote; a path from the module of the study, or `shipped:NAME` for one that comes with the program. Default: none, and then only bounds can be told. */
  readonly calibration?: string;
  /** How many times larger forced flow was than its prints, 1 or more: one number, or a band. Default: what is known of the venue and the day. */
  readonly kappa?: number | readonly [low: number, high: number];
  /** Bootstrap draws of the calibration, each with one of the kernels in turn, beside the kernels' own estimates: they make the spread. Default 9. */
  readonly draws?: number;
  /** Minutes after the first forced order at which figures are told, besides the end. Default 5, 15, 60. */
  readonly horizonMinutes?: readonly number[];
  /** From when on horizons are counted: an instant in UTC or µs. Default: the first forced order. */
  readonly onset?: string | number;
  /** Length of a step, ms. Default 100. */
  readonly stepMillis?: number;
  /** What stands in for a mark or an index that was not recorded: the mid, the mark. Default: steps without are left out. */
  readonly standIns?: ScenarioStandIns;
}

/** What stands in for what was not recorded; a result says where it did. */
export interface ScenarioStandIns {
  readonly mark?: "mid";
  readonly index?: "mark";
}

/** Checked, with defaults. */
export interface CounterfactualSettings {
  readonly instrument: string;
  readonly positions: PositionKind;
  readonly flow: FlowKind;
  /** With `shadow`, and only there. */
  readonly leveragePrior: LeveragePrior | undefined;
  readonly calibration: string | undefined;
  readonly kappa: readonly [low: number, high: number] | undefined;
  readonly draws: number;
  readonly horizonMinutes: readonly number[];
  /** µs. */
  readonly onset: number | undefined;
  readonly stepMillis: number;
  readonly standIns: ScenarioStandIns;
}
