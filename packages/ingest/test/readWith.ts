import { resolve } from "node:path";
import { openFile } from "../src/files/openFile.ts";
import type { ReadHints, Source } from "../src/source.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

/** Reads literal text through a source. */
export async function readText(
  source: Source,
  name: string,
  text: string,
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  await source.createReader(hints).read(fileOf(name, text), memory.sink);
  return memory;
}

/** Reads a file on disk through a source. */
export async function readPath(
  source: Source,
  path: string,
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  await source.createReader(hints).read(await openFile(path), memory.sink);
  return memory;
}

/** Where a recording lies, outside of the project; a test of it is skipped where it is absent. */
export const recording = (path: string): string =>
  resolve(import.meta.dirname, "../../../../shared/data", path);

/** Why lines went to quarantine, in order. */
export const reasonsOf = (memory: MemorySink): string[] =>
  memory.quarantined.map(({ reason }) => reason);

/** Number and reason of each line that was skipped, in order. */
export const skipsOf = (memory: MemorySink): string[] =>
  memory.skipped.map(({ line, reason }) => `${line.number} ${reason}`);

/** The notes, by `stream venue:SYMBOL what`. */
export const notesOf = (memory: MemorySink): Record<string, number> =>
  Object.fromEntries(memory.notes);

/** An ISO time as µs. */
export const at = (iso: string): number => Date.parse(iso) * 1_000;
