import type { Figure } from "../figure.ts";
import { formatNumber } from "../format.ts";
import { type Line, linePlot } from "../linePlot.ts";
import { BUY_COLOR, SELL_COLOR } from "../palette.ts";
import type { ReportMarket } from "../reportInput.ts";
import { barSamples } from "./barSamples.ts";

const finite = (line: Line): number[] =>
  line.samples.map(({ value }) => value).filter(Number.isFinite);

const short = (value: number): string => formatNumber(value, value < 100 ? 2 : 0);

function thinnest(line: Line): string {
  const values = finite(line);
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  return `${line.name} ${short(values[0] ?? 0)} at first, ${short(least)} at the thinnest`;
}

/** How much rested on each side of the book near the mid, through time. */
export function depthFigure(market: ReportMarket): Figure | undefined {
  const { bars, bandBps } = market;
  const lines: Line[] = [
    {
      name: "bids",
      color: BUY_COLOR,
      samples: barSamples(bars, ({ bidDepth }) => bidDepth),
    },
    {
      name: "asks",
      color: SELL_COLOR,
      dash: "5,2",
      samples: barSamples(bars, ({ askDepth }) => askDepth),
    },
  ];
  if (lines.every((line) => finite(line).length === 0)) return undefined;
  const summary = `Of ${lines.map(thinnest).join("; of ")}.`;
  const band = bandBps === undefined ? "a band around the mid" : `${bandBps} bps of the mid`;
  return {
    id: "depth",
    title: `Depth within ${band}, in base currency`,
    description: summary,
    caption: `${summary} What rested in the book within ${band} at the end of each interval: how much could have been sold or bought there at once.`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "coin",
          endValue: short,
          height: [220, 190],
          include: [0],
          areaFrom: 0,
        },
        layout,
      ),
  };
}
