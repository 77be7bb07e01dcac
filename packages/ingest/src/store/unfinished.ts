import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Folders in which this process is writing something that is not in its place yet. */
const unfinished = new Set<string>();

/** Removes at once all that is unfinished, as the end of the process does. */
export function abandonUnfinished(): void {
  for (const path of unfinished) {
    // Threads may still be writing there.
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

/**
 * Makes a folder beside a place in which to write what belongs there: should the process end before endUnfinished(), by Ctrl-C as well, it is removed. A folder, because threads that write go on for a moment
 * while a process ends, and cannot put anything into one that is gone.
 */
export function beginUnfinished(place: string): string {
  const folder = join(dirname(place), `.${basename(place)}-${process.pid}-${randomUUID()}.part`);
  // Both at once: a process that is told to stop between them would leave it.
  mkdirSync(folder);
  if (unfinished.size === 0) process.once("exit", abandonUnfinished);
  unfinished.add(folder);
  return folder;
}

/** Removes such a folder, when what was written is in its place or is not wanted any more. */
export async function endUnfinished(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  unfinished.delete(folder);
  if (unfinished.size === 0) process.off("exit", abandonUnfinished);
}

/** Writes a file that appears in its place whole or not at all. `write` is given the path to write to. */
export async function writeInPlace(
  path: string,
  write: (draft: string) => Promise<void>,
): Promise<void> {
  const folder = beginUnfinished(path);
  try {
    const draft = join(folder, "draft");
    await write(draft);
    await rename(draft, path);
  } finally {
    await endUnfinished(folder);
  }
}
