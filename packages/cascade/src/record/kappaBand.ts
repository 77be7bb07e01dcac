import { ConfigError } from "@aftershock/schema";
import type { PrintRule } from "../rules/printRule.ts";
import type { RuleAt } from "../rules/rulesOf.ts";

/**
 * κ: all forced notional of a venue over what its feed printed, as a band. It is one factor for all prints of a record; within a record it is larger when many are liquidated at once, which
 * no feed tells.
 */
export interface KappaBand {
  /** 1 or more, ascending. `mid`: the geometric mean of the ends, as κ is a factor, unless a caller knows better. */
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  /** How many seconds at least lie between two prints; undefined where every forced order is printed. */
  readonly everySeconds: number | undefined;
  /** What a result that rests on it must say; none where it is verified. */
  readonly doubts: readonly string[];
}

/** Of a feed that prints every forced order. */
export const EVERY_PRINT: KappaBand = {
  low: 1,
  mid: 1,
  high: 1,
  everySeconds: undefined,
  doubts: [],
};

/** The band that a venue's dated rule gives. Throws ConfigError where none is known: then it has to be stated, or the forced flow be estimated. */
export function kappaOf(rule: RuleAt<PrintRule>, venue: string): KappaBand {
  if (rule.value === undefined) {
    throw new ConfigError(
      `How much of its liquidations ${venue} printed is not known (${rule.reason})`,
      { hints: ["State a band of κ, 1 and 1 if every forced order is in the recording."] },
    );
  }
  const { kappa, everySeconds } = rule.value;
  const { low, high } = kappa;
  return { low, mid: Math.sqrt(low * high), high, everySeconds, doubts: rule.doubts };
}

/** κ at a quantile 0 … 1 of the band: 0.5 gives `mid`, and the logarithm is even on either side of it. */
export function kappaAt({ low, mid, high }: KappaBand, quantile: number): number {
  return quantile <= 0.5
    ? low * (mid / low) ** (2 * quantile)
    : mid * (high / mid) ** (2 * quantile - 1);
}

/** Refuses a band that is none. */
export function checkKappa({ low, mid, high }: KappaBand): void {
  if (low >= 1 && mid >= low && high >= mid && high < Infinity) return;
  throw new ConfigError(`κ from ${low} over ${mid} to ${high} is no band`, {
    hints: ["Its ends are 1 or more, and ascend."],
  });
}
