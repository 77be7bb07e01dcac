import { rmSync } from "node:fs";

/** Files and folders that this process is writing beside their place. */
const unfinished = new Set<string>();

/** Removes at once all that is unfinished, as the end of the process does. */
export function abandonUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
}

/**
 * Notes a file or folder that is about to be written beside its place: should the process end before it is taken off the list, by Ctrl-C as well, it is removed. To be called before anything
 * is written.
 */
export function beginUnfinished(path: string): void {
  if (unfinished.size === 0) process.once("exit", abandonUnfinished);
  unfinished.add(path);
}

/** Takes what is in its place, or has been removed, off the list. */
export function endUnfinished(path: string): void {
  unfinished.delete(path);
  if (unfinished.size === 0) process.off("exit", abandonUnfinished);
}
