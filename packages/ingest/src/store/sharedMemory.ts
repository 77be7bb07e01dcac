import { type BatchMemory, takeSmallest } from "./spareMemory.ts";

/** Pieces in use or spare: two for each of the batches that a replay holds of a stream, of the one that waits, and of the one that is being read, and as many again. */
const PIECES = 16;
/** Sizes are rounded up to these bytes, so that batches of about one size use each other's memory. What is never written to takes none. */
const STEP_BYTES = 1 << 20;

/**
 * Memory that two threads share, in a pool of PIECES. Who keeps its batches has the pool empty after a while: what is taken then belongs to one thread at a time and must be moved, for
 * only that is counted by the garbage collector.
 */
export class SharedMemory implements BatchMemory {
  /** The oldest first. */
  readonly #spare: SharedArrayBuffer[] = [];
  #pieces = 0;
  #isClosed = false;

  take(bytes: number): ArrayBufferLike {
    const found = takeSmallest(this.#spare, bytes);
    if (found !== undefined) return found;
    // Spare ones that became too small make room.
    if (this.#pieces === PIECES && this.#spare.shift() !== undefined) this.#pieces -= 1;
    if (this.#pieces === PIECES) return new ArrayBuffer(bytes);
    this.#pieces += 1;
    return new SharedArrayBuffer(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  giveBack(memory: ArrayBufferLike): void {
    if (memory instanceof SharedArrayBuffer && !this.#isClosed) this.#spare.push(memory);
  }

  /** Forgets what is kept. */
  close(): void {
    this.#isClosed = true;
    this.#spare.length = 0;
  }
}
