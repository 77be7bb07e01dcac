import type { SideGains } from "@aftershock/cascade";
import type { Bias } from "./biases.ts";
import type { CascadeDirection } from "./basins.ts";

/** The spread of the draws of an ensemble: half and nine tenths of them lie within. Not an error band. */
export interface Spread {
  readonly low: number;
  readonly low50: number;
  readonly high50: number;
  readonly high: number;
}

/**
 * A figure of a scenario. `mid` is the estimate: the record with as much of the effect of the ensemble's middle as came nearest to the truth on simulated days, where that was measured (plantedBands), else
 * that middle; it may lie outside of `spread`, and parts that are estimated each by itself need not sum to the whole. `low` … `high` is the 90 % band and `low50` … `high50` the 50 % band, null where there is no calibrated one; `spread` is there in any case (of two bounds: from one to the other). `mid` is null where no
 * single number is an estimate: draws straddle two outcomes, or all that is known is a bound.
 */
export interface ScenarioFigure {
  readonly low: number | null;
  readonly low50: number | null;
  readonly mid: number | null;
  readonly high50: number | null;
  readonly high: number | null;
  readonly spread: Spread | null;
  /** Of the record, by the engine that replays it where the record does not tell. */
  readonly record: number;
}

/** The figures of a scenario at one instant. Prices and notional in quote currency, money in the settle currency. */
export interface ScenarioFigures {
  /** Lowest and highest price at the end of a step. */
  readonly low: ScenarioFigure;
  readonly high: ScenarioFigure;
  /** Lowest and highest mean price over 30 s (of logarithms). */
  readonly low30: ScenarioFigure;
  readonly high30: ScenarioFigure;
  /** How far the extreme of 30 s lay beyond the last price, in the direction of the record's forced flow: a logarithm. */
  readonly overshoot: ScenarioFigure;
  readonly last: ScenarioFigure;
  /** Sold and bought by forced orders in the market, together and apart. */
  readonly forcedNotional: ScenarioFigure;
  readonly forcedSold: ScenarioFigure;
  readonly forcedBought: ScenarioFigure;
  /** Accounts that were taken over. */
  readonly liquidated: ScenarioFigure;
  /** Losses that neither margin nor fund covered. */
  readonly badDebt: ScenarioFigure;
  readonly insurancePaid: ScenarioFigure;
  /** What the insurance fund holds, realised. */
  readonly fund: ScenarioFigure;
  /** Notional that was closed against winners (auto-deleveraging), and that fund or vault took over. */
  readonly adl: ScenarioFigure;
  readonly takenOver: ScenarioFigure;
  /** Forced orders that are still owed: what accounts under liquidation hold at that time, notional. */
  readonly owed: ScenarioFigure;
  /** What each side would have had more than in the record; negative: less. The sides sum to 0 in each draw. */
  readonly gains: Readonly<Record<keyof SideGains, ScenarioFigure>>;
}

/** The figures that are no gains. */
export type FigureName = Exclude<keyof ScenarioFigures, "gains">;

/** Whether a figure has an error band whose coverage was measured. `exact`: nothing is estimated. */
export type BandStatus = "calibrated" | "exact" | { readonly none: string };

/** A path minute by minute: what lies below which share of the draws, or of the band where there is one. Prices in quote currency. */
export interface PathBands {
  /** Ends of the minutes, µs. */
  readonly at: readonly number[];
  readonly p5: readonly number[];
  readonly p25: readonly number[];
  /** Null where no single number is an estimate. */
  readonly p50: readonly (number | null)[];
  readonly p75: readonly number[];
  readonly p95: readonly number[];
  /** Whether these are calibrated bands; else the spread of the draws. */
  readonly calibrated: boolean;
}

/** How a scenario stood some minutes after the first forced order. */
export interface HorizonFigures extends ScenarioFigures {
  readonly minutes: number;
  /** µs. */
  readonly at: number;
  /** Of each figure then. */
  readonly bands: Readonly<Record<string, BandStatus>>;
}

/** What a change of rules would have come to; its figures are those at the end. */
export interface ScenarioOutcome extends ScenarioFigures {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  /** Hash of the record's best prices, and of the changed ones in the central draw: 16 hexadecimal digits. */
  readonly recordHash: string;
  readonly pathHash: string;
  /** Whether the two are the same, in every draw: without a calibration the central one is the bound at which prices answer to nothing, and always the record. */
  readonly identical: boolean;
  /** Whether the figures are estimates, or bounds: the record does not tell who else would have been liquidated, or how prices answer. */
  readonly identified: "estimate" | "bound";
  /** Why it is a bound; empty for an estimate. */
  readonly boundBecause: readonly string[];
  /** Of the extreme mean over 30 s, low or high as the record's forced flow went: the figure that scenarios are ranked by. */
  readonly band: BandStatus;
  /** Of each figure at the end, by metric: bands are judged one by one. */
  readonly bands: Readonly<Record<string, BandStatus>>;
  readonly horizons: readonly HorizonFigures[];
  /** Share of forced flow that forced flow set off itself: 1 − (forced notional on the path without forced flow / forced notional). Null where nothing was forced. */
  readonly branchingRatio: ScenarioFigure | null;
  /** The chance that the cascade is still one: how often simulated days had one where the estimate reached as far, or for kinds of rules that were not planted the share of draws; null where the record had none. */
  readonly cascadeProbability: number | null;
  /** Whether draws end in two outcomes, so that there is no single one. */
  readonly straddles: boolean;
  /** Share of draws whose path went so far from the record that it says nothing: they are in no figure. */
  readonly divergedShare: number;
  readonly draws: number;
  readonly path: PathBands;
}

/** Something that had to be taken for granted because nothing records it. */
export interface Assumed {
  readonly part: string;
  readonly value: string;
  readonly why: string;
}

/** By how much the engine that replays the record misses what was printed. Quote currency. */
export interface EnginePrintGap {
  readonly engineNotional: number;
  readonly printedNotional: number;
  /** engine / printed − 1; null where nothing was printed. */
  readonly share: number | null;
}

/** What the scenarios of a study were run on. */
export interface ScenarioBasis {
  readonly instrument: string;
  /** Quote currency of prices, and settle currency of money. */
  readonly quote: string;
  readonly settle: string;
  readonly recordHash: string;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  /** The record, minute by minute, quote currency. */
  readonly path: { readonly at: readonly number[]; readonly price: readonly number[] };
  /** Which way the record's forced flow went in all. */
  readonly direction: CascadeDirection;
  readonly kernels: readonly string[];
  readonly calibration:
    | {
        readonly file: string;
        /** Of the file, 64 hexadecimal digits. */
        readonly sha256: string;
        readonly days: number;
        readonly from: string;
        readonly to: string;
        readonly simulated: boolean;
        readonly leftOut: string | null;
      }
    | { readonly none: string };
  readonly population: string;
  readonly accounts: number;
  readonly assumed: readonly Assumed[];
  /** Null where the record has no prints. */
  readonly printGap: EnginePrintGap | null;
}

/** The scenarios of a study: plain JSON. */
export interface ScenarioResults {
  readonly basis: ScenarioBasis;
  /** In the study's order, that of nothing changed first. */
  readonly scenarios: readonly ScenarioOutcome[];
  readonly biases: readonly Bias[];
}
