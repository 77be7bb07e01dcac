import { columnsOf, type Batch } from "@aftershock/schema";
import type { Run } from "./clock/runMerger.ts";
import type { StateHash } from "./stateHash.ts";

type AnyColumn = Float64Array | Int8Array | readonly (string | undefined)[];

function columnsInOrder(batch: Batch): readonly AnyColumn[] {
  const byName: Readonly<Record<string, AnyColumn>> = batch.columns;
  return columnsOf(batch.stream).map(([name]) => byName[name] ?? []);
}

/** Takes the rows [from, to) of a run's batch into a hash: for each `place`, its effective time, and every column in storage order. */
export function hashRows(hash: StateHash, place: number, run: Run): void {
  const columns = columnsInOrder(run.batch);
  for (let row = run.from; row < run.to; row += 1) {
    hash.mix(place);
    hash.mix(run.times[row] ?? Number.NaN);
    for (const values of columns) {
      const value = values[row];
      if (typeof value === "number") hash.mix(value);
      else hash.mixText(value);
    }
  }
}
