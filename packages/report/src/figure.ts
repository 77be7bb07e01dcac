import type { PlotOptions } from "@observablehq/plot";

import { type Html, html } from "./html.ts";
import { plotSvg } from "./plotSvg.ts";

/** The two widths that every figure is drawn at: one picture shrunk to a phone would have unreadable text. */
export interface Layout {
  readonly name: "wide" | "narrow";
  /** px */
  readonly width: number;
  /** px */
  readonly fontSize: number;
  /** Most ticks on the axis of time. */
  readonly timeTicks: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: "wide", width: 880, fontSize: 12, timeTicks: 10 },
  { name: "narrow", width: 360, fontSize: 11, timeTicks: 5 },
];

/** A named line or mark of a figure, for the key that the narrow drawing needs. */
export interface KeyEntry {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
}

/** One figure of the report. */
export interface Figure {
  /** Names its place in the page, `fig-…`. */
  readonly id: string;
  readonly title: string;
  /** For readers who do not see it. */
  readonly description: string;
  /** What the reader has to know to read it right. */
  readonly caption: Html | string;
  /** Shown above the narrow drawing, where the labels at the lines have no room. */
  readonly key: readonly KeyEntry[];
  /** Shown above both drawings, e.g. what a mark's size means. */
  readonly legend?: Html;
  readonly plot: (layout: Layout) => PlotOptions;
}

const keyEntry = ({ name, color }: KeyEntry): Html =>
  html`<li><span class="swatch" style="background:${color}"></span>${name}</li>`;

/** A figure as markup: title, key, the two drawings (the style sheet shows one), caption. */
export function renderFigure(figure: Figure, simulated: boolean): Html {
  const text = {
    title: simulated ? `${figure.title} (simulated data)` : figure.title,
    description: figure.description,
  };
  const drawings = LAYOUTS.map((layout) => plotSvg(figure.plot(layout), text, layout));
  return html`<figure id="fig-${figure.id}">
    <h3>${figure.title}${simulated && html` <span class="tag">simulated</span>`}</h3>
    ${
      figure.key.length > 1 &&
      html`<ul class="key narrow">
        ${figure.key.map(keyEntry)}
      </ul>`
    }
    ${figure.legend} ${drawings}
    <figcaption>${figure.caption}</figcaption>
  </figure> `;
}
