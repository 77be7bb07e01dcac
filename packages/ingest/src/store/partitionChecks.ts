import { DataError } from "@aftershock/schema";
import type { PartitionName } from "./fileRows.ts";
import type { Manifest } from "./manifest.ts";
import { type PartitionPlan, setOf, type SourceIdentity } from "./partitionPlan.ts";

/**
 * Refuses to take rows away that others were dropped in favour of: of a file that stays, rows that repeated some of the displaced
 * one are not in the lake, and would be missing.
 */
export function checkRepeated(
  { stream, venue, symbol, date }: PartitionName,
  { displaced, keptPlaces }: PartitionPlan,
  held: Manifest | undefined,
): void {
  if (displaced.length === 0) return;
  const [kept] = [...keptPlaces.keys()].flatMap((place) => {
    const source = held?.sources[place];
    return source !== undefined && source.duplicates > 0 ? [source] : [];
  });
  if (kept === undefined) return;
  throw new DataError(
    `${displaced.map(({ name }) => name).join(", ")} would leave ${stream} of ${venue}:${symbol} on ${date}, and rows of ${kept.name} that repeated it are not there`,
    { hints: [`Give ${kept.name} too, so that its rows are read again. Nothing was stored.`] },
  );
}

/** Refuses files of one partition that tell of the same events in two forms. */
export function checkForms(name: PartitionName, files: readonly SourceIdentity[]): void {
  for (const [i, file] of files.entries()) {
    const other = files.slice(0, i).find((one) => setOf(one) === setOf(file));
    if (other === undefined || other.dataset === file.dataset) continue;
    throw new DataError(
      `${other.name} (${other.dataset}) and ${file.name} (${file.dataset}) tell of the same ${name.stream} of ${name.venue}:${name.symbol} on ${name.date}`,
      { hints: ["Ingest one of them. Nothing was stored."] },
    );
  }
}
