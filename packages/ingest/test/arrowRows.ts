import { readFile } from "node:fs/promises";
import { tableFromIPC } from "apache-arrow";

/** A value as a test compares it: whole numbers of 64 bits as numbers. */
export type ArrowValue = string | number | boolean | null;

/** The rows of an Arrow IPC file by column name, and the metadata of its schema. */
export async function arrowRows(path: string): Promise<{
  readonly rows: readonly Readonly<Record<string, ArrowValue>>[];
  readonly metadata: ReadonlyMap<string, string>;
}> {
  const table = tableFromIPC(await readFile(path));
  const columns = table.schema.fields.map(({ name }) => [name, table.getChild(name)] as const);
  const rows = Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(
      columns.map(([name, column]) => {
        const value: unknown = column?.get(row) ?? null;
        return [name, (typeof value === "bigint" ? Number(value) : value) as ArrowValue];
      }),
    ),
  );
  return { rows, metadata: table.schema.metadata };
}
