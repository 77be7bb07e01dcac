import type { VolatilityMarginRule } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inPercent, inTime } from "./wording.ts";

/** How margin follows volatility. */
export interface VolatilityMarginOptions {
  /** Volatility of the mark, a fraction a year above 0, at which margin is as the schedule says; twice that doubles it. */
  readonly referenceVolatility: number;
  /** Half-life of the volatility, seconds, above 0. Default 600. */
  readonly halfLifeSeconds?: number;
  /** Bounds of the factor on maintenance margin, above 0. Defaults 1, never below the schedule, and 3. */
  readonly least?: number;
  readonly most?: number;
  /** How often the factor is set anew, seconds, above 0. Default 60. */
  readonly everySeconds?: number;
  /** Default says the reference and the bounds. */
  readonly name?: string;
}

const OPTIONS: FieldNames<VolatilityMarginOptions> = {
  referenceVolatility: true,
  halfLifeSeconds: true,
  least: true,
  most: true,
  everySeconds: true,
  name: true,
};

/**
 * Maintenance margin that rises with the volatility of the mark, on open positions too: cushions grow when moves do.
 *
 * Sources: clearing houses set margin by volatility (Murphy, Vasios and Vause, "An investigation into the procyclicality of risk-based initial margin models", Bank
 * of England, 2014); the floor `least` and the cap
 * `most` are among the tools against procyclicality that the paper weighs.
 *
 * Assumes that the venue raises margin on positions that are open, without notice, and that nobody adds margin or trades smaller ahead of it. The volatility starts
 * at the reference. Wrong for venues that raise it for new positions alone.
 *
 * Backfires: it asks for more when prices fall, and so liquidates accounts which nothing else would have, at the worst time (margin spirals: Brunnermeier and
 * Pedersen 2009). With `least` below 1 it gives accounts
 * more leverage in calm, and takes it away in the storm.
 *
 * Throws ConfigError for options outside their range. A rule of this kind that the rules have already is replaced.
 */
export function volatilityMargin(options: VolatilityMarginOptions): Mitigation {
  checkSettings("volatilityMargin", options, OPTIONS);
  const {
    referenceVolatility,
    halfLifeSeconds = 600,
    least = 1,
    most = 3,
    everySeconds = 60,
  } = options;
  checkOption("volatilityMargin: referenceVolatility", referenceVolatility);
  checkOption("volatilityMargin: halfLifeSeconds", halfLifeSeconds);
  checkOption("volatilityMargin: least", least);
  checkOption("volatilityMargin: most", most);
  checkOption("volatilityMargin: everySeconds", everySeconds);
  if (most < least) {
    throw new ConfigError(`volatilityMargin: most is ${most}, and least is ${least}`, {
      hints: ["Give a largest factor not below the least."],
    });
  }
  const rule: VolatilityMarginRule = {
    halfLifeSeconds,
    referenceVolatility,
    least,
    most,
    everySeconds,
  };
  return {
    name:
      options.name ??
      `Margin by volatility, ${least} to ${most} times at ${inPercent(referenceVolatility)}`,
    kind: "volatilityMargin",
    parameters: { ...rule },
    describe: () =>
      `Every ${inTime(everySeconds)} maintenance margin is set to the schedule's times volatility over ${inPercent(referenceVolatility)} a year, from ${least} to ${most} times.`,
    apply: (rules) => ({ ...rules, volatilityMargin: rule }),
  };
}
