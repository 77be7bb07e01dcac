import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { IntegrityError } from "@aftershock/schema";
import type * as Arrow from "apache-arrow";
import {
  type Metadata,
  numbersOf,
  presenceOf,
  type TableColumn,
  type TableDraft,
  type TableRows,
  textsOf,
} from "./tableDraft.ts";

/** A whole number for 64 bits; 0 where it is absent. */
const whole = (value: number): bigint => (Number.isNaN(value) ? 0n : BigInt(value));

/** An Arrow IPC file: a record batch a call, on the disk when the call returns. */
export class ArrowDraft implements TableDraft {
  private readonly arrow: typeof Arrow;
  private readonly columns: readonly TableColumn[];
  private readonly schema: Arrow.Schema;
  private readonly writer: Arrow.RecordBatchFileWriter;
  private readonly file: number;

  constructor(
    arrow: typeof Arrow,
    columns: readonly TableColumn[],
    path: string,
    metadata: Metadata,
  ) {
    this.arrow = arrow;
    this.columns = columns;
    this.schema = new arrow.Schema(
      columns.map(
        (column) => new arrow.Field(column.name, this.typeOf(column), column.type !== "text"),
      ),
      new Map(Object.entries(metadata)),
    );
    const file = openSync(path, "wx");
    this.file = file;
    class Straight extends arrow.AsyncByteQueue {
      override write(bytes: unknown): void {
        if (!ArrayBuffer.isView(bytes))
          throw new IntegrityError("Invariant: Arrow's writer writes bytes");
        writeFileSync(file, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      }
    }
    this.writer = new arrow.RecordBatchFileWriter();
    this.writer.reset(new Straight(), this.schema);
  }

  private typeOf({ type }: TableColumn): Arrow.DataType {
    const { arrow } = this;
    if (type === "text") return new arrow.Utf8();
    if (type === "count") return new arrow.Int64();
    return type === "flag" ? new arrow.Bool() : new arrow.Float64();
  }

  private texts(values: readonly string[]): Arrow.Data {
    const offsets = new Int32Array(values.length + 1);
    values.forEach((value, row) => {
      offsets[row + 1] = (offsets[row] ?? 0) + Buffer.byteLength(value);
    });
    const [type, data] = [new this.arrow.Utf8(), Buffer.from(values.join(""))];
    const { length } = values;
    return this.arrow.makeData({ type, length, nullCount: 0, valueOffsets: offsets, data });
  }

  private data(column: TableColumn, given: TableRows["values"][number] | undefined): Arrow.Data {
    const { arrow } = this;
    if (column.type === "text") return this.texts(textsOf(column, given));
    const values = numbersOf(column, given);
    const { length } = values;
    const nullCount = values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
    const nullBitmap = presenceOf(values);
    const common = { length, nullCount, nullBitmap };
    if (column.type === "count") {
      return arrow.makeData({
        type: new arrow.Int64(),
        data: BigInt64Array.from(values, whole),
        ...common,
      });
    }
    if (column.type === "flag") {
      const data = presenceOf(values.map((value) => (value === 1 ? 1 : Number.NaN)));
      return arrow.makeData({ type: new arrow.Bool(), data, ...common });
    }
    return arrow.makeData({ type: new arrow.Float64(), data: values, ...common });
  }

  write({ length, values }: TableRows): void {
    const { arrow, schema } = this;
    const children = this.columns.map((column, i) => this.data(column, values[i]));
    const type = new arrow.Struct(schema.fields);
    const data = arrow.makeData({ type, length, nullCount: 0, children });
    this.writer.write(new arrow.RecordBatch(schema, data));
  }

  finish(): void {
    this.writer.finish();
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}
