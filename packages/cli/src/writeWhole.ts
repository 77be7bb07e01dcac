import { writeFile } from "node:fs/promises";
import { writeInPlace } from "@aftershock/ingest/lake";

/** Writes a text file that appears whole or not at all. */
export const writeWhole = (path: string, text: string): Promise<void> =>
  writeInPlace(path, (draft) => writeFile(draft, text));
