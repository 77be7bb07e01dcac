import * as Plot from "@observablehq/plot";

import { spreadLabels } from "./endLabels.ts";
import type { Layout } from "./figure.ts";
import { shorten } from "./format.ts";
import { timeAxis } from "./timeAxis.ts";
import { valueAxis, type ValueAxis, type ValueUnit } from "./valueAxis.ts";

/** A value at an instant. */
export interface Sample {
  /** µs */
  readonly at: number;
  /** NaN where there is none: the line breaks. */
  readonly value: number;
}

/** One line of a plot. */
export interface Line {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly samples: readonly Sample[];
  /** An SVG dash array, where colour alone should not tell two lines apart. */
  readonly dash?: string;
}

/** Lines over time. */
export interface LinePlot {
  readonly lines: readonly Line[];
  readonly unit: ValueUnit;
  /** How the value at a line's end is written beside it. */
  readonly endValue: (value: number) => string;
  /** Height in px of the wide and the narrow drawing. */
  readonly height: readonly [wide: number, narrow: number];
  /** Values that the axis must hold, e.g. 0; the axis ends at them where nothing lies beyond. */
  readonly include?: readonly number[];
  /** A dotted horizontal line, e.g. at the equity at the start. */
  readonly rule?: number;
  /** Fills from each line to this value. */
  readonly areaFrom?: number;
  /** Further marks, drawn over the lines. */
  readonly marks?: (layout: Layout) => readonly Plot.Markish[];
  /** px kept free above the plot, e.g. for a row that explains the marks; default 0. */
  readonly headroom?: number;
  /** Samples beside the lines' that both axes must hold, e.g. the prints. */
  readonly alsoHold?: readonly Sample[];
}

const MARGIN_TOP = 14;
const MARGIN_BOTTOM = 34;
// Average advance of a bold glyph in DejaVu Sans, the widest of the fonts that the page asks for, in ems: what keeps the
// margin wide enough for the longest label.
const GLYPH_EMS = 0.64;
// With more samples than this a dot at each only thickens the line.
const MOST_DOTS = 50;

const marginTop = (plot: LinePlot): number => MARGIN_TOP + (plot.headroom ?? 0);

interface EndLabel {
  readonly at: number;
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

const lastSample = (line: Line): Sample | undefined =>
  line.samples.findLast((sample) => Number.isFinite(sample.value));

function endText(line: Line, value: string, layout: Layout): string {
  return layout.name === "narrow" ? value : `${shorten(line.name, 28)} ${value}`;
}

/** A label at the end of each line, moved apart where they would overlap. */
function endLabels(plot: LinePlot, layout: Layout, axis: ValueAxis, height: number): EndLabel[] {
  const top = marginTop(plot);
  const ends = plot.lines.flatMap((line) => {
    const last = lastSample(line);
    return last === undefined ? [] : [{ line, last }];
  });
  const [least, most] = axis.domain;
  const perPixel = (most - least) / (height - top - MARGIN_BOTTOM);
  const pixels = ends.map(({ last }) => top + (most - last.value) / perPixel);
  const gap = layout.fontSize * 1.25;
  const spread = spreadLabels(pixels, gap, top, height - MARGIN_BOTTOM);
  return ends.map(({ line, last }, index) => ({
    at: last.at,
    value: most - ((spread[index] ?? 0) - top) * perPixel,
    text: endText(line, plot.endValue(last.value), layout),
    color: line.color,
  }));
}

const textWidth = (texts: readonly string[], fontSize: number): number =>
  Math.max(0, ...texts.map((text) => text.length)) * fontSize * GLYPH_EMS;

function lineMarks(line: Line, plot: LinePlot): Plot.Markish[] {
  const finite = line.samples.filter((sample) => Number.isFinite(sample.value));
  return [
    plot.areaFrom === undefined
      ? null
      : Plot.areaY(line.samples, {
          x: "at",
          y1: plot.areaFrom,
          y2: "value",
          fill: line.color,
          fillOpacity: 0.1,
        }),
    Plot.lineY(line.samples, {
      x: "at",
      y: "value",
      stroke: line.color,
      strokeWidth: 1.75,
      ...(line.dash === undefined ? {} : { strokeDasharray: line.dash }),
    }),
    finite.length > MOST_DOTS
      ? null
      : Plot.dot(finite, { x: "at", y: "value", r: 1.8, fill: line.color }),
  ];
}

function axes(plot: LinePlot, layout: Layout, from: number, to: number, y: ValueAxis) {
  const time = timeAxis(from, to, layout.timeTicks);
  return [
    Plot.gridY([...y.ticks], { stroke: "var(--line)", strokeOpacity: 1 }),
    Plot.axisY([...y.ticks], { tickSize: 0, tickFormat: y.format, label: null }),
    Plot.axisX([...time.ticks], {
      tickSize: 4,
      tickFormat: time.format,
      label: null,
      color: "var(--soft)",
    }),
    Plot.text(["UTC"], {
      frameAnchor: "bottom-right",
      textAnchor: "end",
      dx: 10,
      dy: 9 + layout.fontSize * 1.1,
      lineAnchor: "top",
      fill: "var(--soft)",
    }),
    plot.rule === undefined
      ? null
      : Plot.ruleY([plot.rule], { stroke: "var(--soft)", strokeDasharray: "2,3" }),
  ];
}

/** What Plot draws for lines over time at one layout. The ends of the axis of time are the first and last sample. */
export function linePlot(plot: LinePlot, layout: Layout): Plot.PlotOptions {
  const samples = [...plot.lines.flatMap((line) => line.samples), ...(plot.alsoHold ?? [])];
  const instants = samples.map((sample) => sample.at);
  const from = instants.reduce((least, at) => Math.min(least, at), Infinity);
  const to = instants.reduce((most, at) => Math.max(most, at), -Infinity);
  const height = layout.name === "wide" ? plot.height[0] : plot.height[1];
  const held = samples.map((sample) => sample.value);
  if (plot.rule !== undefined) held.push(plot.rule);
  const y = valueAxis(held, plot.unit, {
    most: Math.max(3, Math.round(height / 42)),
    include: plot.include ?? [],
  });
  const labels = endLabels(plot, layout, y, height);
  const texts = labels.map((label) => label.text);
  return {
    width: layout.width,
    height,
    marginTop: marginTop(plot),
    marginBottom: MARGIN_BOTTOM,
    marginLeft: Math.ceil(textWidth(y.ticks.map(y.format), layout.fontSize)) + 12,
    marginRight: Math.ceil(textWidth(texts, layout.fontSize)) + 12,
    x: { type: "linear", domain: [from, Math.max(to, from + 1)] },
    y: { type: "linear", domain: [...y.domain] },
    r: { type: "identity" },
    // Without it Plot would take the few CSS colours of the lines for categories.
    color: { type: "identity" },
    marks: [
      ...axes(plot, layout, from, to, y),
      ...plot.lines.flatMap((line) => lineMarks(line, plot)),
      ...(plot.marks?.(layout) ?? []),
      Plot.text(labels, {
        x: "at",
        y: "value",
        text: "text",
        fill: "color",
        textAnchor: "start",
        dx: 7,
        fontWeight: 600,
      }),
    ],
  };
}
