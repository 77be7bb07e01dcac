import { formatCount, formatDuration, formatNumber } from "../format.ts";
import { type Html, html, type HtmlPart } from "../html.ts";
import type { DataPartition } from "../reportInput.ts";
import { table } from "../table.ts";

/** `outOfOrder` as `out of order`, `longestSilenceMicros` as `longest silence`. */
const spoken = (name: string): string =>
  name.replace(/Micros$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function figure([name, value]: readonly [name: string, value: number]): string {
  if (name.endsWith("Micros")) return `${spoken(name)}: ${formatDuration(value)}`;
  return `${spoken(name)}: ${formatNumber(value, Number.isInteger(value) ? 0 : 2)}`;
}

/** The quality figures that are not zero. */
function quality(partition: DataPartition): HtmlPart {
  const all = Object.entries({ ...partition.quality, quarantined: partition.quarantined });
  const told = all.filter(([, value]) => value !== 0 && Number.isFinite(value));
  if (told.length === 0) return html`<span class="soft">nothing to report</span>`;
  return told.map(figure).join(", ");
}

const shortHash = (hash: string): Html => html`<code title="${hash}">${hash.slice(0, 12)}</code>`;

function sources(partition: DataPartition): HtmlPart {
  return partition.sources.map(
    ({ name, sha256 }, index) =>
      html`${index > 0 && html`<br />`}${name} <span class="soft">${shortHash(sha256)}</span>`,
  );
}

/** What the run read: every partition with its rows, hashes, source files and what is not clean in it. */
export function partitionsTable(partitions: readonly DataPartition[]): Html {
  return table(
    [
      {
        heading: "instrument",
        kind: "long",
        cell: ({ instrument, simulated }) =>
          html`${instrument}${simulated && html` <span class="tag">simulated</span>`}`,
      },
      { heading: "stream", kind: "text", cell: ({ stream }) => stream },
      { heading: "date", kind: "text", cell: ({ date }) => date },
      { heading: "rows", cell: ({ rows }) => formatCount(rows) },
      { heading: "sha256 of rows", kind: "text", cell: ({ sha256 }) => shortHash(sha256) },
      { heading: "quality", kind: "long", cell: quality },
      { heading: "source file, sha256", kind: "long", cell: sources },
    ],
    partitions,
    {
      name: "Partitions that the run read",
      caption:
        "The first twelve digits of each hash; the whole of it is in its title and in the list below.",
    },
  );
}
