import type { EngineFigures, PathExtremes, SideGains } from "@aftershock/cascade";
import type { CascadeDirection } from "./basins.ts";
import type { FigureName } from "./scenarioOutcome.ts";

/** What a metric is measured in: a price and a difference of logarithms of prices, quote currency, settle currency, a number of accounts. */
export type MetricUnit = "price" | "logarithm" | "quote" | "settle" | "accounts";

/** A run, or the record, at an instant; paths are logarithms of quote prices. */
export interface MetricInput {
  readonly path: Pick<PathExtremes, "low" | "high" | "low30" | "high30" | "last">;
  readonly figures: EngineFigures;
  /** What each side gained in the record, by the engine of the same draw. */
  readonly recordGains: SideGains;
  readonly direction: CascadeDirection;
}

/** One figure of a scenario; what it is, is told at ScenarioFigures. */
export interface ScenarioMetric {
  /** Its name for band models and tables. */
  readonly name: string;
  readonly unit: MetricUnit;
  /** Whether it is of the path of prices; then there is no single number where draws straddle two outcomes. */
  readonly ofPath: boolean;
  /** Of an extreme: the way in which prices go to it. */
  readonly towards?: CascadeDirection;
  /** Of prices the natural logarithm. */
  readonly value: (input: MetricInput) => number;
}

const path = (
  name: FigureName,
  value: ScenarioMetric["value"],
  unit: MetricUnit = "price",
): ScenarioMetric => ({ name, unit, ofPath: true, value });

const extreme = (
  name: "low" | "high" | "low30" | "high30",
  towards: CascadeDirection,
): ScenarioMetric => ({ ...path(name, (input) => input.path[name]), towards });

const engine = (
  name: FigureName,
  unit: MetricUnit,
  value: (figures: EngineFigures) => number,
): ScenarioMetric => ({ name, unit, ofPath: false, value: ({ figures }) => value(figures) });

/** All figures of a scenario but the gains, in the order of tables. */
export const METRICS: Readonly<Record<FigureName, ScenarioMetric>> = {
  low: extreme("low", "down"),
  high: extreme("high", "up"),
  low30: extreme("low30", "down"),
  high30: extreme("high30", "up"),
  overshoot: path(
    "overshoot",
    ({ path: { low30, high30, last }, direction }) =>
      direction === "down" ? last - low30 : high30 - last,
    "logarithm",
  ),
  last: path("last", ({ path: { last } }) => last),
  forcedNotional: engine("forcedNotional", "quote", (own) => own.forcedSold + own.forcedBought),
  forcedSold: engine("forcedSold", "quote", ({ forcedSold }) => forcedSold),
  forcedBought: engine("forcedBought", "quote", ({ forcedBought }) => forcedBought),
  liquidated: engine("liquidated", "accounts", ({ liquidated }) => liquidated),
  badDebt: engine("badDebt", "settle", ({ badDebt }) => badDebt),
  insurancePaid: engine("insurancePaid", "settle", ({ insurancePaid }) => insurancePaid),
  fund: engine("fund", "settle", ({ fund }) => fund),
  adl: engine("adl", "quote", ({ deleveraged }) => deleveraged),
  takenOver: engine("takenOver", "quote", ({ takenOver }) => takenOver),
  owed: engine("owed", "quote", ({ pendingNotional }) => pendingNotional),
};

/** What a side gained more than in the record. */
export const gainMetric = (side: keyof SideGains): ScenarioMetric => ({
  name: `gains.${side}`,
  unit: "settle",
  ofPath: false,
  value: ({ figures, recordGains }) => figures.gains[side] - recordGains[side],
});
