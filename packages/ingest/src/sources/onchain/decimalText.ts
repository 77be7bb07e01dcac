import { wrongField } from "../read/jsonFields.ts";

const DECIMAL = /^(-?)(\d{1,80})(?:\.(\d{1,80}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** No amount of a token is larger or finer. Digits. */
const MOST_DIGITS = 100;

/**
 * A decimal as plain text, exact: without an exponent, a sign of plus, or zeros that say nothing. `shift` moves the point to the
 * left: `330855192754556269` at 18 is `0.330855192754556269`. Undefined for other text.
 */
export function decimalText(text: string, shift: number = 0): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const decimals = fraction.length - Number(exponent) + shift;
  if (Math.abs(decimals) > MOST_DIGITS) return undefined;
  const digits = whole + fraction + "0".repeat(Math.max(0, -decimals));
  const padded = digits.padStart(decimals + 1, "0");
  const point = padded.length - Math.max(0, decimals);
  const left = padded.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = padded.slice(point).replace(/0+$/, "");
  const plain = right === "" ? left : `${left}.${right}`;
  return plain === "0" ? plain : sign + plain;
}

/** A field or cell that holds a decimal, as plain text. Throws DataError otherwise. */
export function decimalOfText(value: unknown, name: string, shift: number = 0): string {
  const text = typeof value === "string" ? decimalText(value, shift) : undefined;
  if (text === undefined) throw wrongField(name, value, "a decimal number");
  return text;
}
