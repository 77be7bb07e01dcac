import type { ScenarioBasis, ScenarioFigure, ScenarioOutcome } from "@aftershock/strategy";

import { formatNumber } from "./format.ts";

/** The figure of the extreme that a record's forced flow made: the lowest mean of 30 s, or of buying the highest. */
export const extremeOf = (
  scenario: ScenarioOutcome,
  { direction }: Pick<ScenarioBasis, "direction">,
): ScenarioFigure => (direction === "down" ? scenario.low30 : scenario.high30);

/** `low` or `high`. */
export const extremeName = ({ direction }: Pick<ScenarioBasis, "direction">): string =>
  direction === "down" ? "low" : "high";

/** Decimals that prices of a size are told with. */
export const priceDecimals = (price: number): number => (price < 10 ? 4 : price < 1_000 ? 2 : 0);

/** A price. */
export const formatPrice = (price: number): string => formatNumber(price, priceDecimals(price));

/** An interval, which is one value where its ends read alike. */
export function formatInterval(
  low: number,
  high: number,
  format: (value: number) => string,
): string {
  const [from, to] = [format(low), format(high)];
  return from === to ? from : `${from} … ${to}`;
}

/** Whether a figure has a band of which the coverage was measured, or needs none. */
export const isBanded = ({ low }: ScenarioFigure): boolean => low !== null;

/** The outer and the inner interval that are drawn of a figure: its band, else the spread of its draws; undefined where every draw diverged. */
export function intervalsOf(figure: ScenarioFigure):
  | {
      readonly low: number;
      readonly low50: number;
      readonly high50: number;
      readonly high: number;
      readonly calibrated: boolean;
    }
  | undefined {
  const { low, low50, high50, high, spread } = figure;
  if (low !== null && low50 !== null && high50 !== null && high !== null) {
    return { low, low50, high50, high, calibrated: true };
  }
  return spread === null ? undefined : { ...spread, calibrated: false };
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/** Whether a scenario is known to be the record itself: the same path, and nothing of it left open, as it is where no print tells who was liquidated. */
export const isRecordItself = ({ identical, band }: ScenarioOutcome): boolean =>
  identical && typeof band !== "object";
