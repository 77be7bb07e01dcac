import type { StreamName } from "@aftershock/schema";
import type { RawRow, RowSink, SourceFile, SourceLine } from "../src/source.ts";

/** A row as a source emitted it, with where it went. */
export interface EmittedRow<S extends StreamName = StreamName> {
  readonly stream: S;
  readonly venue: string;
  readonly symbol: string;
  readonly row: RawRow<S>;
}

/** A RowSink that keeps everything it is given, in order. */
export interface MemorySink {
  readonly rows: EmittedRow[];
  readonly quarantined: { readonly line: SourceLine; readonly reason: string }[];
  readonly skipped: { readonly line: SourceLine; readonly reason: string }[];
  /** Counts by `stream venue:SYMBOL what`. */
  readonly notes: Map<string, number>;
  /** Data sets that were named, in order. */
  readonly datasets: string[];
  readonly sink: RowSink;
  /** The rows of one stream, of one instrument (`venue:SYMBOL`) where one is named. */
  of<S extends StreamName>(stream: S, id?: string): RawRow<S>[];
}

/** An empty sink in memory, for tests of sources. */
export function memorySink(): MemorySink {
  const rows: EmittedRow[] = [];
  const quarantined: MemorySink["quarantined"] = [];
  const skipped: MemorySink["skipped"] = [];
  const notes = new Map<string, number>();
  const datasets: string[] = [];
  const sink: RowSink = {
    row: (stream, venue, symbol, row) => {
      rows.push({ stream, venue, symbol, row });
    },
    quarantine: (line, reason) => {
      quarantined.push({ line, reason });
    },
    skip: (line, reason) => {
      skipped.push({ line, reason });
    },
    note: (stream, venue, symbol, what, count = 1) => {
      const key = `${stream} ${venue}:${symbol} ${what}`;
      notes.set(key, (notes.get(key) ?? 0) + count);
    },
    dataset: (name) => {
      datasets.push(name);
    },
  };
  const of = <S extends StreamName>(stream: S, id?: string): RawRow<S>[] =>
    rows
      .filter((e) => e.stream === stream && (id === undefined || `${e.venue}:${e.symbol}` === id))
      .map((e) => e.row as RawRow<S>);
  return { rows, quarantined, skipped, notes, datasets, sink, of };
}

/**
 * A file of literal text, as the store would hand it over: line ends removed, and in batches of two lines, so that whatever a
 * source carries from line to line also crosses a batch.
 */
export function fileOf(name: string, text: string): SourceFile {
  const texts = text.split(/\r?\n/);
  if (texts.at(-1) === "") texts.pop();
  const lines = texts.map((line, index): SourceLine => ({ number: index + 1, text: line }));
  return {
    name,
    async *bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text, "utf8");
    },
    async *lines(): AsyncGenerator<readonly SourceLine[]> {
      for (let from = 0; from < lines.length; from += 2) yield lines.slice(from, from + 2);
    },
  };
}
