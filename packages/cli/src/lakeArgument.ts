import { resolve } from "node:path";
import { Lake } from "@aftershock/ingest/lake";
import { DataError } from "@aftershock/schema";
import { nearestExisting } from "./nearestExisting.ts";

/** The folder that the user is in: pnpm runs scripts in the workspace's root and says in INIT_CWD where it was called. */
const userFolder = (): string => process.env["INIT_CWD"] ?? process.cwd();

/** A path as the user means it. */
export const userPath = (path: string): string => resolve(userFolder(), path);

/**
 * The lake: --lake, else AFTERSHOCK_LAKE, else data/lake; an empty text counts as absent. Throws DataError when it is, or lies
 * below, something that is not a folder.
 */
export function openLake(option: string | undefined): Lake {
  const given = [option, process.env["AFTERSHOCK_LAKE"]].find((text) => (text ?? "") !== "");
  const root = userPath(given ?? "data/lake");
  const { path, isFolder } = nearestExisting(root);
  if (isFolder) return new Lake(root);
  throw new DataError(`${path}: is not a folder`, {
    hints: ["Name the folder of a lake with --lake or AFTERSHOCK_LAKE."],
  });
}
