import type { ContractValue, SideReads } from "@aftershock/replay";
import { ConfigError } from "@aftershock/schema";
import type { ImpactNotional } from "../rules/fundingRule.ts";

/**
 * The value of the order that impact prices are of, in the currency of the rule: the amount itself, or what it carries as margin at the highest
 * leverage. `initialRate` is the initial margin rate there, a fraction. Source: Binance FAQ on funding rates (200 USDT / rate); Bybit help on
 * funding, 2020. Throws ConfigError where the rate is needed and not above 0.
 */
export function impactValue({ amount, of, unit }: ImpactNotional, initialRate?: number): number {
  if (of === "notional") return amount;
  if (initialRate !== undefined && initialRate > 0) return amount / initialRate;
  throw new ConfigError(`What ${amount} ${unit} of margin carries is not known`, {
    hints: ["Give the initial margin rate at the contract's highest leverage."],
  });
}

/**
 * The average price at which an order worth `value` would fill against one side of a book, ticks: the asks for an impact ask, the bids for an
 * impact bid. `value` is settle currency, above 0: USDT of a linear contract, coin of an inverse one. NaN where the side does not hold as
 * much. Makes nothing, so that it can be asked at each update. Assumes that nobody reacts and that lots can be split.
 */
export function impactPrice(side: SideReads, contract: ContractValue, value: number): number {
  const wanted = value / contract.unit;
  if (!(wanted > 0)) {
    throw new ConfigError(`An order worth ${value} has no impact price`, {
      hints: ["Give a value above 0."],
    });
  }
  let lots = 0;
  let steps = 0;
  let price = side.bestPrice;
  while (!Number.isNaN(price)) {
    const size = side.sizeAt(price);
    const level = Math.abs(contract.steps(size, price));
    const left = wanted - steps;
    // The last level fills in part, at its price: of a linear contract left / price lots, of an inverse one left × price.
    if (level >= left) {
      const rest = (size * left) / level;
      return lots === 0 ? price : averageOf(contract, lots + rest, wanted, price);
    }
    lots += size;
    steps += level;
    price = side.priceAfter(price);
  }
  return Number.NaN;
}

/** The average price of lots that are worth so many steps, as the contract pays. */
function averageOf(contract: ContractValue, lots: number, steps: number, price: number): number {
  const isInverse = contract.steps(1, price) < 0;
  return contract.averagePrice(lots, isInverse ? -steps : steps);
}
