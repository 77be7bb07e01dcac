import { ConfigError, type JsonPlace } from "@aftershock/schema";
import type { BaseRates } from "./marginArithmetic.ts";

/**
 * What the premium is measured with. `impact`: [max(0, impact bid − index) − max(0, index − impact ask)] / index, the impact prices
 * being those at which the impact notional would fill. `mid`: (mid − index) / index.
 */
export type FundingPremium = "impact" | "mid";

/** How samples of the premium are averaged: alike, or the i-th of n with weight i. */
export type FundingAverage = "mean" | "linearWeights" | "movingAverage";

/** The order size of the impact prices. */
export interface ImpactNotional {
  /** Above 0, in `unit`. */
  readonly amount: number;
  /** `notional`: the size itself. `margin`: the size is what this initial margin carries at the highest leverage. */
  readonly of: "margin" | "notional";
  /** The currency of the amount. */
  readonly unit: string;
}

/** Funding exchanged at the ends of periods. */
export interface PeriodicFunding {
  readonly kind: "periodic";
  /** Time between payments, seconds. */
  readonly intervalSeconds: number;
  /** Hours of the UTC day at which it is paid; undefined where every interval is one, or no source says. */
  readonly hoursUtc: readonly number[] | undefined;
  /** Undefined where no source says, as in the other fields that may be. */
  readonly premium: FundingPremium | undefined;
  readonly average: FundingAverage | undefined;
  /** Time between samples of the premium, seconds. */
  readonly sampleSeconds: number | undefined;
  /** Time over which samples are averaged, seconds. */
  readonly averageSeconds: number | undefined;
  /** The interest that the rate tends to, a fraction a day. */
  readonly interestPerDay: number | undefined;
  /** The rate is P + clamp(I − P, ±clampRate), a fraction for `ratePeriodSeconds`; undefined where there is no such term. */
  readonly clampRate: number | undefined;
  /** The period that P and I are for, seconds: the payment is rate × interval / this. */
  readonly ratePeriodSeconds: number;
  readonly impact: ImpactNotional | undefined;
  /** Whether what is averaged in a period is paid at its end, or at the end of the one after it. */
  readonly paid: "samePeriod" | "nextPeriod" | undefined;
}

/** Funding that flows all the time, at a rate for a period. */
export interface ContinuousFunding {
  readonly kind: "continuous";
  /** The period that the rate is for, seconds. */
  readonly ratePeriodSeconds: number;
  /** A premium nearer to 0 than this fraction counts as 0, and one beyond it less this. */
  readonly dampenerRate: number | undefined;
}

/** How a perpetual is held to its index. */
export type FundingRule = PeriodicFunding | ContinuousFunding;

/**
 * The largest funding rate. `rate`: a fraction for `perSeconds`. `shareOfMaintenance`: so many times the maintenance rate of the
 * first tier. `shareOfInitialLessMaintenance`: so many times (initial − maintenance rate); the change from one period to the next
 * may be bounded too, by a share of the maintenance rate.
 */
export type FundingCap =
  | { readonly kind: "rate"; readonly rate: number; readonly perSeconds: number }
  | { readonly kind: "shareOfMaintenance"; readonly share: number; readonly perSeconds: number }
  | {
      readonly kind: "shareOfInitialLessMaintenance";
      readonly share: number;
      readonly changeShareOfMaintenance: number | undefined;
      readonly perSeconds: number;
    };

/** The bounds of a funding rate, fractions. */
export interface FundingBounds {
  /** The rate is within ± this. */
  readonly rate: number;
  /** It changes by no more than this from one period to the next; undefined where that is not bounded. */
  readonly change: number | undefined;
}

/** The bounds that a cap gives with the base rates of the margin. Source: BitMEX blog of 2020-04-17 for the shares. */
export function fundingBounds(cap: FundingCap, margin: BaseRates): FundingBounds {
  switch (cap.kind) {
    case "rate":
      return { rate: cap.rate, change: undefined };
    case "shareOfMaintenance":
      return { rate: cap.share * margin.maintenanceRate, change: undefined };
    case "shareOfInitialLessMaintenance": {
      const { share, changeShareOfMaintenance: change } = cap;
      return {
        rate: share * (margin.initialRate - margin.maintenanceRate),
        change: change === undefined ? undefined : change * margin.maintenanceRate,
      };
    }
    default:
      return cap satisfies never;
  }
}

/** What the rate of a period is made of, fractions for `ratePeriodSeconds`. */
export interface FundingInputs {
  /** The averaged premium. */
  readonly premium: number;
  /** Time of the payment's interval, seconds. Default: the rule's. */
  readonly intervalSeconds?: number;
}

