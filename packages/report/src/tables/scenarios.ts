import type {
  HorizonFigures,
  ScenarioBasis,
  ScenarioFigure,
  ScenarioFigures,
  ScenarioOutcome,
} from "@aftershock/strategy";

import { formatCount, formatNumber, formatPercent } from "../format.ts";
import { type Html, html, type HtmlPart } from "../html.ts";
import { seriesColor } from "../palette.ts";
import {
  extremeName,
  extremeOf,
  formatInterval,
  formatPrice,
  intervalsOf,
  isRecordItself,
} from "../scenarioText.ts";
import { type Column, table } from "../table.ts";

type Format = (value: number) => string;

const MILLIONS = 1e6;

/** Quote currency in millions. */
const millions: Format = (value) => formatNumber(value / MILLIONS, 1);

/** Settle currency: two digits behind the point below a thousand. */
const money: Format = (value) => formatNumber(value, Math.abs(value) < 1_000 ? 2 : 0);

const signedMoney: Format = (value) => {
  const text = money(value);
  return value > 0 && Number(text.replaceAll(",", "")) !== 0 ? `+${text}` : text;
};

/** A figure in a cell: the estimate, and below it the interval; in italics where that is no calibrated band. */
function cell(figure: ScenarioFigure, format: Format): Html {
  const shown = intervalsOf(figure);
  if (shown === undefined) return html`<span class="absent">diverges</span>`;
  const { low, high, calibrated } = shown;
  // Where a column is narrow it breaks before its upper end alone.
  const interval = formatInterval(low, high, format).replace(" …", "\u00A0…");
  const isPoint = format(low) === format(high);
  const middle =
    figure.mid === null
      ? html`<span class="absent">no single number</span>`
      : html`${format(figure.mid)}`;
  if (isPoint && figure.mid !== null) return middle;
  return html`${middle}<br /><small class="${calibrated ? "soft" : "absent"}">${interval}</small>`;
}

const nameColumn = (scenarios: readonly ScenarioOutcome[]): Column<ScenarioOutcome> => ({
  heading: "scenario",
  kind: "long",
  cell: (scenario) =>
    html`<span class="name"
      ><span class="swatch" style="background:${seriesColor(scenarios.indexOf(scenario))}"></span
      >${scenario.name}</span
    >`,
});

/** A heading in lines, so that it asks for no more room than what stands below it. */
const lines = (...texts: readonly string[]): Html =>
  html`${texts.map((text, i) => html`${i > 0 && html`<br />`}${text}`)}`;

const figureColumn = (
  heading: HtmlPart,
  pick: (figures: ScenarioFigures) => ScenarioFigure,
  format: Format,
): Column<ScenarioFigures> => ({ heading, cell: (figures) => cell(pick(figures), format) });

/** What the market did under every scenario, up to the end. */
export function scenariosTable(scenarios: readonly ScenarioOutcome[], basis: ScenarioBasis): Html {
  const { quote } = basis;
  return table<ScenarioOutcome>(
    [
      nameColumn(scenarios),
      {
        heading: "known\u00A0as",
        kind: "text",
        cell: (scenario) => (isRecordItself(scenario) ? "the record" : scenario.identified),
      },
      {
        heading: lines(`${extremeName(basis)} (30\u00A0s),`, quote),
        cell: (one) => cell(extremeOf(one, basis), formatPrice),
      },
      figureColumn(lines("last,", quote), ({ last }) => last, formatPrice),
      figureColumn(
        lines("forced", "orders,", `m\u00A0${quote}`),
        ({ forcedNotional }) => forcedNotional,
        millions,
      ),
      figureColumn(lines("accounts", "liquidated"), ({ liquidated }) => liquidated, formatCount),
      {
        heading: lines("chance\u00A0of", "a\u00A0cascade"),
        cell: ({ cascadeProbability }) =>
          cascadeProbability === null
            ? html`<span class="absent">none to be had</span>`
            : html`${formatPercent(cascadeProbability, 0)}`,
      },
      {
        heading: lines("branching", "ratio"),
        cell: ({ branchingRatio }) =>
          branchingRatio === null
            ? html`<span class="absent">nothing forced</span>`
            : cell(branchingRatio, (value) => formatNumber(value, 3)),
      },
    ],
    scenarios,
    {
      name: "What each scenario came to",
      caption:
        "The estimate, and below it the 90 % band; in italics only how far the draws of the model differ. An estimate is the record with as much of the kernels' effect as came nearest to the truth on simulated days, where that was measured: it may lie beyond the draws. A branching ratio is the share of forced orders that forced orders set off themselves.",
    },
  );
}

