import type { Bias, ScenarioBasis, ScenarioOutcome } from "@aftershock/strategy";

import { disclosure } from "../disclosure.ts";
import { renderFigure } from "../figure.ts";
import { scenarioPathsFigure } from "../figures/scenarioPaths.ts";
import { scenarioRankingFigure } from "../figures/scenarioRanking.ts";
import { formatCounted } from "../format.ts";
import { type Html, html } from "../html.ts";
import { seriesColor } from "../palette.ts";
import type { ReportInput } from "../reportInput.ts";
import { isSimulated } from "../simulated.ts";
import { table } from "../table.ts";
import { debtsTable, gainsTable, horizonsTable, scenariosTable } from "../tables/scenarios.ts";
import { scenarioParts } from "./trust.ts";

const DIRECTIONS: Readonly<Record<Bias["direction"], string>> = {
  up: "makes effects look larger than they are",
  down: "makes effects look smaller than they are",
  either: "either way",
};

function biasesTable(biases: readonly Bias[]): Html {
  return html`<h3 id="biases">Biases</h3>
    ${table(
      [
        { heading: "bias", kind: "text", cell: ({ name }: Bias) => name },
        {
          heading: "direction",
          kind: "long",
          cell: ({ direction }: Bias) => DIRECTIONS[direction],
        },
        { heading: "size", kind: "long", cell: ({ size }: Bias) => size ?? "not known" },
        { heading: "what it is", kind: "long", cell: ({ says }: Bias) => says },
      ],
      biases,
      { name: "Biases of every scenario" },
    )}`;
}

function assumed({ assumed: list, population, accounts }: ScenarioBasis): Html {
  return html`<h3>Taken for granted</h3>
    <ul>
      <li>Positions: ${population} (${formatCounted(accounts, "account")}).</li>
      ${list.map(({ part, value, why }) => html`<li>${part}: ${value} <span class="soft">(${why})</span></li>`)}
    </ul>`;
}

function descriptions(scenarios: readonly ScenarioOutcome[]): Html {
  return html`<ul>
    ${scenarios.map(
      ({ name, description, boundBecause, pathHash, recordHash, identical, band }, i) =>
        html`<li>
          <span class="swatch" style="background:${seriesColor(i)}"></span><strong>${name}</strong>:
          ${description}${boundBecause.length > 0 && ` A bound: ${boundBecause.join("; ")}.`}
          ${typeof band === "object" && ` No calibrated band: ${band.none}.`}
          <span class="soft"
            >path <code>${pathHash}</code>${identical ? ", that of the record" : `, record `}${
              !identical && html`<code>${recordHash}</code>`
            }</span
          >
        </li>`,
    )}
  </ul>`;
}

/** What changed rules would have done: paths, ranking, figures, who gains and who pays, biases. Nothing where the study has no scenarios. */
export function scenariosSection(input: ReportInput): Html {
  const { study } = input;
  const parts = scenarioParts(study);
  if (parts === undefined) return html``;
  const { scenarios, basis } = parts;
  const simulated = isSimulated(input);
  const figures = [
    scenarioPathsFigure(scenarios, basis),
    scenarioRankingFigure(scenarios, basis),
  ].filter((figure) => figure !== undefined);
  const hasHorizons = scenarios.some(({ horizons }) => horizons.length > 0);
  return html`<section>
    <h2>What other rules would have done</h2>
    ${figures.map((figure) => renderFigure(figure, simulated))}
    <h3>Figure by figure</h3>
    ${scenariosTable(scenarios, basis)}
    <h3>What is left to be paid</h3>
    ${debtsTable(scenarios, basis)}
    <h3>Who gains and who pays</h3>
    ${gainsTable(scenarios, basis)}
    ${hasHorizons && disclosure({ summary: "At several horizons" }, horizonsTable(scenarios, basis))}
    <h3>The scenarios</h3>
    ${descriptions(scenarios)} ${biasesTable(study.biases ?? [])} ${assumed(basis)}
  </section> `;
}
