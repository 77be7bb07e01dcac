import { open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { type PartRecord, readPartRecord, writeRecord } from "./rawRecord.ts";

/** Makes sure that a file, or what a folder lists, is on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A download that is not whole yet: `<name>.part`, and beside it `<name>.part.json`, which says of what it is a part. */
export class PartFile {
  readonly path: string;
  /** Bytes that are there. */
  bytes: number = 0;
  record: PartRecord | undefined;
  /** True when its bytes came from more than one response: then a part that does not fit is worth a fresh start. */
  glued: boolean = false;
  private readonly target: string;
  private readonly recordPath: string;

  private constructor(target: string) {
    this.target = target;
    this.path = `${target}.part`;
    this.recordPath = `${target}.part.json`;
  }

  /** What an earlier try left of a file. Without its record, bytes are worth nothing: nobody knows of what they are. */
  static async find(target: string): Promise<PartFile> {
    const part = new PartFile(target);
    part.record = await readPartRecord(part.recordPath);
    if (part.record === undefined) return part;
    part.bytes = (await stat(part.path).catch(() => undefined))?.size ?? 0;
    part.glued = part.bytes > 0;
    return part;
  }

  /** True when nothing is missing any more. */
  isWhole(url: string): boolean {
    return this.record?.url === url && this.record.total === this.bytes && this.bytes > 0;
  }

  /** What to ask the rest with, where the server's name for this very version of the file is known. */
  resumeWith(url: string): Readonly<Record<string, string>> {
    const etag = this.record?.etag ?? "";
    // A weak tag (W/…) promises no more than the same meaning; bytes must be the same.
    if (this.bytes === 0 || this.record?.url !== url || !etag.startsWith('"')) return {};
    return { range: `bytes=${this.bytes}-`, "if-range": etag };
  }

  /** Starts anew. */
  async begin(record: PartRecord): Promise<FileHandle> {
    // The old bytes go before the new record comes: bytes must never stand beside the record of another version.
    const handle = await open(this.path, "w");
    this.bytes = 0;
    this.glued = false;
    await writeRecord(this.recordPath, record);
    this.record = record;
    return handle;
  }

  /** Goes on where it ends. */
  async resume(): Promise<FileHandle> {
    this.glued = true;
    return open(this.path, "a");
  }

  /** Writes a chunk to the end. */
  async append(handle: FileHandle, chunk: Buffer): Promise<void> {
    for (let written = 0; written < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, written);
      written += bytesWritten;
      this.bytes += bytesWritten;
    }
  }

  /** Forgets everything. */
  async discard(): Promise<void> {
    await rm(this.recordPath, { force: true });
    await rm(this.path, { force: true });
    this.record = undefined;
    this.bytes = 0;
    this.glued = false;
  }

  /** Puts the file into its place, by one rename; everything is on the disk before and after it. */
  async finish(): Promise<void> {
    await sync(this.path);
    await rename(this.path, this.target);
    await sync(dirname(this.target));
    await rm(this.recordPath, { force: true });
  }
}
