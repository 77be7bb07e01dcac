import { DataError } from "@aftershock/schema";
import type { RowSink, SourceFile, SourceLine } from "../../source.ts";
import { emitRecord, type Emit } from "./emitRecords.ts";
import { isObject, parseJson, type JsonObject } from "./jsonFields.ts";

/** A file is refused when this many lines have been read and none was good. */
const LINES_TO_RECOGNISE = 20;

/**
 * Reads a file of one JSON object a line. `read` reads one and emits nothing yet, see `RecordReader`; blank lines are skipped.
 * Throws DataError for a file without a line, or whose first lines are all bad; `what` says what it should hold.
 */
export async function readJsonLines(
  file: SourceFile,
  sink: RowSink,
  what: string,
  read: (object: JsonObject, line: SourceLine) => Emit,
): Promise<void> {
  let lines = 0;
  let good = false;
  let firstBad: string | undefined;
  const reader = {
    read: (line: SourceLine): Emit => {
      try {
        const value = parseJson(line.text);
        if (!isObject(value)) throw new DataError("the line is no JSON object");
        const emit = read(value, line);
        good = true;
        return emit;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        firstBad ??= `${file.name}:${line.number}: ${error.message}; expected ${what}`;
        throw error;
      }
    },
  };
  for await (const batch of file.lines()) {
    for (const line of batch) {
      if (line.text.trim() === "") {
        sink.skip(line, "blank line");
        continue;
      }
      lines += 1;
      emitRecord(sink, line, reader);
      if (!good && lines >= LINES_TO_RECOGNISE) {
        throw new DataError(firstBad ?? "", {
          hints: ["Check that the source named is the one this file comes from."],
        });
      }
    }
  }
  if (lines === 0)
    throw new DataError(`${file.name}: the file holds no line`, { hints: ["Fetch it again."] });
}
