import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ConfigError, errorCode } from "@aftershock/schema";
import { nearestExisting } from "./nearestExisting.ts";

const OTHER_FOLDER = "Name another folder with --out.";

/** Makes the folders between one that exists and one below it. */
async function makeBelow(existing: string, folder: string): Promise<void> {
  // One by one: the recursion of mkdir itself never ends below /proc, which takes no folders.
  let path = existing;
  for (const name of relative(existing, folder).split(sep)) {
    path = join(path, name);
    await mkdir(path).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
  }
}

/** Makes the folder of a report, so that a long run does not fail at its end. Throws ConfigError when it cannot be written. */
export async function makeOutFolder(folder: string): Promise<void> {
  const existing = nearestExisting(folder);
  if (!existing.isFolder) {
    throw new ConfigError(`${existing.path}: is not a folder`, { hints: [OTHER_FOLDER] });
  }
  try {
    await makeBelow(existing.path, folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ConfigError(`${folder}: cannot be written (${errorCode(cause) ?? String(cause)})`, {
      cause,
      hints: [OTHER_FOLDER],
    });
  }
}
