import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DataError } from "@aftershock/schema";

/** Where shipped data may lie, seen from the folder of this file: in the published package, and in the workspace. */
const PLACES = ["../data", "../../../data"] as const;

/** The folder of data that comes with the program; `what` names it in the error. Throws DataError when it is not where it was installed. */
export function shippedFolder(
  name: "bands" | "calibration" | "catalogue" | "rules",
  what: string,
): string {
  const folders = PLACES.map((place) => resolve(import.meta.dirname, place, name));
  const found = folders.find((folder) => existsSync(folder));
  if (found !== undefined) return found;
  throw new DataError(`${what}: in none of ${folders.join(", ")}`, {
    hints: ["Install the program again: they come with it."],
  });
}
