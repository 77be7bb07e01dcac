/**
 * Rows of one partition from one file, gathered in columns, without an object a row: part of what test/bench/ingest.ts
 * measures. Its plain twin is the definition in `StagedRow.set`: a row goes in as an object's fields.
 *
 * Layout: one array a staged column, `capacity` long: `number` and `mantissa` Float64 (absent NaN), `decimals` and `code` Int8,
 * `text` 16 bytes a row as DuckDB's own short strings: Int32 length in bytes, then up to 12 bytes of UTF-8. Longer texts lie in `long`
 * by row. Invariants: rows 0 … rows-1 are filled; `first`, `last`, `late`, `mantissas` speak of all rows ever added.
 */
import type { Decimal } from "@aftershock/schema";
import type { StagedColumn, StagedLayout } from "./stagedLayout.ts";

/** DuckDB's vector size: a chunk holds no more. Rows. */
export const CHUNK_ROWS = 2_048;
/** What a first buffer holds, so that thousands of small partitions need little memory. Rows. */
const FIRST_ROWS = 8;

/** Numbers of decimals are 0 … 40. */
const MAX_DECIMALS = 41;

/** Texts of a chunk. */
interface TextColumn {
  /** 16 bytes a row. */
  readonly short: Int32Array<ArrayBuffer>;
  /** Texts of more than 12 bytes, by row. */
  readonly long: Map<number, string>;
}

/** One column of a chunk. */
export type ChunkColumn = Float64Array<ArrayBuffer> | Int8Array<ArrayBuffer> | TextColumn;

/** Some rows of one partition of one file, in the order of the file. */
export interface RowChunk {
  readonly rows: number;
  readonly columns: readonly ChunkColumn[];
}

const isDigits = /^\d{1,15}$/;

/** One row on its way: filled by column place, then added as a whole. */
export class StagedRow {
  readonly layout: StagedLayout;
  readonly numbers: Float64Array<ArrayBuffer>;
  /** For each column its 16 bytes, where it is text. */
  readonly short: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly long: (string | undefined)[];
  /** For each column what `setText` was given last, null where another text stands there: most texts are those of the row before. */
  private readonly texts: (string | undefined | null)[];
  /** The row's id as a number where it is one; NaN for other text. */
  idNumber: number = Number.NaN;
  hasId: boolean = false;

  constructor(layout: StagedLayout) {
    this.layout = layout;
    this.numbers = new Float64Array(layout.columns.length);
    this.short = new Int32Array(layout.columns.length * 4);
    this.bytes = new Uint8Array(this.short.buffer);
    this.long = layout.columns.map(() => undefined);
    this.texts = layout.columns.map(() => undefined);
  }

  /** Sets a text column. */
  setText(column: number, text: string | undefined): void {
    if (text === this.texts[column]) return;
    this.texts[column] = text;
    const at = column * 16;
    const length = text === undefined ? 0 : text.length;
    this.long[column] = undefined;
    if (column === this.layout.id) {
      this.hasId = length > 0;
      this.idNumber = length > 0 && isDigits.test(text!) ? Number(text) : Number.NaN;
    }
    const word = column * 4;
    this.short[word + 1] = this.short[word + 2] = this.short[word + 3] = 0;
    if (length > 12) {
      this.short[word] = 0;
      this.long[column] = text;
      return;
    }
    for (let i = 0; i < length; i++) {
      const code = text!.charCodeAt(i);
      if (code > 127) {
        this.short[word] = this.short[word + 1] = this.short[word + 2] = this.short[word + 3] = 0;
        this.long[column] = text;
        return;
      }
      this.bytes[at + 4 + i] = code;
    }
    this.short[word] = length;
  }

  /** Sets every column from a row's fields. */
  set(row: Readonly<Record<string, unknown>>): void {
    const { columns } = this.layout;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const value = row[column.from];
      if (column.kind === "text") this.setText(i, value as string | undefined);
      else if (value === undefined) this.numbers[i] = column.kind === "decimals" ? 0 : Number.NaN;
      else if (column.kind === "mantissa") this.numbers[i] = (value as Decimal).mantissa;
      else if (column.kind === "decimals") this.numbers[i] = (value as Decimal).decimals;
      else this.numbers[i] = value as number;
    }
  }

  /** Sets a text column to `bytes[from … to)`, ASCII; false for more than 12 bytes. */
  setShortText(column: number, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (length > 12) return false;
    this.texts[column] = null;
    const word = column * 4;
    this.short[word] = length;
    this.short[word + 1] = this.short[word + 2] = this.short[word + 3] = 0;
    this.long[column] = undefined;
    let number = 0;
    const at = word * 4 + 4 - from;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      this.bytes[at + i] = byte;
      number = byte >= 48 && byte <= 57 ? number * 10 + (byte - 48) : Number.NaN;
    }
    if (column === this.layout.id) {
      this.hasId = length > 0;
      this.idNumber = length > 0 ? number : Number.NaN;
    }
    return true;
  }

  /** When the row happened, by the clock that orders its partition: the recorder's, else the venue's. µs. */
  get moment(): number {
    const recv = this.numbers[this.layout.tsRecv]!;
    return Number.isNaN(recv) ? this.numbers[this.layout.tsEvent]! : recv;
  }
}

