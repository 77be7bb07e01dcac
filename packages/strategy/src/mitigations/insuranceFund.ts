import type { LiquidationStep, RuleSet } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inThousands } from "./wording.ts";

/** What the fund holds at the start: its size, or a factor on what it held. */
export type InsuranceFundOptions = (
  | {
      /** Settle currency, 0 or more. */
      readonly size: number;
      readonly factor?: never;
    }
  | {
      readonly size?: never;
      /** On the fund of the rules, 0 or more. */
      readonly factor: number;
    }
) & {
  /** Default says the size. */
  readonly name?: string;
};

/** Steps by which a fund pays or takes positions over. */
const FUND_STEPS: ReadonlySet<LiquidationStep["kind"]> = new Set([
  "takeover",
  "insurance",
  "fillable",
]);

function checkFund(rules: RuleSet): void {
  const { steps } = rules.liquidation;
  if (steps.some(({ kind }) => FUND_STEPS.has(kind))) return;
  throw new ConfigError(
    `insuranceFund: none of the steps ${steps.map(({ kind }) => kind).join(", ")} asks a fund`,
    { hints: ["Leave it out for a venue without a fund: a larger one would change nothing."] },
  );
}

const OPTIONS: FieldNames<InsuranceFundOptions> = { size: true, factor: true, name: true };

/**
 * An insurance fund of another size: what it can pay and carry before winners are deleveraged, losses shared or debts left unpaid.
 *
 * Sources: the funds of BitMEX, Binance, Bybit and OKX in data/rules; Binance's takes over at most its own size in net notional.
 *
 * Assumes that the money is there, from nobody in the market. A position that the fund has taken over is held to the end of the day, so that it does not reach the
 * book: a large fund looks better on this day than on the one on which it sells.
 *
 * Backfires: a fund invites leverage that it is paid for by others (moral hazard), which no record of one day shows; and one that takes positions over at their
 * bankruptcy price in a fall that goes on loses on them.
 * Where positions are sold into the market before the fund is asked, its size does not move the price at all: only who pays.
 *
 * Throws ConfigError for options outside their range, and for rules under which no fund is asked. A size replaces what went before it, and a factor multiplies it:
 * their order in a composition matters.
 */
export function insuranceFund(options: InsuranceFundOptions): Mitigation {
  checkSettings("insuranceFund", options, OPTIONS);
  const { size, factor } = options;
  if ((size === undefined) === (factor === undefined)) {
    throw new ConfigError(`insuranceFund: size is ${shown(size)} and factor ${shown(factor)}`, {
      hints: ["Give one of the two."],
    });
  }
  if (size !== undefined) checkOption("insuranceFund: size", size, { orZero: true });
  if (factor !== undefined) checkOption("insuranceFund: factor", factor, { orZero: true });
  const what = size === undefined ? `${factor} times as large` : `of ${inThousands(size)}`;
  return {
    name: options.name ?? `Insurance fund ${what}`,
    kind: "insuranceFund",
    parameters: size === undefined ? { factor: factor ?? 1 } : { size },
    describe: () =>
      size === undefined
        ? `The insurance fund is ${what} at the start.`
        : `The insurance fund holds ${inThousands(size)} of the settle currency at the start.`,
    apply: (rules) => {
      checkFund(rules);
      return { ...rules, insuranceFund: size ?? rules.insuranceFund * (factor ?? 1) };
    },
  };
}
