/**
 * The records of the orders and levels of a book, in one buffer that grows. See FastOrderQueues, which fills them. Plain twin: the objects of
 * `OrderQueues`. Benchmark: test/bench/l3.ts.
 *
 * Layout. `words` Int32 × 8 a record, `values` the same bytes as Float64 × 4. An order: words 0 and 1 its id (see OrderIds), 2 and 3 the
 * records before and after it in the queue of its price, 4 its level, 5 the hash of its id, value 3 its size in lots. A level: value 0
 * its price in ticks, words 2 and 3 its last and its first order, 4 its side, 5 how many orders it has, value 3 their size in lots: a queue
 * is a ring of which the level is a part. A free record: word 3 the next one. Records are numbered from 1; 0 is none, and all zeros.
 */

/** Words of a record, as a shift. */
const RECORD = 3;
const AFTER = 3;
/** Records at the start. */
const START = 1_024;

export class OrderRecords {
  words: Int32Array = new Int32Array(START << RECORD);
  values: Float64Array = new Float64Array(this.words.buffer);
  /** The first free record; 0 when there is none but those that were never used. */
  free = 0;
  /** Records that were ever in use, the one of number 0 included. */
  private used = 1;

  /** Hands out a record, with whatever was in it. */
  take(): number {
    const record = this.free;
    if (record !== 0) {
      this.free = this.words[(record << RECORD) + AFTER]!;
      return record;
    }
    const fresh = this.used;
    this.used += 1;
    if (fresh << RECORD === this.words.length) {
      const words = new Int32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
      this.values = new Float64Array(words.buffer);
    }
    return fresh;
  }

  /** Takes a record back. */
  release(record: number): void {
    this.words[(record << RECORD) + AFTER] = this.free;
    this.free = record;
  }

  /** Takes all records back. */
  clear(): void {
    this.free = 0;
    this.used = 1;
  }
}
