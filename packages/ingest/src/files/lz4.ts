import type { ByteReader } from "./byteReader.ts";
import { unpackLz4Block } from "./lz4Block.ts";
import { isSkippable, LZ4_MAGIC, skipFrame, startsWith } from "./magic.ts";
import { PackedError } from "./packedError.ts";
import { xxHash32, XxHash32 } from "./xxHash32.ts";

/** How far back a match may reach: blocks that are not independent need that much of what came before them. Bytes. */
const WINDOW_BYTES = 64 * 1024;

/** Bits of the first descriptor byte. */
const VERSION_MASK = 0xc0;
const VERSION_1 = 0x40;
const INDEPENDENT_BLOCKS = 0x20;
const BLOCK_CHECKSUMS = 0x10;
const CONTENT_SIZE = 0x08;
const CONTENT_CHECKSUM = 0x04;
const DICTIONARY = 0x01;
/** Bits that are not used yet, of the first and the second descriptor byte. */
const RESERVED_1 = 0x02;
const RESERVED_2 = 0x8f;
/** In the length of a block: it is stored as it is. */
const STORED = 0x80000000;

/** What the header of a frame says. */
interface FrameHeader {
  readonly independent: boolean;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  /** Bytes, where it is said. */
  readonly contentSize: bigint | undefined;
  readonly maxBlockBytes: number;
}

const endsEarly = (): PackedError => PackedError.damaged("lz4", "ends early");

/** Takes exactly `length` bytes. Throws DataError where there are fewer. */
async function take(packed: ByteReader, length: number): Promise<Buffer> {
  const bytes = await packed.read(length);
  if (bytes.length < length) throw endsEarly();
  return bytes;
}

/** Reads the header of a frame, its magic taken already. */
async function readHeader(packed: ByteReader): Promise<FrameHeader> {
  const [flags = 0, blockCode = 0] = await packed.peek(2);
  const sizeBytes = (flags & CONTENT_SIZE) === 0 ? 0 : 8;
  const descriptor = await take(packed, 2 + sizeBytes);
  if ((flags & VERSION_MASK) !== VERSION_1 || (flags & RESERVED_1) + (blockCode & RESERVED_2) > 0) {
    throw PackedError.damaged("lz4", "is damaged (its frame header is none)");
  }
  if ((flags & DICTIONARY) !== 0)
    throw PackedError.refused("is an lz4 file that needs a dictionary");
  const maxBlockBytes = 2 ** (8 + 2 * (blockCode >>> 4));
  const checksum = (await take(packed, 1)).readUInt8(0);
  if (blockCode >>> 4 < 4 || ((xxHash32(descriptor) >>> 8) & 0xff) !== checksum) {
    throw PackedError.damaged("lz4", "is damaged (its frame header does not match its checksum)");
  }
  return {
    independent: (flags & INDEPENDENT_BLOCKS) !== 0,
    blockChecksums: (flags & BLOCK_CHECKSUMS) !== 0,
    contentChecksum: (flags & CONTENT_CHECKSUM) !== 0,
    contentSize: sizeBytes === 0 ? undefined : descriptor.readBigUInt64LE(2),
    maxBlockBytes,
  };
}

/** Takes one block as it is packed, checked; undefined at the end mark of the frame. */
async function takeBlock(
  packed: ByteReader,
  header: FrameHeader,
): Promise<{ readonly bytes: Buffer; readonly stored: boolean } | undefined> {
  const word = (await take(packed, 4)).readUInt32LE(0);
  if (word === 0) return undefined;
  const length = word % STORED;
  if (length > header.maxBlockBytes) {
    throw PackedError.damaged("lz4", "is damaged (a block is longer than its frame allows)");
  }
  const bytes = await take(packed, length);
  if (header.blockChecksums) {
    const checksum = (await take(packed, 4)).readUInt32LE(0);
    if (xxHash32(bytes) !== checksum) {
      throw PackedError.damaged("lz4", "is damaged (a block does not match its checksum)");
    }
  }
  return { bytes, stored: word >= STORED };
}

/** Unpacks the blocks of a frame, up to its end mark. */
async function* readBlocks(packed: ByteReader, header: FrameHeader): AsyncGenerator<Buffer> {
  /** What came before the block and matches may reach, then the block. */
  const output = Buffer.allocUnsafe(WINDOW_BYTES + header.maxBlockBytes);
  let held = 0;
  for (;;) {
    const block = await takeBlock(packed, header);
    if (block === undefined) return;
    const room = output.subarray(0, held + header.maxBlockBytes);
    const end = block.stored
      ? held + block.bytes.copy(room, held)
      : unpackLz4Block(block.bytes, room, held);
    if (end === undefined) throw PackedError.damaged("lz4", "is damaged");
    yield Buffer.from(room.subarray(held, end));
    if (header.independent) continue;
    output.copyWithin(0, Math.max(0, end - WINDOW_BYTES), end);
    held = Math.min(end, WINDOW_BYTES);
  }
}

async function* readFrame(packed: ByteReader): AsyncGenerator<Buffer> {
  await packed.skip(LZ4_MAGIC.length);
  const header = await readHeader(packed);
  const hash = new XxHash32();
  let length = 0;
  for await (const chunk of readBlocks(packed, header)) {
    length += chunk.length;
    if (header.contentChecksum) hash.update(chunk);
    yield chunk;
  }
  if (header.contentSize !== undefined && header.contentSize !== BigInt(length)) {
    const what = `is damaged (a frame of ${length} bytes says that it holds ${header.contentSize})`;
    throw PackedError.damaged("lz4", what);
  }
  if (header.contentChecksum && (await take(packed, 4)).readUInt32LE(0) !== hash.digest()) {
    throw PackedError.damaged("lz4", "is damaged (a frame does not match its checksum)");
  }
}

/**
 * Unpacks lz4 frames, one after the other. Every length and checksum that a frame carries is checked; memory is bounded by the
 * largest block (4 MiB).
 * Source: the LZ4 frame format description of the lz4 project, version 1.6.4.
 */
export async function* unlz4(packed: ByteReader): AsyncGenerator<Buffer> {
  for (let head = await packed.peek(4); head.length > 0; head = await packed.peek(4)) {
    if (isSkippable(head)) {
      await skipFrame(packed, "lz4");
    } else if (startsWith(head, LZ4_MAGIC)) {
      yield* readFrame(packed);
    } else if (head.length < 4) {
      throw endsEarly();
    } else {
      throw PackedError.damaged("lz4", `is damaged (no frame starts at byte ${packed.position})`);
    }
  }
}
