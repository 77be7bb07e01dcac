import type { Measured } from "./contend.ts";
import type { TouchSum } from "./touchSum.ts";

/** Replays the first rows of a stream into a new book. */
export type Replay = (rows: number) => TouchSum;

/** How a stream is replayed to be measured. */
export interface ReplayLengths {
  /** Rows that are replayed first, untimed, so that the code is compiled. */
  readonly warmUp: number;
  /** Rows that are replayed then. */
  readonly rows: number;
}

/** Replays twice, the second time against the clock, and prints what was measured. */
export function measure(replay: Replay, version: string, { warmUp, rows }: ReplayLengths): void {
  replay(Math.min(warmUp, rows));
  const before = process.cpuUsage();
  const { sum, messages } = replay(rows);
  const { user, system } = process.cpuUsage(before);
  const measured: Measured = {
    cpuSeconds: (user + system) / 1e6,
    touchSum: sum,
    messages,
    version,
  };
  process.stdout.write(JSON.stringify(measured));
}
