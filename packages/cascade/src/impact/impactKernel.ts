import { ConfigError, IntegrityError } from "@aftershock/schema";

/** Forced flow of one instant or bin, with and without the change. */
export interface FlowPair {
  /** When it hit the book, µs: not before the one added last. */
  readonly at: number;
  /** What the unchanged rules sent, quote currency: positive bought, negative sold. */
  readonly recorded: number;
  /** What the changed rules sent. */
  readonly changed: number;
  /** How far one unit of flow moves the price at this moment, before any decay: a logarithm a unit, above 0. */
  readonly slope: number;
}

/**
 * What a difference in forced flow does to the price: Δ(t) = Σ G(t − s; slope(s)) · [h(changed(s)) − h(recorded(s))] over the flow added so far, a
 * natural logarithm. Where every pair is alike, bit for bit, Δ is +0 exactly. It is causal: what is added later changes no Δ asked for before.
 */
export interface ImpactKernel {
  readonly name: string;
  /** Adds flow, whose object is not kept. Throws IntegrityError on a time before the last one, or on a number that is none. */
  add(flow: FlowPair): void;
  /** Δ at an instant, µs, not before the last flow. */
  delta(at: number): number;
}

/** Refuses flow that is out of order or no number; returns when it is. */
export function checkedFlow({ at, recorded, changed, slope }: FlowPair, last: number): number {
  if (!(at >= last)) {
    throw new IntegrityError(`Forced flow of ${at} µs is added after that of ${last} µs`, {
      hints: ["Impact is causal: add flow in order of time."],
    });
  }
  if (Number.isFinite(recorded) && Number.isFinite(changed) && slope > 0 && slope < Infinity)
    return at;
  throw new IntegrityError(
    `Forced flow at ${at} µs is ${recorded} recorded, ${changed} changed, at a slope of ${slope}`,
    {
      hints: ["Flows are finite, and a slope is above 0."],
    },
  );
}

/** Refuses a parameter that is not above 0 and finite. */
export function checkedPositive(value: number, what: string): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new ConfigError(`${what} is ${value}`, { hints: ["It is a finite number above 0."] });
}
