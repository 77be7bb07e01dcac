import { createHash } from "node:crypto";
import { columnsOf, type StreamName } from "@aftershock/schema";

/**
 * The sha256 of rows by their values: one hash a column over its little-endian values in row order, then one over the column
 * names and hashes. Neither batch sizes nor Parquet's packing change it. A text counts as its length in UTF-8 as four bytes, all
 * ones where it is absent, and then the text.
 */
export class RowsHash {
  private readonly columns: readonly (readonly [string, ReturnType<typeof createHash>])[];

  constructor(stream: StreamName) {
    this.columns = columnsOf(stream).map(([name]) => [name, createHash("sha256")]);
  }

  /** Takes the values of the next rows of a column, by its place in the layout, as they are hashed. */
  add(column: number, values: Uint8Array): void {
    this.columns[column]?.[1].update(values);
  }

  digest(): string {
    const total = createHash("sha256");
    for (const [name, hash] of this.columns) total.update(`${name}\n${hash.digest("hex")}\n`);
    return total.digest("hex");
  }
}
