import { columnsOf, type Decimal, type StreamName } from "@aftershock/schema";
import { decimalsColumn } from "./stagedLayout.ts";
import { sqlName } from "../duck.ts";

/** The finest steps of a partition: what one tick and one lot are. */
export interface Grid {
  readonly tick: Decimal;
  readonly lot: Decimal;
}

/** When a row happened, by the clock that orders its partition: the recorder's, else the venue's. NaN when it has neither. */
export const AT = `CASE WHEN isnan("tsRecv") THEN "tsEvent" ELSE "tsRecv" END`;

/** The price or size columns of a stream. */
export const gridColumns = (stream: StreamName, type: "ticks" | "lots"): readonly string[] =>
  columnsOf(stream)
    .filter(([, layout]) => layout.type === type)
    .map(([name]) => name);

/** For each price or size column, the largest absolute mantissa by number of decimals, 0 where there is none. */
export type Mantissas = ReadonlyMap<string, ArrayLike<number>>;

/** The numbers of decimals that a column holds. */
function decimalsIn(mantissas: Mantissas, column: string): readonly number[] {
  return Array.from(mantissas.get(column) ?? []).flatMap((largest, decimals) =>
    largest > 0 ? [decimals] : [],
  );
}

/** The finest decimal among some columns, 0 where there is none. */
export const finestDecimals = (mantissas: Mantissas, columns: readonly string[]): number =>
  Math.max(0, ...columns.flatMap((column) => decimalsIn(mantissas, column)));

/** SQL: a staged decimal brought to the step's number of decimals; infinite when it has more. Exact below 2^53. */
function scaled(name: string, step: Decimal, mantissas: Mantissas): string {
  const [column, decimals] = [sqlName(name), sqlName(decimalsColumn(name))];
  const cases = decimalsIn(mantissas, name).map((found) => {
    const value =
      found > step.decimals ? "'inf'::DOUBLE" : `${column} * 1e${step.decimals - found}::DOUBLE`;
    return `WHEN ${found} THEN ${value}`;
  });
  // Zero and NaN are the same at any number of decimals.
  if (cases.length === 0) return column;
  return `CASE WHEN isnan(${column}) OR ${column} = 0 THEN ${column} ELSE CASE ${decimals} ${cases.join(" ")} END END`;
}

/** SQL: a staged decimal as a number of steps. Meaningful where onGrid holds. */
export const steps = (name: string, step: Decimal, mantissas: Mantissas): string =>
  step.mantissa === 1
    ? `(${scaled(name, step, mantissas)})`
    : `((${scaled(name, step, mantissas)}) / ${step.mantissa})`;

/** SQL: whether a staged decimal is absent or a whole number of steps below 2^53. */
export const onGrid = (name: string, step: Decimal, mantissas: Mantissas): string =>
  `(isnan(${sqlName(name)}) OR (abs(${scaled(name, step, mantissas)}) <= ${Number.MAX_SAFE_INTEGER}
    AND ${steps(name, step, mantissas)} = floor(${steps(name, step, mantissas)})))`;

/** True when no value of a column can be off the grid, whatever the rows are. */
export function isSurelyOnGrid(name: string, step: Decimal, mantissas: Mantissas): boolean {
  if (step.mantissa !== 1) return false;
  const largest = mantissas.get(name) ?? [];
  return decimalsIn(mantissas, name).every(
    (found) =>
      found <= step.decimals &&
      (largest[found] ?? Infinity) * 10 ** (step.decimals - found) <= Number.MAX_SAFE_INTEGER,
  );
}
