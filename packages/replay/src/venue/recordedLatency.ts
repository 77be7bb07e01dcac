import { ConfigError } from "@aftershock/schema";
import { checkLatency, type Latencies, type LatencyModel } from "./latencyModel.ts";

/** What a request took that was really sent. */
export interface MeasuredLatency extends Latencies {
  /** When it was sent, µs, by the clock of the replay. */
  readonly at: number;
}

/** The last row at or before `at`; -1 before the first. */
function lastAt(rows: readonly MeasuredLatency[], at: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.at ?? Number.NaN) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Latencies that were measured on the day, with requests of one's own: between two of them in proportion to time, before the first and
 * after the last those of the nearest. Source: hftbacktest, "Latency Models", IntpOrderLatency, read 2026-11.
 *
 * Assumed: a request of the study would have taken as long as the measured one beside it. Wrong where measurements are further apart than
 * the venue's load changes, where they were of another kind (a venue cancels faster than it takes orders) or instrument, and for requests
 * that the venue refused or lost: those rows are to be left out, and their time shows as calm.
 */
export class RecordedLatency implements LatencyModel {
  readonly #rows: readonly MeasuredLatency[];

  /** `rows` in ascending order of time, at least one. Throws ConfigError otherwise, and for latencies that are not whole or below 0. */
  constructor(rows: readonly MeasuredLatency[]) {
    if (rows.length === 0) {
      throw new ConfigError("A table of latencies has no rows", { hints: ["Give at least one."] });
    }
    for (const [index, { at, orderMicros, responseMicros }] of rows.entries()) {
      checkLatency(`An order latency in row ${index}`, orderMicros);
      checkLatency(`A response latency in row ${index}`, responseMicros);
      const before = rows[index - 1]?.at ?? Number.NEGATIVE_INFINITY;
      if (at > before) continue;
      throw new ConfigError(
        `Row ${index} of a table of latencies is at ${at} µs, not after ${before} µs`,
        {
          hints: ["Sort the rows by time, and keep one of each instant."],
        },
      );
    }
    this.#rows = rows;
  }

  orderMicros(sentAt: number): number {
    return this.#between(sentAt, ({ orderMicros }) => orderMicros);
  }

  responseMicros(at: number): number {
    return this.#between(at, ({ responseMicros }) => responseMicros);
  }

  #between(at: number, of: (row: MeasuredLatency) => number): number {
    const index = lastAt(this.#rows, at);
    const before = this.#rows[index] ?? this.#rows[0];
    const after = this.#rows[index + 1] ?? before;
    if (before === undefined || after === undefined) return 0;
    const span = after.at - before.at;
    const share = span > 0 ? Math.min(1, Math.max(0, (at - before.at) / span)) : 0;
    return Math.round(of(before) + share * (of(after) - of(before)));
  }
}
