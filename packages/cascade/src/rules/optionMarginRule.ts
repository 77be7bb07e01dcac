import type { JsonPlace } from "@aftershock/schema";

/** Options that a rule is about: all on a coin that are settled in a currency. */
export interface CoveredOptions {
  readonly base: string;
  readonly settle: string;
}

/**
 * Margin of options position by position (Deribit's standard margin), where a long needs none beyond its premium. Rates are fractions of the underlying's price; the mark price of
 * the option comes to each.
 */
export interface OptionMarginRule {
  readonly covers: readonly CoveredOptions[];
  /** Initial margin of a short: this less the share by which it is out of the money, … */
  readonly initialRate: number;
  /** … and at least this. */
  readonly leastInitialRate: number;
  /** Maintenance margin of a short. Initial margin of a put is at least its maintenance margin. */
  readonly maintenanceRate: number;
  /** Maintenance margin of a short put: at least this share of the option's own mark price. */
  readonly putMaintenanceOfMark: number;
}

const rate = (place: JsonPlace): number => place.number({ above: 0, to: 1 });

function readCovered(place: JsonPlace): CoveredOptions {
  const { base, settle } = place.fields(["base", "settle"]);
  return { base: base.text(), settle: settle.text() };
}

/** Reads margin of options. Throws DataError naming the place. */
export function readOptionMarginRule(place: JsonPlace): OptionMarginRule {
  const fields = place.fields([
    "covers",
    "initialRate",
    "leastInitialRate",
    "maintenanceRate",
    "putMaintenanceOfMark",
  ]);
  const rule: OptionMarginRule = {
    covers: fields.covers.list(readCovered),
    initialRate: rate(fields.initialRate),
    leastInitialRate: rate(fields.leastInitialRate),
    maintenanceRate: rate(fields.maintenanceRate),
    putMaintenanceOfMark: rate(fields.putMaintenanceOfMark),
  };
  if (rule.leastInitialRate > rule.initialRate) {
    throw fields.leastInitialRate.wrong(`at most the initial rate, ${rule.initialRate}`);
  }
  if (rule.maintenanceRate > rule.leastInitialRate) {
    throw fields.maintenanceRate.wrong(`at most the least initial rate, ${rule.leastInitialRate}`);
  }
  const names = rule.covers.map(({ base, settle }) => `${base} in ${settle}`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw fields.covers.wrong(`a list that names ${repeated} once`);
  return rule;
}
