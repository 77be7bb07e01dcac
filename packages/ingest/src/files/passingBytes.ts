import { freeMemory } from "../freeMemory.ts";
import type { SourceFile } from "../source.ts";

/** Chunks behind which nothing lies in their memory, and before which everything has been read once they have. */
const lastOfMemory = new WeakSet<Uint8Array>();

/**
 * Says that a chunk is the end of its memory, which is its readers' alone: who makes the chunk neither reads nor writes there any more, and
 * hands on what lies before it in the memory first.
 */
export function endsMemory(chunk: Uint8Array): void {
  lastOfMemory.add(chunk);
}

/** Frees the memory of a chunk that has been read, if it is the end of that: it, and the chunks before it there, are empty then. */
export function giveBack(chunk: Uint8Array): void {
  if (lastOfMemory.delete(chunk)) freeMemory(chunk.buffer);
}

/**
 * A file for readers that keep none of its chunks: each is good until the next one is asked for, and its memory is free at once. Left to
 * the garbage collector, the bytes of a recording make it walk through the whole heap every few dozen megabytes, which costs as much as
 * unpacking them.
 */
export function passing(file: SourceFile): SourceFile {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.bytes()) {
      yield chunk;
      giveBack(chunk);
    }
  }
  return { name: file.name, bytes, lines: () => file.lines() };
}
