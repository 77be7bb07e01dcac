interface Place {
  /** Whether its numbers have eight bytes, not one. */
  readonly isWide: boolean;
  /** Bytes from the start of the batch. */
  readonly from: number;
}

/**
 * Where columns of numbers lie in the bytes of a batch of a tape. Batches whose heads are the same byte for byte, and which are as long, lie alike: the library reads the
 * head of the first, which takes it as long as the replay of thousands of rows, and the others need none.
 */
export class TapeLayout {
  #head: Uint8Array = new Uint8Array(0);
  #size = -1;
  #length = 0;
  readonly #places = new Map<string, Place>();

  /** Keeps how a batch lies, all columns of which are numbers; its head are the first `headLength` bytes. */
  keep(
    bytes: Uint8Array,
    headLength: number,
    length: number,
    columns: Readonly<Record<string, Float64Array | Int8Array>>,
  ): void {
    this.#places.clear();
    for (const [name, column] of Object.entries(columns)) {
      if (column.buffer !== bytes.buffer) continue;
      const from = column.byteOffset - bytes.byteOffset;
      this.#places.set(name, { isWide: column instanceof Float64Array, from });
    }
    this.#head = bytes.slice(0, headLength);
    this.#size = bytes.length;
    this.#length = length;
  }

  /** How many rows a batch has; undefined where it may lie otherwise than the one that was kept. */
  lengthOf(bytes: Uint8Array, headLength: number): number | undefined {
    const head = bytes.subarray(0, headLength);
    const isAlike = bytes.length === this.#size && Buffer.compare(head, this.#head) === 0;
    return isAlike ? this.#length : undefined;
  }

  /** A column of a batch that lies as the one that was kept; undefined for one that did not lie in the batch's bytes. */
  columnIn(bytes: Uint8Array, name: string): Float64Array | Int8Array | undefined {
    const place = this.#places.get(name);
    if (place === undefined) return undefined;
    const from = bytes.byteOffset + place.from;
    return place.isWide
      ? new Float64Array(bytes.buffer, from, this.#length)
      : new Int8Array(bytes.buffer, from, this.#length);
  }
}
