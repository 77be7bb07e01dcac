import type { StudyResult } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatNumber, formatPercentChange } from "../format.ts";
import { linePlot, type Sample } from "../linePlot.ts";
import { seriesColor } from "../palette.ts";

/** The index price of one coin through the study: what the unhedged portfolio follows. */
export function indexPriceFigure(study: StudyResult, coin: string): Figure | undefined {
  const samples: Sample[] = (study.outcomes[0]?.series ?? []).map(({ at, indexPrices }) => ({
    at,
    value: indexPrices[coin] ?? NaN,
  }));
  const prices = samples.map(({ value }) => value).filter(Number.isFinite);
  const first = prices[0];
  const last = prices.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const low = prices.reduce((least, price) => Math.min(least, price), first);
  const decimals = first < 100 ? 4 : 0;
  const summary = `From ${formatNumber(first, decimals)} to ${formatNumber(last, decimals)} (${formatPercentChange(last / first - 1)}), lowest ${formatNumber(low, decimals)} (${formatPercentChange(low / first - 1)}).`;
  return {
    id: `index-${coin}`,
    title: `Index price of ${coin}, USD`,
    description: summary,
    caption: summary,
    key: [],
    plot: (layout) =>
      linePlot(
        {
          lines: [{ name: coin, color: seriesColor(0), samples }],
          unit: "plain",
          endValue: (value) => formatNumber(value, decimals),
          height: [240, 200],
        },
        layout,
      ),
  };
}
