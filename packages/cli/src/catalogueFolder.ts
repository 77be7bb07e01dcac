import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DataError } from "@aftershock/schema";

/** Where the catalogue may lie, seen from the folder of this file: in the published package, and in the workspace. */
const PLACES = ["../data/catalogue", "../../../data/catalogue"] as const;

/** The folder of the catalogue of crash days. Throws DataError when it is not where it was installed. */
export function catalogueFolder(): string {
  const folders = PLACES.map((place) => resolve(import.meta.dirname, place));
  const found = folders.find((folder) => existsSync(folder));
  if (found !== undefined) return found;
  throw new DataError(`the catalogue of crash days is in none of ${folders.join(", ")}`, {
    hints: ["Install the program again: the catalogue comes with it."],
  });
}
