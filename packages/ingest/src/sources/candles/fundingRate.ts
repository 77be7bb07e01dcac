import { MICROS_PER_HOUR, MICROS_PER_MINUTE } from "@aftershock/schema";
import { shiftPoint } from "../read/shiftPoint.ts";

/**
 * The full hour that a settlement was due at, which venues stamp some ms later; the time itself where no hour is within a minute.
 * µs.
 */
export function settlementHour(at: number): number {
  const hour = Math.round(at / MICROS_PER_HOUR) * MICROS_PER_HOUR;
  return Math.abs(at - hour) <= MICROS_PER_MINUTE ? hour : at;
}

/** A rate in percent as a fraction. */
export const percentToFraction = (percent: number): number => shiftPoint(String(percent), -2);
