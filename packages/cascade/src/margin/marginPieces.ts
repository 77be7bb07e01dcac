import type {
  LinearMargin,
  MarginSchedule,
  SteppedMargin,
  TieredMargin,
} from "../rules/marginSchedule.ts";

/** A stretch of notionals N, above that of the piece before and up to `to`, on which maintenance margin is rate × N − amount + growth × N². */
export interface MarginPiece {
  /** Largest notional of the piece, units; Infinity for the last of a schedule without an end. */
  readonly to: number;
  readonly rate: number;
  /** Units. */
  readonly amount: number;
  /** Per unit, 0 or more. */
  readonly growth: number;
}

/**
 * Maintenance margin as a function of notional, piece by piece, for schedules whose size is the notional in settle currency. `at` gives undefined
 * from where on the schedule does not say what is charged.
 */
export interface MarginPieces {
  /** The piece of this number, from 0. */
  at(index: number): MarginPiece | undefined;
  /** The number of the piece that a notional in units lies in; that of the first that is absent when it lies beyond. */
  indexOf(notional: number): number;
}

/** Pieces that are all known beforehand. */
class ListedPieces implements MarginPieces {
  readonly #pieces: readonly MarginPiece[];

  constructor(pieces: readonly MarginPiece[]) {
    this.#pieces = pieces;
  }

  at(index: number): MarginPiece | undefined {
    return this.#pieces[index];
  }

  indexOf(notional: number): number {
    const pieces = this.#pieces;
    let index = 0;
    while (index < pieces.length && notional > (pieces[index]?.to ?? Infinity)) index += 1;
    return index;
  }
}

function tieredPieces(schedule: TieredMargin, unitsPerOne: number): MarginPieces {
  const { tiers, charge, truncated } = schedule;
  // Without a rule of charging only the first tier is known, and an open tier of a list that breaks off is not known at all.
  const known = tiers.filter(
    ({ cap }, i) => (charge !== undefined || i === 0) && !(truncated && cap === undefined),
  );
  return new ListedPieces(
    known.map(({ cap, maintenanceRate, maintenanceAmount }, i) => ({
      to: cap === undefined ? Infinity : cap * unitsPerOne,
      rate: maintenanceRate,
      amount: charge === "marginal" && i > 0 ? (maintenanceAmount ?? 0) * unitsPerOne : 0,
      growth: 0,
    })),
  );
}

/** Steps have no end, so that their pieces are made when they are asked for. */
class SteppedPieces implements MarginPieces {
  readonly #schedule: SteppedMargin;
  readonly #base: number;
  readonly #step: number;

  constructor(schedule: SteppedMargin, unitsPerOne: number) {
    this.#schedule = schedule;
    this.#base = (schedule.baseLimit ?? 0) * unitsPerOne;
    this.#step = (schedule.step ?? 0) * unitsPerOne;
  }

  at(index: number): MarginPiece | undefined {
    const { baseLimit, step, maintenanceRate, stepMaintenanceRate } = this.#schedule;
    if (baseLimit === undefined || (index > 0 && step === undefined)) return undefined;
    return {
      to: this.#base + index * this.#step,
      rate: maintenanceRate + index * stepMaintenanceRate,
      amount: 0,
      growth: 0,
    };
  }

  indexOf(notional: number): number {
    if (notional <= this.#base) return 0;
    return this.#step > 0 ? Math.ceil((notional - this.#base) / this.#step) : 1;
  }
}

const linearPieces = (schedule: LinearMargin, unitsPerOne: number): MarginPieces =>
  new ListedPieces([
    {
      to: Infinity,
      rate: schedule.maintenanceRate,
      amount: 0,
      growth: schedule.maintenanceRatePerUnit / unitsPerOne,
    },
  ]);

/** One rate at any notional. */
export const flatPieces = (rate: number): MarginPieces =>
  new ListedPieces([{ to: Infinity, rate, amount: 0, growth: 0 }]);

/**
 * The maintenance margin of a schedule by notional in units, for one whose size is the notional in settle currency and whose tiers
 * state their amounts. The same as `maintenanceMargin` but for rounding.
 */
export function marginPieces(schedule: MarginSchedule, unitsPerOne: number): MarginPieces {
  switch (schedule.kind) {
    case "tiers":
      return tieredPieces(schedule, unitsPerOne);
    case "steps":
      return new SteppedPieces(schedule, unitsPerOne);
    case "linear":
      return linearPieces(schedule, unitsPerOne);
    default:
      return schedule satisfies never;
  }
}
