import {
  type Batch,
  type ColumnsOf,
  type ColumnType,
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

/** An array for the cells of one column, all absent or 0. */
function emptyColumn(type: ColumnType): Float64Array | Int8Array | (string | undefined)[] {
  if (type === "text") return [];
  return type === "code"
    ? new Int8Array(BATCH_ROWS)
    : new Float64Array(BATCH_ROWS).fill(Number.NaN);
}

const emptyColumns = <S extends StreamName>(stream: S): ColumnsOf<S> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- named and typed by the table that ColumnsOf is derived from.
  Object.fromEntries(
    columnsOf(stream).map(([name, { type }]) => [name, emptyColumn(type)]),
  ) as unknown as ColumnsOf<S>;

/** The first rows of columns, as columns of their own. */
const shortened = <S extends StreamName>(columns: ColumnsOf<S>, rows: number): ColumnsOf<S> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same columns, each of them shorter.
  Object.fromEntries(
    Object.entries(columns).map(
      ([name, cells]: [string, { slice(from: number, to: number): unknown }]) => [
        name,
        cells.slice(0, rows),
      ],
    ),
  ) as unknown as ColumnsOf<S>;

/** Gathers the rows of one stream of one instrument, numbers them, and gives them away as batches of `BATCH_ROWS`: it never holds more than two. */
export class StreamRecorder<S extends StreamName> {
  readonly #stream: S;
  readonly #instrument: Instrument;
  readonly #emit: (batch: Batch) => void;
  #columns: ColumnsOf<S>;
  #rows = 0;
  #seq = 0;

  /** `emit` is called with each batch when it is full. */
  constructor(stream: S, instrument: Instrument, emit: (batch: Batch) => void) {
    this.#stream = stream;
    this.#instrument = instrument;
    this.#emit = emit;
    this.#columns = emptyColumns(stream);
  }

  /** The columns of the batch that is being filled: write a row at the place that `next` gives. */
  get columns(): ColumnsOf<S> {
    return this.#columns;
  }

  /** Begins a row with its clocks; returns its place in `columns`. Rows come in the order of time. Cells that are not written are absent, or 0. */
  next(tsEvent: number, tsRecv: number): number {
    if (this.#rows === BATCH_ROWS) this.#close();
    const row = this.#rows;
    const { tsEvent: events, tsRecv: received, seq } = this.#columns;
    events[row] = tsEvent;
    received[row] = tsRecv;
    seq[row] = this.#seq;
    this.#seq += 1;
    this.#rows = row + 1;
    return row;
  }

  /** Adds a row, cell by cell: for streams of few rows. */
  add(row: RecordedRow<S>): void {
    const place = this.next(row.tsEvent, row.tsRecv);
    const cells: Readonly<Record<string, number | string | undefined>> = row;
    for (const [name, column] of Object.entries<Float64Array | Int8Array | (string | undefined)[]>(
      this.#columns,
    )) {
      const cell = cells[name];
      if (Array.isArray(column)) column[place] = cell === undefined ? undefined : String(cell);
      else if (cell !== undefined) column[place] = Number(cell);
    }
  }

  /** Gives away what is left. */
  finish(): void {
    if (this.#rows > 0) this.#close();
  }

  #close(): void {
    const rows = this.#rows;
    const columns = rows === BATCH_ROWS ? this.#columns : shortened<S>(this.#columns, rows);
    const batch: Batch<S> = {
      stream: this.#stream,
      instrument: this.#instrument,
      length: rows,
      columns,
    };
    this.#emit(batch);
    this.#columns = emptyColumns(this.#stream);
    this.#rows = 0;
  }
}
