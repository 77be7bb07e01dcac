import { ConfigError } from "@aftershock/schema";

/** A value that rules may leave out. */
export interface Unstated<T> {
  /** Whose rule it is, e.g. `binance-usdm BTCUSDT`. */
  readonly of: string;
  /** What is left out, e.g. `the window of the mark`. */
  readonly what: string;
  readonly stated: T | undefined;
  readonly assumed: T | undefined;
  /** The option that gives it. */
  readonly option: string;
}

/**
 * What a rule states, or else what an option assumes in its place, which is then added to `assumptions`. Throws ConfigError where neither says, and
 * where the option would overrule the rule.
 */
export function statedOr<T extends string | number>(
  { of, what, stated, assumed, option }: Unstated<T>,
  assumptions: string[],
): T {
  if (stated !== undefined) {
    if (assumed === undefined || assumed === stated) return stated;
    throw new ConfigError(
      `${of}: ${what} is ${stated} by the rule, and ${option} says ${assumed}`,
      {
        hints: [`Leave ${option} out, or change the rule itself.`],
      },
    );
  }
  if (assumed === undefined) {
    throw new ConfigError(`${of}: ${what} is not known on this day`, {
      hints: [`Give ${option}: the result then says that it is assumed.`],
    });
  }
  assumptions.push(`${of}: ${what} is not known and taken as ${assumed}`);
  return assumed;
}
