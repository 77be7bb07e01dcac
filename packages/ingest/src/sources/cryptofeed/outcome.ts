import type { RowSink, SourceLine } from "../../source.ts";

/** What a part of a message came to: what writes its rows, or the reason for which it holds none that we store. */
export type Outcome = (() => void) | string;

/** Writes the rows of a message of which every part has been read; a message of which no part holds any is skipped. */
export function settle(sink: RowSink, line: SourceLine, outcomes: readonly Outcome[]): void {
  const reasons: string[] = [];
  for (const outcome of outcomes) {
    if (typeof outcome === "string") reasons.push(outcome);
    else outcome();
  }
  if (reasons.length === outcomes.length) sink.skip(line, reasons[0] ?? "message without content");
}