/** What is known of the rows of one file in one partition without looking at them again. */
export interface RowStats {
  readonly rows: number;
  /** First and last time, µs. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** Rows that came later than a row with a later time. */
  readonly outOfOrder: number;
  /** True when no two rows can have the same id: each is a larger number than the one before. */
  readonly idsAscend: boolean;
  /** True when no two rows can have the same venue time: each is after the one before, or each before it. */
  readonly eventsDiffer: boolean;
  /** For each price or size column, the largest absolute mantissa by number of decimals, 0 where there is none. */
  readonly mantissas: ReadonlyMap<string, Float64Array>;
}

/** What a chunk takes in memory, about. */
export function chunkBytes({ columns }: RowChunk): number {
  let bytes = 0;
  for (const column of columns) {
    if ("buffer" in column) bytes += column.byteLength + 200;
    else {
      bytes += column.short.byteLength + 400;
      for (const text of column.long.values()) bytes += 2 * text.length + 100;
    }
  }
  return bytes;
}

/** Columns of whole chunks that were given back, by stream: allocating 16 KB arrays by the million costs more than filling them. */
const spare = new Map<string, (readonly ChunkColumn[])[]>();
/** What is kept of them a stream. About 0.2 MB each. */
const MOST_SPARE = 80;

/** Gives the columns of a chunk back, to be filled again: nobody may look at them any more. */
export function recycleChunk(stream: string, { columns }: RowChunk): void {
  const [first] = columns;
  if (!(first instanceof Float64Array) || first.length !== CHUNK_ROWS) return;
  const kept = spare.get(stream) ?? [];
  spare.set(stream, kept);
  if (kept.length < MOST_SPARE) kept.push(columns);
}

/** Rows of one partition from one file. */
export class RowBuffer {
  private readonly layout: StagedLayout;
  private columns: readonly ChunkColumn[] = [];
  private capacity = 0;
  private rows = 0;
  private total = 0;
  private first = Infinity;
  private last = -Infinity;
  private late = 0;
  private lastId = -1;
  private ascend = true;
  private lastEvent = Number.NaN;
  private eventsAscend = true;
  private eventsDescend = true;
  private readonly largest: (Float64Array | undefined)[];
  /** The columns that are being filled, by what they hold, and their places: `number` and `mantissa`, `decimals` and `code`, `text`. */
  private wide: Float64Array[] = [];
  private narrow: Int8Array[] = [];
  private texts: TextColumn[] = [];
  private readonly widePlaces: Int32Array;
  private readonly narrowPlaces: Int32Array;
  private readonly textPlaces: Int32Array;
  private readonly mantissaPlaces: Int32Array;
  /** Full chunks that nobody has taken yet. */
  readonly full: RowChunk[] = [];

  constructor(layout: StagedLayout) {
    this.layout = layout;
    const placesOf = (...kinds: StagedColumn["kind"][]): Int32Array =>
      Int32Array.from(layout.columns.keys()).filter((i) => kinds.includes(layout.columns[i]!.kind));
    this.widePlaces = placesOf("number", "mantissa");
    this.narrowPlaces = placesOf("code", "decimals");
    this.textPlaces = placesOf("text");
    this.mantissaPlaces = placesOf("mantissa");
    this.largest = layout.columns.map(({ kind }) =>
      kind === "mantissa" ? new Float64Array(MAX_DECIMALS) : undefined,
    );
  }

  get length(): number {
    return this.total;
  }

  /** Makes room for one row more. */
  private room(): void {
    if (this.rows === CHUNK_ROWS) {
      this.full.push({ rows: this.rows, columns: this.columns });
      this.rows = 0;
      this.capacity = 0;
    }
    const before = this.rows === 0 ? undefined : this.columns;
    this.capacity = this.total >= CHUNK_ROWS ? CHUNK_ROWS : Math.max(FIRST_ROWS, this.capacity * 4);
    this.capacity = Math.min(this.capacity, CHUNK_ROWS);
    const again =
      before === undefined && this.capacity === CHUNK_ROWS
        ? spare.get(this.layout.stream)?.pop()
        : undefined;
    if (again === undefined) this.columns = this.fresh(before);
    else {
      for (const column of again) if ("long" in column) column.long.clear();
      this.columns = again;
    }
    const at = (place: number): ChunkColumn => this.columns[place]!;
    this.wide = Array.from(this.widePlaces, at) as Float64Array[];
    this.narrow = Array.from(this.narrowPlaces, at) as Int8Array[];
    this.texts = Array.from(this.textPlaces, at) as TextColumn[];
  }

