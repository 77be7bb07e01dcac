import type { FetchClock } from "./fetchClock.ts";
import { Interruption } from "./retries.ts";

/** When a connection counts as stalled. */
export interface Patience {
  readonly clock: FetchClock;
  /** Nothing came for so long, ms. */
  readonly idleMs: number;
  /** Given when everything is to stop. */
  readonly stopped: AbortSignal;
}

/**
 * Runs something that hears a signal when nothing happened for so long, or when everything is to stop; `alive` says that something
 * happened. Throws Interruption when it had to be stopped because nothing did.
 */
export async function whileAlive<T>(
  { clock, idleMs, stopped }: Patience,
  run: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const stalled = new AbortController();
  const ended = new AbortController();
  let last = clock.now();
  const watch = async (): Promise<void> => {
    for (let idle = 0; idle < idleMs && !ended.signal.aborted; idle = clock.now() - last) {
      await clock.wait(idleMs - idle, ended.signal);
    }
    if (!ended.signal.aborted) stalled.abort();
  };
  const watched = watch();
  try {
    return await run(AbortSignal.any([stalled.signal, stopped]), () => {
      last = clock.now();
    });
  } catch (cause) {
    if (!stalled.signal.aborted) throw cause;
    throw new Interruption(`nothing came for ${idleMs / 1_000} s`, { cause });
  } finally {
    ended.abort();
    await watched;
  }
}
