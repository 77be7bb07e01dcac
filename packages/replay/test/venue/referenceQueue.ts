/** A lot of the recorded queue, or the id of the study's order that it belongs to. */
type Lot = "recorded" | { readonly id: string };

/**
 * One price of a book as a row of single lots, in the order in which they trade: the risk-averse queue in other words. Slow and plain, to
 * compare with.
 */
export class ReferenceQueue {
  #lots: Lot[] = [];
  readonly filled = new Map<string, number>();

  get #recorded(): number {
    return this.#lots.filter((lot) => lot === "recorded").length;
  }

  /** The recorded size at a message end: what is too much leaves from the back, what is new comes to the back. */
  show(size: number): void {
    while (this.#recorded > size) this.#lots.splice(this.#lots.lastIndexOf("recorded"), 1);
    while (this.#recorded < size) this.#lots.push("recorded");
  }

  join(id: string, size: number): void {
    for (let lot = 0; lot < size; lot += 1) this.#lots.push({ id });
  }

  leave(id: string): void {
    this.#lots = this.#lots.filter((lot) => lot === "recorded" || lot.id !== id);
  }

  /** A trade at this price takes lots from the front. In the recording all of them were recorded ones. */
  trade(size: number): void {
    let own = 0;
    for (let lot = 0; lot < size && this.#lots.length > 0; lot += 1) own += this.#takeFirst();
    for (; own > 0; own -= 1) {
      const first = this.#lots.indexOf("recorded");
      if (first >= 0) this.#lots.splice(first, 1);
    }
  }

  /** A trade at a worse price has taken all recorded lots here; the study's come before those at its own price. */
  tradeThrough(size: number): void {
    this.show(0);
    for (let lot = 0; lot < size && this.#lots.length > 0; lot += 1) this.#takeFirst();
  }

  /** Takes the lot at the front; 1 when it is the study's. */
  #takeFirst(): 0 | 1 {
    const first = this.#lots.shift();
    if (first === undefined || first === "recorded") return 0;
    this.filled.set(first.id, (this.filled.get(first.id) ?? 0) + 1);
    return 1;
  }

  /** Recorded lots before the first of an order's; NaN when it has none left. */
  aheadOf(id: string): number {
    const index = this.#lots.findIndex((lot) => lot !== "recorded" && lot.id === id);
    if (index < 0) return Number.NaN;
    return this.#lots.slice(0, index).filter((lot) => lot === "recorded").length;
  }
}

/** One price of a book as a row of lots, each of which the study has taken or not. */
export class ReferenceLevel {
  #lots: boolean[] = [];

  /** The recorded size at a message end: of what falls, lots that the study has taken go first. */
  show(size: number): void {
    while (this.#lots.length > size) {
      const taken = this.#lots.indexOf(true);
      this.#lots.splice(Math.max(0, taken), 1);
    }
    while (this.#lots.length < size) this.#lots.push(false);
  }

  /** Takes up to `size` lots, and says how many there were. */
  take(size: number): number {
    let taken = 0;
    for (const [index, isTaken] of this.#lots.entries()) {
      if (isTaken || taken === size) continue;
      this.#lots[index] = true;
      taken += 1;
    }
    return taken;
  }
}
