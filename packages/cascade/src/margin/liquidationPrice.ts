import { ConfigError } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { MarginSlack } from "./marginSlack.ts";
import type { RuleMargin } from "./ruleMargin.ts";

/** The prices at which an account is liquidated as one price moves, each undefined where there is none. */
export interface LiquidationPrices {
  /** The first on the way down. */
  readonly below: number | undefined;
  /** The first on the way up. */
  readonly above: number | undefined;
}

const NONE: LiquidationPrices = { below: undefined, above: undefined };

function checkNoOptions(margin: RuleMargin, account: AccountId): void {
  const held = margin.optionOf(account);
  if (held === undefined) return;
  const { id } = margin.termsOf(held).instrument;
  throw new ConfigError(
    `The liquidation price of account ${account} has no closed form: it holds the option ${id}`,
    { hints: ["Look for the prices of its underlying: bookLiquidationPrices."] },
  );
}

/**
 * The marks of one instrument, in ticks and not whole, at which an account is liquidated while all other marks stand, in closed form by the tiers of
 * its schedule. A long has one below and a short one above; a hedge may have both, and so may a large position
 * whose rate rises with its size. Both are the mark of now where the account is liquidatable already; both undefined without a position in the instrument.
 *
 * For a single linear position: (cash ± …) / (size × (1 ∓ rate)), which is Hyperliquid's price − side × margin available / size / (1 − rate × side)
 * (its documentation, "Liquidations", read 2026-11) and dYdX's (cash of the position) / (size × (1 ± rate)).
 *
 * Assumes that the account changes in nothing else: no funding, no fees, no order that fills on the way. Throws ConfigError where the price would have to
 * be looked for at sizes for which no margin is known, for an account with options (see bookLiquidationPrices), and what MarginSlack throws.
 */
export function liquidationPrices(options: {
  readonly slack: MarginSlack;
  readonly account: AccountId;
  readonly instrument: number;
  readonly marks: Marks;
}): LiquidationPrices {
  const { slack, account, instrument, marks } = options;
  const { ledger } = slack.margin;
  const lots = ledger.lots(account, instrument);
  if (lots === 0) return NONE;
  checkNoOptions(slack.margin, account);
  const price = marks.ticks(instrument);
  const spare = slack.slack(account, marks);
  if (spare < 0) return { below: price, above: price };
  const level = slack.part(instrument, lots, price) - spare;
  const { low, high, endsUnknown } = slack.stretch({ instrument, lots, price, level });
  const owes = ledger.valueUnits(instrument, lots, price) < 0;
  const isInverse = ledger.instruments[instrument]?.contract === "inverse";
  if (endsUnknown && owes) {
    const { id } = slack.margin.termsOf(instrument).instrument;
    throw new ConfigError(
      `The liquidation price of ${lots} lots of ${id} of account ${account} lies beyond ${isInverse ? low : high} ticks, where its margin is not known`,
      { hints: ["Take rules that cover larger positions."] },
    );
  }
  const grown = { unknown: endsUnknown, at: isInverse ? low : high };
  return {
    below: low > 0 && !(grown.unknown && grown.at === low) ? low : undefined,
    above: high < Infinity && !(grown.unknown && grown.at === high) ? high : undefined,
  };
}

/** Where and how a liquidation price is looked for. */
export interface PriceSearch {
  /** The price of now, above 0, in any unit. */
  readonly price: number;
  /** Whether the account is liquidated at a price. */
  readonly isLiquidatable: (price: number) => boolean;
  /** Share of the price by which the search steps away from it; default 0.005. */
  readonly step?: number;
  /** How far it looks, as factors of the price; default 0.01 and 10. */
  readonly lowest?: number;
  readonly highest?: number;
}

/** Halvings of a bracket: a step of 1 % is below 1e-15 of the price after 44. */
const HALVINGS = 60;

/** The border between a price that is safe and one that is not, on the side that is not. */
function border(
  isLiquidatable: PriceSearch["isLiquidatable"],
  safeAt: number,
  badAt: number,
): number {
  let [safe, bad] = [safeAt, badAt];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (safe + bad) / 2;
    if (middle === safe || middle === bad) break;
    if (isLiquidatable(middle)) bad = middle;
    else safe = middle;
  }
  return bad;
}

function firstOnTheWay(
  { price, isLiquidatable }: PriceSearch,
  factor: number,
  end: number,
): number | undefined {
  let safe = price;
  while (safe !== end) {
    const next = factor < 1 ? Math.max(end, safe * factor) : Math.min(end, safe * factor);
    if (isLiquidatable(next)) return border(isLiquidatable, safe, next);
    safe = next;
  }
  return undefined;
}

/**
 * The nearest prices below and above at which an account is liquidated, by steps away from the price and then by halving, to a few 1e-16 of the price: for what
 * has no closed form, such as a book of options under portfolio margin, whose prices move with volatility and time.
 *
 * A stretch of prices narrower than a step, with safe ones around it, may be stepped over. Throws ConfigError for a search that cannot end.
 */
export function searchLiquidationPrices(search: PriceSearch): LiquidationPrices {
  const { price, isLiquidatable, step = 0.005, lowest = 0.01, highest = 10 } = search;
  const isGood = price > 0 && price < Infinity && step > 0 && step < 1;
  if (!isGood || !(lowest > 0 && lowest < 1 && highest > 1 && highest < Infinity)) {
    throw new ConfigError(
      `No price can be looked for from ${price} by steps of ${step} between ${lowest} and ${highest} times it`,
      { hints: ["The price is above 0, the step between 0 and 1, the ends around 1."] },
    );
  }
  if (isLiquidatable(price)) return { below: price, above: price };
  return {
    below: firstOnTheWay(search, 1 - step, price * lowest),
    above: firstOnTheWay(search, 1 + step, price * highest),
  };
}
