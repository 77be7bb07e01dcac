import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../source.ts";
import { readRange, sha256Of } from "./diskFile.ts";
import { LineCutter } from "./lineCutter.ts";
import { EMPTY_ZIP_MAGIC, PARQUET_MAGIC, startsWith, ZIP_MAGIC } from "./magic.ts";
import { limited, PackedError, unreadable } from "./packedError.ts";
import { unpacked } from "./unpack.ts";
import { unzip } from "./zip.ts";

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

/** Whether an open file is a zip: its directory stands at its end, so that it cannot be read from front to back. */
async function isZip(handle: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(4);
  await handle.read(head, 0, head.length, 0);
  return startsWith(head, ZIP_MAGIC) || startsWith(head, EMPTY_ZIP_MAGIC);
}

/** A file on disk and how far its content was read, for messages: `after line 7`. */
interface Reading {
  readonly path: string;
  /** Bytes as they lie on disk. */
  readonly size: number;
  readonly where: () => string;
  /** Is told the number of bytes that each read from the disk gave. */
  readonly onRead: (length: number) => void;
}

/** Reads an open file, unpacked; returns the SHA-256 of its bytes as they lie on disk. */
async function* readContent(
  handle: FileHandle,
  { size, onRead }: Reading,
): AsyncGenerator<Buffer, string> {
  if (await isZip(handle)) {
    yield* unpacked(limited(unzip(handle, size, onRead), size), size, ["zip"]);
    return sha256Of(handle);
  }
  const hash = createHash("sha256");
  async function* tapped(): AsyncGenerator<Buffer> {
    for await (const chunk of readRange(handle)) {
      hash.update(chunk);
      onRead(chunk.length);
      yield chunk;
    }
  }
  yield* unpacked(tapped(), size);
  return hash.digest("hex");
}

/** Reads the bytes of a file, unpacked; returns what `readContent` does. */
async function* readBytes(reading: Reading): AsyncGenerator<Buffer, string> {
  const { path, where } = reading;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    return yield* readContent(handle, reading);
  } catch (cause) {
    if (cause instanceof PackedError) throw cause.at(path, where());
    throw cause instanceof DataError ? cause : unreadable(path, cause);
  } finally {
    await handle?.close();
  }
}

/** Reads the lines that bytes hold; returns what they do. Throws DataError for a Parquet file, which has none. */
async function* cutLines(
  bytes: AsyncGenerator<Buffer, string>,
  cutter: LineCutter,
): AsyncGenerator<readonly SourceLine[], string> {
  const decoder = new StringDecoder("utf8");
  try {
    for (let isFirst = true; ; isFirst = false) {
      const next = await bytes.next();
      if (next.done === true) {
        yield cutter.end(decoder.end());
        return next.value;
      }
      if (isFirst && startsWith(next.value, PARQUET_MAGIC)) {
        throw new DataError(`${cutter.path}: is a Parquet file, not text`, {
          hints: ["Check that the source named is the one this file comes from."],
        });
      }
      yield cutter.cut(decoder.write(next.value));
    }
  } finally {
    await bytes.return("");
  }
}

const afterLine = (line: number): string =>
  line === 0 ? "before the end of its first line" : `after line ${line}`;

const afterByte = (byte: number): string =>
  byte === 0 ? "before its first byte" : `after byte ${byte}`;

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!found.isFile()) {
    throw new DataError(`${path}: is not a file`, { hints: ["Name the files in it, one by one."] });
  }
  if (found.size === 0) {
    throw new DataError(`${path}: the file is empty`, { hints: ["Fetch it again."] });
  }
  return found.size;
}

/**
 * Opens a file: plain, or packed as its first bytes tell (gzip, zstandard, lz4, a tar or a zip of one file, or two of these within
 * each other). Throws DataError when it does not exist, is a folder or is empty; reading it throws DataError when it is cut,
 * damaged or a bomb. Nothing stays open when a reading ends, early or not.
 */
export async function openFile(
  path: string,
  onProgress?: (progress: ReadProgress) => void,
): Promise<OpenedFile> {
  const size = await sizeOf(path);
  let digest = "";
  function reading(where: () => string): Reading {
    let bytesRead = 0;
    const onRead = (length: number): void => {
      bytesRead += length;
      onProgress?.({ file: basename(path), bytesRead, bytesTotal: size });
    };
    return { path, size, where, onRead };
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let given = 0;
    const chunks = readBytes(reading(() => afterByte(given)));
    try {
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) {
          digest = next.value;
          return;
        }
        given += next.value.length;
        yield next.value;
      }
    } finally {
      await chunks.return("");
    }
  }
  async function* lines(): AsyncGenerator<readonly SourceLine[]> {
    const cutter = new LineCutter(path);
    digest = yield* cutLines(readBytes(reading(() => afterLine(cutter.lastLine))), cutter);
  }
  return { name: basename(path), path, size, bytes, lines, sha256: () => digest };
}
