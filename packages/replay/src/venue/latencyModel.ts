import { ConfigError } from "@aftershock/schema";

/**
 * How long requests and answers travel. One of the seams of the venue: ConstantLatency, FeedLatency, RecordedLatency.
 *
 * A request that is sent at t arrives at t + orderMicros(t); what happens at the venue at t is heard at t + responseMicros(t). Requests go
 * through one connection, and so do answers: none overtakes an earlier one, and one that would have waits for it.
 *
 * The times are those of the clock by which the replay runs. By `event`, the book is the venue's at its own time, and latencies are those
 * of requests and answers. By `recv`, the book is as late as the feed: what a request meets at the venue shows in the recording one feed
 * latency after it arrives. There orderMicros should hold the feed's latency too, and responseMicros be as much less, at least 0.
 *
 * Assumed: the venue takes every request. Wrong in crashes, when venues refuse requests or queue them for seconds: then only latencies
 * recorded on that day help.
 */
export interface LatencyModel {
  /** From the study to the venue, µs, whole, 0 or more, for a request that is sent at `sentAt`. */
  orderMicros(sentAt: number): number;
  /** From the venue to the study, µs, whole, 0 or more, for what happens at `at`. */
  responseMicros(at: number): number;
  /** Sees a recorded row at the time that the replay comes to it, µs; NaN where it lacks a clock. */
  observe?(tsEvent: number, tsRecv: number): void;
}

/** Two latencies, µs. */
export interface Latencies {
  /** From the study to the venue, 0 or more. */
  readonly orderMicros: number;
  /** From the venue to the study, 0 or more. */
  readonly responseMicros: number;
}

/** Throws ConfigError when a latency is no whole number of microseconds from 0. */
export function checkLatency(name: string, latencyMicros: number): void {
  if (Number.isSafeInteger(latencyMicros) && latencyMicros >= 0) return;
  throw new ConfigError(`${name} of ${latencyMicros} µs is not possible`, {
    hints: ["Give a whole number of microseconds, 0 or more."],
  });
}