  /** Columns of `capacity` rows, with what those before hold. */
  private fresh(before: readonly ChunkColumn[] | undefined): readonly ChunkColumn[] {
    return this.layout.columns.map(({ kind }, i): ChunkColumn => {
      const old = before?.[i];
      if (kind === "text") {
        const fresh = { short: new Int32Array(this.capacity * 4), long: new Map<number, string>() };
        if (old === undefined || old instanceof Float64Array || old instanceof Int8Array) {
          return fresh;
        }
        fresh.short.set(old.short);
        return { short: fresh.short, long: old.long };
      }
      const wide = kind === "number" || kind === "mantissa";
      const fresh = wide ? new Float64Array(this.capacity) : new Int8Array(this.capacity);
      if (old instanceof Float64Array || old instanceof Int8Array) fresh.set(old);
      return fresh;
    });
  }

  /** Takes a row. `moment`: that of the row. */
  add(row: StagedRow, moment: number): void {
    if (this.rows === this.capacity) this.room();
    const at = this.rows;
    const { numbers, layout } = row;
    const { wide, widePlaces, narrow, narrowPlaces, mantissaPlaces } = this;
    for (let i = 0; i < widePlaces.length; i++) wide[i]![at] = numbers[widePlaces[i]!]!;
    for (let i = 0; i < narrowPlaces.length; i++) narrow[i]![at] = numbers[narrowPlaces[i]!]!;
    for (let i = 0; i < mantissaPlaces.length; i++) {
      const place = mantissaPlaces[i]!;
      this.measure(place, numbers[place]!, numbers[place + 1]!);
    }
    if (this.textPlaces.length > 0) this.addTexts(row, at);
    this.rows = at + 1;
    this.total += 1;
    if (moment < this.last) this.late += 1;
    else this.last = moment;
    if (moment < this.first) this.first = moment;
    const event = numbers[layout.tsEvent]!;
    // Comparisons with an absent time are false.
    if (this.total > 1) {
      if (!(event > this.lastEvent)) this.eventsAscend = false;
      if (!(event < this.lastEvent)) this.eventsDescend = false;
    }
    this.lastEvent = event;
    if (layout.id >= 0 && row.hasId) {
      if (row.idNumber > this.lastId) this.lastId = row.idNumber;
      else this.ascend = false;
    }
  }

  private addTexts(row: StagedRow, at: number): void {
    const { texts, textPlaces } = this;
    for (let i = 0; i < textPlaces.length; i++) {
      const place = textPlaces[i]!;
      const { short, long } = texts[i]!;
      const from = place * 4;
      const to = at * 4;
      short[to] = row.short[from]!;
      short[to + 1] = row.short[from + 1]!;
      short[to + 2] = row.short[from + 2]!;
      short[to + 3] = row.short[from + 3]!;
      const text = row.long[place];
      if (text !== undefined) long.set(at, text);
    }
  }

  /** Remembers the largest mantissa of each number of decimals. */
  private measure(place: number, mantissa: number, decimals: number): void {
    if (Number.isNaN(mantissa)) return;
    const largest = this.largest[place]!;
    const size = mantissa < 0 ? -mantissa : mantissa;
    if (size > largest[decimals]!) largest[decimals] = size;
  }

  /** Hands over what is full; with `all`, also what is not. */
  take(all: boolean): readonly RowChunk[] {
    if (all && this.rows > 0) {
      this.full.push({ rows: this.rows, columns: this.columns });
      this.rows = 0;
      this.capacity = 0;
      this.columns = [];
    }
    return this.full.length === 0 ? [] : this.full.splice(0);
  }

  stats(): RowStats {
    const mantissas = new Map<string, Float64Array>();
    this.layout.columns.forEach(({ name }, i) => {
      const largest = this.largest[i];
      if (largest !== undefined) mantissas.set(name, largest);
    });
    return {
      rows: this.total,
      firstTime: this.first,
      lastTime: this.last,
      outOfOrder: this.late,
      idsAscend: this.ascend,
      eventsDiffer: this.eventsAscend || this.eventsDescend,
      mantissas,
    };
  }
}
