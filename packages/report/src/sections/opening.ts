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
import {
  extremeName,
  extremeOf,
  formatInterval,
  formatPrice,
  intervalsOf,
} from "../scenarioText.ts";
import { isSimulated } from "../simulated.ts";
import { type ScenarioParts, scenarioParts, trustParagraph } from "./trust.ts";

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

/** From when until when, in words. */
const window = ({ from, to }: StudyResult): Html =>
  html`from <span class="nowrap">${instant(from)}</span> until
    <span class="nowrap">${instant(to)}</span> UTC`;

/** What is asked of other rules; nothing where the study has no scenarios. */
function scenarioQuestion(study: StudyResult): Html {
  const parts = scenarioParts(study);
  if (parts === undefined) return html``;
  const { basis, scenarios } = parts;
  return html`<p class="ask">
    <strong>Asked:</strong> what would <span class="nowrap">${basis.instrument}</span> have done
    ${window(study)} under ${formatCounted(scenarios.length - 1, "other set")} of rules, with
    everything else as it was ${study.simulated ? "simulated" : "recorded"}?
  </p> `;
}

function question(study: StudyResult): Html {
  if (study.outcomes.length === 0) return html``;
  const holdings = Object.entries(study.portfolio).map(
    ([coin, amount]) => `${formatCoin(amount)} ${coin}`,
  );
  const recorded = study.simulated ? "simulated" : "recorded";
  return html`<p class="ask">
    <strong>Asked:</strong> what would ${list(holdings)} have been worth ${window(study)} with each
    of ${formatCount(study.outcomes.length)} hedges, at the quotes and marks ${recorded} for
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

/** The scenario that changes the extreme of the record most, in one sentence; nothing where none is an estimate. */
function scenarioFinding({ basis, scenarios }: ScenarioParts): Html {
  const extreme = extremeName(basis);
  const sign = basis.direction === "down" ? 1 : -1;
  const ranked = scenarios
    .map((scenario, index) => ({ scenario, index, figure: extremeOf(scenario, basis) }))
    .filter(({ scenario, figure }) => !scenario.identical && figure.mid !== null)
    .toSorted((a, b) => sign * ((b.figure.mid ?? 0) - (a.figure.mid ?? 0)));
  const [best] = ranked;
  const record = scenarios[0] && extremeOf(scenarios[0], basis).record;
  if (best === undefined || record === undefined) {
    return html`The ${extreme} of the record was
      <strong>${formatPrice(record ?? Number.NaN)}</strong>; of no scenario can a single number be
      told.`;
  }
  const { scenario, figure, index } = best;
  const shown = intervalsOf(figure);
  const interval = shown === undefined ? "" : formatInterval(shown.low, shown.high, formatPrice);
  const label = shown?.calibrated === true ? "90 %" : "draws";
  return html`The ${extreme} of the record was <strong>${formatPrice(record)}</strong>. Furthest
    from it ends <strong style="color:${seriesColor(index)}">${scenario.name}</strong> at
    <strong>${formatPrice(figure.mid ?? Number.NaN)}</strong>
    (${formatPercentChange((figure.mid ?? record) / record - 1)}; ${label} ${interval}).`;
}

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
    ${
      series.length > 0 &&
      html`<div>
        <dt>snapshots</dt>
        <dd>${formatCount(series.length)}</dd>
      </div>`
    }
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
  const parts = scenarioParts(study);
  const hasHedges = study.outcomes.length > 0;
  return html`${isSimulated(input) && banner}
    <main>
      <header>
        <p class="eyebrow">Aftershock replay report</p>
        <h1>${input.title}</h1>
        ${parts !== undefined && trustParagraph(parts)} ${scenarioQuestion(study)}
        ${parts !== undefined && html`<p class="answer">${scenarioFinding(parts)}</p> `}
        ${question(study)}
        ${(hasHedges || parts === undefined) && html`<p class="answer">${finding(study.outcomes)}</p>`}
      </header>
      ${hasHedges && answersTable(study)}${facts(input)}${warnings(study.warnings)}
     `;
}
