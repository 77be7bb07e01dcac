import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Where the record of 10 October 2025 lies, beside the checkout; it is not part of the project. */
export const ADL_RECORD = join(import.meta.dirname, "../../../shared/data/crash-2025-10-10");

/** Whether the record is there. */
export const hasAdlRecord = (): boolean => existsSync(join(ADL_RECORD, "adl-waves"));

function textOf(name: string): string {
  const bytes = readFileSync(join(ADL_RECORD, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** A row of a table: its fields by the names of the header. */
export class Row {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(names: readonly string[], fields: readonly string[]) {
    this.#fields = new Map(names.map((name, index) => [name, fields[index] ?? ""]));
  }

  text(name: string): string {
    const found = this.#fields.get(name);
    if (found === undefined) throw new Error(`There is no column ${name}`);
    return found;
  }

  /** NaN where the field is empty. */
  number(name: string): number {
    const text = this.text(name);
    return text === "" ? Number.NaN : Number(text);
  }

  flag(name: string): boolean {
    return this.text(name) === "True";
  }
}

/** The rows of a table without quotes. */
export function tableOf(name: string): readonly Row[] {
  const [header = "", ...lines] = textOf(name).trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => new Row(names, line.split(",")));
}

/** What a second of the record counts, from the first liquidation on. */
export interface SecondCount {
  readonly second: number;
  readonly liquidations: number;
  readonly adls: number;
}

/** When it happened. */
export interface AdlTiming {
  readonly first_liquidation: string;
  readonly first_adl: string;
  readonly timeline: readonly SecondCount[];
}

/** The timing of the event. */
export const adlTiming = (): AdlTiming =>
  JSON.parse(textOf("hyperliquid-adl/cascade_timing_results.json")) as AdlTiming;

/** A number of a file of results, by the names that lead to it. */
export function resultOf(name: string, ...path: readonly string[]): number {
  let value: unknown = JSON.parse(textOf(name));
  for (const key of path) value = (value as Readonly<Record<string, unknown>>)[key];
  if (typeof value !== "number") throw new Error(`${name} has no number ${path.join(".")}`);
  return value;
}

export const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

export const total = (rows: readonly Row[], column: string): number =>
  sum(rows.map((row) => row.number(column)));

/** The value with half of the others below it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
  );
}

/** Ranks from 0, ties at their mean. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index);
  order.sort((a, b) => Math.sign((values[a] ?? 0) - (values[b] ?? 0)) || a - b);
  const ranks = values.map(() => 0);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (values[order[last + 1] ?? -1] === values[order[first] ?? -1]) last += 1;
    for (let i = first; i <= last; i += 1) ranks[order[i] ?? 0] = (first + last) / 2;
    first = last + 1;
  }
  return ranks;
}

/** Spearman's correlation of ranks. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [ranksOf(left), ranksOf(right)];
  const middle = (left.length - 1) / 2;
  const about = (ranks: readonly number[]): number[] => ranks.map((rank) => rank - middle);
  const product = (x: readonly number[], y: readonly number[]): number =>
    sum(x.map((one, index) => one * (y[index] ?? 0)));
  const [x, y] = [about(a), about(b)];
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** How likely one of `left` is above one of `right`; ties count half. ½: they cannot be told apart. */
export function chanceAbove(left: readonly number[], right: readonly number[]): number {
  const above = left.map((one) =>
    sum(right.map((other) => (one > other ? 1 : one === other ? 0.5 : 0))),
  );
  return sum(above) / (left.length * right.length);
}
