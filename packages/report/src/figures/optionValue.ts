import type { Outcome, PositionValue } from "@aftershock/strategy";

import type { Figure } from "../figure.ts";
import { formatCount, formatUsd, formatUsdShort } from "../format.ts";
import { type Line, linePlot } from "../linePlot.ts";
import { BUY_COLOR, seriesColor } from "../palette.ts";

type Point = Outcome["series"][number];

/** Options are sized in coins of their underlying; the inverse contracts beside them in USD. */
const options = ({ positions }: Point): readonly PositionValue[] =>
  positions.filter(({ sizeUnit }) => sizeUnit === "coin");

/** The options of a point in USD at the index of their coins; NaN where none is held. */
function worth(point: Point, of: (position: PositionValue) => number): number {
  const held = options(point);
  if (held.length === 0) return NaN;
  return held.reduce(
    (sum, position) => sum + of(position) * (point.indexPrices[position.coin] ?? NaN),
    0,
  );
}

const count = (series: readonly Point[], of: (position: PositionValue) => boolean): number =>
  series.filter((point) => options(point).some(of)).length;

function caption(series: readonly Point[]): string {
  const held = count(series, () => true);
  const noBid = count(series, ({ bid }) => bid === null);
  const stale = count(series, ({ stale: carried }) => carried);
  const symbols = new Set(series.flatMap((point) => options(point).map((of) => of.instrument)));
  return [
    `Held: ${[...symbols].join(", ")}.`,
    "The mark is what the venue said it was worth; the bid is what selling it would have brought, before fees.",
    noBid > 0
      ? `At ${formatCount(noBid)} of ${formatCount(held)} snapshots an option had no bid and counts as 0.`
      : `There was a bid at each of the ${formatCount(held)} snapshots.`,
    stale > 0
      ? `At ${formatCount(stale)} the snapshot lacks the mark and an earlier one is carried forward.`
      : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

/** What the options of one hedge were worth at the recorded mark and at the recorded bid, USD. Undefined without options. */
export function optionValueFigure(outcome: Outcome, index: number): Figure | undefined {
  const { series } = outcome;
  if (!series.some((point) => options(point).length > 0)) return undefined;
  const line = (name: string, color: string, of: (position: PositionValue) => number): Line => ({
    name,
    color,
    samples: series.map((point) => ({ at: point.at, value: worth(point, of) })),
  });
  const lines: readonly Line[] = [
    line("at mark", seriesColor(index), ({ valueCoin }) => valueCoin),
    { ...line("at bid", BUY_COLOR, ({ liquidationCoin }) => liquidationCoin), dash: "5,2" },
  ];
  const gap = series.reduce((most, point) => {
    const apart = worth(point, ({ valueCoin, liquidationCoin }) => valueCoin - liquidationCoin);
    return Number.isFinite(apart) ? Math.max(most, apart) : most;
  }, 0);
  return {
    id: `option-value-${index}`,
    title: `${outcome.name}: its options at mark and at bid, USD`,
    description: `Largest difference ${formatUsd(gap)}.`,
    caption: `${caption(series)} Largest difference: ${formatUsd(gap)}.`,
    key: lines,
    plot: (layout) =>
      linePlot(
        {
          lines,
          unit: "usd",
          endValue: formatUsdShort,
          height: [240, 200],
          include: [0],
        },
        layout,
      ),
  };
}
