import type { FileHandle } from "node:fs/promises";
import { callbackify } from "node:util";
import { createInflateRaw, crc32 } from "node:zlib";
import { errorCode } from "@aftershock/schema";
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from "yauzl";
import { checkMemberName, isBeside, severalMembers } from "./archiveMember.ts";
import { ByteReader } from "./byteReader.ts";
import { readRange } from "./diskFile.ts";
import { PackedError } from "./packedError.ts";
import { CHUNK_BYTES, throughZlib } from "./zlibStream.ts";

/** Compression methods of a zip entry. */
const STORED = 0;
const DEFLATED = 8;

/** Lets the directory of a zip be read from a file that somebody else opens and closes. */
class HandleReader extends RandomAccessReader {
  private readonly handle: FileHandle;

  constructor(handle: FileHandle) {
    super();
    this.handle = handle;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    callbackify(async () => {
      const { bytesRead } = await this.handle.read(buffer, offset, length, position);
      if (bytesRead < length) throw new Error("unexpected end of file");
    })(callback);
  }
}

/** The file that a zip is there for. */
interface Content {
  readonly entry: Entry;
  /** Where its packed bytes start. */
  readonly start: number;
}

/** The only file in the directory of a zip. */
async function onlyEntry(zip: ZipFile): Promise<Entry> {
  const names: string[] = [];
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
    const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
    checkMemberName("zip", name);
    if (name.endsWith("/") || isBeside(name)) continue;
    names.push(name);
    entries.push(entry);
  }
  const [only] = entries;
  if (only === undefined) throw PackedError.refused("is a zip archive without a file");
  if (entries.length > 1) throw severalMembers("zip", names);
  return only;
}

async function findContent(handle: FileHandle, size: number): Promise<Content> {
  try {
    const zip = await fromRandomAccessReaderPromise(new HandleReader(handle), size, {
      autoClose: false,
      // Otherwise a name that points out of the archive is an error without a class of its own.
      decodeStrings: false,
    });
    const entry = await onlyEntry(zip);
    if (entry.isEncrypted()) throw PackedError.refused("is an encrypted zip archive");
    const method = entry.compressionMethod;
    if (method !== STORED && method !== DEFLATED) {
      throw PackedError.refused(
        `is a zip archive packed by method ${method}, not stored or deflated`,
      );
    }
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    return { entry, start: fileDataStart };
  } catch (cause) {
    if (cause instanceof PackedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw PackedError.damaged("zip", `is damaged or cut (${reason})`, cause);
  }
}

async function* inflated(packed: ByteReader): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw({ chunkSize: CHUNK_BYTES });
  yield* throughZlib(packed, inflater, (cause) => {
    const what = errorCode(cause) === "Z_BUF_ERROR" ? "ends early" : "is damaged";
    return PackedError.damaged("zip", what, cause);
  });
  if ((await packed.next()) !== undefined) {
    throw PackedError.damaged("zip", "is damaged (it ends before its directory says)");
  }
}

/**
 * Unpacks a zip that holds exactly one file, folders and what a Mac puts beside it ignored. Throws PackedError when it holds none
 * or several, is encrypted, and when the file's length or checksum are not what the directory says. `onRead` is told how many
 * bytes each read from the disk gave.
 */
export async function* unzip(
  handle: FileHandle,
  size: number,
  onRead: (length: number) => void,
): AsyncGenerator<Buffer> {
  const { entry, start } = await findContent(handle, size);
  async function* stored(): AsyncGenerator<Buffer> {
    for await (const chunk of readRange(handle, start, start + entry.compressedSize)) {
      onRead(chunk.length);
      yield chunk;
    }
  }
  const packed = new ByteReader(stored());
  let length = 0;
  let checksum = 0;
  try {
    const unpacked = entry.compressionMethod === STORED ? packed.rest() : inflated(packed);
    for await (const chunk of unpacked) {
      length += chunk.length;
      if (length > entry.uncompressedSize) {
        const what = `is damaged (it unpacks to more than the ${entry.uncompressedSize} bytes that its directory says)`;
        throw PackedError.damaged("zip", what);
      }
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } finally {
    await packed.close();
  }
  if (length < entry.uncompressedSize) {
    const what = `is damaged (it unpacks to ${length} bytes, its directory says ${entry.uncompressedSize})`;
    throw PackedError.damaged("zip", what);
  }
  if (checksum !== entry.crc32)
    throw PackedError.damaged("zip", "is damaged (its checksum is wrong)");
}
