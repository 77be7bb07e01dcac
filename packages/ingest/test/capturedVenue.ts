import { ROWS_LOST } from "@aftershock/schema";
import { capture } from "./captured.ts";
import type { MemorySink } from "./memorySink.ts";
import { samples } from "./samples/cryptofeedVenues.ts";

/** The lines of a sample of one venue. */
export function venueLines(name: string): readonly string[] {
  const found = samples.find((sample) => sample.name === name);
  if (typeof found?.content !== "string") throw new Error(`no sample ${name}`);
  return found.content.trimEnd().split("\n");
}

/** Reads a sample of one venue, with more lines after it. */
export const captureVenue = (name: string, more: readonly string[] = []): Promise<MemorySink> =>
  capture([name, [...venueLines(name), ...more]]);

/** The lines whose rows of a book say that something is missing before them. */
export const lossesOf = (memory: MemorySink, id?: string): readonly number[] =>
  memory
    .of("book", id)
    .filter(({ flags }) => (flags & ROWS_LOST) !== 0)
    .map(({ line }) => line);
