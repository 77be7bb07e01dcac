/** The wall clock, which belongs to the caller: downloads wait between requests and after failures. */
export interface FetchClock {
  /** Now, ms since the epoch. */
  now(): number;
  /** Ends after so many ms, or as soon as the signal is given; never fails. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
