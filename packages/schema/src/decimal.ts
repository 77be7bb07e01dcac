import { DataError } from "./errors.ts";

/**
 * A decimal number read from text without passing through a float: `mantissa / 10^decimals`.
 * Trailing zeros after the point are dropped, so that equal numbers have equal parts.
 */
export interface Decimal {
  /** Whole, exact: its absolute value is below 2^53. */
  readonly mantissa: number;
  /** Digits after the point, 0 … 40. */
  readonly decimals: number;
}

const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** 10^n for n in 0 … 22: the powers of ten that a double holds exactly. */
const POWER_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/**
 * Reads decimal text (`"61837.63000000"`, `"1e-7"`, `"-0.5"`) exactly.
 * Returns undefined when the text is no decimal number, or has more than 15 significant digits and does not fit 2^53.
 */
export function parseDecimal(text: string): Decimal | undefined {
  return parsePlain(text) ?? parseAny(text);
}

/** Nothing but up to 15 digits, a point among them or not, as nearly all prices and sizes are; undefined for any other text. */
function parsePlain(text: string): Decimal | undefined {
  const { length } = text;
  if (length === 0 || length > 16) return undefined;
  let mantissa = 0;
  let point = -1;
  for (let i = 0; i < length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === -2 && point < 0) point = i;
    else return undefined;
  }
  const digits = point < 0 ? length : length - 1;
  if (digits === 0 || digits > 15) return undefined;
  if (mantissa === 0) return { mantissa: 0, decimals: 0 };
  let decimals = point < 0 ? 0 : length - point - 1;
  while (decimals > 0 && mantissa % 10 === 0) {
    mantissa /= 10;
    decimals -= 1;
  }
  return { mantissa, decimals };
}

function parseAny(text: string): Decimal | undefined {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  let digits = whole + fraction;
  let decimals = fraction.length - Number(exponent);
  while (decimals > 0 && digits.endsWith("0")) {
    digits = digits.slice(0, -1);
    decimals -= 1;
  }
  if (decimals < 0) {
    if (decimals < -40) return undefined;
    digits += "0".repeat(-decimals);
    decimals = 0;
  }
  if (decimals > 40) return undefined;
  const mantissa = digits === "" ? 0 : Number(digits);
  if (!Number.isSafeInteger(mantissa)) return undefined;
  if (mantissa === 0) return { mantissa: 0, decimals: 0 };
  return { mantissa: sign === "-" ? -mantissa : mantissa, decimals };
}

/** Reads a decimal that is known to be good (a constant of ours, an instrument's tick). Throws DataError otherwise. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new DataError(`"${text}" is not a decimal number that fits 2^53`);
  return parsed;
}

/**
 * How many whole steps a value is: 61837.63 at a step of 0.01 is 6,183,763.
 * Returns undefined when the value is off the grid or the count does not fit 2^53.
 */
export function toSteps(value: Decimal, step: Decimal): number | undefined {
  const power = POWER_OF_TEN[step.decimals - value.decimals];
  if (power === undefined) return value.mantissa === 0 ? 0 : undefined;
  const scaled = value.mantissa * power;
  if (!Number.isSafeInteger(scaled)) return undefined;
  const steps = scaled / step.mantissa;
  return Number.isInteger(steps) ? steps : undefined;
}

/** The decimal text of a number of steps, with no trailing zeros: 6,183,763 steps of 0.01 are `"61837.63"`. */
export function formatSteps(steps: number, step: Decimal): string {
  const scaled = BigInt(steps) * BigInt(step.mantissa);
  const negative = scaled < 0n;
  const digits = String(negative ? -scaled : scaled).padStart(step.decimals + 1, "0");
  const point = digits.length - step.decimals;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return `${negative ? "-" : ""}${digits.slice(0, point)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The value of a number of steps as the nearest double: for arithmetic in money, never for keys or comparisons. */
export function stepsToNumber(steps: number, step: Decimal): number {
  const power = POWER_OF_TEN[step.decimals];
  // Beyond the exact powers a division would round twice; the text is read with one rounding.
  return power === undefined ? Number(formatSteps(steps, step)) : (steps * step.mantissa) / power;
}

/** A decimal as the nearest double. */
export const decimalToNumber = ({ mantissa, decimals }: Decimal): number =>
  stepsToNumber(mantissa, { mantissa: 1, decimals });

/** The text of a decimal. */
export const formatDecimal = (value: Decimal): string =>
  formatSteps(value.mantissa, { mantissa: 1, decimals: value.decimals });
