import type { Outcome, StudyResult } from "@aftershock/strategy";

import {
  formatCoin,
  formatCount,
  formatCounted,
  formatNumber,
  formatPercentChange,
  formatTime,
  formatUsd,
  formatUsdChange,
} from "../format.ts";
import { type Html, html } from "../html.ts";
import { answersTable } from "../tables/answers.ts";
import { seriesColor } from "../palette.ts";
import type { ReportInput } from "../reportInput.ts";
import { isSimulated } from "../simulated.ts";

/** `a`, `a and b`, `a, b and c`. */
function list(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/** The banner that no reader of a simulated run can miss. */
const banner: Html = html`<div class="simulated" role="note">
  <strong>SIMULATED</strong
  ><span
    >This page shows a simulated market, or uses data of one. No figure on it happened on any
    venue.</span
  >
</div> `;

/** ISO 8601 UTC text as a reader says it: without a zero fraction and zero seconds, and midnight as the day alone. */
const instant = (iso: string): string => {
  const [day = "", clock = ""] = iso.replace("Z", "").split("T");
  const short = clock.replace(/\.0+$/, "").replace(/^(\d\d:\d\d):00$/, "$1");
  return short === "00:00" ? day : `${day} ${short}`;
};

function question(study: StudyResult): Html {
  const holdings = Object.entries(study.portfolio).map(
    ([coin, amount]) => `${formatCoin(amount)} ${coin}`,
  );
  const recorded = study.simulated ? "simulated" : "recorded";
  return html`<p class="ask">
    <strong>Asked:</strong> what would ${list(holdings)} have been worth from
    <span class="nowrap">${instant(study.from)}</span> until
    <span class="nowrap">${instant(study.to)}</span> UTC with each of
    ${formatCount(study.outcomes.length)} hedges, at the quotes and marks ${recorded} for
    <span class="nowrap">${study.venue}</span>?
  </p> `;
}

interface Ranked {
  readonly outcome: Outcome;
  readonly color: string;
}

const came = ({ outcome: { name, metrics }, color }: Ranked): Html =>
  html`<strong style="color:${color}">${name}</strong> ended at
    <strong>${formatUsd(metrics.endUsd)}</strong> (${formatUsdChange(metrics.pnlUsd)},
    ${formatPercentChange(metrics.pnlFraction)})`;

/** The finding in one sentence: which hedge ended highest, and which lowest. */
function finding(outcomes: readonly Outcome[]): Html {
  const ranked = outcomes
    .map((outcome, index) => ({ outcome, color: seriesColor(index) }))
    .sort((a, b) => b.outcome.metrics.endUsd - a.outcome.metrics.endUsd);
  const [best] = ranked;
  const worst = ranked.at(-1);
  if (best === undefined || worst === undefined) return html`The study has no outcome.`;
  if (best === worst) return html`${came(best)}.`;
  return html`${came(best)}, the highest. ${came(worst)}, the lowest.`;
}

function indexFact(study: StudyResult, coin: string): Html {
  const prices = (study.outcomes[0]?.series ?? [])
    .map(({ indexPrices }) => indexPrices[coin] ?? NaN)
    .filter(Number.isFinite);
  const first = prices[0];
  const last = prices.at(-1);
  if (first === undefined || last === undefined) return html``;
  const decimals = first < 100 ? 4 : 0;
  return html`<div>
    <dt>${coin} index, USD</dt>
    <dd>
      ${formatNumber(first, decimals)} → ${formatNumber(last, decimals)}
      <span class="nowrap">(${formatPercentChange(last / first - 1)})</span>
    </dd>
  </div>`;
}

function facts(input: ReportInput): Html {
  const { study, data } = input;
  const series = study.outcomes[0]?.series ?? [];
  const first = series[0];
  const last = series.at(-1);
  const rows = data.reduce((total, partition) => total + partition.rows, 0);
  return html`<dl class="facts">
    ${Object.keys(study.portfolio).map((coin) => indexFact(study, coin))}
    <div>
      <dt>snapshots</dt>
      <dd>${formatCount(series.length)}</dd>
    </div>
    ${
      first !== undefined &&
      last !== undefined &&
      html`<div>
        <dt>first and last, UTC</dt>
        <dd>${formatTime(first.at)} – ${formatTime(last.at)}</dd>
      </div>`
    }
    <div>
      <dt>data</dt>
      <dd>${formatCount(rows)} rows in ${formatCounted(data.length, "partition")}</dd>
    </div>
  </dl> `;
}

function warnings(texts: readonly string[]): Html {
  if (texts.length === 0) return html``;
  return html`<div class="warn" id="warnings">
    <strong>${formatCounted(texts.length, "warning")}</strong> to read before the figures:
    <ul>
      ${texts.map((text) => html`<li>${text}</li>`)}
    </ul>
  </div> `;
}

/** The first screen: whether it is simulated, what was asked, the answer in one table, and what to beware of. */
export function opening(input: ReportInput): Html {
  const { study } = input;
  return html`${isSimulated(input) && banner}
    <main>
      <header>
        <p class="eyebrow">Aftershock replay report</p>
        <h1>${input.title}</h1>
        ${question(study)}
        <p class="answer">${finding(study.outcomes)}</p>
      </header>
      ${answersTable(study)}${facts(input)}${warnings(study.warnings)}
     `;
}
