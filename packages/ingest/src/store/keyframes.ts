import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { type Clock, errorCode } from "@aftershock/schema";
import { freeMemory } from "../freeMemory.ts";
import { NOT_WRITABLE } from "./tape.ts";

/** Raised when the layout of a kept state changes. */
const KEYFRAME_VERSION = 1;

/** A state is kept after every so many batches: about a million rows. */
export const KEYFRAME_BATCHES = 16;

/** Most states are fewer, packed: so each comes in one piece of memory, which is free when it is written. */
const PACKED_BYTES = 1 << 20;

const pack = promisify(deflate);
const unpack = promisify(inflate);

/**
 * States of a stream at ends of its batches, one file each beside the tapes. `key` says what they were made of: the content of the
 * partitions up to there, and the grid of prices and sizes.
 */
export class Keyframes {
  readonly #folder: string;
  readonly #keyAfter: (batches: number) => string;

  constructor(folder: string, keyAfter: (batches: number) => string) {
    this.#folder = folder;
    this.#keyAfter = keyAfter;
  }

  #file(batches: number, clock: Clock): string {
    const key = createHash("sha256")
      .update(`${KEYFRAME_VERSION} ${clock} ${batches} ${this.#keyAfter(batches)}`)
      .digest("hex");
    return join(this.#folder, `state-${key.slice(0, 32)}.keyframe`);
  }

  wants(batches: number, clock: Clock): boolean {
    return batches % KEYFRAME_BATCHES === 0 && !existsSync(this.#file(batches, clock));
  }

  /** The last state that was kept after at most so many batches. One that cannot be read is as one that is not there. */
  async last(
    batches: number,
    clock: Clock,
  ): Promise<{ readonly batches: number; readonly state: Float64Array } | undefined> {
    const highest = batches - (batches % KEYFRAME_BATCHES);
    for (let at = highest; at > 0; at -= KEYFRAME_BATCHES) {
      const file = this.#file(at, clock);
      if (!existsSync(file)) continue;
      const bytes = await readFile(file)
        .then((packed) => unpack(packed))
        .catch(() => undefined);
      if (bytes === undefined || bytes.length % 8 !== 0) continue;
      return { batches: at, state: new Float64Array(new Uint8Array(bytes).buffer) };
    }
    return undefined;
  }

  /** Writes a state, whose memory is free then; does nothing where the folder cannot be written. */
  async keep(batches: number, clock: Clock, state: Float64Array): Promise<void> {
    const file = this.#file(batches, clock);
    const part = `${file}.${randomUUID()}.part`;
    const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
    try {
      const packed = await pack(bytes, { level: 1, chunkSize: PACKED_BYTES });
      await writeFile(part, packed);
      if (packed.buffer.byteLength > Buffer.poolSize) freeMemory(packed.buffer);
      await rename(part, file);
    } catch (error) {
      await rm(part, { force: true });
      if (!NOT_WRITABLE.has(errorCode(error))) throw error;
    } finally {
      freeMemory(state.buffer);
    }
  }
}
