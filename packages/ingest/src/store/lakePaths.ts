import { join } from "node:path";
import { IntegrityError, isInstrumentName, type StreamName } from "@aftershock/schema";

/** The lake's folder and where everything in it lies. */
export interface LakePaths {
  readonly root: string;
  /** Work in progress; nothing in it is part of the lake. */
  readonly staging: string;
  /** Compiled tapes, a cache. */
  readonly tape: string;
}

/** The paths of a lake; nothing is created. */
export const lakePaths = (root: string): LakePaths => ({
  root,
  staging: join(root, ".staging"),
  tape: join(root, ".tape"),
});

/** What names a partition. */
export interface PartitionKey {
  readonly stream: StreamName;
  readonly venue: string;
  readonly symbol: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The folder of a partition, relative to the lake. Throws IntegrityError for a name that could lead out of the lake. */
export function partitionFolder({ stream, venue, symbol, date }: PartitionKey): string {
  if (!isInstrumentName(venue, symbol) || !DATE.test(date)) {
    throw new IntegrityError(`"${venue}:${symbol}" on "${date}" cannot name a partition`, {
      hints: ["Check the source file: its symbol holds characters that no venue uses."],
    });
  }
  return join(`stream=${stream}`, `venue=${venue}`, `symbol=${symbol}`, `date=${date}`);
}
