import type { JsonPlace } from "@aftershock/schema";

/** In what the size of a position is measured to find its tier: quote currency, the coin that margin is paid in, or contracts. */
export type MarginUnit = (typeof MARGIN_UNITS)[number];

const MARGIN_UNITS = ["quote", "coin", "contracts"] as const;

/** The margin of positions of some sizes. */
export interface MarginTier {
  /** Size above which the tier begins, in the schedule's unit; 0 or the cap of the tier before it. */
  readonly floor: number;
  /** Largest size of the tier, in the schedule's unit; undefined in a last tier that has none, or whose cap is not known. */
  readonly cap: number | undefined;
  /** Above 0; undefined where no source gives it. */
  readonly maxLeverage: number | undefined;
  /** A fraction of notional; undefined where it is 1 / maxLeverage, or not known. */
  readonly initialRate: number | undefined;
  /** A fraction of notional, rising from tier to tier. */
  readonly maintenanceRate: number;
  /** What is taken off, so that margin does not jump at the floor ("cum", "deduction"), in the schedule's unit; undefined where no source states it. */
  readonly maintenanceAmount: number | undefined;
}

/** Rates by tiers of size. */
export interface TieredMargin {
  readonly kind: "tiers";
  readonly unit: MarginUnit;
  /**
   * `marginal`: each tier's rate is charged on the part of the position in it, size × rate − amount. `whole`: the rate of the tier is
   * charged on all of the position. Undefined where no source says which.
   */
  readonly charge: "marginal" | "whole" | undefined;
  /** To what the venue rounds its amounts, in the unit, above 0. Default 1. */
  readonly amountStep: number;
  /** Whether the source breaks off: there are higher tiers that are not known, from the last cap on or, where it has none, from some size above the last floor. */
  readonly truncated: boolean;
  readonly tiers: readonly MarginTier[];
}

/** Base rates up to a base size, and higher ones for each step above it (BitMEX, Bybit's inverse contracts: "risk limits"). */
export interface SteppedMargin {
  readonly kind: "steps";
  readonly unit: MarginUnit;
  /** Largest size at the base rates, in the unit; undefined where no source gives it. */
  readonly baseLimit: number | undefined;
  /** Size of each step above it, in the unit; undefined where no source gives it. */
  readonly step: number | undefined;
  /** Fractions of notional. */
  readonly initialRate: number;
  readonly maintenanceRate: number;
  /** What each step begun adds, fractions of notional. */
  readonly stepInitialRate: number;
  readonly stepMaintenanceRate: number;
}

/** Rates that grow with the size itself (Deribit). */
export interface LinearMargin {
  readonly kind: "linear";
  readonly unit: MarginUnit;
  /** Fractions of notional at size 0. */
  readonly initialRate: number;
  readonly maintenanceRate: number;
  /** What each unit of size adds, fractions of notional. */
  readonly initialRatePerUnit: number;
  readonly maintenanceRatePerUnit: number;
}

/** How much margin a position needs. */
export type MarginSchedule = TieredMargin | SteppedMargin | LinearMargin;

/** Relative slack of a comparison of amounts that were computed in doubles. */
const ROUNDING = 1e-12;

const rate = (place: JsonPlace): number => place.number({ above: 0, to: 1 });

function readTier(place: JsonPlace): MarginTier {
  const fields = place.fields(
    ["floor", "maintenanceRate"],
    ["cap", "maxLeverage", "initialRate", "maintenanceAmount"],
  );
  const { cap, maxLeverage, initialRate, maintenanceAmount } = fields;
  const tier = {
    floor: fields.floor.number({ from: 0 }),
    cap: cap?.number({ above: 0 }),
    maxLeverage: maxLeverage?.number({ above: 0 }),
    initialRate: initialRate === undefined ? undefined : rate(initialRate),
    maintenanceRate: rate(fields.maintenanceRate),
    maintenanceAmount: maintenanceAmount?.number({ from: 0 }),
  };
  if (cap !== undefined && tier.cap !== undefined && tier.cap <= tier.floor) {
    throw cap.wrong(`above the tier's floor, ${tier.floor}`);
  }
  const initial = tier.initialRate ?? (tier.maxLeverage === undefined ? 1 : 1 / tier.maxLeverage);
  if (tier.maintenanceRate > initial * (1 + ROUNDING)) {
    throw fields.maintenanceRate.wrong(`at most the initial rate of the tier, ${initial}`);
  }
  return tier;
}

/** Refuses a tier that does not begin where the one before it ends, or is not dearer than it. */
function checkNeighbours(place: JsonPlace, tier: MarginTier, before: MarginTier | undefined): void {
  if (before === undefined) {
    if (tier.floor !== 0) throw place.at("floor").wrong("0, where the first tier begins");
    return;
  }
  if (before.cap === undefined) {
    throw place.wrong("a tier that can be reached", "Only the last tier may be without a cap.");
  }
  if (tier.floor !== before.cap) {
    const fault = tier.floor > before.cap ? "a gap" : "an overlap";
    throw place
      .at("floor")
      .wrong(
        `${before.cap}, the cap of the tier before: that is ${fault}`,
        "Each tier begins where the one before it ends.",
      );
  }
  if (tier.maintenanceRate <= before.maintenanceRate) {
    throw place
      .at("maintenanceRate")
      .wrong(`above that of the tier before, ${before.maintenanceRate}`);
  }
  if ((tier.maxLeverage ?? 0) > (before.maxLeverage ?? Infinity)) {
    throw place.at("maxLeverage").wrong(`at most that of the tier before, ${before.maxLeverage}`);
  }
}

