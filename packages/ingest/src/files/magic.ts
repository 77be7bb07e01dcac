import type { ByteReader } from "./byteReader.ts";
import { PackedError } from "./packedError.ts";

/** What files of a kind start with. */
export const GZIP_MAGIC: Buffer = Buffer.from([0x1f, 0x8b]);
export const ZSTD_MAGIC: Buffer = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
export const LZ4_MAGIC: Buffer = Buffer.from([0x04, 0x22, 0x4d, 0x18]);
/** A file in a zip archive, and the end of an archive of none. */
export const ZIP_MAGIC: Buffer = Buffer.from("PK\x03\x04", "latin1");
export const EMPTY_ZIP_MAGIC: Buffer = Buffer.from("PK\x05\x06", "latin1");

/** A table in a format of its own, which holds no lines. */
export const PARQUET_MAGIC: Buffer = Buffer.from("PAR1");

/** Whether a file's beginning is the given magic. */
export const startsWith = (head: Uint8Array, magic: Uint8Array): boolean =>
  head.length >= magic.length && magic.every((byte, i) => head[i] === byte);

/** Whether a frame of zstandard or lz4 starts that holds nothing to unpack: both use the same sixteen magic numbers. */
export const isSkippable = (head: Uint8Array): boolean =>
  ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), SKIPPABLE_MAGIC_END);

const SKIPPABLE_MAGIC_END = Buffer.from([0x2a, 0x4d, 0x18]);

/** Takes a skippable frame: its magic, a length of four bytes, and that many bytes. */
export async function skipFrame(packed: ByteReader, container: string): Promise<void> {
  const head = await packed.read(8);
  const length = head.length < 8 ? 1 : head.readUInt32LE(4);
  if ((await packed.skip(length)) < length) throw PackedError.damaged(container, "ends early");
}
