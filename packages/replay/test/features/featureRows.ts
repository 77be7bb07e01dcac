import { micros, type EventStream } from "@aftershock/schema";
import { featureBars, type FeatureBarsOptions, type FeatureBatch } from "../../src/index.ts";

/** A row by column name; absent values are null. */
export type FeatureRow = Readonly<Record<string, number | string | null>>;

/** The rows of a batch, copied. */
export const rowsOfBatch = ({ columns, length, values }: FeatureBatch): readonly FeatureRow[] =>
  Array.from({ length }, (_, row) =>
    Object.fromEntries(
      columns.map(({ name }, i) => {
        const value = values[i]?.[row] ?? Number.NaN;
        return [name, typeof value === "number" && Number.isNaN(value) ? null : value];
      }),
    ),
  );

/** All rows of bars of `every` µs. */
export async function featureRows(
  streams: readonly EventStream[],
  every: number,
  options: Partial<FeatureBarsOptions> = {},
): Promise<readonly FeatureRow[]> {
  const rows: FeatureRow[] = [];
  await featureBars(streams, {
    ...options,
    every: micros(every),
    onBars: (batch) => rows.push(...rowsOfBatch(batch)),
  });
  return rows;
}

/** Some columns of rows. */
export const pick = (
  rows: readonly FeatureRow[],
  ...names: readonly string[]
): readonly (readonly (number | string | null | undefined)[])[] =>
  rows.map((row) => names.map((name) => row[name]));