/** What every scenario leaves to be sold and to be paid, and what covered it. */
export function debtsTable(
  scenarios: readonly ScenarioOutcome[],
  { quote, settle }: ScenarioBasis,
): Html {
  return table<ScenarioOutcome>(
    [
      nameColumn(scenarios),
      figureColumn(
        lines("still owed at", `the end, m\u00A0${quote}`),
        ({ owed }) => owed,
        millions,
      ),
      figureColumn(lines("bad debt,", settle), ({ badDebt }) => badDebt, money),
      figureColumn(lines("insurance fund,", settle), ({ fund }) => fund, money),
      figureColumn(lines("auto-deleveraged,", `m\u00A0${quote}`), ({ adl }) => adl, millions),
    ],
    scenarios,
    {
      name: "What each scenario leaves to be paid",
      caption:
        "What is still to be sold by force, what nobody could pay, what the insurance fund holds at the end, and what was closed against accounts that were winning.",
    },
  );
}

/** Who would have had more than in the record, and who less. */
export function gainsTable(scenarios: readonly ScenarioOutcome[], { settle }: ScenarioBasis): Html {
  return table<ScenarioOutcome>(
    [
      nameColumn(scenarios),
      figureColumn("longs", ({ gains }) => gains.longs, signedMoney),
      figureColumn("shorts", ({ gains }) => gains.shorts, signedMoney),
      figureColumn("insurance fund", ({ gains }) => gains.fund, signedMoney),
      figureColumn("venue", ({ gains }) => gains.venue, signedMoney),
      figureColumn("everybody else", ({ gains }) => gains.world, signedMoney),
    ],
    scenarios.slice(1),
    {
      name: "Who gains and who pays",
      caption: `${settle} at the end, against the record: cash and open positions at the mark. What one side gains others pay: in each draw a row sums to nothing.`,
    },
  );
}

interface HorizonRow extends HorizonFigures {
  readonly scenario: ScenarioOutcome;
}

/** The scenarios some minutes after the first forced order: what is only put off shows between them. */
export function horizonsTable(scenarios: readonly ScenarioOutcome[], basis: ScenarioBasis): Html {
  const { quote } = basis;
  const rows = scenarios.flatMap((scenario) =>
    scenario.horizons.map((horizon): HorizonRow => ({ ...horizon, scenario })),
  );
  return table<HorizonRow>(
    [
      {
        heading: "scenario",
        kind: "long",
        cell: ({ scenario }) => html`<span class="name">${scenario.name}</span>`,
      },
      { heading: "minutes", cell: ({ minutes }) => formatCount(minutes) },
      figureColumn(
        lines(`${extremeName(basis)} (30\u00A0s)`, `so far, ${quote}`),
        (figures) => (basis.direction === "down" ? figures.low30 : figures.high30),
        formatPrice,
      ),
      figureColumn(lines("price then,", quote), ({ last }) => last, formatPrice),
      figureColumn(
        lines("forced", "orders,", `m\u00A0${quote}`),
        ({ forcedNotional }) => forcedNotional,
        millions,
      ),
      figureColumn(lines("still owed,", `m\u00A0${quote}`), ({ owed }) => owed, millions),
      figureColumn(lines("accounts", "liquidated"), ({ liquidated }) => liquidated, formatCount),
    ],
    rows,
    { name: "The scenarios at several horizons", caption: "Minutes after the first forced order." },
  );
}
