/** How many logs each of two generations remembers. */
const GENERATION = 1 << 19;
/** No block has as many logs. */
const LOGS_A_BLOCK = 2 ** 20;

/**
 * Tells logs that a file holds twice, because pages of a node's answers overlap: of the last half million at least. A log is
 * known by its block and its place in it; one with another transaction comes from a block that was replaced.
 */
export class SeenLogs {
  private current = new Map<number, number>();
  private before = new Map<number, number>();

  /** What is known of a log: `new`, `same`, or `other` when another transaction's stands at its place. */
  look(block: number, index: number, txHash: string): "new" | "same" | "other" {
    const key = block * LOGS_A_BLOCK + index;
    const known = this.current.get(key) ?? this.before.get(key);
    if (known === undefined) return "new";
    return known === fingerprint(txHash) ? "same" : "other";
  }

  /** Remembers a log. */
  add(block: number, index: number, txHash: string): void {
    if (this.current.size >= GENERATION) {
      this.before = this.current;
      this.current = new Map();
    }
    this.current.set(block * LOGS_A_BLOCK + index, fingerprint(txHash));
  }
}

/** The first 52 bits of a hash. */
const fingerprint = (hash: string): number => Number(hash.slice(0, 15));
