import type { StylisedFacts } from "@aftershock/replay";
import type { MetaorderLaw } from "./metaorderLaw.ts";
import { FACT_ROWS, type FactRow } from "./factRows.ts";

/** One column of the table. */
export interface FactColumn {
  readonly name: string;
  readonly facts: StylisedFacts;
  /** What its metaorders did to the price; of simulated days alone. */
  readonly metaorders?: MetaorderLaw;
}

/** What of a simulated day is compared: its calm beginning, and all of it. */
export interface SimulatedColumns {
  readonly calm: readonly FactColumn[];
  readonly whole: readonly FactColumn[];
}

/** A figure with three significant digits; a dash where there is none. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 10_000 ? rounded.toLocaleString("en-US") : String(rounded);
}

const valuesOf = ({ of }: FactRow, columns: readonly FactColumn[]): readonly number[] =>
  columns.flatMap(({ facts, metaorders }) => {
    const value = of(facts, metaorders);
    return value === undefined || !Number.isFinite(value) ? [] : [value];
  });

/** From so many captures on, the lowest and the highest are left out of a range: one odd capture would make it too wide. */
const ENOUGH_TO_TRIM = 6;

/** What captures tell of a figure. */
export interface FactRange {
  readonly lowest: number;
  readonly highest: number;
  /** How many of them tell it. */
  readonly told: number;
}

/** The range of a figure among captures, of which two at least must tell it; of six and more without the lowest and the highest. */
export function rangeOf(row: FactRow, captures: readonly FactColumn[]): FactRange | undefined {
  const all = valuesOf(row, captures).toSorted((a, b) => a - b);
  const values = all.length < ENOUGH_TO_TRIM ? all : all.slice(1, -1);
  const [lowest, highest] = [values[0], values.at(-1)];
  if (all.length < 2 || lowest === undefined || highest === undefined) return undefined;
  return { lowest, highest, told: all.length };
}

/** Whether figures lie in a range: `yes`, `no`, or how many do; `none told` where they are all absent; `–` where there is no range. */
export function verdict(values: readonly number[], range: FactRange | undefined): string {
  if (range === undefined) return "–";
  if (values.length === 0) return "none told";
  const { lowest, highest } = range;
  const within = values.filter((value) => value >= lowest && value <= highest).length;
  if (within === values.length) return "yes";
  return within === 0 ? "no" : `${within} of ${values.length}`;
}

const lengthOf = ({ seconds }: StylisedFacts): string =>
  seconds < 600 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table as markdown: figures by captures and simulated days, and whether the latter lie within the range of the former. */
export function factsTable(captures: readonly FactColumn[], simulated: SimulatedColumns): string {
  const columns = [...captures, ...simulated.calm, ...simulated.whole];
  const head = [
    "figure",
    ...columns.map(({ name, facts }) => `${name} (${lengthOf(facts)})`),
    "range of the captures (how many)",
    "simulated within the captures' range?",
  ];
  const rows = FACT_ROWS.map((row) => {
    const range = rangeOf(row, captures);
    const isIn = (own: readonly FactColumn[]): string => verdict(valuesOf(row, own), range);
    return [
      row.name,
      ...columns.map(({ facts, metaorders }) => figure(row.of(facts, metaorders))),
      range === undefined
        ? "–"
        : `${figure(range.lowest)} … ${figure(range.highest)} (${range.told})`,
      row.isShownOnly === true
        ? "not compared"
        : `calm: ${isIn(simulated.calm)}; whole: ${isIn(simulated.whole)}`,
    ];
  });
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * The names of the compared figures that not all simulated columns have within the range; of those that none of them tells, the ones that half
 * of the captures do.
 */
export function outside(
  captures: readonly FactColumn[],
  simulated: readonly FactColumn[],
): readonly string[] {
  return FACT_ROWS.filter((row) => row.isShownOnly !== true).flatMap((row) => {
    const range = rangeOf(row, captures);
    const told = verdict(valuesOf(row, simulated), range);
    if (told === "yes" || told === "–") return [];
    if (told === "none told" && (range?.told ?? 0) < captures.length / 2) return [];
    return [told === "no" ? row.name : `${row.name} (${told})`];
  });
}
