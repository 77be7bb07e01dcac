import { createZstdDecompress } from "node:zlib";
import { errorCode } from "@aftershock/schema";
import type { ByteReader } from "./byteReader.ts";
import { PackedError } from "./packedError.ts";
import { isSkippable, skipFrame, startsWith, ZSTD_MAGIC } from "./magic.ts";
import { CHUNK_BYTES, throughZlib } from "./zlibStream.ts";

const NAME = "zstandard";

/** Unpacks zstandard frames, one after the other; Node itself stops, without an error, after the first. */
export async function* unzstd(packed: ByteReader): AsyncGenerator<Buffer> {
  for (let head = await packed.peek(4); head.length > 0; head = await packed.peek(4)) {
    if (isSkippable(head)) {
      await skipFrame(packed, NAME);
    } else if (startsWith(head, ZSTD_MAGIC.subarray(0, head.length))) {
      const unpacker = createZstdDecompress({ chunkSize: CHUNK_BYTES });
      yield* throughZlib(packed, unpacker, (cause) => {
        const what = errorCode(cause) === "Z_BUF_ERROR" ? "ends early" : "is damaged";
        return PackedError.damaged(NAME, what, cause);
      });
    } else {
      throw PackedError.damaged(NAME, `is damaged (no frame starts at byte ${packed.position})`);
    }
  }
}
