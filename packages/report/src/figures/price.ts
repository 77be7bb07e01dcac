import type { Figure } from "../figure.ts";
import { formatCount, formatNumber, formatUsdShort } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linePlot } from "../linePlot.ts";
import { BUY_COLOR, SELL_COLOR, seriesColor, UNKNOWN_COLOR } from "../palette.ts";
import type { LiquidationPrint, ReportMarket } from "../reportInput.ts";
import { barLength, barSamples } from "./barSamples.ts";
import { liquidationMarks, liquidationPlotMarks, MOST_MARKS } from "./liquidationMarks.ts";

const SIDES = [
  { side: -1, mark: "▼", color: SELL_COLOR, name: "longs liquidated (forced sells)" },
  { side: 1, mark: "▲", color: BUY_COLOR, name: "shorts liquidated (forced buys)" },
  { side: 0, mark: "●", color: UNKNOWN_COLOR, name: "side not recorded" },
] as const;

const sum = (prints: readonly LiquidationPrint[]): number =>
  prints.reduce((total, { sizeUsd }) => total + sizeUsd, 0);

function countLegend(prints: readonly LiquidationPrint[]): Html {
  const entries = SIDES.map(({ side, mark, color, name }) => {
    const of = prints.filter((print) => Math.sign(print.side) === side);
    return (
      of.length > 0 &&
      html`<li>
        <span style="color:${color}" aria-hidden="true">${mark}</span> ${name}:
        ${formatCount(of.length)}, ${formatUsdShort(sum(of))}
      </li>`
    );
  });
  return html`<ul class="key">
    ${entries}
  </ul>`;
}

function caption(market: ReportMarket): string {
  const { prints, bars } = market;
  const blank = bars.filter(({ valid }) => !valid).length;
  return [
    "The line is the last mid of each interval.",
    prints.length === 0
      ? "There are no liquidation prints for this market."
      : "Triangles are liquidation prints at the price of the print, their area in proportion to the size in USD. A venue’s feed need not hold every liquidation: read them as a lower bound.",
    prints.length > MOST_MARKS
      ? `The ${formatCount(prints.length)} prints are summed up by side and interval, at their mean price.`
      : "",
    blank > 0
      ? `${formatCount(blank)} of ${formatCount(bars.length)} intervals have no valid book and are left blank.`
      : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

/** The market's price through time, with a mark for each liquidation print. */
export function priceFigure(market: ReportMarket): Figure | undefined {
  const { bars, prints } = market;
  const samples = barSamples(bars, ({ close }) => close);
  const prices = samples.map(({ value }) => value).filter(Number.isFinite);
  const first = prices[0];
  const last = prices.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const marks = liquidationMarks(prints, barLength(bars));
  const low = prices.reduce((least, price) => Math.min(least, price), first);
  return {
    id: "price",
    title: `Price of ${market.instrument}${prints.length > 0 ? " and its liquidations" : ""}`,
    description: `From ${formatNumber(first, 1)} to ${formatNumber(last, 1)}, lowest ${formatNumber(low, 1)}; ${formatCount(prints.length)} liquidation prints of ${formatUsdShort(sum(prints))} in all.`,
    caption: caption(market),
    key: [],
    ...(prints.length > 0 ? { legend: countLegend(prints) } : {}),
    plot: (layout) =>
      linePlot(
        {
          lines: [{ name: "mid", color: seriesColor(0), samples }],
          unit: "plain",
          endValue: (value) => formatNumber(value, value < 100 ? 4 : 0),
          height: [360, 290],
          headroom: prints.length > 0 ? 20 : 0,
          alsoHold: marks.map(({ at, price }) => ({ at, value: price })),
          marks: () => liquidationPlotMarks(marks, layout),
        },
        layout,
      ),
  };
}
