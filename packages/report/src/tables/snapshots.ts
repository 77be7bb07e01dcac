import type { Outcome, StudyResult } from "@aftershock/strategy";

import { formatNumber, formatTime, formatUsd, isRecorded, NOT_RECORDED } from "../format.ts";
import { type Html, html, type HtmlPart } from "../html.ts";
import { type Column, table } from "../table.ts";

/** One instant of the study: the point of each outcome at it, in the order of the outcomes. */
export interface SnapshotRow {
  /** µs */
  readonly at: number;
  /** Absent where an outcome has no point at that instant. */
  readonly points: readonly (Outcome["series"][number] | undefined)[];
}

/** A day of minutes is shown whole; what is longer is thinned to about this many rows. */
const MOST_ROWS = 1_500;

/**
 * The snapshots in order of time. More than `MOST_ROWS` are thinned evenly, the last one kept; `total` is how many there are.
 */
export function snapshotRows(study: StudyResult): {
  readonly rows: readonly SnapshotRow[];
  readonly total: number;
} {
  const byTime = study.outcomes.map(
    ({ series }) => new Map(series.map((point) => [point.at, point])),
  );
  const instants = [...new Set(byTime.flatMap((points) => [...points.keys()]))].sort(
    (a, b) => a - b,
  );
  const every = Math.ceil(instants.length / MOST_ROWS);
  const kept = instants.filter((_, n) => n % every === 0 || n === instants.length - 1);
  const rows = kept.map((at) => ({ at, points: byTime.map((points) => points.get(at)) }));
  return { rows, total: instants.length };
}

const usdCell = (value: number | null | undefined): HtmlPart =>
  isRecorded(value) ? formatUsd(value) : html`<span class="absent">${NOT_RECORDED}</span>`;

// USD: below a cent two values read the same.
const LEAST_DIFFERENCE = 0.005;

/** True when an outcome's liquidation value ever differs from its value at marks: only then does it get a column. */
const hasLiquidationValue = (outcome: Outcome): boolean =>
  outcome.series.some(
    ({ equityUsd, liquidationUsd }) => Math.abs(liquidationUsd - equityUsd) > LEAST_DIFFERENCE,
  );

function indexColumn(coin: string): Column<SnapshotRow> {
  return {
    heading: `${coin} index, USD`,
    cell: ({ points }) => {
      const price = points.find((point) => point !== undefined)?.indexPrices[coin];
      if (!isRecorded(price)) return html`<span class="absent">${NOT_RECORDED}</span>`;
      return formatNumber(price, price < 100 ? 4 : 1);
    },
  };
}

function outcomeColumns(outcome: Outcome, index: number): readonly Column<SnapshotRow>[] {
  const atMarks: Column<SnapshotRow> = {
    heading: outcome.name,
    cell: ({ points }) => usdCell(points[index]?.equityUsd),
  };
  if (!hasLiquidationValue(outcome)) return [atMarks];
  return [
    atMarks,
    {
      heading: html`${outcome.name} <span class="soft">at bids</span>`,
      cell: ({ points }) => usdCell(points[index]?.liquidationUsd),
    },
  ];
}

/** A row a snapshot: the time, the indices, each hedge's equity at marks and, where it differs, at recorded bids. */
export function snapshotsTable(study: StudyResult, rows: readonly SnapshotRow[]): Html {
  return table(
    [
      { heading: "time, UTC", kind: "text", cell: ({ at }) => formatTime(at) },
      ...Object.keys(study.portfolio).map(indexColumn),
      ...study.outcomes.flatMap(outcomeColumns),
    ],
    rows,
    {
      name: "Equity of each hedge at each snapshot",
      caption:
        "Equity in USD at the venue’s marks; “at bids” values what the hedge holds at what the recorded bids would have paid for it.",
    },
  );
}
