import type { StudyResult } from "@aftershock/strategy";

import { disclosure } from "../disclosure.ts";
import { formatCount, formatCounted } from "../format.ts";
import { type Html, html } from "../html.ts";
import { snapshotRows, snapshotsTable } from "../tables/snapshots.ts";

// With more snapshots than this the table starts closed.
const MOST_OPEN = 48;

/** Every snapshot with what each hedge was worth at it, at marks and at recorded bids. */
export function snapshotsSection(study: StudyResult): Html {
  const { rows, total } = snapshotRows(study);
  if (total === 0) return html``;
  const shown =
    rows.length === total
      ? formatCounted(total, "snapshot")
      : `${formatCount(rows.length)} of ${formatCounted(total, "snapshot")}`;
  return html`<section>
    <h2>Snapshot by snapshot</h2>
    ${disclosure({ summary: shown, open: total <= MOST_OPEN }, snapshotsTable(study, rows))}
  </section> `;
}
