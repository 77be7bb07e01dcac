import { setTimeout as sleep } from "node:timers/promises";
import type { FetchClock } from "@aftershock/ingest";

/** The clock on the wall. */
export const wallClock: FetchClock = {
  now: () => Date.now(),
  wait: async (ms, signal) => {
    // A wait that is cut short is over, no failure.
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};
