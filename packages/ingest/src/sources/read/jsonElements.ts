import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../../source.ts";
import { JsonCutter } from "./jsonCutter.ts";

/**
 * Cuts a JSON document into the elements of one array, each as a record: its number from 1 and its own text, unchanged, which
 * need not be valid JSON. `path`: the keys under which the array stands, `*` for any key; none for a document that is the array.
 * What does not lead to the array is passed over. The document is never held as a whole: memory is bounded by an element.
 *
 * Throws DataError for a document that ends early, is no JSON outside of the elements, or has no such array or two of them.
 *
 * @example
 * // {"error":[],"result":{"XXBTZUSD":[["5541.2","0.1"],["5541.3","2"]],"last":"1541"}}
 * for await (const records of jsonElements(file, ["result", "*"])) {
 *   // [{ number: 1, text: '["5541.2","0.1"]' }, { number: 2, text: '["5541.3","2"]' }]
 * }
 */
export async function* jsonElements(
  file: SourceFile,
  path: readonly string[] = [],
): AsyncGenerator<readonly SourceLine[]> {
  const cutter = new JsonCutter(file.name, path);
  for await (const chunk of file.bytes()) {
    const records = cutter.cut(chunk);
    if (records.length > 0) yield records;
  }
  cutter.end();
}

/** The largest document that is read as a whole. Bytes. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Reads a whole JSON document, for formats that are one object. Throws DataError when it is no JSON or larger than 64 MiB. */
export async function jsonDocument(file: SourceFile): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.bytes()) {
    length += chunk.length;
    if (length > MAX_DOCUMENT_BYTES) {
      throw new DataError(`${file.name}: the JSON document is larger than 64 MiB`, {
        hints: ["Check that the source named is the one this file comes from."],
      });
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${file.name}: the JSON is broken or cut (${reason.slice(0, 200)})`, {
      cause,
      hints: ["Fetch the file again."],
    });
  }
}
