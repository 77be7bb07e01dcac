import type { Manifest, SourceRecord } from "./manifest.ts";
import type { SourceSummary } from "./partitionTable.ts";

/** A file (or a simulation) that rows come from, before its rows are counted. */
export type SourceIdentity = Pick<SourceRecord, "name" | "sha256" | "bytes" | "dataset">;

/** What becomes of a partition: whose rows it will hold, and whose it will not hold any more. */
export interface PartitionPlan {
  /** Everything asked for is there already. */
  readonly unchanged: boolean;
  /** The sources of the partition to be, by name. */
  readonly sources: readonly SourceIdentity[];
  /** From the index of a new file to its place among `sources`. */
  readonly newPlaces: ReadonlyMap<number, number>;
  /** From the place of a source in the partition that is there, to its place among `sources`: those whose rows stay. */
  readonly keptPlaces: ReadonlyMap<number, number>;
  /** Sources whose rows go, because new files cover the same time. */
  readonly displaced: readonly SourceRecord[];
}

interface Span {
  readonly firstTime: number;
  readonly lastTime: number;
}

/** True when two spans share more than an end: files that follow each other may share the instant between them. */
const overlap = (a: Span, b: Span): boolean =>
  (a.firstTime < b.lastTime && b.firstTime < a.lastTime) ||
  (a.firstTime === b.firstTime && a.lastTime === b.lastTime);

/** The set of which a data set is a form. */
export const setOf = ({ dataset }: SourceIdentity): string => dataset.split(":", 1)[0] ?? "";

const byName = (a: SourceIdentity, b: SourceIdentity): number => {
  const [left, right] = a.name === b.name ? [a.sha256, b.sha256] : [a.name, b.name];
  return left < right ? -1 : 1;
};

/**
 * Plans a partition from the new files that have rows in it and the one that is there, if it was made by the same loader.
 * Sources are known by the hash of their bytes. A source that is there stays unless it is given again, or a new one covers
 * some of its time with the same data set: that is another version of the recording.
 */
export function planPartition(
  files: readonly SourceIdentity[],
  spans: ReadonlyMap<number, Pick<SourceSummary, "firstTime" | "lastTime">>,
  held: Manifest | undefined,
): PartitionPlan {
  const given = [...spans].flatMap(([index, span]) => {
    const file = files[index];
    return file === undefined ? [] : [{ index, file, span }];
  });
  const heldSources = held?.sources ?? [];
  const isHeld = ({ sha256 }: SourceIdentity): boolean =>
    heldSources.some((source) => source.sha256 === sha256);
  const isGiven = ({ sha256 }: SourceIdentity): boolean =>
    given.some(({ file }) => file.sha256 === sha256);
  const fresh = given.filter(({ file }) => !isHeld(file));
  const others = heldSources.filter((source) => !isGiven(source));
  const displaced = others.filter((source) =>
    fresh.some(({ file, span }) => setOf(file) === setOf(source) && overlap(source, span)),
  );
  const kept = others.filter((source) => !displaced.includes(source));
  const sources = [...kept, ...given.map(({ file }) => file)].toSorted(byName);
  const place = ({ sha256 }: SourceIdentity): number =>
    sources.findIndex((source) => source.sha256 === sha256);
  return {
    unchanged: held !== undefined && fresh.length === 0,
    sources: sources.map(({ name, sha256, bytes, dataset }) => ({ name, sha256, bytes, dataset })),
    newPlaces: new Map(given.map(({ index, file }) => [index, place(file)])),
    keptPlaces: new Map(kept.map((source) => [heldSources.indexOf(source), place(source)])),
    displaced,
  };
}
