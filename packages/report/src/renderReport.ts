import { html } from "./html.ts";
import { page } from "./page.ts";
import type { ReportInput } from "./reportInput.ts";
import { dataSection } from "./sections/data.ts";
import { figures } from "./sections/figures.ts";
import { footer } from "./sections/footer.ts";
import { assumptionsSection, hedgesSection } from "./sections/hedges.ts";
import { scenariosSection } from "./sections/scenarios.ts";
import { opening } from "./sections/opening.ts";
import { snapshotsSection } from "./sections/snapshots.ts";
import { underScenariosSection } from "./sections/underScenarios.ts";

/**
 * One run as one HTML page that needs nothing else: figures are SVG inside it, there is no script, and its content security
 * policy forbids every request. The same input gives the same bytes. All text of the input is escaped.
 */
export function renderReport(input: ReportInput): string {
  const { study } = input;
  const body = html`${opening(input)}
${scenariosSection(input)}${underScenariosSection(study)}
${figures(input)}
${snapshotsSection(study)}
${hedgesSection(study)}
${assumptionsSection(study)}
${dataSection(input)}
</main>
${footer(input)}`;
  return page(input.title, body);
}
