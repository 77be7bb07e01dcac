import type { StudyResult } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatUsd, formatUsdShort } from "../format.ts";
import { type Line, linePlot } from "../linePlot.ts";
import { seriesColor } from "../palette.ts";

/** What the portfolio with each hedge was worth at each snapshot, at the venue's marks, USD. */
export function equityFigure(study: StudyResult): Figure | undefined {
  const lines: Line[] = study.outcomes.map((outcome, index) => ({
    name: outcome.name,
    color: seriesColor(index),
    samples: outcome.series.map((point) => ({ at: point.at, value: point.equityUsd })),
  }));
  const start = study.outcomes[0]?.metrics.startUsd;
  if (start === undefined) return undefined;
  const ends = study.outcomes.map(
    (outcome) => `${outcome.name} ended at ${formatUsd(outcome.metrics.endUsd)}`,
  );
  return {
    id: "equity",
    title: "Equity of each hedge, USD at marks",
    description: `From ${formatUsd(start)}: ${ends.join("; ")}.`,
    caption: `Coins, hedge and cash at the venue’s marks. The dotted line is the value before anything was traded, ${formatUsd(start)}: a first point below it is what putting the hedge on cost.`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "usd",
          endValue: formatUsdShort,
          height: [340, 260],
          rule: start,
        },
        layout,
      ),
  };
}
