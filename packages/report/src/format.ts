import {
  isoMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from "@aftershock/schema";

const MINUS = "\u2212";

/** What stands where a recording does not say; 0 is a value and never stands for it. */
export const NOT_RECORDED = "not recorded";

/** True for a number that is there: JSON carries an absent one as null, columns carry it as NaN. */
export const isRecorded = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/**
 * A number with thousands separators, a fixed count of decimals and a true minus sign: `−1,234.50`. Rounds to nearest;
 * what rounds to zero has no sign.
 */
export function formatNumber(value: number, decimals: number = 0): string {
  const fixed = Math.abs(value).toFixed(decimals);
  const point = fixed.indexOf(".");
  const whole = point < 0 ? fixed : fixed.slice(0, point);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + fixed.slice(whole.length);
  return value < 0 && Number(fixed) !== 0 ? MINUS + grouped : grouped;
}

/** A whole number with thousands separators. */
export const formatCount = (value: number): string => formatNumber(value, 0);

/** `1 partition`, `1,234 partitions`. */
export const formatCounted = (value: number, noun: string): string =>
  `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;

/** Whole dollars from a hundred on, cents below, and more where cents would show nothing. */
function decimalsFor(magnitude: number): number {
  if (magnitude >= 100 || magnitude === 0) return 0;
  if (magnitude >= 1) return 2;
  return Math.min(8, 2 - Math.floor(Math.log10(magnitude)));
}

/** US dollars: `$1,234`, `−$0.52`; cents only below a hundred. */
export function formatUsd(value: number): string {
  const text = formatNumber(Math.abs(value), decimalsFor(Math.abs(value)));
  return value < 0 && Number(text.replaceAll(",", "")) !== 0 ? `${MINUS}$${text}` : `$${text}`;
}

/** A change in US dollars: always signed, `+$1,234` or `−$1,234`; zero has no sign. */
export const formatUsdChange = (value: number): string => {
  const text = formatUsd(value);
  return value > 0 ? `+${text}` : text;
};

const SCALES: readonly (readonly [size: number, suffix: string])[] = [
  [1e9, "bn"],
  [1e6, "m"],
  [1e3, "k"],
];

/** Dollars in three significant digits for axes and end labels: `$613k`, `−$1.2m`. */
export function formatUsdShort(value: number): string {
  const magnitude = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  // 999,500 reads $1.00m and not $1000k: the unit is chosen after rounding to three digits.
  const rounded = Number(magnitude.toPrecision(3));
  const [size, suffix] = SCALES.find(([least]) => rounded >= least) ?? [1, ""];
  return `${sign}$${Number((rounded / size).toPrecision(3))}${suffix}`;
}

/** A fraction as a signed percentage: −0.2841 is `−28.4 %`. The space does not break. */
export const formatPercentChange = (fraction: number, decimals: number = 1): string => {
  const text = formatNumber(fraction * 100, decimals);
  return `${fraction > 0 && Number(text.replaceAll(",", "")) !== 0 ? "+" : ""}${text}\u00a0%`;
};

/** A fraction as an unsigned percentage: 0.482 is `48.2 %`. */
export const formatPercent = (fraction: number, decimals: number = 1): string =>
  `${formatNumber(fraction * 100, decimals)}\u00a0%`;

/** An amount of coin, at most eight decimals, trailing zeros dropped: `−10`, `0.0425`. */
export function formatCoin(value: number): string {
  const text = formatNumber(value, 8);
  return text.replace(/\.?0+$/, "");
}

/** An instant as `2026-02-05 15:51`, UTC; with seconds where the instant is not a whole minute and they are asked for. */
export function formatTime(at: number, seconds: boolean = false): string {
  const iso = isoMicros(at);
  return `${iso.slice(0, 10)} ${iso.slice(11, seconds ? 19 : 16)}`;
}

const DURATIONS: readonly (readonly [micros: number, unit: string])[] = [
  [MICROS_PER_DAY, "d"],
  [MICROS_PER_HOUR, "h"],
  [MICROS_PER_MINUTE, "min"],
  [MICROS_PER_SECOND, "s"],
  [1_000, "ms"],
];

/** A length of time given in µs, in the largest unit that it fills: `6.1 h`, `250.0 ms`, `12 µs`. */
export function formatDuration(micros: number): string {
  const [size, unit] = DURATIONS.find(([least]) => Math.abs(micros) >= least) ?? [1, "µs"];
  return `${formatNumber(micros / size, size === 1 ? 0 : 1)} ${unit}`;
}

/** Text cut to a width in characters, the last one an ellipsis. */
export const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 1)).trimEnd()}…`;
