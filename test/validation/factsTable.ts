import type { StylisedFacts } from "@aftershock/replay";
import { FACT_ROWS, type FactRow } from "./factRows.ts";

/** One column of the table. */
export interface FactColumn {
  readonly name: string;
  readonly facts: StylisedFacts;
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
  columns.flatMap(({ facts }) => {
    const value = of(facts);
    return value === undefined || !Number.isFinite(value) ? [] : [value];
  });

/** The lowest and the highest of a figure among captures, of which two at least must tell it. */
export function rangeOf(
  row: FactRow,
  captures: readonly FactColumn[],
): readonly [number, number] | undefined {
  const values = valuesOf(row, captures);
  return values.length < 2 ? undefined : [Math.min(...values), Math.max(...values)];
}

/** Whether figures lie in a range: `yes`, `no`, or how many do; `–` where there is nothing to compare. */
export function verdict(
  values: readonly number[],
  range: readonly [number, number] | undefined,
): string {
  if (range === undefined || values.length === 0) return "–";
  const within = values.filter((value) => value >= range[0] && value <= range[1]).length;
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
    "range of the captures",
    "simulated within the captures' range?",
  ];
  const rows = FACT_ROWS.map((row) => {
    const range = rangeOf(row, captures);
    const isIn = (own: readonly FactColumn[]): string => verdict(valuesOf(row, own), range);
    return [
      row.name,
      ...columns.map(({ facts }) => figure(row.of(facts))),
      range === undefined ? "–" : `${figure(range[0])} … ${figure(range[1])}`,
      row.isScale === true
        ? "not compared: a matter of scale"
        : `calm: ${isIn(simulated.calm)}; whole: ${isIn(simulated.whole)}`,
    ];
  });
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The names of the compared figures of which not all simulated columns lie within the range. */
export function outside(
  captures: readonly FactColumn[],
  simulated: readonly FactColumn[],
): readonly string[] {
  return FACT_ROWS.filter((row) => row.isScale !== true).flatMap((row) => {
    const told = verdict(valuesOf(row, simulated), rangeOf(row, captures));
    return told === "yes" || told === "–"
      ? []
      : [told === "no" ? row.name : `${row.name} (${told})`];
  });
}
