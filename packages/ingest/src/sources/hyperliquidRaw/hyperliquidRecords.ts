import type { SourceFile, SourceLine } from "../../source.ts";

/** A document of one frame is not larger. Characters. */
const MAX_DOCUMENT = 16 * 1024 * 1024;

function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The records of a file: its lines; but where the first line opens a JSON object and does not close it, the file is one frame
 * printed over many lines, and the one record is all of it.
 */
export async function* hyperliquidRecords(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  let document: string[] | undefined;
  let length = 0;
  for await (const lines of file.lines()) {
    const [first] = lines;
    if (first?.number === 1 && first.text.trimStart().startsWith("{") && !isWholeJson(first.text)) {
      document = [];
    }
    if (document === undefined) {
      yield lines;
      continue;
    }
    for (const { text } of lines) {
      length += text.length + 1;
      if (length <= MAX_DOCUMENT) document.push(text);
    }
  }
  if (document !== undefined) yield [{ number: 1, text: document.join("\n") }];
}
