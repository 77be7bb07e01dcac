import { statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "@aftershock/schema";

/** Whether a path is a folder (links are followed); undefined when nothing is there. */
function isFolder(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** The nearest of an absolute path and its ancestors that exists. */
export function nearestExisting(path: string): {
  readonly path: string;
  readonly isFolder: boolean;
} {
  const folder = isFolder(path);
  return folder === undefined ? nearestExisting(dirname(path)) : { path, isFolder: folder };
}
