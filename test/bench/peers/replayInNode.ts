import type { Measured } from "./contend.ts";
import type { TouchSum } from "./touchSum.ts";

/** Replays the first rows of a stream into a new book. */
export type Replay = (rows: number) => TouchSum;

/** CPU time that is replayed untimed before, so that the code is compiled for all that comes up in the stream; one pass at least. s. */
export const WARM_UP_SECONDS = 2;

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Replays the first rows until the code is warm, then once against the clock, and prints what was measured. */
export function measure(replay: Replay, version: string, rows: number): void {
  for (let warm = 0; warm < WARM_UP_SECONDS;) warm += cpuSeconds(() => replay(rows));
  let found: TouchSum | undefined;
  const seconds = cpuSeconds(() => {
    found = replay(rows);
  });
  const measured: Measured = {
    cpuSeconds: seconds,
    touchSum: found?.sum ?? 0,
    messages: found?.messages ?? 0,
    version,
  };
  process.stdout.write(JSON.stringify(measured));
}
