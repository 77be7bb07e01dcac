import { ConfigError } from "@aftershock/schema";
import { checkLatency, type Latencies, type LatencyModel } from "./latencyModel.ts";

/** A latency from the feed's: `factor` × feed latency + `plusMicros`. */
export interface FeedMultiple {
  /** 0 or more. */
  readonly factor: number;
  /** µs, whole, 0 or more; 0 by default. */
  readonly plusMicros?: number;
}

/** How latencies follow from the feed's. */
export interface FeedLatencyOptions {
  readonly order: FeedMultiple;
  readonly response: FeedMultiple;
  /** What holds before the first measurement. */
  readonly initial: Latencies;
}

function check(name: string, { factor, plusMicros = 0 }: FeedMultiple): void {
  checkLatency(`A constant part of the ${name} latency`, plusMicros);
  if (factor >= 0 && Number.isFinite(factor)) return;
  throw new ConfigError(`A factor of ${factor} for the ${name} latency is not possible`, {
    hints: ["Give a number of 0 or more."],
  });
}

const latencyOf = ({ factor, plusMicros = 0 }: FeedMultiple, feedMicros: number): number =>
  Math.round(factor * feedMicros) + plusMicros;

/**
 * Latencies measured by the feed: the last tsRecv − tsEvent of recorded rows, times a factor, plus a constant. Source: hftbacktest,
 * "Latency Models", BackwardFeedLatency, read 2026-11.
 *
 * Assumed: requests slow down when the feed does, and by the same factor. Wrong where the venue's gateways and its feed have queues of
 * their own, as in most crashes: then requests are slower than the feed by far. Wrong also where the recorder's clock is not the venue's: a
 * constant difference of the clocks is counted as latency, and where the recorder's is behind, latencies below 0 are taken as 0 and
 * counted. A replay by the venue's clock measures a row when it happens, which is one feed latency before anybody could know it.
 */
export class FeedLatency implements LatencyModel {
  readonly #options: FeedLatencyOptions;
  #feedMicros = Number.NaN;
  #negatives = 0;

  /** Throws ConfigError for a factor below 0 or a latency that is not whole. */
  constructor(options: FeedLatencyOptions) {
    check("order", options.order);
    check("response", options.response);
    checkLatency("An initial order latency", options.initial.orderMicros);
    checkLatency("An initial response latency", options.initial.responseMicros);
    this.#options = options;
  }

  /** The last measured latency of the feed, µs; NaN before the first. */
  get feedMicros(): number {
    return this.#feedMicros;
  }

  /** How many measurements were below 0, and taken as 0. */
  get negatives(): number {
    return this.#negatives;
  }

  /** Measures a recorded row, µs; one that lacks a clock (NaN) says nothing. */
  observe(tsEvent: number, tsRecv: number): void {
    const feedMicros = tsRecv - tsEvent;
    if (Number.isNaN(feedMicros)) return;
    if (feedMicros < 0) this.#negatives += 1;
    this.#feedMicros = Math.max(0, feedMicros);
  }

  orderMicros(): number {
    const { order, initial } = this.#options;
    const feedMicros = this.#feedMicros;
    return Number.isNaN(feedMicros) ? initial.orderMicros : latencyOf(order, feedMicros);
  }

  responseMicros(): number {
    const { response, initial } = this.#options;
    const feedMicros = this.#feedMicros;
    return Number.isNaN(feedMicros) ? initial.responseMicros : latencyOf(response, feedMicros);
  }
}
