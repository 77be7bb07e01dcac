import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros } from "./units.ts";

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/**
 * The proleptic Gregorian date of a day counted from 1970-01-01.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** The UTC calendar day of an instant, as `YYYY-MM-DD`: the `date` of its lake partition. */
export function utcDate(at: Micros | number): string {
  const { year, month, day } = civilFromDays(Math.floor(at / MICROS_PER_DAY));
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** An instant as ISO 8601 UTC with all six microsecond digits, e.g. `2025-10-10T21:15:03.127000Z`. */
export function isoMicros(at: Micros | number): string {
  const ofDay = at - Math.floor(at / MICROS_PER_DAY) * MICROS_PER_DAY;
  const seconds = Math.floor(ofDay / MICROS_PER_SECOND);
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${utcDate(at)}T${clock.map((part) => pad(part, 2)).join(":")}.${pad(ofDay % MICROS_PER_SECOND, 6)}Z`;
}
