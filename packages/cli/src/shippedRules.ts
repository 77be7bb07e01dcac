import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseVenueRules, type VenueRules } from "@aftershock/cascade";
import { CliError, DataError } from "@aftershock/schema";
import { shippedFolder } from "./shippedFolder.ts";

const SUFFIX = ".json";

const rulesFolder = (): string => shippedFolder("rules", "the rules of venues");

/** The venues whose rules come with the program, by name. Throws DataError when they are not where they were installed. */
export async function ruledVenues(folder: string = rulesFolder()): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new DataError(`${folder}: the rules of venues cannot be read`, { cause });
  });
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .toSorted();
}

/**
 * The dated rules of a venue, as they come with the program (`data/rules/<venue>.json`), checked. Throws CliError when there are none
 * for that venue, and DataError when the file is not what it should be.
 */
export async function loadVenueRules(
  venue: string,
  folder: string = rulesFolder(),
): Promise<VenueRules> {
  const venues = await ruledVenues(folder);
  if (!venues.includes(venue)) {
    throw new CliError(`no rules are known of "${venue}"`, {
      hints: [`Known are those of ${venues.join(", ")}.`],
    });
  }
  const file = join(folder, `${venue}${SUFFIX}`);
  return parseVenueRules(file, await readFile(file, "utf8"));
}
