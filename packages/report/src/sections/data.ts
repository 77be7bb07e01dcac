import { disclosure } from "../disclosure.ts";
import { formatCount, formatCounted } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { DataPartition, ReportInput } from "../reportInput.ts";
import { partitionsTable } from "../tables/partitions.ts";

// With more partitions than this the table starts closed.
const MOST_OPEN = 40;

const total = (data: readonly DataPartition[], of: (partition: DataPartition) => number): number =>
  data.reduce((sum, partition) => sum + of(partition), 0);

/** What was recorded and what was simulated, in one sentence. */
function origin(data: readonly DataPartition[]): string {
  const simulated = data.filter((partition) => partition.simulated);
  const recorded = data.filter((partition) => !partition.simulated);
  const count = (some: readonly DataPartition[]): string =>
    `${formatCounted(some.length, "partition")} (${formatCount(total(some, ({ rows }) => rows))} rows)`;
  if (simulated.length === 0)
    return `All of it was recorded: ${count(recorded)}. Nothing was simulated.`;
  if (recorded.length === 0)
    return `All of it was simulated: ${count(simulated)}. Nothing was recorded on a venue.`;
  return `Recorded: ${count(recorded)}. Simulated: ${count(simulated)}.`;
}

function fullHashes(data: readonly DataPartition[]): Html {
  const lines = data.flatMap(({ sha256, instrument, stream, date, sources }) => [
    html`<li><code>${sha256}</code> rows of ${instrument} ${stream} ${date}</li>`,
    ...sources.map((source) => html`<li><code>${source.sha256}</code> ${source.name}</li>`),
  ]);
  // A file feeds many partitions and is listed once.
  const unique = [...new Map(lines.map((line) => [line.text, line])).values()];
  return disclosure(
    { summary: html`All hashes in full <span class="soft">(${formatCount(unique.length)})</span>` },
    html`<ul>
      ${unique}
    </ul>`,
  );
}

/** What the run read, with hashes and quality. */
export function dataSection({ data }: ReportInput): Html {
  if (data.length === 0) return html``;
  const quarantined = total(data, (partition) => partition.quarantined);
  return html`<section>
    <h2>Data</h2>
    <p>
      ${origin(data)}${quarantined > 0 && ` ${formatCount(quarantined)} rows could not be read; they stand in the quarantine files beside their partitions and are not in the figures.`}
    </p>
    ${disclosure(
      { summary: formatCounted(data.length, "partition"), open: data.length <= MOST_OPEN },
      partitionsTable(data),
    )}
    ${fullHashes(data)}
  </section> `;
}
