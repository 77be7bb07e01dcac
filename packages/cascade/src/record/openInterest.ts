import { decimalToNumber, type Instrument } from "@aftershock/schema";
import type { RecordColumns } from "./recordColumns.ts";

/** Open interest as it was told first in a record, quote currency at the mid then; undefined where it never was. */
export function firstOpenInterest(
  columns: RecordColumns,
  { contract, tick }: Instrument,
): number | undefined {
  const told = columns.column("openInterest");
  const step = told.findIndex((open) => !Number.isNaN(open));
  const open = told[step];
  if (open === undefined) return undefined;
  const mid = columns.column("mid")[step] ?? Number.NaN;
  return contract === "inverse" ? open : open * mid * decimalToNumber(tick);
}
