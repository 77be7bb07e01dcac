import { ConfigError } from "@aftershock/schema";
import {
  type LinearMargin,
  maintenanceAmounts,
  type MarginSchedule,
  type MarginTier,
  type SteppedMargin,
  type TieredMargin,
} from "./marginSchedule.ts";

/** A position, as a margin schedule sees it. Long and short are alike. */
export interface SizedPosition {
  /** In the schedule's unit, 0 or more. */
  readonly size: number;
  /** In the currency that the margin is wanted in, at the mark price, 0 or more. Default: the size. */
  readonly notional?: number;
}

function check(size: number, notional: number): void {
  if (size >= 0 && notional >= 0) return;
  throw new ConfigError(`a position of size ${size} and notional ${notional} has no margin`, {
    hints: ["Give both without a sign: long and short need the same margin."],
  });
}

const tooLarge = (size: number, limit: number, why: string): ConfigError =>
  new ConfigError(`a position of ${size} is above ${limit}, ${why}`, {
    hints: ["Take a smaller position, or rules that cover it."],
  });

/** The tier of a size: a size that is a cap belongs to the tier that it ends. */
function tierIndex({ tiers, truncated }: TieredMargin, size: number): number {
  let index = 0;
  while (size > (tiers[index]?.cap ?? Infinity)) index += 1;
  const tier = tiers[index];
  if (tier === undefined) {
    const why = truncated ? "above which the tiers are not known" : "the cap of the last tier";
    throw tooLarge(size, tiers.at(-1)?.cap ?? 0, why);
  }
  if (truncated && tier.cap === undefined && size > tier.floor) {
    throw tooLarge(size, tier.floor, "above which it is not known where the tier ends");
  }
  return index;
}

/** The tier that a size falls into. Throws ConfigError where no tier is known for it. */
export function marginTier(schedule: TieredMargin, size: number): MarginTier {
  const tier = schedule.tiers[tierIndex(schedule, size)];
  if (tier !== undefined) return tier;
  throw new ConfigError("Invariant: a margin schedule has a tier");
}

/** How many steps above the base limit a size has begun. */
function stepsAbove({ baseLimit, step }: SteppedMargin, size: number): number {
  if (baseLimit === undefined) {
    throw new ConfigError(`the base limit for a position of ${size} is not known`, {
      hints: ["Take rules of a day for which it is known."],
    });
  }
  if (size <= baseLimit) return 0;
  if (step === undefined) throw tooLarge(size, baseLimit, "above which the steps are not known");
  return Math.ceil((size - baseLimit) / step);
}

const linearRate = (rate: number, perUnit: number, size: number): number => rate + perUnit * size;

function tieredMaintenance(schedule: TieredMargin, size: number, notional: number): number {
  const index = tierIndex(schedule, size);
  const tier = schedule.tiers[index] ?? marginTier(schedule, size);
  // Within the first tier both ways of charging come to the same.
  if (index === 0 || schedule.charge === "whole") return notional * tier.maintenanceRate;
  if (schedule.charge === undefined) {
    throw new ConfigError(
      `how a position of ${size}, above the first tier, is charged is not known`,
      {
        hints: ["Take a position within the first tier, or state the charge."],
      },
    );
  }
  const amount = tier.maintenanceAmount ?? maintenanceAmounts(schedule.tiers)[index] ?? 0;
  // The amount is stated in the schedule's unit, and the margin wanted in the notional's.
  const price = size === 0 ? 1 : notional / size;
  return notional * tier.maintenanceRate - amount * price;
}

/**
 * The maintenance margin of a position, in the currency of its notional. Tiers that are charged at the margin: notional × rate −
 * amount, the stated amount or else that of `maintenanceAmounts`; steps: notional × (rate + steps begun × step rate); linear:
 * notional × (rate + size × rate per unit). Throws ConfigError where the schedule does not cover the size.
 */
export function maintenanceMargin(schedule: MarginSchedule, position: SizedPosition): number {
  const { size, notional = size } = position;
  check(size, notional);
  switch (schedule.kind) {
    case "tiers":
      return tieredMaintenance(schedule, size, notional);
    case "steps":
      return (
        notional *
        (schedule.maintenanceRate + stepsAbove(schedule, size) * schedule.stepMaintenanceRate)
      );
    case "linear":
      return notional * linearRate(schedule.maintenanceRate, schedule.maintenanceRatePerUnit, size);
    default:
      return schedule satisfies never;
  }
}

/** The initial rate of a tier: as stated, else 1 / maxLeverage. Throws ConfigError where neither is known. */
function initialRateOf({ initialRate, maxLeverage, floor }: MarginTier): number {
  if (initialRate !== undefined) return initialRate;
  if (maxLeverage !== undefined) return 1 / maxLeverage;
  throw new ConfigError(`the initial margin of the tier from ${floor} is not known`, {
    hints: ["Take rules that state the tier's leverage."],
  });
}

/**
 * The least initial margin of a position, in the currency of its notional: at the highest leverage that the schedule allows for its
 * size. Throws ConfigError where the schedule does not cover the size.
 */
export function initialMargin(schedule: MarginSchedule, position: SizedPosition): number {
  const { size, notional = size } = position;
  check(size, notional);
  switch (schedule.kind) {
    case "tiers":
      return notional * initialRateOf(marginTier(schedule, size));
    case "steps":
      return (
        notional * (schedule.initialRate + stepsAbove(schedule, size) * schedule.stepInitialRate)
      );
    case "linear":
      return notional * linearRate(schedule.initialRate, schedule.initialRatePerUnit, size);
    default:
      return schedule satisfies never;
  }
}

/** Rates of a position at the smallest size, fractions of notional. */
export interface BaseRates {
  readonly initialRate: number;
  readonly maintenanceRate: number;
}

/** The base rates of a schedule: those of its first tier, or before any step. Throws ConfigError where they are not known. */
export function baseRates(schedule: MarginSchedule): BaseRates {
  if (schedule.kind !== "tiers") return schedule satisfies SteppedMargin | LinearMargin;
  const tier = marginTier(schedule, 0);
  return { initialRate: initialRateOf(tier), maintenanceRate: tier.maintenanceRate };
}
