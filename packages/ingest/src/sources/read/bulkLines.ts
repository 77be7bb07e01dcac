import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../../source.ts";

/** No format we read has longer lines; a binary file taken for text would otherwise fill the memory. Bytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** What takes the lines of a file. */
export interface BulkLineTaker {
  /** Takes a line as text. */
  line(line: SourceLine): void;
  /**
   * Takes the line that begins at `from` straight from the bytes; whole lines lie before `to`. Returns where the next one begins, or -1
   * to have this one given as text.
   */
  bulk(bytes: Uint8Array, from: number, to: number, number: number): number;
}

/** Reads a file line by line, from its bytes where the taker can, numbered from 1. A line without a line end is given as text. */
export async function readBulkLines(file: SourceFile, taker: BulkLineTaker): Promise<void> {
  let rest: Uint8Array = new Uint8Array(0);
  let number = 0;
  const asText = (bytes: Uint8Array, from: number, end: number): void => {
    const cut = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, cut - from).toString("utf8");
    taker.line({ number, text: number === 1 ? text.replace(/^\uFEFF/, "") : text });
  };
  /** Takes the whole lines of bytes from a place on; returns where what is left of a line begins. */
  const takeLines = (bytes: Uint8Array, start: number): number => {
    const to = bytes.lastIndexOf(NEWLINE) + 1;
    for (let from = start; from < to;) {
      number += 1;
      const next = taker.bulk(bytes, from, to, number);
      if (next >= 0) {
        from = next;
        continue;
      }
      const end = bytes.indexOf(NEWLINE, from);
      asText(bytes, from, end);
      from = end + 1;
    }
    return Math.max(to, start);
  };
  for await (const chunk of file.bytes()) {
    // Only the line that lies in two chunks is put together: copying all of both costs as much as reading them.
    const first = rest.length === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    if (rest.length > 0) {
      rest = Buffer.concat([rest, first === 0 ? chunk : chunk.subarray(0, first)]);
      if (first > 0) takeLines(rest, 0);
    }
    // A copy: a chunk is valid only until the next one.
    if (rest.length === 0 || first > 0) {
      rest = Uint8Array.from(chunk.subarray(takeLines(chunk, first)));
    }
    if (rest.length > MAX_LINE_BYTES) {
      throw new DataError(`${file.name}: line ${number + 1} is longer than 64 MiB`, {
        hints: ["This is not a text recording; check which file it is."],
      });
    }
  }
  if (rest.length === 0) return;
  number += 1;
  asText(rest, 0, rest.length);
}
