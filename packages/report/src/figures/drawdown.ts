import type { StudyResult } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatPercentChange } from "../format.ts";
import { type Line, linePlot, type Sample } from "../linePlot.ts";
import { seriesColor } from "../palette.ts";

/**
 * The distance of an equity curve from its highest point so far, as a fraction of that point: 0 at a peak, negative below.
 * `startUsd` counts as a point before the first. NaN while the highest point is not above zero.
 */
export function drawdowns(
  startUsd: number,
  curve: readonly { readonly at: number; readonly equityUsd: number }[],
): readonly Sample[] {
  let peak = startUsd;
  return curve.map(({ at, equityUsd }) => {
    peak = Math.max(peak, equityUsd);
    return { at, value: peak > 0 ? equityUsd / peak - 1 : NaN };
  });
}

/** How far each hedge stood below its own highest equity at each snapshot. */
export function drawdownFigure(study: StudyResult): Figure | undefined {
  const lines: Line[] = study.outcomes.map((outcome, index) => ({
    name: outcome.name,
    color: seriesColor(index),
    samples: drawdowns(outcome.metrics.startUsd, outcome.series),
  }));
  if (lines.length === 0) return undefined;
  const deepest = lines.map((line) => {
    const least = line.samples.reduce((low, { value }) => Math.min(low, value), 0);
    return `${line.name} ${formatPercentChange(least)}`;
  });
  return {
    id: "drawdown",
    title: "Drawdown from the highest equity so far",
    description: `Deepest: ${deepest.join("; ")}.`,
    caption: `Deepest: ${deepest.join(" · ")}. Only snapshots count: a deeper fall between two of them is not seen.`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "percent",
          endValue: (value) => formatPercentChange(value),
          height: [220, 190],
          include: [0],
        },
        layout,
      ),
  };
}
