import { type Figure, renderFigure } from "../figure.ts";
import { atmIvFigure } from "../figures/atmIv.ts";
import { depthFigure } from "../figures/depth.ts";
import { drawdownFigure } from "../figures/drawdown.ts";
import { equityFigure } from "../figures/equity.ts";
import { indexPriceFigure } from "../figures/indexPrice.ts";
import { optionValueFigure } from "../figures/optionValue.ts";
import { priceFigure } from "../figures/price.ts";
import { spreadFigure } from "../figures/spread.ts";
import { withoutBidFigure } from "../figures/withoutBid.ts";
import { type Html, html } from "../html.ts";
import type { ReportInput } from "../reportInput.ts";
import { isSimulated } from "../simulated.ts";

interface Part {
  readonly heading: string;
  readonly figures: readonly (Figure | undefined)[];
}

function parts({ study, market }: ReportInput): readonly Part[] {
  // A market whose price is drawn already shows its coin's fall.
  const coins = Object.keys(study.portfolio).filter(
    (coin) => market?.instrument.split(":")[1]?.startsWith(coin) !== true,
  );
  return [
    { heading: "The hedges through time", figures: [equityFigure(study), drawdownFigure(study)] },
    {
      heading: "The market",
      figures: [
        ...(market === undefined
          ? []
          : [priceFigure(market), depthFigure(market), spreadFigure(market)]),
        ...coins.map((coin) => indexPriceFigure(study, coin)),
      ],
    },
    {
      heading: "The options",
      figures: [
        ...study.outcomes.map(optionValueFigure),
        atmIvFigure(study),
        withoutBidFigure(study),
      ],
    },
  ];
}

/** All figures that the input has data for, under a heading for each subject. */
export function figures(input: ReportInput): readonly Html[] {
  const simulated = isSimulated(input);
  return parts(input).map((part) => {
    const drawn = part.figures.filter((figure) => figure !== undefined);
    if (drawn.length === 0) return html``;
    return html`<section>
      <h2>${part.heading}</h2>
      ${drawn.map((figure) => renderFigure(figure, simulated))}
    </section> `;
  });
}
