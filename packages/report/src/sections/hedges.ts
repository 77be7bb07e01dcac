import type { StudyResult } from "@aftershock/strategy";

import { disclosure } from "../disclosure.ts";
import { formatCounted } from "../format.ts";
import { type Html, html } from "../html.ts";
import { seriesColor } from "../palette.ts";
import { tradesTable } from "../tables/trades.ts";

const list = (texts: readonly string[]): Html =>
  html`<ul>
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;

/** What each hedge is and did: its description, its notes, its trades. */
export function hedgesSection(study: StudyResult): Html {
  if (study.outcomes.length === 0) return html``;
  const hedges = study.outcomes.map(
    (outcome, index) =>
      html`<h3>
          <span class="swatch" style="background:${seriesColor(index)}"></span>${outcome.name}
        </h3>
        <p>${outcome.description}</p>
        ${outcome.notes.length > 0 && list(outcome.notes)}
        ${
          outcome.trades.length > 0
            ? disclosure(
                { summary: formatCounted(outcome.trades.length, "trade") },
                tradesTable(outcome.trades),
              )
            : html`<p class="soft">No trades.</p>`
        } `,
  );
  return html`<section>
    <h2>The hedges, trade by trade</h2>
    ${hedges}
  </section> `;
}

/** What the study takes for granted. */
export function assumptionsSection(study: StudyResult): Html {
  if (study.assumptions.length === 0) return html``;
  return html`<section>
    <h2>Assumptions</h2>
    ${list(study.assumptions)}
  </section> `;
}
