import type { BreakerRule } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import { inPercent, inTime } from "./wording.ts";
import type { Mitigation } from "./mitigation.ts";

/** When a breaker opens, for how long, and what it stops. */
export interface CircuitBreakerOptions {
  /** The move of the mark that opens it, in either direction, a fraction above 0 and below 1. */
  readonly move: number;
  /** Within how many seconds the mark must have moved, above 0. */
  readonly withinSeconds: number;
  /** How long it is open, seconds, above 0. */
  readonly pauseSeconds: number;
  /** Default `liquidations`: nobody is liquidated meanwhile. `throttle`: forced orders go on at `throttleShare` of their pace. `trading`: nobody but makers trades at all. */
  readonly stops?: BreakerRule["stops"];
  /** With `throttle`, and only then: the share of the engine's pace that is left, above 0 and below 1. */
  readonly throttleShare?: number;
  /** Default says the numbers. */
  readonly name?: string;
}

const WHAT: Readonly<Record<BreakerRule["stops"], string>> = {
  liquidations: "liquidations pause",
  throttle: "forced orders slow down",
  trading: "all trading but makers' pauses",
};
/** A breaker that halts trading is another thing than one that halts liquidations, and is judged apart. */
const KINDS: Readonly<Record<BreakerRule["stops"], string>> = {
  liquidations: "breaker",
  throttle: "throttlingBreaker",
  trading: "tradingBreaker",
};

function checkThrottle(stops: BreakerRule["stops"], share: number | undefined): void {
  if (!Object.hasOwn(WHAT, stops)) {
    throw new ConfigError(`circuitBreaker: stops is ${shown(stops)}`, {
      hints: ["Give liquidations, throttle or trading."],
    });
  }
  const isShare = typeof share === "number" && share > 0 && share < 1;
  const isGood = stops === "throttle" ? isShare : share === undefined;
  if (isGood) return;
  throw new ConfigError(`circuitBreaker: throttleShare is ${shown(share)} with stops ${stops}`, {
    hints: ["Give a share between 0 and 1 with throttle, and none otherwise."],
  });
}

const OPTIONS: FieldNames<CircuitBreakerOptions> = {
  move: true,
  withinSeconds: true,
  pauseSeconds: true,
  stops: true,
  throttleShare: true,
  name: true,
};

/**
 * A circuit breaker: when the mark has moved by `move` within a window, forced selling pauses, so that buyers can come back before the next account is sold.
 *
 * Sources: Report of the Presidential Task Force on Market Mechanisms ("Brady report"), 1988, for the idea; limit up, limit down of the US stock exchanges (SEC,
 * 2012) for bands over five minutes. No
 * derivatives venue whose rules we have had one on liquidations.
 *
 * Assumes a venue that can stop by itself and a mark that goes on meanwhile, by other venues' prices. On a recorded day everybody else's trades are those of the
 * record, so that halting `trading` gives the path of
 * halting liquidations: what a halt of others does can be seen in a simulation alone.
 *
 * Backfires: sellers hurry ahead of a halt that they see coming (the magnet effect: Subrahmanyam 1994; Chen, Petukhov, Wang and Xing 2024); accounts go on losing
 * while nobody closes them, so that bad debt rises if the
 * price does not come back; and what was held up is sold when the pause is over, all at once but for a throttle. `throttle` needs rules with a pace
 * (`throttledEngine`): the engine refuses those without.
 *
 * Throws ConfigError for options outside their range. A breaker that the rules have already is replaced.
 */
export function circuitBreaker(options: CircuitBreakerOptions): Mitigation {
  checkSettings("circuitBreaker", options, OPTIONS);
  const { move, withinSeconds, pauseSeconds, stops = "liquidations", throttleShare } = options;
  checkOption("circuitBreaker: move", move, { to: 1 });
  checkOption("circuitBreaker: withinSeconds", withinSeconds);
  checkOption("circuitBreaker: pauseSeconds", pauseSeconds);
  checkThrottle(stops, throttleShare);
  const share = throttleShare === undefined ? {} : { throttleShare };
  const breaker: BreakerRule = { move, withinSeconds, pauseSeconds, stops, ...share };
  const slower = throttleShare === undefined ? "" : ` to ${inPercent(throttleShare)} of their pace`;
  return {
    name:
      options.name ??
      `Breaker ${inPercent(move)} in ${inTime(withinSeconds)}, ${WHAT[stops]}${slower}`,
    kind: KINDS[stops],
    parameters: { ...breaker },
    describe: () =>
      `When the mark has moved by ${inPercent(move)} within ${inTime(withinSeconds)}, ${WHAT[stops]}${slower} for ${inTime(pauseSeconds)}.`,
    apply: (rules) => ({ ...rules, breaker }),
  };
}
