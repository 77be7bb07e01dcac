import { ConfigError, decimalToNumber, type Instrument } from "@aftershock/schema";
import type { MarginUnit } from "../rules/marginSchedule.ts";

/**
 * How the size that a schedule asks for follows from a position. `notional`: it is the position's value at the mark, settle currency. A number:
 * it is that many of the schedule's units for each lot, at any mark.
 */
export type ScheduleSize = "notional" | number;

/**
 * How positions in an instrument are sized in a unit. `quote`: the position's amount of quote currency; `coin`: of the coin that is the contract's base (linear) or
 * that it is settled in (inverse, quanto); `contracts`: its size, as the venue's size unit is the contract.
 * Throws ConfigError for a quanto contract in quote currency, of which it has none.
 */
export function scheduleSize(instrument: Instrument, unit: MarginUnit): ScheduleSize {
  const { id, contract, lot, multiplier } = instrument;
  switch (unit) {
    case "contracts":
      return decimalToNumber(lot);
    case "coin":
      return contract === "linear" ? decimalToNumber(lot) * multiplier : "notional";
    case "quote":
      if (contract === "linear") return "notional";
      if (contract === "inverse") return decimalToNumber(lot) * multiplier;
      throw new ConfigError(`${id} has no size in quote currency: it is ${contract}`, {
        hints: ["State the margin of a quanto contract by coin or contracts."],
      });
    default:
      return unit satisfies never;
  }
}

/** The size of a position, 0 or more. `lots` may be signed; `notional`: what they are worth at the mark without a sign, settle currency. */
export const sizeOf = (
  size: ScheduleSize,
  { lots, notional }: { readonly lots: number; readonly notional: number },
): number => (size === "notional" ? notional : Math.abs(lots) * size);
