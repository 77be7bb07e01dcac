import { resolve } from "node:path";
import { Lake } from "@aftershock/ingest";

/** The folder that the user is in: pnpm runs scripts in the workspace's root and says in INIT_CWD where it was called. */
const userFolder = (): string => process.env["INIT_CWD"] ?? process.cwd();

/** A path as the user means it. */
export const userPath = (path: string): string => resolve(userFolder(), path);

/** The lake: --lake, else AFTERSHOCK_LAKE, else data/lake. */
export function openLake(option: string | undefined): Lake {
  return new Lake(userPath(option ?? process.env["AFTERSHOCK_LAKE"] ?? "data/lake"));
}
