import { columnsOf, type Decimal, type StreamName } from "@aftershock/schema";
import { decimalsColumn } from "./staging.ts";
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

/** SQL: the largest number of decimals among some price or size columns, 0 where there are none. */
export function finestDecimals(columns: readonly string[]): string {
  const parts = columns.map(
    (name) =>
      `max(CASE WHEN isnan(${sqlName(name)}) THEN 0 ELSE ${sqlName(decimalsColumn(name))} END)`,
  );
  return parts.length === 0 ? "0" : `greatest(${["0", ...parts].join(", ")})`;
}

/** SQL: a staged decimal brought to the step's number of decimals; infinite when it has more. Exact below 2^53. */
function scaled(name: string, step: Decimal): string {
  const [column, decimals] = [sqlName(name), sqlName(decimalsColumn(name))];
  return `CASE WHEN isnan(${column}) OR ${column} = 0 THEN ${column}
    WHEN ${decimals} > ${step.decimals} THEN 'inf'::DOUBLE
    ELSE ${column} * pow(10::DOUBLE, ${step.decimals} - ${decimals}) END`;
}

/** SQL: a staged decimal as a number of steps. Meaningful where onGrid holds. */
export const steps = (name: string, step: Decimal): string =>
  `(${scaled(name, step)}) / ${step.mantissa}`;

/** SQL: whether a staged decimal is absent or a whole number of steps below 2^53. */
export const onGrid = (name: string, step: Decimal): string =>
  `(isnan(${sqlName(name)}) OR (abs(${scaled(name, step)}) <= ${Number.MAX_SAFE_INTEGER}
    AND (${steps(name, step)}) = floor(${steps(name, step)})))`;
