import { createGunzip } from "node:zlib";
import { errorCode } from "@aftershock/schema";
import type { ByteReader } from "./byteReader.ts";
import { PackedError } from "./packedError.ts";
import { CHUNK_BYTES, throughZlib } from "./zlibStream.ts";

/**
 * Unpacks gzip of any number of members.
 *
 * Node ends, without an error, at a zero byte where the next member would start. Zeros up to the end of the file are padding and
 * harmless; zeros before anything else are damage that hides the rest.
 */
export async function* gunzip(packed: ByteReader): AsyncGenerator<Buffer> {
  const gunzipper = createGunzip({ chunkSize: CHUNK_BYTES });
  yield* throughZlib(packed, gunzipper, (cause) => {
    const what = errorCode(cause) === "Z_BUF_ERROR" ? "ends early" : "is damaged";
    return PackedError.damaged("gzip", what, cause);
  });
  const end = packed.position;
  for await (const chunk of packed.rest()) {
    if (chunk.every((byte) => byte === 0)) continue;
    const what = `is damaged (no member starts at byte ${end}, and it is not the end)`;
    throw PackedError.damaged("gzip", what);
  }
}
