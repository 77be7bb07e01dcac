/** Whole USD with thousands separators, e.g. `-256,123 USD`. The same in every locale. */
export function inUsd(value: number): string {
  const digits = String(Math.abs(Math.round(value)));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${Math.round(value) < 0 ? "-" : ""}${grouped} USD`;
}

/** A number with at most `decimals` digits after the point and no trailing zeros. */
export const rounded = (value: number, decimals: number): string =>
  String(Number(value.toFixed(decimals)));

/** `1 snapshot`, `3 snapshots`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
