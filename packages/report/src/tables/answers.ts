import { COST_PARTS, type Outcome, type StudyResult } from "@aftershock/strategy";

import {
  formatPercentChange,
  formatPercent,
  formatUsd,
  formatUsdChange,
  isRecorded,
  NOT_RECORDED,
} from "../format.ts";
import { type Html, html, type HtmlPart } from "../html.ts";
import { seriesColor } from "../palette.ts";
import { scrolling } from "../table.ts";
import { totalCost } from "../totalCost.ts";

/** A row of the answer: one figure of every hedge. */
interface AnswerRow {
  readonly name: string;
  readonly kind: "main" | "plain" | "part";
  /** Whether a line sets it off from the rows above. */
  readonly startsGroup?: boolean;
  /** Absent in a row that only heads those below it. */
  readonly cell?: (outcome: Outcome) => HtmlPart;
}

const absent = html`<span class="absent">${NOT_RECORDED}</span>`;

const money = (value: number | null | undefined): HtmlPart =>
  isRecorded(value) ? formatUsd(value) : absent;

const small = (text: string): Html => html`<small>${text}</small>`;

function pnlCell({ metrics }: Outcome): Html {
  const tone = metrics.pnlUsd < 0 ? "bad" : "good";
  return html`<span class="${tone}">${formatUsdChange(metrics.pnlUsd)}</span
    >${small(formatPercentChange(metrics.pnlFraction))}`;
}

function drawdownCell({ metrics }: Outcome): Html {
  const { usd, fraction } = metrics.maxDrawdown;
  return html`${formatUsd(usd)}${fraction !== null && small(formatPercent(fraction))}`;
}

function costCell(outcome: Outcome): HtmlPart {
  const { usd, complete } = totalCost(outcome);
  return html`${formatUsd(usd)}${!complete && small("without what is not recorded")}`;
}

/** Where the P&L comes from: these rows add up to it. The first is their heading. */
const SOURCES: readonly AnswerRow[] = [
  {
    name: "Where profit or loss comes from",
    kind: "main",
    startsGroup: true,
  },
  {
    name: "the coins alone",
    kind: "part",
    cell: ({ attribution }) => formatUsdChange(attribution.coinsUsd),
  },
  {
    name: "the hedge’s contracts",
    kind: "part",
    cell: ({ attribution }) => formatUsdChange(attribution.hedgeUsd),
  },
  {
    name: "its cost",
    kind: "part",
    cell: ({ attribution }) => formatUsdChange(0 - attribution.costsUsd),
  },
  {
    name: "coins paid or received, since revalued",
    kind: "part",
    cell: ({ attribution }) => formatUsdChange(attribution.revaluationUsd),
  },
];

const ROWS: readonly AnswerRow[] = [
  { name: "End equity", kind: "main", cell: ({ metrics }) => formatUsd(metrics.endUsd) },
  { name: "Profit or loss", kind: "main", cell: pnlCell },
  { name: "Maximum drawdown, by USD", kind: "plain", cell: drawdownCell },
  {
    name: "Expected shortfall",
    kind: "plain",
    cell: ({ metrics }) => money(metrics.expectedShortfall.usd),
  },
  { name: "Cost of the hedge", kind: "main", startsGroup: true, cell: costCell },
  ...COST_PARTS.map((part): AnswerRow => ({
    name: part,
    kind: "part",
    cell: ({ costs }) => money(costs[part]),
  })),
  ...SOURCES,
];

function renderRow(row: AnswerRow, outcomes: readonly Outcome[]): Html {
  const classes = row.startsGroup === true ? `${row.kind} group` : row.kind;
  const { cell } = row;
  if (cell === undefined) {
    return html`<tr class="${classes}">
      <th scope="rowgroup" colspan="${outcomes.length + 1}">${row.name}</th>
    </tr> `;
  }
  return html`<tr class="${classes}">
    <th scope="row">${row.name}</th>
    ${outcomes.map((outcome) => html`<td>${cell(outcome)}</td>`)}
  </tr> `;
}

/** Which steps an expected shortfall is the mean of: a share of them, or the single worst where that is less than one. */
const worstSteps = ({ level, changes }: Outcome["metrics"]["expectedShortfall"]): string =>
  (1 - level) * changes < 1 ? `worst of ${changes}` : `worst ${formatPercent(1 - level, 0)} of the`;

/** The answer in one table: a column a hedge, a row a figure. What is not recorded says so; 0 is a value. */
export function answersTable(study: StudyResult): Html {
  const headings = study.outcomes.map(
    (outcome, index) =>
      html`<th scope="col">
        <span class="swatch" style="background:${seriesColor(index)}"></span>${outcome.name}
      </th>`,
  );
  const start = study.outcomes[0]?.metrics.startUsd;
  const shortfall = study.outcomes[0]?.metrics.expectedShortfall;
  const worst = shortfall === undefined ? "worst" : worstSteps(shortfall);
  return html`${scrolling(
      { name: "What each hedge came to" },
      html`<table class="answers">
        <thead>
          <tr>
            <td></td>
            ${headings}
          </tr>
        </thead>
        <tbody>
          ${ROWS.map((row) => renderRow(row, study.outcomes))}
        </tbody>
      </table>`,
    )}
    <p class="soft">
      US dollars at the venue’s marks (its last trade where no mark is
      recorded)${start !== undefined && `; every hedge starts from ${formatUsd(start)}`}. Expected
      shortfall is the mean loss of the ${worst} steps between snapshots. A positive cost was paid,
      a negative one received; what an option is worth at the end is in the equity and not taken off
      its premium.
    </p> `;
}
