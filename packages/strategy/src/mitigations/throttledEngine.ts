import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inThousands } from "./wording.ts";

/** How fast the engine may sell. */
export interface ThrottledEngineOptions {
  /** Most that is sent to the market in a second, quote currency, above 0. */
  readonly notionalPerSecond: number;
  /** Default says the pace. */
  readonly name?: string;
}

const OPTIONS: FieldNames<ThrottledEngineOptions> = { notionalPerSecond: true, name: true };

/**
 * The liquidation engine sends no more than so much a second, in windows of 100 ms, and keeps the rest for later: a queue instead of a burst.
 *
 * Source: Deribit's orders of 200 contracts, 20 a second (data/rules, not verified) are the nearest to it; that a steady pace costs least where the book refills is
 * Obizhaeva and Wang's result (2013).
 *
 * Assumes that the queue is first in, first out, by the instant of latching, and that accounts in it can be let go again if the rules let them. For inverse
 * contracts the pace is turned into coin at the day's first price.
 *
 * Backfires: accounts in the queue go on losing, so that they are sold below their bankruptcy prices; engines that fell behind did harm (BitMEX on 2020-03-12,
 * Binance on 2021-05-19). What is queued at the end of the day is owed and not avoided.
 *
 * Throws ConfigError for a pace that is none. It replaces the pace of the rules, also where that was slower.
 */
export function throttledEngine(options: ThrottledEngineOptions): Mitigation {
  checkSettings("throttledEngine", options, OPTIONS);
  const { notionalPerSecond } = options;
  checkOption("throttledEngine: notionalPerSecond", notionalPerSecond);
  return {
    name: options.name ?? `Engine at ${inThousands(notionalPerSecond)} a second`,
    kind: "throttle",
    parameters: { notionalPerSecond },
    describe: () => `Forced orders are sent at ${inThousands(notionalPerSecond)} a second at most.`,
    apply: (rules) => ({ ...rules, throttlePerSecond: notionalPerSecond }),
  };
}
