import type { ReadHints, SourceFile } from "../src/source.ts";
import { databento } from "../src/sources/databento/databento.ts";
import { dbnFile, mboBytes, type DbnHead, type Mbo } from "./dbnFile.ts";
import { memoryFile } from "./memoryFile.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

/** Bits of a record's `flags`. */
export const F_LAST = 128;
export const F_SNAPSHOT = 32;
/** Units of a price in a record that are 1. */
export const NANO = 1_000_000_000n;

/** Reads files of Databento in one ingest. */
export async function readFiles(
  files: readonly SourceFile[],
  hints: ReadHints = {},
): Promise<MemorySink> {
  const memory = memorySink();
  const reader = databento.createReader(hints);
  for (const file of files) await reader.read(file, memory.sink);
  return memory;
}

/** Reads a DBN file of these records. */
export const readDbn = (records: readonly Buffer[], head: DbnHead = {}): Promise<MemorySink> =>
  readFiles([memoryFile("a.dbn", dbnFile(head, records))]);

/** Reads a DBN file of records of market by order. */
export const readMbo = (records: readonly Mbo[], head: DbnHead = {}): Promise<MemorySink> =>
  readDbn(records.map(mboBytes), head);

/** A buy order's side and price. */
export const bid = { side: "B", price: 4_799n * NANO } as const;
