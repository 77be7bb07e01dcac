import type { ChainSnapshot, StudyResult } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatCount, formatPercent } from "../format.ts";
import { linePlot } from "../linePlot.ts";
import { linesByCoin, rangesOf } from "./linesByCoin.ts";

const share = ({ options, withoutBid }: ChainSnapshot): number =>
  options > 0 ? withoutBid / options : NaN;

/** The share of the recorded options that nobody bid for, through time, a line a coin. */
export function withoutBidFigure({ chain }: StudyResult): Figure | undefined {
  const lines = linesByCoin(chain, share);
  if (lines.length === 0) return undefined;
  const most = chain.reduce((worst, now) => (share(now) > share(worst) ? now : worst));
  const summary = `${rangesOf(lines)}. At worst ${formatCount(most.withoutBid)} of ${formatCount(most.options)} ${most.coin} options had no bid.`;
  return {
    id: "without-bid",
    title: "Options without a bid, share of the chain",
    description: summary,
    caption: `${summary} An option without a bid can be marked but not sold: at liquidation value it counts as nothing.`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "percent",
          endValue: (value) => formatPercent(value),
          height: [180, 170],
          include: [0],
        },
        layout,
      ),
  };
}