/**
 * The amounts that make margin continuous at every floor, in the unit of the tiers: amount₁ = 0,
 * amountₙ = amountₙ₋₁ + floorₙ × (rateₙ − rateₙ₋₁). Unrounded. Source: Binance, "Leverage and Margin of USDⓈ-M Futures".
 */
export function maintenanceAmounts(tiers: readonly MarginTier[]): readonly number[] {
  let amount = 0;
  return tiers.map(({ floor, maintenanceRate }, i) => {
    const before = tiers[i - 1];
    if (before !== undefined) amount += floor * (maintenanceRate - before.maintenanceRate);
    return amount;
  });
}

/** Refuses a stated amount that is off by more than the half step to which the venue rounds. */
function checkAmounts(place: JsonPlace, { tiers, amountStep }: TieredMargin): void {
  const expected = maintenanceAmounts(tiers);
  tiers.forEach(({ maintenanceAmount: stated }, i) => {
    const right = expected[i] ?? 0;
    if (stated === undefined) return;
    if (Math.abs(stated - right) <= amountStep / 2 + right * ROUNDING) return;
    throw place
      .at(i)
      .at("maintenanceAmount")
      .wrong(
        `${Number(right.toPrecision(12))}, which the tiers up to it give`,
        "The amount of a tier is that of the tier before, plus floor × (rate − rate of the tier before).",
      );
  });
}

function readTiers(place: JsonPlace): TieredMargin {
  const fields = place.fields(["kind", "unit", "tiers"], ["charge", "amountStep", "truncated"]);
  const tiers = fields.tiers.list(readTier);
  tiers.forEach((tier, i) => checkNeighbours(fields.tiers.at(i), tier, tiers[i - 1]));
  const schedule: TieredMargin = {
    kind: "tiers",
    unit: fields.unit.oneOf(MARGIN_UNITS),
    charge: fields.charge?.oneOf(["marginal", "whole"]),
    amountStep: fields.amountStep?.number({ above: 0 }) ?? 1,
    truncated: fields.truncated?.flag() ?? false,
    tiers,
  };
  checkAmounts(fields.tiers, schedule);
  return schedule;
}

function checkRates(place: JsonPlace, initialRate: number, maintenanceRate: number): void {
  if (maintenanceRate > initialRate) {
    throw place.wrong(`at most the initial rate, ${initialRate}`);
  }
}

function readSteps(place: JsonPlace): SteppedMargin {
  const fields = place.fields(
    ["kind", "unit", "initialRate", "maintenanceRate", "stepInitialRate", "stepMaintenanceRate"],
    ["baseLimit", "step"],
  );
  const [initialRate, maintenanceRate] = [rate(fields.initialRate), rate(fields.maintenanceRate)];
  checkRates(fields.maintenanceRate, initialRate, maintenanceRate);
  return {
    kind: "steps",
    unit: fields.unit.oneOf(MARGIN_UNITS),
    baseLimit: fields.baseLimit?.number({ above: 0 }),
    step: fields.step?.number({ above: 0 }),
    initialRate,
    maintenanceRate,
    stepInitialRate: rate(fields.stepInitialRate),
    stepMaintenanceRate: rate(fields.stepMaintenanceRate),
  };
}

function readLinear(place: JsonPlace): LinearMargin {
  const fields = place.fields([
    "kind",
    "unit",
    "initialRate",
    "maintenanceRate",
    "initialRatePerUnit",
    "maintenanceRatePerUnit",
  ]);
  const [initialRate, maintenanceRate] = [rate(fields.initialRate), rate(fields.maintenanceRate)];
  checkRates(fields.maintenanceRate, initialRate, maintenanceRate);
  return {
    kind: "linear",
    unit: fields.unit.oneOf(MARGIN_UNITS),
    initialRate,
    maintenanceRate,
    initialRatePerUnit: rate(fields.initialRatePerUnit),
    maintenanceRatePerUnit: rate(fields.maintenanceRatePerUnit),
  };
}

/**
 * Reads a margin schedule, checking that tiers leave no gap and do not overlap, that rates rise and amounts add up. Throws DataError
 * naming the place.
 */
export function readMarginSchedule(place: JsonPlace): MarginSchedule {
  const kind = place.kind(["tiers", "steps", "linear"]);
  switch (kind) {
    case "tiers":
      return readTiers(place);
    case "steps":
      return readSteps(place);
    case "linear":
      return readLinear(place);
    default:
      return kind satisfies never;
  }
}
