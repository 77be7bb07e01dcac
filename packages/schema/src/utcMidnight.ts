import { utcDate } from "./time.ts";
import { MICROS_PER_DAY, micros, type Micros } from "./units.ts";

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/**
 * Midnight UTC at which a day of the proleptic Gregorian calendar starts, µs; `month` is 1 … 12. Undefined when there is no
 * such day. Days are counted in 400-year eras of 146,097 days whose years begin in March, so that the leap day comes last.
 * Source of the method: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
export function utcMidnight(year: number, month: number, day: number): Micros | undefined {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const at = (era * 146_097 + dayOfEra - 719_468) * MICROS_PER_DAY;
  // The 30th of February would come out as a day of March: only a date that reads back the same is one.
  const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return utcDate(at) === text ? micros(at) : undefined;
}
