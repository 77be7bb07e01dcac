import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../../source.ts";
import { jsonElements } from "./jsonElements.ts";

/** The first character of a file that is not blank; empty for a file without one. */
export async function firstCharacter(file: SourceFile): Promise<string> {
  for await (const chunk of file.bytes()) {
    const found = /[^\s\uFEFF]/.exec(Buffer.from(chunk).toString("utf8"));
    if (found !== null) return found[0];
  }
  return "";
}

/** The lines of a text, or the elements of a JSON array, which is the document or stands in it under a key. */
export async function* linesOrElements(
  file: SourceFile,
  key: string,
): AsyncGenerator<readonly SourceLine[]> {
  const first = await firstCharacter(file);
  if (first === "[") yield* jsonElements(file);
  else if (first === "{") yield* jsonElements(file, [key]);
  else yield* file.lines();
}

/** The largest document that is one record. Bytes. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** A whole document as its only record, number 1, for formats whose parts say nothing alone. Throws DataError above 64 MiB. */
export async function* wholeDocument(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.bytes()) {
    length += chunk.length;
    if (length > MAX_DOCUMENT_BYTES) {
      throw new DataError(`${file.name}: the document is larger than 64 MiB`, {
        hints: ["Check that the source named is the one this file comes from."],
      });
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  yield [{ number: 1, text }];
}
