import { readFile, writeFile } from "node:fs/promises";
import { type Clock, IntegrityError } from "@aftershock/schema";
import type { ColumnArrays } from "./columnReader.ts";

/** What is known of the batches of a tape without reading them. */
export interface TapeIndex {
  /** Rows of each batch. */
  readonly rows: readonly number[];
  /** By clock, for each batch the latest time of its rows and of all before it on the tape, µs. */
  readonly latest: Readonly<Record<Clock, readonly number[]>>;
}

/** Where the index of a tape lies. */
export const indexOf = (tape: string): string => `${tape}.index.json`;

/** Collects the index of a tape while it is written. */
export class TapeIndexBuilder {
  readonly #rows: number[] = [];
  readonly #latest = { recv: [] as number[], event: [] as number[] };
  #now = { recv: Number.NEGATIVE_INFINITY, event: Number.NEGATIVE_INFINITY };

  add(length: number, columns: ColumnArrays): void {
    this.#rows.push(length);
    const { tsRecv = [], tsEvent = [] } = columns;
    for (let row = 0; row < length; row++) {
      const recv = Number(tsRecv[row] ?? Number.NaN);
      const event = Number(tsEvent[row] ?? Number.NaN);
      this.#now.recv = Math.max(this.#now.recv, Number.isNaN(recv) ? event : recv);
      this.#now.event = Math.max(this.#now.event, Number.isNaN(event) ? recv : event);
    }
    this.#latest.recv.push(this.#now.recv);
    this.#latest.event.push(this.#now.event);
  }

  async write(tape: string): Promise<void> {
    const index: TapeIndex = { rows: this.#rows, latest: this.#latest };
    await writeFile(indexOf(tape), JSON.stringify(index));
  }
}

/** Reads the index that belongs to a tape. Throws IntegrityError when it is not there or damaged. */
export async function readTapeIndex(tape: string): Promise<TapeIndex> {
  try {
    return JSON.parse(await readFile(indexOf(tape), "utf8")) as TapeIndex;
  } catch (cause) {
    throw new IntegrityError(`${indexOf(tape)}: cannot be read`, {
      cause,
      hints: ["Delete the tape beside it: it is a cache, and is made again."],
    });
  }
}
