import type { ScenarioBasis, ScenarioOutcome } from "@aftershock/strategy";
import * as Plot from "@observablehq/plot";

import type { Figure, Layout } from "../figure.ts";
import { shorten } from "../format.ts";
import { seriesColor } from "../palette.ts";
import {
  extremeName,
  extremeOf,
  formatPrice,
  intervalsOf,
  isRecordItself,
} from "../scenarioText.ts";
import { valueAxis } from "../valueAxis.ts";

const ROW_HEIGHT = 46;
/** px above and below a bar. */
const BAR_INSET = 8;
const MARGIN_TOP = 26;
const MARGIN_BOTTOM = 30;
const GLYPH_EMS = 0.64;
/** Letters of a row's name and note that a phone shows. */
const NARROW_LETTERS = 54;

/** One scenario in the ranking. */
interface RankedRow {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  readonly low: number;
  readonly low50: number;
  readonly high50: number;
  readonly high: number;
  /** NaN where there is no single number. */
  readonly mid: number;
  readonly calibrated: boolean;
  readonly note: string;
}

function noteOf(scenario: ScenarioOutcome): string {
  if (isRecordItself(scenario)) return "the record";
  const { straddles, cascadeProbability, identified, band } = scenario;
  const parts = [
    straddles ? `chance of a cascade ${Math.round((cascadeProbability ?? 0) * 100)} %` : "",
    identified === "bound" ? "a bound" : "",
    typeof band === "object" ? "no calibrated band" : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** Scenarios by the estimate of their extreme, best first; those without one after them, by the middle of their draws. */
export function rankedScenarios(
  scenarios: readonly ScenarioOutcome[],
  basis: ScenarioBasis,
): readonly ScenarioOutcome[] {
  const sign = basis.direction === "down" ? -1 : 1;
  const place = (scenario: ScenarioOutcome): number => {
    const shown = intervalsOf(extremeOf(scenario, basis));
    return shown === undefined ? sign * Infinity : (shown.low50 + shown.high50) / 2;
  };
  const hasMiddle = (scenario: ScenarioOutcome): boolean => extremeOf(scenario, basis).mid !== null;
  const middle = (scenario: ScenarioOutcome): number => extremeOf(scenario, basis).mid ?? 0;
  return [
    ...scenarios.filter(hasMiddle).toSorted((a, b) => sign * (middle(a) - middle(b))),
    ...scenarios.filter((one) => !hasMiddle(one)).toSorted((a, b) => sign * (place(a) - place(b))),
  ];
}

function rowsOf(scenarios: readonly ScenarioOutcome[], basis: ScenarioBasis): readonly RankedRow[] {
  return rankedScenarios(scenarios, basis).flatMap((scenario) => {
    const figure = extremeOf(scenario, basis);
    const shown = intervalsOf(figure);
    if (shown === undefined) return [];
    return [
      {
        name: scenario.name,
        label: shorten(scenario.name, 30),
        color: seriesColor(scenarios.indexOf(scenario)),
        ...shown,
        mid: figure.mid ?? Number.NaN,
        note: noteOf(scenario),
      },
    ];
  });
}

/** A calibrated band is a solid bar, the spread of draws an empty one with a dashed edge. */
function barMarks(rows: readonly RankedRow[]): Plot.Markish[] {
  const banded = rows.filter(({ calibrated }) => calibrated);
  const spread = rows.filter(({ calibrated }) => !calibrated);
  const bar = { y: "name", insetTop: BAR_INSET, insetBottom: BAR_INSET } as const;
  const whole = { ...bar, x1: "low", x2: "high" } as const;
  const half = { ...bar, x1: "low50", x2: "high50" } as const;
  return [
    Plot.barX(banded, { ...whole, fill: "color", fillOpacity: 0.22 }),
    Plot.barX(banded, { ...half, fill: "color", fillOpacity: 0.55 }),
    Plot.barX(spread, { ...whole, fill: "none", stroke: "color", strokeDasharray: "3,3" }),
    Plot.barX(spread, { ...half, fill: "color", fillOpacity: 0.14 }),
  ];
}

function rankingPlot(rows: readonly RankedRow[], record: number, layout: Layout): Plot.PlotOptions {
  // An estimate may lie beyond the draws.
  const shown = rows.flatMap(({ low, mid, high }) => [low, Number.isNaN(mid) ? low : mid, high]);
  const axis = valueAxis([record, ...shown], "plain", {
    most: layout.name === "wide" ? 6 : 3,
  });
  const isWide = layout.name === "wide";
  const longest = Math.max(...rows.map(({ label }) => label.length));
  const y = "name";
  return {
    width: layout.width,
    height: rows.length * ROW_HEIGHT + MARGIN_TOP + MARGIN_BOTTOM,
    marginTop: MARGIN_TOP,
    marginBottom: MARGIN_BOTTOM,
    marginLeft: isWide ? Math.ceil(longest * layout.fontSize * GLYPH_EMS) + 14 : 8,
    marginRight: 16,
    x: { type: "linear", domain: [...axis.domain] },
    y: { type: "band", domain: rows.map(({ name }) => name), padding: 0.2, axis: null },
    color: { type: "identity" },
    marks: [
      Plot.gridX([...axis.ticks], { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX([...axis.ticks], {
        tickSize: 4,
        tickFormat: axis.format,
        label: null,
        color: "var(--soft)",
      }),
      Plot.ruleX([record], { stroke: "var(--ink)", strokeDasharray: "2,3" }),
      Plot.text([record], {
        x: (value: number) => value,
        frameAnchor: "top",
        dy: -12,
        text: () => "the record",
        fill: "var(--soft)",
      }),
      ...(isWide
        ? [
            Plot.text(rows, {
              y,
              frameAnchor: "left",
              textAnchor: "end",
              dx: -8,
              text: "label",
              fill: "color",
              fontWeight: 600,
            }),
          ]
        : []),
      ...barMarks(rows),
      Plot.dot(
        rows.filter(({ mid }) => Number.isFinite(mid)),
        { y, x: "mid", r: 4.5, fill: "color", stroke: "var(--page)", strokeWidth: 1 },
      ),
      Plot.text(rows, {
        y,
        frameAnchor: isWide ? "right" : "left",
        textAnchor: isWide ? "end" : "start",
        dy: isWide ? 18 : -17,
        text: isWide
          ? "note"
          : ({ label, note }: RankedRow) => shorten(`${label} · ${note}`, NARROW_LETTERS),
        fill: "var(--soft)",
        fontSize: 10,
      }),
    ],
  };
}

/** The scenarios by the extreme that they would have seen, with intervals. */
export function scenarioRankingFigure(
  scenarios: readonly ScenarioOutcome[],
  basis: ScenarioBasis,
): Figure | undefined {
  const rows = rowsOf(scenarios, basis);
  const [first] = scenarios;
  const best = rows[0];
  if (first === undefined || best === undefined) return undefined;
  const { record } = extremeOf(first, basis);
  const extreme = extremeName(basis);
  return {
    id: "scenario-ranking",
    title: `Scenarios by the ${extreme} that they would have seen`,
    description: `The record's ${extreme} of 30 s was ${formatPrice(record)}. First in the ranking is ${best.name}.`,
    caption: `Mean price over 30 s, the ${basis.direction === "down" ? "lowest" : "highest"} of the day. A dot is the estimate; a solid bar a band whose coverage was measured, its darker half holding one in two; a dashed bar only says how far the draws of the model differ. No dot: draws end in two outcomes, or the figure is a bound.`,
    key: [],
    plot: (layout) => rankingPlot(rows, record, layout),
  };
}
