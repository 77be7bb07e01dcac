/** 1973-03-03 in ms; µs of the same instant are a thousand times as many, seconds a thousandth. */
const EARLIEST_MILLIS = 1e11;
const EARLIEST_MICROS = 1e14;
const EARLIEST_SECONDS = 1e8;

/** What `parseUnixTime` reads, for error messages. */
export const UNIX_TIME: string = "a time in whole ms or µs";

/** Digits of an instant in ms or in µs, whichever their number says, as µs. Undefined for anything that can be neither. */
export function parseUnixTime(text: string): number | undefined {
  if (!/^\d{12,16}$/.test(text)) return undefined;
  const value = Number(text);
  const at = value < EARLIEST_MICROS ? value * 1_000 : value;
  return value >= EARLIEST_MILLIS && Number.isSafeInteger(at) ? at : undefined;
}

/** What `parseSeconds` reads, for error messages. */
export const UNIX_SECONDS: string = "a time in seconds";

/** Seconds with any number of decimals in µs, to the nearest; exact up to six decimals. Undefined for other text. */
export function parseSeconds(text: string): number | undefined {
  const [, whole = "", fraction = ""] = /^(\d{9,10})(?:\.(\d{1,12}))?$/.exec(text) ?? [];
  const at = Number(whole) * 1_000_000 + Math.round(Number(`0.${fraction}`) * 1_000_000);
  return whole !== "" && Number(whole) >= EARLIEST_SECONDS && Number.isSafeInteger(at)
    ? at
    : undefined;
}
