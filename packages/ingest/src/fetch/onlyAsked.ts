import { MICROS_PER_DAY, utcDate } from "@aftershock/schema";
import type { RowSink, Source, SourceReader } from "../source.ts";

/** What goes into the lake of files that hold more than was asked for. */
export interface Asked {
  /** UTC days, by the recorder's clock, or the venue's where none recorded: those of the lake's partitions. */
  readonly days?: ReadonlySet<string>;
  readonly symbol?: string;
}

const OTHER_DAY = "of a day that was not asked for";
const OTHER_INSTRUMENT = "of an instrument that was not asked for";

/** Why a row does not go into the lake; undefined for one that does. */
type Refuse = (symbol: string, at: number) => string | undefined;

function refusal({ days, symbol }: Asked): Refuse {
  // A day is looked up once for all of its rows, which come one after the other.
  let day = Number.NaN;
  let isAsked = true;
  return (ofRow, at) => {
    if (symbol !== undefined && ofRow !== symbol) return OTHER_INSTRUMENT;
    if (days === undefined) return undefined;
    const now = Math.floor(at / MICROS_PER_DAY);
    if (now !== day) {
      day = now;
      isAsked = days.has(utcDate(at));
    }
    return isAsked ? undefined : OTHER_DAY;
  };
}

function sinkOf(inner: RowSink, asked: Asked): RowSink {
  const refuse = refusal(asked);
  return {
    row: (stream, venue, symbol, row) => {
      const why = refuse(symbol, row.tsRecv ?? row.tsEvent ?? Number.NaN);
      if (why === undefined) inner.row(stream, venue, symbol, row);
      else inner.skip({ number: row.line, text: "" }, why);
    },
    note: (stream, venue, symbol, what, count) => {
      if (asked.symbol === undefined || asked.symbol === symbol) {
        inner.note(stream, venue, symbol, what, count);
      }
    },
    quarantine: (line, reason) => inner.quarantine(line, reason),
    skip: (line, reason) => inner.skip(line, reason),
    dataset: (name) => inner.dataset(name),
  };
}

/**
 * A source that hands on only the rows of some days or of one instrument, and counts the others as skipped: a file that is cut at
 * another hour than midnight UTC would else leave pieces of days in the lake. Rows are the same as without it, so that name and
 * version stay.
 */
export function onlyAsked(source: Source, asked: Asked): Source {
  if (asked.days === undefined && asked.symbol === undefined) return source;
  return {
    ...source,
    createReader: (hints): SourceReader => {
      const reader = source.createReader(hints);
      return {
        read: (file, sink) => reader.read(file, sinkOf(sink, asked)),
        ...(reader.finish === undefined
          ? {}
          : { finish: (sink: RowSink) => reader.finish?.(sinkOf(sink, asked)) }),
      };
    },
  };
}
