import { checkLatency, type Latencies, type LatencyModel } from "./latencyModel.ts";

/**
 * The same latency for every request and for every answer.
 *
 * Assumed: the line and the venue are the same all day. Wrong in a crash, where the venue's own queue makes most of the latency, and it
 * grows just when it matters; a constant from a calm day is then too small by orders of magnitude.
 */
export class ConstantLatency implements LatencyModel {
  readonly #latencies: Latencies;

  /** Throws ConfigError for a latency that is not whole or below 0. */
  constructor(latencies: Latencies) {
    checkLatency("An order latency", latencies.orderMicros);
    checkLatency("A response latency", latencies.responseMicros);
    this.#latencies = latencies;
  }

  orderMicros(): number {
    return this.#latencies.orderMicros;
  }

  responseMicros(): number {
    return this.#latencies.responseMicros;
  }
}
