import pLimit, { type LimitFunction } from "p-limit";
import type { FetchClock } from "./fetchClock.ts";
import { limitsOf } from "./hosts.ts";

/** Keeps to what one host allows: so many downloads at once, and a pause between the starts of requests. */
class Gate {
  readonly slots: LimitFunction;
  private readonly spacingMs: number;
  private readonly clock: FetchClock;
  /** Before this instant no request may start, ms since the epoch. */
  private next = 0;

  constructor(host: string, jobs: number, clock: FetchClock) {
    const { atOnce, spacingMs } = limitsOf(host);
    this.slots = pLimit(Math.min(atOnce, jobs));
    this.spacingMs = spacingMs;
    this.clock = clock;
  }

  async turn(): Promise<void> {
    const now = this.clock.now();
    const start = Math.max(now, this.next);
    this.next = start + this.spacingMs;
    if (start > now) await this.clock.wait(start - now);
  }
}

/** The gates of all hosts. */
export class HostGates {
  private readonly gates = new Map<string, Gate>();
  private readonly jobs: number;
  private readonly clock: FetchClock;

  /** `jobs`: downloads at once from one host, at most; a host may allow fewer. */
  constructor(jobs: number, clock: FetchClock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  private of(host: string): Gate {
    const gate = this.gates.get(host) ?? new Gate(host, this.jobs, this.clock);
    this.gates.set(host, gate);
    return gate;
  }

  /** Runs a download when the host has a place free for it. */
  download<T>(host: string, run: () => Promise<T>): Promise<T> {
    return this.of(host).slots(run);
  }

  /** Waits until a request to the host may start. */
  turn(host: string): Promise<void> {
    return this.of(host).turn();
  }
}
