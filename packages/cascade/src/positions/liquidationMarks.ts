import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import { MarkBreaker } from "../engine/markBreaker.ts";
import { TimeAverage } from "../oracle/timeAverage.ts";
import type { RuleSet } from "../rules/ruleSet.ts";

/** What a venue's engine went by at each step of a record. */
export interface LiquidationMarks {
  /** Natural logarithm of the mark that liquidations go by. */
  readonly logMark: Float64Array;
  /** The share of the engine's pace: 1, less where a breaker slows it down, 0 where it stops liquidations. */
  readonly pace: Float64Array;
}

/**
 * The marks by which the recorded rules liquidate, from the recorded ones: averaged, and with the stops of a breaker, as `RuledEngine` has them. Throws ConfigError for rules that liquidate nobody, and for margin that moves
 * with volatility, under which a mark alone says of nobody whether he is liquidated.
 */
export function liquidationMarks(
  rules: RuleSet,
  { at, mark }: { readonly at: Float64Array; readonly mark: Float64Array },
): LiquidationMarks {
  if (!rules.liquidates) {
    throw new ConfigError("The recorded rules liquidate nobody, and liquidations were recorded", {
      hints: ["Give the rules that held on that day."],
    });
  }
  if (rules.volatilityMargin !== undefined) {
    throw new ConfigError("Positions cannot be pinned under margin that moves with volatility", {
      hints: ["Take positions from a snapshot of accounts."],
    });
  }
  const { markTwapSeconds, breaker } = rules;
  const average =
    markTwapSeconds === 0
      ? undefined
      : new TimeAverage({ windowMicros: markTwapSeconds * MICROS_PER_SECOND });
  const stop = breaker === undefined ? undefined : new MarkBreaker(breaker);
  const logMark = new Float64Array(at.length);
  const pace = new Float64Array(at.length).fill(1);
  for (let step = 0; step < at.length; step += 1) {
    const [time, price] = [at[step] ?? Number.NaN, mark[step] ?? Number.NaN];
    average?.update(price, time);
    logMark[step] = Math.log(average?.price(time) ?? price);
    if (stop?.take(time, price) === true && breaker !== undefined) {
      pace[step] = breaker.stops === "throttle" ? (breaker.throttleShare ?? 1) : 0;
    }
  }
  return { logMark, pace };
}
