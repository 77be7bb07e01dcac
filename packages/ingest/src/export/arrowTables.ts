import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type ColumnLayout, columnsOf, type Decimal, MICROS_PER_DAY } from "@aftershock/schema";
import type * as Arrow from "apache-arrow";
import type { Duck } from "../duck.ts";
import type { Manifest } from "../store/manifest.ts";
import { ArrowFile } from "./arrowFile.ts";
import { type ExactGrid, unitsOf } from "./exactGrid.ts";
import {
  type Exported,
  type ExportedFile,
  type ExportJob,
  type ExportWriter,
  provenance,
} from "./exportFormat.ts";
import { rowsOf, type StreamRows, streamsOf } from "./tableRows.ts";
import { codes, moments, numbers, type Rows, rowsInWindow, texts } from "./rowsInWindow.ts";
import { onlyOneStream } from "./tables.ts";

type ArrowModule = typeof Arrow;

/** Some rows of one day. */
interface DayRows extends Rows {
  readonly day: Manifest;
}

/** A column of the file: its type, and how it is made of the rows. */
interface ArrowColumn {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: Arrow.DataType;
  readonly data: (rows: DayRows) => Arrow.Data;
}

/** The bits that say which values are there, and how many are not; absent numbers are NaN. */
function validity(values: Float64Array): {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
} {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, row) => {
    if (Number.isNaN(value)) nullCount += 1;
    else bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bits };
}

const wholes = (values: Float64Array): BigInt64Array =>
  BigInt64Array.from(values, (value) => (Number.isNaN(value) ? 0n : BigInt(value)));

/** Numbers of steps as decimals of 128 bits: four words each, the lowest first. */
function decimalWords(values: Float64Array, units: bigint): Uint32Array {
  const words = new BigUint64Array(values.length * 2);
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const whole = BigInt(value) * units;
    words[row * 2] = BigInt.asUintN(64, whole);
    words[row * 2 + 1] = BigInt.asUintN(64, whole >> 64n);
  });
  return new Uint32Array(words.buffer);
}

/** How columns are made; `arrow` is loaded only when an export needs it. */
class ArrowColumns {
  private readonly arrow: ArrowModule;

  constructor(arrow: ArrowModule) {
    this.arrow = arrow;
  }

  /** A column of texts. Arrow's own builder is many times slower. */
  private utf8(values: readonly (string | undefined)[]): Arrow.Data {
    const { arrow } = this;
    const offsets = new Int32Array(values.length + 1);
    const bits = new Uint8Array(Math.ceil(values.length / 8));
    let [at, nullCount] = [0, 0];
    values.forEach((value, row) => {
      if (value === undefined) nullCount += 1;
      else bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
      at += value === undefined ? 0 : Buffer.byteLength(value);
      offsets[row + 1] = at;
    });
    return arrow.makeData({
      type: new arrow.Utf8(),
      length: values.length,
      nullCount,
      ...(nullCount === 0 ? {} : { nullBitmap: bits }),
      valueOffsets: offsets,
      data: Buffer.from(values.join("")),
    });
  }

  /** A text that all rows of a day share. */
  private constant(name: string, of: (day: Manifest) => string): ArrowColumn {
    const type = new this.arrow.Utf8();
    const data = ({ day, length }: DayRows): Arrow.Data =>
      this.utf8(Array.from({ length }, () => of(day)));
    return { name, nullable: false, type, data };
  }

