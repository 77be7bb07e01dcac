import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

import { type Html, html, printable, trusted } from "./html.ts";

/** What a reader who does not see the figure is told of it. */
export interface FigureText {
  /** Names the figure. */
  readonly title: string;
  /** What it shows and what comes out of it, in a sentence or two. */
  readonly description: string;
}

/** How a figure is drawn. */
export interface Drawing {
  /** A class of the style sheet. */
  readonly name: string;
  /** Units of the view box. */
  readonly fontSize: number;
}

/** Attributes that hold pixel coordinates. */
const COORDINATES: readonly string[] =
  "x y x1 x2 y1 y2 dx dy cx cy r d transform width height".split(" ");

const LONG_FRACTION = /-?\d+\.\d{3,}(?:e-?\d+)?/g;

/**
 * Rounds every coordinate to a hundredth of a pixel: a third of the bytes, and the same bytes where two machines differ in
 * the last bit of a logarithm.
 */
function roundCoordinates(svg: Element): void {
  for (const element of svg.querySelectorAll("*")) {
    for (const name of COORDINATES) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const rounded = value.replace(LONG_FRACTION, (text) =>
        String(Math.round(Number(text) * 100) / 100 + 0),
      );
      if (rounded !== value) element.setAttribute(name, rounded);
    }
  }
}

/**
 * Draws a plot to SVG that stands by itself inside the page: no script, no style sheet, no ids (Plot numbers its ids across
 * calls, so a figure that clips would differ from one rendering to the next: do not clip), and an accessible name.
 * Colours are CSS variables of the page, so that the figure follows a dark or light page and print.
 */
export function plotSvg(options: Plot.PlotOptions, text: FigureText, drawing: Drawing): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg: Element = Plot.plot({
    ...options,
    document,
    className: "plot",
  });
  svg.querySelector("style")?.remove();
  roundCoordinates(svg);
  // Width and height come from the style sheet; the aspect from the view box.
  const viewBox = svg.getAttribute("viewBox") ?? "";
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    class="plot ${drawing.name}"
    viewBox="${viewBox}"
    role="img"
    aria-label="${`${text.title}. ${text.description}`}"
    font-size="${drawing.fontSize}"
    text-anchor="middle"
    fill="currentColor"
  >
    <title>${text.title}</title>
    ${trusted(printable(svg.innerHTML))}
  </svg>`;
}

/** The little of the DOM that is used here: the package compiles without a browser's types. */
interface Element {
  readonly innerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  remove(): void;
}
