import type { ChainSnapshot, StudyResult } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatCoin, formatPercent } from "../format.ts";
import { linePlot } from "../linePlot.ts";
import { linesByCoin, rangesOf } from "./linesByCoin.ts";

const twoDigits = (value: number): string => formatCoin(Number(value.toPrecision(2)));

/** How far the venue's recorded marks of one coin's options are from Black-76 at their recorded volatilities. */
function pricingCheck(chain: readonly ChainSnapshot[], coin: string): string {
  const errors = chain
    .flatMap((snapshot) => (snapshot.coin === coin ? (snapshot.medianMarkError ?? []) : []))
    .toSorted((a, b) => a - b);
  const usual = errors[Math.floor(errors.length / 2)];
  const worst = errors.at(-1);
  if (usual === undefined || worst === undefined) return "";
  return ` Recorded ${coin} marks differ from Black-76 at the recorded volatility by ${twoDigits(usual)} ${coin} in the median of a usual snapshot and ${twoDigits(worst)} in that of the worst.`;
}

/** Implied volatility at the money through time, a line a coin. */
export function atmIvFigure({ chain }: StudyResult): Figure | undefined {
  const lines = linesByCoin(chain, ({ atmIv }) => atmIv);
  if (lines.length === 0) return undefined;
  const summary = `${rangesOf(lines)}.`;
  const checks = lines.map(({ name }) => pricingCheck(chain, name)).join("");
  return {
    id: "atm-iv",
    title: "Implied volatility at the money, a year",
    description: summary,
    caption: `${summary} It is the recorded mark volatility of the strike nearest to the money, at the expiry nearest to 30 days.${checks}`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "percent",
          endValue: (value) => formatPercent(value),
          height: [210, 190],
        },
        layout,
      ),
  };
}
