import { DataError } from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";

/** Writes what a record turned out to be: all of its rows, or one skip. */
export type Emit = () => void;

/** What reads the records of a file, one by one. */
export interface RecordReader {
  /** Reads a record and emits nothing yet, so that a DataError it throws sends the whole record to quarantine. */
  read(record: SourceLine): Emit;
  /** A record went to quarantine: what it held is lost. */
  lost?(): void;
  /** The file is over. */
  end?(): void;
}

/** Reads one record: its rows go out, or it goes to quarantine. An error of the sink is never taken for one of the data. */
export function emitRecord(sink: RowSink, record: SourceLine, reader: RecordReader): void {
  let emit: Emit;
  try {
    emit = reader.read(record);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    sink.quarantine(record, error.message);
    reader.lost?.();
    return;
  }
  emit();
}
