import { formatNumber } from "./format.ts";

/** The domain and ticks of an axis of values. */
export interface ValueAxis {
  readonly domain: readonly [least: number, most: number];
  /** Round values, ascending, within the domain. */
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/**
 * How the values of an axis are written: `usd` and `coin` scaled to k, m and bn; `percent` a fraction times 100; `plain` the
 * number.
 */
export type ValueUnit = "usd" | "coin" | "percent" | "plain";

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below a step. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (
    [1, 2, 2.5, 5, 10].map((times) => times * power).find((round) => round >= step * 0.999_999) ??
    10 * power
  );
}

const MAGNITUDES: readonly (readonly [size: number, suffix: string])[] = [
  [1e9, "bn"],
  [1e6, "m"],
  [1e3, "k"],
];

/** Writes ticks a step apart so that no two of them read the same. */
function tickFormat(unit: ValueUnit, step: number, largest: number): (value: number) => string {
  const scaled = unit === "usd" || unit === "coin";
  // Below ten thousand the full number with its separator is as short as a scaled one, and says more.
  const found =
    scaled && largest >= 10_000 ? MAGNITUDES.find(([size]) => largest >= size) : undefined;
  const [size, suffix] = found ?? [1, ""];
  const factor = unit === "percent" ? 100 : 1 / size;
  const decimals = stepDecimals(step * factor);
  const before = unit === "usd" ? "$" : "";
  const after = unit === "percent" ? "\u00a0%" : suffix;
  return (value) => {
    if (value === 0 && unit !== "percent") return `${before}0`;
    const text = formatNumber(Math.abs(value) * factor, decimals);
    return `${value < 0 && Number(text) !== 0 ? "\u2212" : ""}${before}${text}${after}`;
  };
}

/** The decimals that a step needs: 0.25 needs two, 20 none. */
function stepDecimals(step: number): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const scaled = step * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) < 1e-6 ? decimals : decimals + 1;
}

/**
 * An axis that holds all finite values with a little room, and `include` besides. Values that are all equal get a range of
 * their own around them; no values at all give 0 … 1.
 */
export function valueAxis(
  values: Iterable<number>,
  unit: ValueUnit,
  options: { readonly most?: number; readonly include?: readonly number[] } = {},
): ValueAxis {
  let least = Infinity;
  let most = -Infinity;
  for (const value of [...values, ...(options.include ?? [])]) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) [least, most] = [0, 1];
  if (least === most) {
    const around = Math.abs(least) * 0.01 || 1;
    [least, most] = [least - around, most + around];
  }
  const room = (most - least) * 0.04;
  const pinned = new Set(options.include);
  const domain = [
    pinned.has(least) ? least : least - room,
    pinned.has(most) ? most : most + room,
  ] as const;
  const step = roundStep((domain[1] - domain[0]) / (options.most ?? 5));
  const ticks: number[] = [];
  for (let n = Math.ceil(domain[0] / step); n * step <= domain[1]; n += 1) ticks.push(n * step);
  const largest = Math.max(Math.abs(domain[0]), Math.abs(domain[1]));
  return { domain, ticks, format: tickFormat(unit, step, largest) };
}
