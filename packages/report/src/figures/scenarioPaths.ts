import type { ScenarioBasis, ScenarioOutcome } from "@aftershock/strategy";
import * as Plot from "@observablehq/plot";

import type { Figure, Layout } from "../figure.ts";
import { shorten } from "../format.ts";
import { html } from "../html.ts";
import { seriesColor } from "../palette.ts";
import { formatPrice, isRecordItself } from "../scenarioText.ts";
import { timeAxis } from "../timeAxis.ts";
import { valueAxis } from "../valueAxis.ts";

/** Height of a panel, px, and its columns by width. */
const PANEL_HEIGHT = 190;
const COLUMNS = { wide: 2, narrow: 1 } as const;
const MARGIN_TOP = 20;
const MARGIN_BOTTOM = 34;
/** A glyph's width in ems, as in line plots. */
const GLYPH_EMS = 0.64;

/** A minute of a panel. */
interface PathMinute {
  readonly column: number;
  readonly row: number;
  readonly at: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

interface Panel {
  readonly column: number;
  readonly row: number;
  readonly scenario: ScenarioOutcome;
  readonly minutes: readonly PathMinute[];
  readonly color: string;
}

function panelsOf(scenarios: readonly ScenarioOutcome[], columns: number): readonly Panel[] {
  return scenarios.map((scenario, i) => {
    const place = { column: i % columns, row: Math.floor(i / columns) };
    const { at, p5, p25, p50, p75, p95 } = scenario.path;
    const value = (values: readonly (number | null)[], minute: number): number =>
      values[minute] ?? Number.NaN;
    return {
      ...place,
      scenario,
      color: seriesColor(i),
      minutes: at.map((time, minute) => ({
        ...place,
        at: time,
        p5: value(p5, minute),
        p25: value(p25, minute),
        p50: value(p50, minute),
        p75: value(p75, minute),
        p95: value(p95, minute),
      })),
    };
  });
}

/** What is said of a scenario above its panel. */
function panelNote(scenario: ScenarioOutcome): string {
  if (isRecordItself(scenario)) return "on the record, tick for tick";
  const { straddles, identified, cascadeProbability } = scenario;
  if (straddles) {
    const share = Math.round((cascadeProbability ?? 0) * 100);
    return `two outcomes: a cascade in ${share} % of cases`;
  }
  return identified === "bound" ? "a bound, no estimate" : "";
}

function bands({ minutes, color, scenario }: Panel): Plot.Markish[] {
  const facet = { fx: "column", fy: "row", x: "at" } as const;
  if (isRecordItself(scenario)) {
    // Over the record, thinner and dashed, so that both show where they are one line.
    return [
      Plot.lineY(minutes, {
        ...facet,
        y: "p50",
        stroke: seriesColor(1),
        strokeWidth: 3.5,
        strokeOpacity: 0.4,
      }),
    ];
  }
  const dash = scenario.path.calibrated ? {} : { strokeDasharray: "2,2" };
  return [
    Plot.areaY(minutes, {
      ...facet,
      y1: "p5",
      y2: "p95",
      fill: color,
      fillOpacity: 0.16,
      stroke: color,
      strokeWidth: 0.6,
      ...dash,
    }),
    Plot.areaY(minutes, { ...facet, y1: "p25", y2: "p75", fill: color, fillOpacity: 0.3 }),
    Plot.lineY(minutes, { ...facet, y: "p50", stroke: color, strokeWidth: 1.75 }),
  ];
}

function titles(
  panels: readonly Panel[],
  { direction }: ScenarioBasis,
  layout: Layout,
): Plot.Markish[] {
  const width = layout.name === "wide" ? 34 : 26;
  const facet = { fx: "column", fy: "row" } as const;
  const place = { ...facet, frameAnchor: "top-left", textAnchor: "start", dx: 4 } as const;
  const texts = panels.map(({ column, row, scenario, color }) => ({
    column,
    row,
    name: shorten(scenario.name, width),
    note: panelNote(scenario),
    color,
  }));
  return [
    Plot.text(texts, { ...place, text: "name", fill: "color", dy: -9, fontWeight: 600 }),
    // Where the panel is empty: below a price that falls in the end, above one that rises.
    Plot.text(texts, {
      ...place,
      frameAnchor: direction === "down" ? "bottom-left" : "top-left",
      text: "note",
      fill: "var(--soft)",
      dy: direction === "down" ? -6 : 8,
    }),
  ];
}

function fanPlot(
  scenarios: readonly ScenarioOutcome[],
  basis: ScenarioBasis,
  layout: Layout,
): Plot.PlotOptions {
  const { path } = basis;
  const columns = COLUMNS[layout.name];
  const panels = panelsOf(scenarios, columns);
  const rows = Math.ceil(panels.length / columns);
  const minutes = panels.flatMap((panel) => panel.minutes);
  const record = panels.flatMap(({ column, row }) =>
    path.at.map((at, i) => ({ column, row, at, price: path.price[i] ?? Number.NaN })),
  );
  const y = valueAxis(
    [
      ...record.map(({ price }) => price),
      // The estimate may lie beyond the draws, or there is none.
      ...minutes.flatMap(({ p5, p50, p95 }) => [p5, Number.isNaN(p50) ? p5 : p50, p95]),
    ],
    "plain",
    { most: 4 },
  );
  const [from = 0, to = 1] = [path.at[0], path.at.at(-1)];
  const time = timeAxis(from, to, Math.max(3, Math.round(layout.timeTicks / columns)));
  const labels = Math.max(...y.ticks.map((tick) => y.format(tick).length));
  const facet = { fx: "column", fy: "row" } as const;
  return {
    width: layout.width,
    height: rows * PANEL_HEIGHT + MARGIN_TOP + MARGIN_BOTTOM,
    marginTop: MARGIN_TOP,
    marginBottom: MARGIN_BOTTOM,
    marginLeft: Math.ceil(labels * layout.fontSize * GLYPH_EMS) + 12,
    marginRight: 12,
    x: { type: "linear", domain: [from, Math.max(to, from + 1)] },
    y: { type: "linear", domain: [...y.domain] },
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: 0.16 },
    color: { type: "identity" },
    marks: [
      Plot.gridY([...y.ticks], { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisY([...y.ticks], { tickSize: 0, tickFormat: y.format, label: null }),
      Plot.axisX([...time.ticks], {
        tickSize: 4,
        tickFormat: time.format,
        label: null,
        color: "var(--soft)",
      }),
      ...panels.flatMap(bands),
      Plot.lineY(record, {
        ...facet,
        x: "at",
        y: "price",
        stroke: "var(--ink)",
        strokeWidth: 1.3,
      }),
      ...titles(panels, basis, layout),
    ],
  };
}

/** The recorded path, and the path of each scenario with its bands, a panel each. */
export function scenarioPathsFigure(
  scenarios: readonly ScenarioOutcome[],
  basis: ScenarioBasis,
): Figure | undefined {
  const first = basis.path.price[0];
  const last = basis.path.price.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const low = Math.min(...basis.path.price);
  const calibrated = scenarios.every(({ path }) => path.calibrated);
  return {
    id: "scenario-paths",
    title: `${basis.instrument} under each scenario`,
    description: `The record goes from ${formatPrice(first)} to ${formatPrice(last)}, lowest ${formatPrice(low)} at the end of a minute; ${scenarios.length} scenarios, the first of which changes nothing and lies on it.`,
    caption: html`The dark line is the record, minute by minute; time is UTC. Of each scenario the
    line is the estimate: the record with as much of the effect of the kernels' middle as came
    nearest to the truth on simulated days, where that was measured. The darker area holds half and
    the lighter nine in ten:
    ${
      calibrated
        ? "bands whose coverage was measured."
        : "where its edge is dashed, that is how far the draws differ and no band whose coverage was measured."
    }
    There is no line where draws end in two outcomes, or where all that is known is a bound.`,
    key: [],
    plot: (layout) => fanPlot(scenarios, basis, layout),
  };
}
