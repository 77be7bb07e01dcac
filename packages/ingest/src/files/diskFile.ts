import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { endsMemory } from "./passingBytes.ts";

/** Bytes that are read from a disk at once. */
const READ_BYTES = 1 << 18;

/** Bytes of an open file from `start` up to `end`, in chunks. */
export async function* readRange(
  handle: FileHandle,
  start = 0,
  end: number = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const memory = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, end - at));
    const { bytesRead } = await handle.read(memory, 0, memory.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    const chunk = memory.subarray(0, bytesRead);
    endsMemory(chunk);
    yield chunk;
  }
}

/** The SHA-256 of an open file, hexadecimal. */
export async function sha256Of(handle: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readRange(handle)) hash.update(chunk);
  return hash.digest("hex");
}
