import { disclosure } from "../disclosure.ts";
import { type Html, html } from "../html.ts";
import type { ReportInput } from "../reportInput.ts";

/** What it takes to get the same page again: the hashes of what went in, the version, the command. */
export function footer({ study, generator }: ReportInput): Html {
  return html`<footer>
    <h2>To get this page again</h2>
    <dl>
      ${
        generator.command !== undefined &&
        html`<dt>command</dt>
          <dd><code>${generator.command}</code></dd>`
      }
      ${
        study.seed !== null &&
        html`<dt>seed</dt>
          <dd>${study.seed}</dd> `
      }
      <dt>config hash</dt>
      <dd><code>${study.configHash}</code></dd>
      <dt>state hash</dt>
      <dd><code>${study.stateHash}</code></dd>
      <dt>version</dt>
      <dd>Aftershock ${generator.version}</dd>
    </dl>
    <p class="soft">
      The config hash is of the study below; the state hash is of every row that it read. The same
      study on the same data with the same version gives the same hashes and this same page, byte
      for byte.
    </p>
    ${disclosure(
      { summary: "The study as it was hashed" },
      html`<pre><code>${JSON.stringify(study.config, undefined, 2)}</code></pre>`,
    )}
  </footer> `;
}
