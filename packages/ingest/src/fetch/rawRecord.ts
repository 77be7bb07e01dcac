import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { writeDurably } from "../store/lake.ts";

/** What lies beside a file of `raw`, as `<name>.json`: where it came from and what it is. The same download gives the same bytes. */
export interface RawRecord {
  readonly archive: string;
  readonly set: string;
  readonly url: string;
  /** As the server sent them; null where it did not. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly bytes: number;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** By what it was found to be whole: the archive's own sha256, or its length and its container. */
  readonly verifiedBy: "checksum" | "container";
  /** True when nothing is in it: a day without data. */
  readonly empty: boolean;
}

/** What is known of a download before it is whole, beside its bytes as `<name>.part.json`. */
export interface PartRecord {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Length of the whole file; null where the server did not say. */
  readonly total: number | null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

/** The JSON object of a file; undefined where there is none, or half of one. */
async function readObject(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the record beside a file; undefined where there is none that is whole. */
export async function readRawRecord(file: string): Promise<RawRecord | undefined> {
  const found = await readObject(`${file}.json`);
  if (found === undefined) return undefined;
  const { archive, set, url, etag, lastModified, bytes, sha256, verifiedBy, empty } = found;
  if (!isText(archive) || !isText(set) || !isText(url) || !isText(sha256)) return undefined;
  if (!isTextOrNull(etag) || !isTextOrNull(lastModified) || !isCount(bytes)) return undefined;
  if (verifiedBy !== "checksum" && verifiedBy !== "container") return undefined;
  if (typeof empty !== "boolean") return undefined;
  return { archive, set, url, etag, lastModified, bytes, sha256, verifiedBy, empty };
}

/** Reads what is known of a download that is under way. */
export async function readPartRecord(path: string): Promise<PartRecord | undefined> {
  const found = await readObject(path);
  if (found === undefined) return undefined;
  const { url, etag, lastModified, total } = found;
  if (!isText(url) || !isTextOrNull(etag) || !isTextOrNull(lastModified)) return undefined;
  return total === null || isCount(total) ? { url, etag, lastModified, total } : undefined;
}

/** Writes a record, so that it is on the disk before anything is done that relies on it. */
export const writeRecord = (path: string, record: RawRecord | PartRecord): Promise<void> =>
  writeDurably(path, `${JSON.stringify(record, undefined, 2)}\n`);

/** The sha256 of a file. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 18,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}

/** The record of a file that is there and is what its record says, of one of these addresses; else undefined. */
export async function heldRecord(
  file: string,
  urls: readonly string[],
): Promise<RawRecord | undefined> {
  const record = await readRawRecord(file);
  if (record === undefined || !urls.includes(record.url)) return undefined;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== record.bytes) return undefined;
  return (await sha256Of(file)) === record.sha256 ? record : undefined;
}
