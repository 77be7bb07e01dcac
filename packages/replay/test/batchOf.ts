import {
  type AsciiTexts,
  columnsOf,
  type Batch,
  type ColumnsOf,
  type EventStream,
  type Instrument,
  type StreamName,
} from "@aftershock/schema";
import { idWordsOf } from "../src/book/orderIds.fast.ts";

/** A row as a test writes it: columns left out are absent (NaN, undefined), codes 0, `seq` the row's index. */
export type Row<S extends StreamName> = {
  readonly [C in keyof ColumnsOf<S>]?: ColumnsOf<S>[C] extends readonly (string | undefined)[]
    ? string | undefined
    : number;
};

/** A linear perpetual with a tick of 0.1 and a lot of 0.001. */
export function testInstrument(terms: Partial<Instrument> = {}): Instrument {
  const symbol = terms.symbol ?? "BTCUSDT";
  return {
    id: `test:${symbol}`,
    venue: "test",
    symbol,
    kind: "perpetual",
    contract: "linear",
    multiplier: 1,
    base: "BTC",
    quote: "USDT",
    settle: "USDT",
    tick: { mantissa: 1, decimals: 1 },
    lot: { mantissa: 1, decimals: 3 },
    gridSource: "table",
    ...terms,
  };
}

function columnOf(
  name: string,
  type: string,
  rows: readonly Record<string, unknown>[],
  first: number,
) {
  if (type === "text") return rows.map((row) => row[name]);
  if (type === "code") return Int8Array.from(rows, (row) => Number(row[name] ?? 0));
  const absent = (index: number) => (name === "seq" ? first + index : Number.NaN);
  return Float64Array.from(rows, (row, index) => Number(row[name] ?? absent(index)));
}

/** A batch from row literals; `first` is the `seq` of its first row where rows do not say. */
export function batchOf<S extends StreamName>(
  stream: S,
  rows: readonly Row<S>[],
  instrument: Instrument = testInstrument(),
  first = 0,
): Batch<S> {
  const columns = Object.fromEntries(
    columnsOf(stream).map(([name, { type }]) => [name, columnOf(name, type, rows, first)]),
  ) as unknown as ColumnsOf<S>;
  return { stream, instrument, length: rows.length, columns };
}

/**
 * A stream of row literals, cut into batches of the lengths given, the rest into one batch. Lengths of 0 make empty batches.
 * `closed` counts how often a reading was ended, early or not.
 */
export function streamOf<S extends StreamName>(
  stream: S,
  rows: readonly Row<S>[],
  { instrument = testInstrument(), cuts = [] as readonly number[] } = {},
): EventStream<S> & { closed: number; batchesRead: number } {
  return {
    stream,
    instrument,
    simulated: false,
    closed: 0,
    batchesRead: 0,
    async *batches() {
      try {
        let from = 0;
        for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
          const slice = rows.slice(from, Math.min(from + cut, rows.length));
          this.batchesRead += 1;
          yield batchOf(stream, slice, instrument, from);
          from += slice.length;
        }
      } finally {
        this.closed += 1;
      }
    },
  };
}

/** Texts one after the other, as a tape has them. */
export function asciiOf(texts: readonly (string | undefined)[]): AsciiTexts {
  const parts = texts.map((text) => new TextEncoder().encode(text ?? ""));
  const offsets = new Int32Array(parts.length + 1);
  for (const [row, { length }] of parts.entries()) offsets[row + 1] = (offsets[row] ?? 0) + length;
  const valid = new Uint8Array((texts.length + 7) >> 3);
  for (const [row, text] of texts.entries()) {
    if (text !== undefined) valid[row >> 3] = (valid[row >> 3] ?? 0) | (1 << (row & 7));
  }
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return { bytes, offsets, valid: texts.includes(undefined) ? valid : undefined };
}

/** The rows of orders with their ids as numbers beside them, as a tape has them. */
export function withIdWords(batch: Batch<"orders">): Batch<"orders"> {
  const { bytes, offsets } = asciiOf(batch.columns.orderId);
  return { ...batch, idWords: idWordsOf(bytes, offsets, batch.length) };
}
