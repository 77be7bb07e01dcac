import { freeMemory } from "../freeMemory.ts";

/** Pieces that are kept: those of one batch, its bytes and its counted numbers. */
const KEPT = 2;

/** Where the batches of a tape are read to. */
export interface BatchMemory {
  /** Memory of at least so many bytes, which nobody else has. What it holds has no meaning. */
  take(bytes: number): ArrayBufferLike;
  /** Takes memory back: nobody may read it any more. */
  giveBack(memory: ArrayBufferLike): void;
  /** Nothing is taken any more. */
  close(): void;
}

/** Of pieces the smallest of at least so many bytes, taken out of them; undefined where none is as large. */
export function takeSmallest<Piece extends ArrayBufferLike>(
  pieces: Piece[],
  bytes: number,
): Piece | undefined {
  const fits = pieces.filter(({ byteLength }) => byteLength >= bytes);
  const smallest = Math.min(...fits.map(({ byteLength }) => byteLength));
  const found = fits.find(({ byteLength }) => byteLength === smallest);
  if (found !== undefined) pieces.splice(pieces.indexOf(found), 1);
  return found;
}

/**
 * Memory that the batches of one reader use in turn: new memory is cleared and mapped page by page, which is a quarter of what reading a tape costs the main thread.
 * What is given back is empty for all that still look at it. Node 20 cannot do that: there it is left to the garbage collector, and all memory is new.
 */
export class SpareMemory implements BatchMemory {
  /** The oldest first. */
  readonly #spare: ArrayBuffer[] = [];
  #isClosed = false;

  take(bytes: number): ArrayBuffer {
    return takeSmallest(this.#spare, bytes) ?? new ArrayBuffer(bytes);
  }

  /** Takes memory back: all views of it are empty then. */
  giveBack(memory: ArrayBufferLike): void {
    if (this.#isClosed || !(memory instanceof ArrayBuffer) || !("transfer" in memory)) {
      freeMemory(memory);
      return;
    }
    this.#spare.push(memory.transfer());
    if (this.#spare.length > KEPT) this.#free(1);
  }

  /** Frees what is kept; what is given back later is freed at once. */
  close(): void {
    this.#isClosed = true;
    this.#free(this.#spare.length);
  }

  #free(count: number): void {
    for (const memory of this.#spare.splice(0, count)) freeMemory(memory);
  }
}
