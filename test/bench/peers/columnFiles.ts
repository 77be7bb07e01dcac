import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { endianness } from "node:os";
import { join } from "node:path";

/** Writes columns as files, little-endian, nothing but their values; the folder appears whole or not at all. */
export function writeColumns(
  folder: string,
  columns: Readonly<Record<string, NodeJS.ArrayBufferView>>,
  facts: object,
): void {
  if (endianness() !== "LE") throw new Error("the files are little-endian, this machine is not");
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  for (const [file, values] of Object.entries(columns)) writeFileSync(join(part, file), values);
  writeFileSync(join(part, "stream.json"), JSON.stringify(facts));
  renameSync(part, folder);
}

/** Whether a folder was written. */
export const isWritten = (folder: string): boolean => existsSync(join(folder, "stream.json"));

/** What was written beside the columns. */
export const readFacts = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, "stream.json"), "utf8"));

/** The bytes of a column in memory of their own, so that they can be seen as any type. */
export function readColumn(folder: string, file: string): ArrayBuffer {
  const bytes = readFileSync(join(folder, file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
