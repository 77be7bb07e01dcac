import { setTimeout as sleep } from "node:timers/promises";
import type { FetchClock } from "../../src/fetch/fetchClock.ts";

/** A clock that runs faster than the wall's, and remembers for how long it was to wait. */
export interface FastClock extends FetchClock {
  /** All waits asked for, ms. */
  readonly waits: number[];
}

/** 2026-11-21T12:00:00Z, ms: what the clock shows first. */
export const NOON = 1_795_262_400_000;

/** A clock that starts at a fixed time and runs `speed` times as fast as the wall's. */
export function fastClock(speed = 500): FastClock {
  const began = performance.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => NOON + (performance.now() - began) * speed,
    wait: async (ms, signal) => {
      waits.push(ms);
      await sleep(ms / speed, undefined, signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
    },
  };
}