/**
 * The funding rate of one payment, a fraction of notional; positive: longs pay shorts. [P + clamp(I − P, ±clamp)] × interval / rate
 * period, not capped. Source: Binance, "Introduction to Binance Futures Funding Rates"; the others have it alike. Throws ConfigError
 * where the rule does not state interest and clamp.
 */
export function fundingRate(rule: PeriodicFunding, inputs: FundingInputs): number {
  const { premium, intervalSeconds = rule.intervalSeconds } = inputs;
  const { interestPerDay, clampRate, ratePeriodSeconds } = rule;
  if (interestPerDay === undefined || clampRate === undefined) {
    throw new ConfigError("this funding rule does not state its interest and its clamp", {
      hints: ["Take rules of a day for which they are known."],
    });
  }
  const interest = (interestPerDay * ratePeriodSeconds) / 86_400;
  const pull = Math.min(clampRate, Math.max(-clampRate, interest - premium));
  return ((premium + pull) * intervalSeconds) / ratePeriodSeconds;
}

const seconds = (place: JsonPlace): number => place.number({ above: 0 });

function readImpact(place: JsonPlace): ImpactNotional {
  const { amount, of, unit } = place.fields(["amount", "of", "unit"]);
  return {
    amount: amount.number({ above: 0 }),
    of: of.oneOf(["margin", "notional"]),
    unit: unit.text(),
  };
}

function readPeriodic(place: JsonPlace): PeriodicFunding {
  const fields = place.fields(
    ["kind", "intervalSeconds", "ratePeriodSeconds"],
    [
      "hoursUtc",
      "premium",
      "average",
      "sampleSeconds",
      "averageSeconds",
      "interestPerDay",
      "clampRate",
      "impact",
      "paid",
    ],
  );
  return {
    kind: "periodic",
    intervalSeconds: seconds(fields.intervalSeconds),
    hoursUtc: fields.hoursUtc?.list((hour) => hour.number({ from: 0, to: 23, whole: true })),
    premium: fields.premium?.oneOf(["impact", "mid"]),
    average: fields.average?.oneOf(["mean", "linearWeights", "movingAverage"]),
    sampleSeconds: fields.sampleSeconds?.number({ above: 0 }),
    averageSeconds: fields.averageSeconds?.number({ above: 0 }),
    interestPerDay: fields.interestPerDay?.number({ from: -1, to: 1 }),
    clampRate: fields.clampRate?.number({ above: 0, to: 1 }),
    ratePeriodSeconds: seconds(fields.ratePeriodSeconds),
    impact: fields.impact === undefined ? undefined : readImpact(fields.impact),
    paid: fields.paid?.oneOf(["samePeriod", "nextPeriod"]),
  };
}

/** Reads a funding rule. Throws DataError naming the place. */
export function readFundingRule(place: JsonPlace): FundingRule {
  if (place.kind(["periodic", "continuous"]) === "periodic") return readPeriodic(place);
  const { ratePeriodSeconds, dampenerRate } = place.fields(
    ["kind", "ratePeriodSeconds"],
    ["dampenerRate"],
  );
  return {
    kind: "continuous",
    ratePeriodSeconds: seconds(ratePeriodSeconds),
    dampenerRate: dampenerRate?.number({ above: 0, to: 1 }),
  };
}

/** Reads a cap of the funding rate. Throws DataError naming the place. */
export function readFundingCap(place: JsonPlace): FundingCap {
  const kind = place.kind(["rate", "shareOfMaintenance", "shareOfInitialLessMaintenance"]);
  switch (kind) {
    case "rate": {
      const { rate, perSeconds } = place.fields(["kind", "rate", "perSeconds"]);
      return { kind, rate: rate.number({ above: 0, to: 1 }), perSeconds: seconds(perSeconds) };
    }
    case "shareOfMaintenance": {
      const { share, perSeconds } = place.fields(["kind", "share", "perSeconds"]);
      return { kind, share: share.number({ above: 0 }), perSeconds: seconds(perSeconds) };
    }
    case "shareOfInitialLessMaintenance": {
      const fields = place.fields(["kind", "share", "perSeconds"], ["changeShareOfMaintenance"]);
      return {
        kind,
        share: fields.share.number({ above: 0 }),
        changeShareOfMaintenance: fields.changeShareOfMaintenance?.number({ above: 0 }),
        perSeconds: seconds(fields.perSeconds),
      };
    }
    default:
      return kind satisfies never;
  }
}