  private simulated(): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.Bool();
    const data = ({ day, length }: DayRows): Arrow.Data => {
      const bits = new Uint8Array(Math.ceil(length / 8)).fill(day.simulated === null ? 0 : 255);
      return arrow.makeData({ type, length, nullCount: 0, data: bits });
    };
    return { name: "simulated", nullable: false, type, data };
  }

  private date(): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.DateDay();
    const data = ({ day, length }: DayRows): Arrow.Data => {
      const days = Math.floor(day.firstTime / MICROS_PER_DAY);
      return arrow.makeData({
        type,
        length,
        nullCount: 0,
        data: new Int32Array(length).fill(days),
      });
    };
    return { name: "date", nullable: false, type, data };
  }

  private time(): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.TimestampMicrosecond();
    const data = ({ columns, length }: DayRows): Arrow.Data =>
      arrow.makeData({ type, length, nullCount: 0, data: wholes(moments(columns)) });
    return { name: "time", nullable: false, type, data };
  }

  private int64(name: string, from: string, nullable: boolean): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.Int64();
    const data = ({ columns, length }: DayRows): Arrow.Data => {
      const values = numbers(columns, from);
      return arrow.makeData({ type, length, data: wholes(values), ...validity(values) });
    };
    return { name, nullable, type, data };
  }

  private real(name: string, nullable: boolean): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.Float64();
    const data = ({ columns, length }: DayRows): Arrow.Data => {
      const values = numbers(columns, name);
      return arrow.makeData({ type, length, data: values, ...validity(values) });
    };
    return { name, nullable, type, data };
  }

  private code(name: string): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.Int8();
    const data = ({ columns, length }: DayRows): Arrow.Data =>
      arrow.makeData({ type, length, nullCount: 0, data: codes(columns, name) });
    return { name, nullable: false, type, data };
  }

  private text(name: string, nullable: boolean): ArrowColumn {
    const data = ({ columns }: DayRows): Arrow.Data => this.utf8(texts(columns, name));
    return { name, nullable, type: new this.arrow.Utf8(), data };
  }

  private decimal(
    name: string,
    nullable: boolean,
    { decimals, width }: ExactGrid,
    stepOf: (day: Manifest) => Decimal,
  ): ArrowColumn {
    const { arrow } = this;
    const type = new arrow.Decimal(decimals, width, 128);
    const data = ({ day, columns, length }: DayRows): Arrow.Data => {
      const values = numbers(columns, name);
      const words = decimalWords(values, unitsOf(stepOf(day), { decimals, width }));
      return arrow.makeData({ type, length, data: words, ...validity(values) });
    };
    return { name, nullable, type, data };
  }

  private own(
    name: string,
    { type, nullable }: ColumnLayout,
    rows: StreamRows,
  ): readonly ArrowColumn[] {
    if (type === "real") return [this.real(name, nullable)];
    if (type === "code") return [this.code(name)];
    if (type === "text") return [this.text(name, nullable)];
    if (type === "ticks") {
      const price = this.decimal(name, nullable, rows.price, ({ instrument }) => instrument.tick);
      return [price, this.int64(`${name}Ticks`, name, nullable)];
    }
    if (type === "lots") {
      const size = this.decimal(name, nullable, rows.size, ({ instrument }) => instrument.lot);
      return [size, this.int64(`${name}Lots`, name, nullable)];
    }
    return [this.int64(name, name, nullable)];
  }

  /** The columns of a stream: those of its table in the other formats, in the same order. */
  of(rows: StreamRows): readonly ArrowColumn[] {
    return [
      this.constant("instrument", ({ instrument }) => instrument.id),
      this.constant("venue", ({ instrument }) => instrument.venue),
      this.date(),
      this.simulated(),
      this.time(),
      ...columnsOf(rows.stream).flatMap(([name, layout]) => this.own(name, layout, rows)),
    ];
  }
}

function recordBatch(
  arrow: ArrowModule,
  schema: Arrow.Schema,
  columns: readonly ArrowColumn[],
  rows: DayRows,
): Arrow.RecordBatch {
  const children = columns.map(({ data }) => data(rows));
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(
    schema,
    arrow.makeData({ type, length: rows.length, nullCount: 0, children }),
  );
}

async function writeStream(
  arrow: ArrowModule,
  job: ExportJob,
  duck: Duck,
  rows: StreamRows,
  path: string,
): Promise<number> {
  const columns = new ArrowColumns(arrow).of(rows);
  const schema = new arrow.Schema(
    columns.map(({ name, type, nullable }) => new arrow.Field(name, type, nullable)),
    new Map([["aftershock", provenance(rows.days, job.window)]]),
  );
  const file = await ArrowFile.create(arrow, schema, path);
  let count = 0;
  try {
    for (const day of rows.days) {
      for await (const batch of rowsInWindow(duck, job.lake, day, job.window)) {
        await file.write(recordBatch(arrow, schema, columns, { ...batch, day }));
        count += batch.length;
        job.onProgress({ what: rows.stream, rows: count, of: rowsOf(rows) });
      }
    }
    await file.finish();
  } finally {
    await file.close();
  }
  return count;
}

/**
 * Arrow IPC files: the columns of the other tables, prices and sizes as Decimal128, in batches; `aftershock` in the schema's
 * metadata says where the rows come from.
 */
export const arrowTables: ExportWriter = async (
  job,
  { path, name, isFolder },
): Promise<Exported> => {
  const arrow = await import("apache-arrow");
  const duck = await job.openDuck();
  const streams = streamsOf(job);
  if (!isFolder) {
    const rows = await writeStream(arrow, job, duck, onlyOneStream(streams), path);
    return { files: [{ path: name, rows }], notes: {} };
  }
  await mkdir(path);
  const files: ExportedFile[] = [];
  for (const one of streams) {
    const file = `${one.stream}.arrow`;
    const rows = await writeStream(arrow, job, duck, one, join(path, file));
    files.push({ path: file, rows });
  }
  return { files, notes: {} };
};
