import { ByteReader } from "./byteReader.ts";
import { gunzip } from "./gzip.ts";
import { unlz4 } from "./lz4.ts";
import {
  EMPTY_ZIP_MAGIC,
  GZIP_MAGIC,
  isSkippable,
  LZ4_MAGIC,
  skipFrame,
  startsWith,
  ZIP_MAGIC,
  ZSTD_MAGIC,
} from "./magic.ts";
import { limited, PackedError } from "./packedError.ts";
import { untar } from "./tar.ts";
import { isTar } from "./tarHeader.ts";
import { unzstd } from "./zstd.ts";

/** A way of packing that is undone as the bytes come. */
interface Container {
  readonly name: string;
  readonly isIt: (head: Buffer) => boolean;
  readonly unpack: (packed: ByteReader) => AsyncGenerator<Buffer>;
}

const CONTAINERS: readonly Container[] = [
  { name: "gzip", isIt: (head) => startsWith(head, GZIP_MAGIC), unpack: gunzip },
  { name: "zstandard", isIt: (head) => startsWith(head, ZSTD_MAGIC), unpack: unzstd },
  { name: "lz4", isIt: (head) => startsWith(head, LZ4_MAGIC), unpack: unlz4 },
  { name: "tar", isIt: isTar, unpack: untar },
];

/** What we can name but do not read. */
const FOREIGN: readonly (readonly [string, Buffer])[] = [
  ["a zip archive in another archive", ZIP_MAGIC],
  ["an empty zip archive", EMPTY_ZIP_MAGIC],
  ["an xz file", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ["a bzip2 file", Buffer.from("BZh")],
  ["a 7-Zip archive", Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
  ["a RAR archive", Buffer.from("Rar!\x1a\x07", "latin1")],
  ["a legacy lz4 file", Buffer.from([0x02, 0x21, 0x4c, 0x18])],
];

/** Enough of a file's beginning to know how it is packed: the header of a tar is the longest. */
const HEAD_BYTES = 512;

/** Packings within each other that are undone: a tar in gzip, a gzip in a zip. */
const MOST_LEVELS = 2;

/** The container that packed bytes are in; undefined for none. Frames to be skipped are taken first. */
async function recognise(packed: ByteReader): Promise<Container | undefined> {
  let skipped = false;
  while (isSkippable(await packed.peek(4))) {
    await skipFrame(packed, "packed");
    skipped = true;
  }
  const head = await packed.peek(HEAD_BYTES);
  const container = CONTAINERS.find(({ isIt }) => isIt(head));
  if (skipped && container === undefined)
    throw PackedError.refused("holds nothing but padding frames");
  const foreign = FOREIGN.find(([, magic]) => startsWith(head, magic));
  if (foreign !== undefined) throw PackedError.refused(`is ${foreign[0]}, which is not read`);
  return container;
}

/**
 * Undoes the packing of bytes, known by what they start with: gzip, zstandard, lz4 and tar, two of them within each other. `size`:
 * bytes as they lie on disk; `outer`: containers that were undone already. Throws PackedError.
 */
export async function* unpacked(
  bytes: AsyncIterable<Buffer>,
  size: number,
  outer: readonly string[] = [],
): AsyncGenerator<Buffer> {
  const packed = new ByteReader(bytes);
  try {
    const container = await recognise(packed);
    if (container === undefined) {
      yield* packed.rest();
      return;
    }
    const levels = [...outer, container.name];
    if (levels.length > MOST_LEVELS) {
      throw PackedError.refused(`is packed more than twice (${levels.join(", then ")})`);
    }
    yield* unpacked(limited(container.unpack(packed), size), size, levels);
  } finally {
    await packed.close();
  }
}
