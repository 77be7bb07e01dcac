import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";

/** Compression methods of a zip entry. */
const STORED = 0;
const DEFLATED = 8;

/** The checksum of an entry's content. */
async function crcOf(path: string, start: number, entry: Entry): Promise<number> {
  if (entry.compressedSize === 0) return 0;
  const end = start + entry.compressedSize - 1;
  const packed = createReadStream(path, { start, end, highWaterMark: 1 << 18 });
  let content: Readable = packed;
  if (entry.compressionMethod === DEFLATED) {
    const inflater = createInflateRaw();
    // The callback keeps the error from being thrown twice: the iteration raises it.
    pipeline(packed, inflater, () => {});
    content = inflater;
  }
  let checksum = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) checksum = crc32(chunk, checksum);
  return checksum;
}

async function checkEntries(path: string, zip: ZipFile): Promise<void> {
  for await (const entry of zip.eachEntry()) {
    const { compressionMethod: method } = entry;
    // What cannot be read here is the reader's to refuse.
    if (entry.isEncrypted() || (method !== STORED && method !== DEFLATED)) continue;
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if ((await crcOf(path, fileDataStart, entry)) !== entry.crc32) {
      throw new Error("the checksum of what is in it does not match");
    }
  }
}

/**
 * Reads a zip to its end, and keeps nothing of it: throws where it is cut or its content is not what its checksums say. What its
 * files are called, how large they say that they are and whether they may be unpacked is the reader's business. Returns how
 * many there are.
 */
export async function checkZip(path: string): Promise<number> {
  const zip = await openPromise(path, {
    autoClose: false,
    lazyEntries: true,
    decodeStrings: false,
    validateEntrySizes: false,
  });
  try {
    await checkEntries(path, zip);
    return zip.entryCount;
  } finally {
    zip.close();
  }
}
