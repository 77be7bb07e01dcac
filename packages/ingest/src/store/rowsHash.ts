import { createHash } from "node:crypto";
import { columnsOf, type StreamName } from "@aftershock/schema";
import type { ColumnArrays } from "./columnReader.ts";

/** A text column's value as bytes: its length in UTF-8 as four bytes, or all ones where absent, then the text. */
function textBytes(value: string | undefined): Buffer {
  const head = Buffer.alloc(4, 0xff);
  if (value === undefined) return head;
  const body = Buffer.from(value, "utf8");
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/**
 * The sha256 of rows by their values: one hash a column over its little-endian values in row order, then one over the column
 * names and hashes. Neither batch sizes nor Parquet's packing change it.
 */
export class RowsHash {
  private readonly columns: readonly (readonly [string, ReturnType<typeof createHash>])[];

  constructor(stream: StreamName) {
    this.columns = columnsOf(stream).map(([name]) => [name, createHash("sha256")]);
  }

  add(rows: ColumnArrays): void {
    for (const [name, hash] of this.columns) {
      const values = rows[name] ?? [];
      if (values instanceof Float64Array || values instanceof Int8Array) {
        hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      } else {
        hash.update(Buffer.concat(values.map(textBytes)));
      }
    }
  }

  digest(): string {
    const total = createHash("sha256");
    for (const [name, hash] of this.columns) total.update(`${name}\n${hash.digest("hex")}\n`);
    return total.digest("hex");
  }
}
