/** 1973-03-03 in ms; µs of the same instant are a thousand times as many, seconds a thousandth. */
const EARLIEST_MILLIS = 1e11;
const EARLIEST_MICROS = 1e14;
const EARLIEST_SECONDS = 1e8;
/** 2255-06-05: µs of the seconds up to it fit a safe integer. */
const LATEST_SECONDS = 9_007_199_253;
const POINT = 46;

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

/** Decimals of a second that are read; more would not fit an exact number. */
const MOST_DECIMALS = 12;
const POWER_OF_TEN = Float64Array.from({ length: 7 }, (_, n) => 10 ** n);

/**
 * Seconds with any number of decimals (at most 12) in µs, to the nearest; exact up to six decimals. Undefined for other text, and for
 * digits that are no seconds of a recording.
 */
export function parseSeconds(text: string): number | undefined {
  let whole = 0;
  let i = 0;
  for (; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (i < 9 || i > 10 || whole < EARLIEST_SECONDS) return undefined;
  if (whole > LATEST_SECONDS) return undefined;
  if (i === text.length) return whole * 1_000_000;
  if (text.charCodeAt(i) !== POINT) return undefined;
  const first = i + 1;
  let fraction = 0;
  for (i = first; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    fraction = fraction * 10 + digit;
  }
  const decimals = text.length - first;
  if (decimals === 0 || decimals > MOST_DECIMALS) return undefined;
  const power = POWER_OF_TEN[Math.abs(6 - decimals)] ?? Number.NaN;
  const micros = decimals <= 6 ? fraction * power : Math.round(fraction / power);
  return whole * 1_000_000 + micros;
}
