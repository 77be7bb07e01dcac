import * as Plot from "@observablehq/plot";

import type { Layout } from "../figure.ts";
import { formatUsdShort } from "../format.ts";
import type { LiquidationPrint } from "../reportInput.ts";
import { BUY_COLOR, SELL_COLOR, UNKNOWN_COLOR } from "../palette.ts";

/** A triangle of the price figure: one print, or the prints of one interval and side together. */
export interface LiquidationMark {
  /** µs */
  readonly at: number;
  /** Quote currency. */
  readonly price: number;
  readonly sizeUsd: number;
  /** The forced order's: −1 sells (a long is liquidated), 1 buys, 0 not said. */
  readonly side: number;
}

/** More triangles than this hide the price and one another, and weigh on the page: beyond it prints are summed up. */
export const MOST_MARKS = 600;

// px; the area of a mark is proportional to the size of the print.
const LARGEST_RADIUS = 10;
// px; below it a triangle reads as a speck.
const LEAST_RADIUS = 1.6;

/**
 * The prints as marks. More than `MOST_MARKS` are summed up per side and interval of `every` µs, at their size-weighted mean
 * price and the interval's middle.
 */
export function liquidationMarks(
  prints: readonly LiquidationPrint[],
  every: number,
): readonly LiquidationMark[] {
  if (prints.length <= MOST_MARKS) return prints;
  const sums = new Map<string, { at: number; side: number; sizeUsd: number; paid: number }>();
  for (const { at, side, price, sizeUsd } of prints) {
    const bin = Math.floor(at / every);
    const key = `${bin} ${side}`;
    const sum = sums.get(key) ?? { at: (bin + 0.5) * every, side, sizeUsd: 0, paid: 0 };
    sum.sizeUsd += sizeUsd;
    sum.paid += sizeUsd * price;
    sums.set(key, sum);
  }
  return [...sums.values()].map(({ paid, ...sum }) => ({ ...sum, price: paid / sum.sizeUsd }));
}

/** Two round sizes to compare the marks with, ascending: the largest 1, 2 or 5 × 10ⁿ that some mark reaches, and its tenth. */
function legendSizes(largest: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(largest));
  const times = [5, 2, 1].find((candidate) => candidate * power <= largest) ?? 1;
  return [(times * power) / 10, times * power];
}

function radiusOf(sizeUsd: number, largest: number): number {
  return Math.max(LEAST_RADIUS, LARGEST_RADIUS * Math.sqrt(sizeUsd / largest));
}

/** How the marks of one side look; the shape says the side where the colour cannot. */
interface MarkStyle {
  readonly color: string;
  readonly symbol: "triangle" | "circle";
  /** Degrees. */
  readonly rotate: number;
}

const STYLES: readonly (readonly [side: number, style: MarkStyle])[] = [
  [0, { color: UNKNOWN_COLOR, symbol: "circle", rotate: 0 }],
  [-1, { color: SELL_COLOR, symbol: "triangle", rotate: 180 }],
  [1, { color: BUY_COLOR, symbol: "triangle", rotate: 0 }],
];

function sideMarks(marks: readonly LiquidationMark[], largest: number, style: MarkStyle): Plot.Dot {
  return Plot.dot(marks, {
    x: "at",
    y: "price",
    r: (mark: LiquidationMark) => radiusOf(mark.sizeUsd, largest),
    symbol: style.symbol,
    rotate: style.rotate,
    fill: style.color,
    fillOpacity: 0.55,
    stroke: style.color,
    strokeWidth: 0.6,
  });
}

function sizeLegend(largest: number, layout: Layout): readonly Plot.Markish[] {
  const apart = layout.fontSize * 6;
  return legendSizes(largest).flatMap((size, index) => {
    const dx = 14 + index * apart;
    const place = { frameAnchor: "top-left", dy: -20 } as const;
    return [
      Plot.dot([size], {
        ...place,
        dx,
        r: radiusOf(size, largest),
        symbol: "triangle",
        fill: "var(--soft)",
        fillOpacity: 0.55,
      }),
      Plot.text([formatUsdShort(size)], {
        ...place,
        dx: dx + LARGEST_RADIUS + 5,
        textAnchor: "start",
        fill: "var(--soft)",
      }),
    ];
  });
}

/** Triangles down for liquidated longs, up for liquidated shorts, sized by USD, under a row that says what the sizes are. */
export function liquidationPlotMarks(
  marks: readonly LiquidationMark[],
  layout: Layout,
): readonly Plot.Markish[] {
  const largest = marks.reduce((most, { sizeUsd }) => Math.max(most, sizeUsd), 0);
  if (largest <= 0) return [];
  // The large ones first, so that small ones stay visible on top of them.
  const bySize = marks.toSorted((a, b) => b.sizeUsd - a.sizeUsd || a.at - b.at);
  return [
    ...STYLES.map(([sign, style]) =>
      sideMarks(
        bySize.filter(({ side }) => Math.sign(side) === sign),
        largest,
        style,
      ),
    ),
    ...sizeLegend(largest, layout),
  ];
}
