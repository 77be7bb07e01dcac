import {
  type Batch,
  type ColumnsOf,
  type ColumnType,
  type EventStream,
  type Instrument,
  type STREAMS,
  type StreamName,
  columnsOf,
} from "@aftershock/schema";

/** Rows in a batch. */
export const BATCH_ROWS = 16_384;

type Layout<S extends StreamName> = (typeof STREAMS)[S];
type TypeOf<C> = C extends { readonly type: infer T extends ColumnType } ? T : never;
type ValueOf<C> = TypeOf<C> extends "text" ? string : number;

/** One row to record: every column of the stream by name; those that may be absent can be left out. Prices in ticks, sizes in lots. */
export type RecordedRow<S extends StreamName> = {
  readonly [C in keyof Layout<S> as Layout<S>[C] extends { nullable: false } ? C : never]: ValueOf<
    Layout<S>[C]
  >;
} & {
  readonly [C in keyof Layout<S> as Layout<S>[C] extends { nullable: true } ? C : never]?:
    | ValueOf<Layout<S>[C]>
    | undefined;
} & {
  /** The venue's clock and the recorder's, whole µs. */
  readonly tsEvent: number;
  readonly tsRecv: number;
};

type Cell = number | string | undefined;

/** The array of a batch for the cells of one column. */
function columnArray(type: ColumnType, cells: readonly Cell[]): unknown {
  if (type === "text") return [...cells];
  if (type === "code") return Int8Array.from(cells, Number);
  return Float64Array.from(cells, (cell) => (cell === undefined ? Number.NaN : Number(cell)));
}

/** Gathers the rows of one stream of one instrument, numbers them, and gives them back as batches of `BATCH_ROWS`. */
export class StreamRecorder<S extends StreamName> {
  readonly #stream: S;
  readonly #instrument: Instrument;
  readonly #batches: Batch<S>[] = [];
  #rows: RecordedRow<S>[] = [];
  #seq = 0;

  constructor(stream: S, instrument: Instrument) {
    this.#stream = stream;
    this.#instrument = instrument;
  }

  /** Adds a row, which must not be earlier than the one before it. */
  add(row: RecordedRow<S>): void {
    this.#rows.push(row);
    if (this.#rows.length === BATCH_ROWS) this.#close();
  }

  /** Everything added so far. Do not add after this. */
  finish(): EventStream<S> {
    if (this.#rows.length > 0) this.#close();
    const batches = this.#batches;
    return {
      stream: this.#stream,
      instrument: this.#instrument,
      simulated: true,
      async *batches(): AsyncGenerator<Batch<S>> {
        yield* batches;
      },
    };
  }

  #close(): void {
    const rows: readonly Readonly<Record<string, Cell>>[] = this.#rows;
    const firstSeq = this.#seq;
    const columns = Object.fromEntries(
      columnsOf(this.#stream).map(([name, { type }]) => {
        const cells = rows.map((row, index) => (name === "seq" ? firstSeq + index : row[name]));
        return [name, columnArray(type, cells)];
      }),
    );
    this.#batches.push({
      stream: this.#stream,
      instrument: this.#instrument,
      length: rows.length,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- named and typed by the table that ColumnsOf is derived from.
      columns: columns as unknown as ColumnsOf<S>,
    });
    this.#seq += rows.length;
    this.#rows = [];
  }
}
