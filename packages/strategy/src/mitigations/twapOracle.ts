import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inTime } from "./wording.ts";

/** Over how long the mark is averaged. */
export interface TwapOracleOptions {
  /** Seconds, above 0, in whole µs; a window of 1 µs is the mark itself. */
  readonly seconds: number;
  /** Default says the window. */
  readonly name?: string;
}

const OPTIONS: FieldNames<TwapOracleOptions> = { seconds: true, name: true };

/**
 * Liquidations go by the time-weighted average of the mark over a window (TWAP), so that a short dip triggers nobody.
 *
 * Sources: Uniswap v2 core whitepaper (Adams, Zinsmeister and Robinson, 2020) for the average as an oracle; Binance's and Deribit's marks average the basis, over 30
 * s (VENUE_RULES A1, A6).
 *
 * Assumes that the venue values accounts by the average for liquidation alone; profit and loss stay with the mark. Margin, breaker and margin by volatility look at
 * the mark itself.
 *
 * Backfires: in a fall that lasts the average comes late, so that accounts are closed further below the price at which their margin would have sufficed (more bad
 * debt, more paid by the fund); in a recovery accounts are still
 * liquidated by a low average when the price is back. A window is also a delay that everybody knows: who can see the average can trade ahead of it.
 *
 * Throws ConfigError for a window that is none. An average that the rules have already is replaced.
 */
export function twapOracle(options: TwapOracleOptions): Mitigation {
  checkSettings("twapOracle", options, OPTIONS);
  const { seconds } = options;
  checkOption("twapOracle: seconds", seconds);
  const micros = seconds * MICROS_PER_SECOND;
  const whole = Math.round(micros);
  if (!(whole >= 1 && Math.abs(micros - whole) <= 1e-9 * micros)) {
    throw new ConfigError(`twapOracle: seconds is ${seconds}, which is no whole number of µs`, {
      hints: ["Give a window of whole µs, e.g. 0.5, 30 or 300 seconds."],
    });
  }
  return {
    name: options.name ?? `TWAP ${inTime(seconds)}`,
    kind: "twap",
    parameters: { seconds },
    describe: () => `Liquidations go by the average of the mark over ${inTime(seconds)}.`,
    apply: (rules) => ({ ...rules, markTwapSeconds: whole / MICROS_PER_SECOND }),
  };
}
