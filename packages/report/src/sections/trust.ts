import type { ScenarioBasis, ScenarioOutcome, StudyResult } from "@aftershock/strategy";

import { formatCounted, formatPercent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { extremeName, isRecordItself, listed } from "../scenarioText.ts";

/** What a study of scenarios has told: absent where it has none. */
export interface ScenarioParts {
  readonly basis: ScenarioBasis;
  readonly scenarios: readonly ScenarioOutcome[];
}

/** The scenarios of a study; undefined where it has none. */
export const scenarioParts = ({ basis, scenarios = [] }: StudyResult): ScenarioParts | undefined =>
  basis === undefined || scenarios.length === 0 ? undefined : { basis, scenarios };

const names = (scenarios: readonly ScenarioOutcome[]): string =>
  listed(scenarios.map(({ name }) => `“${name}”`));

/** Scenarios without a band, by the reason why. */
const byReason = (
  without: readonly ScenarioOutcome[],
): readonly (readonly [reason: string, scenarios: readonly ScenarioOutcome[]])[] => [
  ...Map.groupBy(without, ({ band }) => (typeof band === "object" ? band.none : "")),
];

/** Whether the figure that scenarios are ranked by has a band, for which of them, and else why not. */
function bandSentence(changed: readonly ScenarioOutcome[], basis: ScenarioBasis): string {
  if (changed.length === 0) return "";
  const without = changed.filter(({ band }) => typeof band === "object");
  const extreme = extremeName(basis);
  const measured = `of the ${extreme} at the end ${without.length === 0 ? "are" : "of the others are"} ones whose coverage was measured for these very rules, on simulated days whose truth is known; of other figures those in italics are not, nor is any before the end`;
  if (without.length === 0) return `The bands ${measured}.`;
  const reasons = byReason(without).map(
    ([reason, whose]) =>
      `for ${without.length === changed.length && whose.length === without.length ? "any of these scenarios" : names(whose)} (${reason})`,
  );
  const intervals =
    "none" in basis.calibration
      ? "the intervals shown there run from one bound to the other"
      : "the intervals shown there are how far the model’s own draws differ, and the truth may well lie outside of them";
  const others = without.length === changed.length ? "" : ` The bands ${measured}.`;
  return `There is no calibrated band of the ${extreme} ${listed(reasons)}: ${intervals}.${others}`;
}

function modelSentence({ calibration, kernels }: ScenarioBasis): string {
  if ("none" in calibration) return `Prices: ${calibration.none}.`;
  const { days, from, to, simulated, leftOut } = calibration;
  const kind = simulated ? "simulated " : "";
  const left = leftOut === null ? "" : `, this day left out`;
  return `How prices answer to forced orders was measured on ${formatCounted(days, `other ${kind}day`)}, ${from} to ${to}${left}, with ${formatCounted(kernels.length, "kernel")}; it is an average over them, and this day may differ.`;
}

function gapSentence({ printGap }: ScenarioBasis): string {
  if (printGap === null)
    return "No forced orders were printed: the engine could not be held against them.";
  if (printGap.share === null) return "Nothing forced was printed on this record.";
  const more = printGap.share >= 0 ? "more" : "less";
  return `Under the recorded rules the engine sells and buys ${formatPercent(Math.abs(printGap.share), 1)} ${more} than was printed.`;
}

function boundSentence(changed: readonly ScenarioOutcome[]): string {
  const bounds = changed.filter(({ identified }) => identified === "bound");
  const split = changed.filter(({ straddles }) => straddles);
  return [
    bounds.length === 0
      ? ""
      : ` ${names(bounds)} ${bounds.length === 1 ? "is a bound" : "are bounds"}, no estimate.`,
    split.length === 0
      ? ""
      : ` ${names(split)} may end either way: read the probability of a cascade there, and no single number.`,
  ].join("");
}

/** How far the scenarios are to be trusted, in one paragraph: the first of a report that has any. */
export function trustParagraph({ basis, scenarios }: ScenarioParts): Html {
  const changed = scenarios.filter((scenario) => !isRecordItself(scenario));
  return html`<p class="trust">
    <strong>How far to trust this.</strong> The scenarios are answers of a model, not records. With
    nothing changed it gives the record itself, tick for tick. ${gapSentence(basis)}
    ${modelSentence(basis)} ${bandSentence(changed, basis)}${boundSentence(changed)} What is wrong
    with all of them in a known direction stands under <a href="#biases">biases</a>.
  </p> `;
}
