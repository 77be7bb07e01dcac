import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, IntegrityError, isInstrumentName } from "@aftershock/schema";
import { type Lake, writeDurably } from "./lake.ts";
import { makeStaging } from "./stagingFolder.ts";

/** Which simulated day a truth is of: the instrument whose accounts it tells of, and the UTC day on which the recording starts. */
export interface TruthKey {
  readonly venue: string;
  readonly symbol: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/**
 * Where the truth of a simulated day lies: `truth/venue=…/symbol=…/date=…/truth.json` in the lake, beside the partitions and none of them. Throws
 * IntegrityError for a name that could lead out of the lake.
 */
export function truthFile(lake: Lake, { venue, symbol, date }: TruthKey): string {
  if (!isInstrumentName(venue, symbol) || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    throw new IntegrityError(`"${venue}:${symbol}" on "${date}" cannot name a truth`);
  }
  const folders = [`venue=${venue}`, `symbol=${symbol}`, `date=${date}`];
  return join(lake.paths.root, "truth", ...folders, "truth.json");
}

/** Writes the truth of a simulated day, as one JSON document: it appears whole, in place of one that is there. Returns its path. */
export async function writeTruth(lake: Lake, key: TruthKey, truth: unknown): Promise<string> {
  const path = truthFile(lake, key);
  const staging = await makeStaging(lake);
  try {
    const draft = join(staging, "truth.json");
    await writeDurably(draft, `${JSON.stringify(truth)}\n`);
    await mkdir(dirname(path), { recursive: true });
    await rename(draft, path);
    return path;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The truth of a simulated day as it was written; undefined where the lake has none. Throws IntegrityError where it is not JSON. */
export async function readTruth(lake: Lake, key: TruthKey): Promise<unknown> {
  const path = truthFile(lake, key);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new IntegrityError(`${path}: is not a truth`, {
      cause,
      hints: ["Simulate the day again."],
    });
  }
}
