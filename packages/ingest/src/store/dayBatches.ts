import { createHash } from "node:crypto";
import type { Clock, Instrument } from "@aftershock/schema";
import { BATCH_ROWS } from "./columnReader.ts";
import type { Manifest } from "./manifest.ts";
import type { TapeIndex } from "./tapeIndex.ts";

/** Batches of several days counted through: which day one lies in, and what lies before it. */
export class DayBatches {
  readonly #days: readonly Manifest[];
  readonly #grid: string;
  /** For each day, how many batches the days before it have; then how many all have. */
  readonly #starts: readonly number[];

  constructor(days: readonly Manifest[], { tick, lot }: Instrument) {
    this.#days = days;
    this.#grid = JSON.stringify([tick, lot]);
    const starts = [0];
    for (const { rows } of days) starts.push((starts.at(-1) ?? 0) + Math.ceil(rows / BATCH_ROWS));
    this.#starts = starts;
  }

  get total(): number {
    return this.#starts.at(-1) ?? 0;
  }

  /** How many batches of a day lie among the first so many; Infinity for a day that lies among them whole. */
  skipIn(day: number, batches: number): number {
    const [start = 0, end = 0] = [this.#starts[day], this.#starts[day + 1]];
    if (batches >= end) return Number.POSITIVE_INFINITY;
    return Math.max(0, batches - start);
  }

  /** How many rows the first so many batches have. */
  rowsBefore(batches: number): number {
    return this.#days.reduce((sum, { rows }, day) => {
      return sum + Math.min(rows, this.skipIn(day, batches) * BATCH_ROWS);
    }, 0);
  }

  /** What the first so many batches were made of. */
  keyAfter(batches: number): string {
    const seen = this.#days.filter((_, day) => (this.#starts[day] ?? 0) < batches);
    const parts = [this.#grid, ...seen.map(({ stream, rowsSha256 }) => `${stream} ${rowsSha256}`)];
    return createHash("sha256").update(parts.join("\n")).digest("hex");
  }

  /** For each batch the latest time of its rows and of all before it, µs, by the indexes of the days' tapes. */
  latest(indexes: readonly TapeIndex[], clock: Clock): readonly number[] {
    let now = Number.NEGATIVE_INFINITY;
    return indexes.flatMap((index) =>
      index.latest[clock].map((time) => (now = Math.max(now, time))),
    );
  }
}
