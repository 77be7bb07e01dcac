import type { LiquidationStep, TrancheStep } from "@aftershock/cascade";
import { ConfigError } from "@aftershock/schema";
import { checkOption } from "../checkOption.ts";
import { checkSettings, type FieldNames } from "../settings.ts";
import type { Mitigation } from "./mitigation.ts";
import { inPercent, inThousands, inTime } from "./wording.ts";

/** How positions are cut. */
export interface TrancheLiquidationOptions {
  /** The part that is sold first, a fraction above 0 and at most 1, which is all of it. */
  readonly share: number;
  /** Time after the part in which nothing more of the account is sold, seconds, above 0. */
  readonly cooldownSeconds: number;
  /** Positions above this notional at the mark, quote currency, 0 or more. Default 0: all of them. */
  readonly aboveNotional?: number;
  /** Default says the numbers. */
  readonly name?: string;
}

/** Steps that send orders to the market. */
const ORDER_STEPS: ReadonlySet<LiquidationStep["kind"]> = new Set([
  "ioc",
  "market",
  "stepDown",
  "increments",
  "fillable",
]);

/** The steps with the tranche before the first that sends orders. */
function withTranche(
  steps: readonly LiquidationStep[],
  tranche: TrancheStep,
): readonly LiquidationStep[] {
  const others = steps.filter(({ kind }) => kind !== "tranche");
  const first = others.findIndex(({ kind }) => ORDER_STEPS.has(kind));
  if (first < 0) {
    throw new ConfigError(
      `trancheLiquidation: no step of ${steps.map(({ kind }) => kind).join(", ")} sends orders that could be cut`,
      { hints: ["Leave it out for a venue that takes positions over at once."] },
    );
  }
  return others.toSpliced(first, 0, tranche);
}

const OPTIONS: FieldNames<TrancheLiquidationOptions> = {
  share: true,
  cooldownSeconds: true,
  aboveNotional: true,
  name: true,
};

/**
 * Of a large position a part is sold first, at market, and nothing more of that account for a time; where it is still too much after it, the rest goes the way of the
 * venue's next steps. So less is sold into
 * the bottom, and the book has time to refill.
 *
 * Source of the part: Hyperliquid documentation, Liquidations: 20 % first of positions above 100,000 USDC. The pause is not that venue's: its 30 s are a time in which an account of which a part was
 * sold is closed whole, which its recorded rules have (TrancheStep, `closeWhole`).
 *
 * Assumes one part a pause. An account that the part makes safe is let go at once; liquidated anew within the pause, it is left alone to its end (a venue's backstop may take it over before), and let go again if it is safe by then; liquidated anew after it,
 * it begins with a part of what is left. An account that waits counts as one in liquidation to the end of the pause, also where prices come back: what it holds is told as owed, its owner's orders stay cancelled, and auto-deleveraging passes it by. Lots are rounded to whole ones, at least one. The part is sold at any price, also at a venue whose own
 * orders stop at the bankruptcy price.
 *
 * Backfires: what is held back loses on if the price does not come back, so that bad debt rises; selling that is spread out overlaps with that of the next accounts;
 * what is not sold by the end of
 * the day is delayed and not avoided. How many accounts fall is bimodal in some markets: one path stops where another cascades.
 *
 * Throws ConfigError for options outside their range, and for rules without a step that sends orders. A tranche that the rules have already is replaced.
 */
export function trancheLiquidation(options: TrancheLiquidationOptions): Mitigation {
  checkSettings("trancheLiquidation", options, OPTIONS);
  const { share, cooldownSeconds, aboveNotional = 0 } = options;
  checkOption("trancheLiquidation: share", share, { to: 1 });
  checkOption("trancheLiquidation: cooldownSeconds", cooldownSeconds);
  checkOption("trancheLiquidation: aboveNotional", aboveNotional, { orZero: true });
  const tranche: TrancheStep = {
    kind: "tranche",
    aboveNotional,
    share,
    cooldownSeconds,
    inCooldown: "wait",
  };
  const whose =
    aboveNotional === 0 ? "every position" : `positions above ${inThousands(aboveNotional)}`;
  const above = aboveNotional === 0 ? "" : ` above ${inThousands(aboveNotional)}`;
  return {
    name: options.name ?? `Tranches of ${inPercent(share)}, ${inTime(cooldownSeconds)}${above}`,
    kind: "tranches",
    parameters: { share, cooldownSeconds, aboveNotional },
    describe: () =>
      `Of ${whose} ${inPercent(share)} is sold first, and the rest ${inTime(cooldownSeconds)} later if it is still too much.`,
    apply: (rules) => ({
      ...rules,
      liquidation: { ...rules.liquidation, steps: withTranche(rules.liquidation.steps, tranche) },
    }),
  };
}
