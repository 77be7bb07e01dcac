import { ConfigError } from "@aftershock/schema";
import type { Ledger, Position } from "../account/ledger.ts";
import { maintenanceMargin } from "../rules/marginArithmetic.ts";
import { scheduleSize, sizeOf } from "../margin/scheduleSize.ts";
import type { MarginSchedule, MarginUnit } from "../rules/marginSchedule.ts";

/** A position at a price, and how its contracts are counted. */
export interface PricedPosition {
  readonly position: Pick<Position, "instrument" | "lots">;
  /** Ticks. */
  readonly price: number;
  readonly lotsPerContract: number;
}

/** What a position is worth at a price, without its sign, in the ledger's currency. */
export const notionalOf = (ledger: Ledger, { position, price }: PricedPosition): number =>
  ledger.currency.amount(Math.abs(ledger.valueUnits(position.instrument, position.lots, price)));

/** The size of a position in a unit, 0 or more: of `contracts` by the lots in one, else see scheduleSize. Throws ConfigError for a quanto contract in quote currency. */
export function sizeInUnit(ledger: Ledger, priced: PricedPosition, unit: MarginUnit): number {
  const { instrument, lots } = priced.position;
  if (unit === "contracts") return Math.abs(lots) / priced.lotsPerContract;
  const found = ledger.instruments[instrument];
  if (found === undefined) {
    throw new ConfigError(`The ledger has no instrument number ${instrument}`);
  }
  const size = scheduleSize(found, unit);
  return sizeOf(size, { lots, notional: notionalOf(ledger, priced) });
}

/** Maintenance margin of a position by itself at a price, units, not rounded. Throws ConfigError where the schedule does not cover its size. */
export function positionMaintenance(
  ledger: Ledger,
  priced: PricedPosition,
  schedule: MarginSchedule,
): number {
  const size = sizeInUnit(ledger, priced, schedule.unit);
  const notional = notionalOf(ledger, priced);
  return maintenanceMargin(schedule, { size, notional }) * ledger.currency.unitsPerOne;
}

/** A tier of a schedule: its number, from 1, and the cap of a lower one. */
interface TierOfSize {
  readonly tier: number;
  /** Largest size of the tier with a number, in the schedule's unit. */
  readonly capOf: (tier: number) => number;
}

/**
 * The tier of a size; of a schedule by steps the base is tier 1 and each step begun one more. Throws ConfigError for a schedule without
 * tiers, and for sizes that it does not cover.
 */
export function tierOfSize(schedule: MarginSchedule, size: number): TierOfSize {
  if (schedule.kind === "tiers") {
    const index = schedule.tiers.findIndex(({ cap }) => cap === undefined || size <= cap);
    if (index < 0) {
      throw new ConfigError(`a position of ${size} is above the last tier that is known`, {
        hints: ["Take a smaller position, or rules that cover it."],
      });
    }
    return { tier: index + 1, capOf: (tier) => schedule.tiers[tier - 1]?.cap ?? 0 };
  }
  if (schedule.kind === "steps") {
    const { baseLimit, step } = schedule;
    if (baseLimit === undefined || (size > baseLimit && step === undefined)) {
      throw new ConfigError(`the risk limit of a position of ${size} is not known`, {
        hints: ["Take rules of a day for which base limit and step are known."],
      });
    }
    const width = step ?? 0;
    const tier = size <= baseLimit ? 1 : 1 + Math.ceil((size - baseLimit) / width);
    return { tier, capOf: (wanted) => baseLimit + (wanted - 1) * width };
  }
  throw new ConfigError("A margin schedule that grows with size has no tiers to step down", {
    hints: ["Take a rule without stepDown."],
  });
}
