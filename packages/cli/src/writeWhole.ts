import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { beginUnfinished, endUnfinished } from "@aftershock/ingest/lake";

/** Writes a text file that appears whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  beginUnfinished(part);
  try {
    await writeFile(part, text);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
    endUnfinished(part);
  }
}
