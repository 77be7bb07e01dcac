import type { Figure } from "../figure.ts";
import { formatNumber } from "../format.ts";
import { linePlot } from "../linePlot.ts";
import { seriesColor } from "../palette.ts";
import type { ReportMarket } from "../reportInput.ts";
import { barSamples } from "./barSamples.ts";

/** The middle of some values that are sorted ascending. */
const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? NaN;

/** The distance between best bid and best ask through time, in basis points of the mid. */
export function spreadFigure(market: ReportMarket): Figure | undefined {
  const samples = barSamples(market.bars, ({ spreadBps }) => spreadBps);
  const sorted = samples
    .map(({ value }) => value)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  const widest = sorted.at(-1);
  if (widest === undefined) return undefined;
  const summary = `Median ${formatNumber(middle(sorted), 2)} bps, widest ${formatNumber(widest, 2)} bps.`;
  return {
    id: "spread",
    title: "Spread, bps of the mid",
    description: summary,
    caption: `${summary} Best ask less best bid at the end of each interval.`,
    key: [],
    plot: (layout) =>
      linePlot(
        {
          lines: [{ name: "spread", color: seriesColor(1), samples }],
          unit: "plain",
          endValue: (value) => formatNumber(value, 2),
          height: [170, 160],
          include: [0],
          areaFrom: 0,
        },
        layout,
      ),
  };
}
