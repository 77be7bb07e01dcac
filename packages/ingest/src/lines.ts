import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable, pipeline } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip, type Gunzip } from "node:zlib";
import { DataError, errorCode } from "@aftershock/schema";
import type { FileHead, SourceFile, SourceLine } from "./source.ts";

/** How much of a file has been read, for progress. */
export interface ReadProgress {
  readonly file: string;
  /** Bytes of the file as it lies on disk, compressed where it is. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** A file on disk, opened as a source reads it. After it was read whole, `sha256` is that of its bytes as they lie on disk. */
export interface OpenedFile extends SourceFile {
  /** Bytes as they lie on disk. */
  readonly size: number;
  readonly path: string;
  sha256(): string;
}

/** No format we read has longer lines; a binary file taken for text would otherwise fill the memory. Characters. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/** Magic bytes of what we can name but do not read as text. */
const FOREIGN: readonly (readonly [string, readonly number[]])[] = [
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04]],
  ["a zstandard file", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["an lz4 file", [0x04, 0x22, 0x4d, 0x18]],
];

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => head[i] === byte);

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const head = new Uint8Array(4);
    const { bytesRead } = await handle.read(head, 0, 4, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** `afterLine`: the last line that could be read whole. */
function damagedGzip(path: string, what: string, afterLine: number, cause?: unknown): DataError {
  const where = afterLine === 0 ? "before the end of its first line" : `after line ${afterLine}`;
  return new DataError(`${path}: the gzip data ${what} ${where}`, {
    cause,
    hints: ["The download was probably cut: fetch the file again. Nothing of it was stored."],
  });
}

function unreadable(path: string, cause: unknown, afterLine = 0): DataError {
  const code = errorCode(cause) ?? "";
  if (code === "ENOENT") {
    return new DataError(`${path}: no such file`, {
      cause,
      hints: ["Check the path; paths are relative to the folder that you are in."],
    });
  }
  if (code.startsWith("Z_")) {
    const what = code === "Z_BUF_ERROR" ? "ends early" : "is damaged";
    return damagedGzip(path, what, afterLine, cause);
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(`${path}: cannot be read (${reason})`, {
    cause,
    hints: ["Check that it is a file and that you may read it."],
  });
}

/** Cuts decoded text into numbered lines; the last line may lack its line end. */
class LineCutter {
  private readonly path: string;
  private rest = "";
  private number = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** The number of the last line that was cut, 0 before the first. */
  get lastLine(): number {
    return this.number;
  }

  cut(text: string, last: boolean): readonly SourceLine[] {
    // Only the new text is searched: a line of many chunks would otherwise be copied with each of them.
    const parts = text.split("\n");
    parts[0] = this.rest + (parts[0] ?? "");
    this.rest = last ? "" : (parts.pop() ?? "");
    if (this.rest.length > MAX_LINE_LENGTH) {
      throw new DataError(
        `${this.path}: line ${this.number + parts.length + 1} is longer than 64 MiB`,
        { hints: ["This is not a text recording; check which file it is."] },
      );
    }
    if (last && parts.at(-1) === "") parts.pop();
    return parts.map((part) => {
      this.number += 1;
      const line = part.endsWith("\r") ? part.slice(0, -1) : part;
      return { number: this.number, text: this.number === 1 ? line.replace(/^\uFEFF/, "") : line };
    });
  }
}

function refuseForeign(path: string, head: Uint8Array): void {
  const foreign = FOREIGN.find(([, magic]) => startsWith(head, magic));
  if (foreign === undefined) return;
  throw new DataError(`${path}: is ${foreign[0]}, not text or gzip`, {
    hints: ["Unpack it first, then ingest the file inside."],
  });
}

/** Unpacks gzip of any number of members; an error of the input or of the data ends the iteration. */
function gunzip(packed: AsyncIterable<Buffer>): Gunzip {
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  // The callback keeps the error from being thrown twice: the iteration of `unpacked` raises it.
  pipeline(Readable.from(packed, { objectMode: false }), unpacked, () => {});
  return unpacked;
}

/**
 * What Node's gunzip left alone after `consumed` packed bytes: it ends, without an error, at a zero byte where the next member
 * would start. Zeros up to the end of the file are padding and harmless; zeros before anything else are damage that hides the
 * rest. Returns the number of bytes of padding.
 */
async function paddingAfter(path: string, consumed: number, lastLine: number): Promise<number> {
  let length = 0;
  const tail = createReadStream(path, { start: consumed }) as AsyncIterable<Buffer>;
  for await (const chunk of tail) {
    if (chunk.some((byte) => byte !== 0)) {
      const what = `is damaged (no member starts at byte ${consumed}, and it is not the end)`;
      throw damagedGzip(path, what, lastLine);
    }
    length += chunk.length;
  }
  return length;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * Reads the bytes of a file, unpacked; returns the SHA-256 of its bytes as they lie on disk. `lastLine`: the last line that was
 * cut from what was given so far, for messages.
 */
async function* readBytes(
  path: string,
  progress: (bytesRead: number) => void,
  lastLine: () => number,
): AsyncGenerator<Buffer, string> {
  const head = await readHead(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  refuseForeign(path, head);
  const hash = createHash("sha256");
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  async function* tapped(): AsyncGenerator<Buffer> {
    let bytesRead = 0;
    for await (const chunk of file as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytesRead += chunk.length;
      progress(bytesRead);
      yield chunk;
    }
  }
  const unpacked = startsWith(head, [0x1f, 0x8b]) ? gunzip(tapped()) : undefined;
  try {
    const bytes: AsyncIterable<Buffer> = unpacked ?? tapped();
    yield* bytes;
    const consumed = unpacked?.bytesWritten;
    const padding = consumed === undefined ? 0 : await paddingAfter(path, consumed, lastLine());
    // Gunzip ends as soon as it meets padding, when `hash` need not have seen all of it.
    return padding === 0 ? hash.digest("hex") : await hashOf(path);
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(path, cause, lastLine());
  } finally {
    file.destroy();
  }
}

/** Reads the lines of a file; returns what `readBytes` does. */
async function* readLines(
  path: string,
  progress: (bytesRead: number) => void,
): AsyncGenerator<readonly SourceLine[], string> {
  const decoder = new StringDecoder("utf8");
  const cutter = new LineCutter(path);
  const bytes = readBytes(path, progress, () => cutter.lastLine);
  try {
    for (;;) {
      const next = await bytes.next();
      if (next.done === true) {
        yield cutter.cut(decoder.end(), true);
        return next.value;
      }
      yield cutter.cut(decoder.write(next.value), false);
    }
  } finally {
    await bytes.return("");
  }
}

/** How much of a file a source is recognised by. Bytes. */
const HEAD_BYTES = 65_536;

/** The beginning of a file. Throws DataError as reading it does. */
export async function fileHead(file: SourceFile): Promise<FileHead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.bytes()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat(chunks).subarray(0, HEAD_BYTES);
  return { name: file.name, bytes, text: bytes.toString("utf8").replace(/^\uFEFF/, "") };
}

/** Opens a file, plain or gzipped. Throws DataError when it does not exist, is a folder or is empty. */
export async function openFile(
  path: string,
  onProgress?: (progress: ReadProgress) => void,
): Promise<OpenedFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!found.isFile()) {
    throw new DataError(`${path}: is not a file`, { hints: ["Name the files in it, one by one."] });
  }
  if (found.size === 0) {
    throw new DataError(`${path}: the file is empty`, { hints: ["Fetch it again."] });
  }
  let digest = "";
  const progress = (bytesRead: number): void =>
    onProgress?.({ file: basename(path), bytesRead, bytesTotal: found.size });
  async function* bytes(): AsyncGenerator<Uint8Array> {
    digest = yield* readBytes(path, progress, () => 0);
  }
  async function* lines(): AsyncGenerator<readonly SourceLine[]> {
    digest = yield* readLines(path, progress);
  }
  return { name: basename(path), path, size: found.size, bytes, lines, sha256: () => digest };
}
