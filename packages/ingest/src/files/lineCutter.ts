import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../source.ts";

/** No format we read has longer lines; a binary file taken for text would otherwise fill the memory. Characters. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/** Cuts decoded text into numbered lines; the last line may lack its line end. */
export class LineCutter {
  /** Of the file, for messages. */
  readonly path: string;
  private rest = "";
  private number = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** The number of the last line that was cut, 0 before the first. */
  get lastLine(): number {
    return this.number;
  }

  /** The lines that `text` completes. */
  cut(text: string): readonly SourceLine[] {
    // Only the new text is searched: a line of many chunks would otherwise be copied with each of them.
    const parts = text.split("\n");
    parts[0] = this.rest + (parts[0] ?? "");
    this.rest = parts.pop() ?? "";
    if (this.rest.length > MAX_LINE_LENGTH) {
      throw new DataError(
        `${this.path}: line ${this.number + parts.length + 1} is longer than 64 MiB`,
        { hints: ["This is not a text recording; check which file it is."] },
      );
    }
    return parts.map((part) => this.numbered(part));
  }

  /** The last line, where it has no end. */
  end(text: string): readonly SourceLine[] {
    const lines = this.cut(text);
    return this.rest === "" ? lines : [...lines, this.numbered(this.rest)];
  }

  private numbered(part: string): SourceLine {
    this.number += 1;
    const line = part.endsWith("\r") ? part.slice(0, -1) : part;
    // A byte order mark is no part of the first line.
    const text = this.number === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line;
    return { number: this.number, text };
  }
}
