import type { StudyResult } from "@aftershock/strategy";

import { type Html, html } from "../html.ts";
import { underScenariosTable } from "../tables/underScenarios.ts";

/** What hedges and strategies came to under each scenario, what that takes for granted, and what could not be moved. Nothing where the study does not ask for it. */
export function underScenariosSection({ underScenarios }: StudyResult): Html {
  if (underScenarios === undefined) return html``;
  const { scenarios, assumed, biases } = underScenarios;
  const left = scenarios.flatMap((one) =>
    one.left.map((rows) => ({ scenario: one.scenario, ...rows })),
  );
  return html`<section>
    <h2>Hedges and strategies under these rules</h2>
    ${underScenariosTable(underScenarios)}
    <h3>What makes them wrong</h3>
    <ul>
      ${biases.map(
        ({ name, says, size }) =>
          html`<li>
            ${name}: ${says}${size !== undefined && html` <span class="soft">(${size})</span>`}
          </li>`,
      )}
    </ul>
    <h3>Taken for granted</h3>
    <ul>
      ${assumed.map(({ part, value, why }) => html`<li>${part}: ${value} <span class="soft">(${why})</span></li>`)}
      ${left.map(
        ({ scenario, stream, instrument, rows, why }) =>
          html`<li>
            ${scenario}: ${rows} rows of ${stream} of ${instrument} as recorded
            <span class="soft">(${why})</span>
          </li>`,
      )}
    </ul>
  </section> `;
}
