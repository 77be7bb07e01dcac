import type { FileHead, SourceFile } from "../source.ts";

/** How much of a file a source is recognised by. Bytes. */
const HEAD_BYTES = 65_536;

/** The beginning of a file. Throws DataError as reading it does. */
export async function fileHead(file: SourceFile): Promise<FileHead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.bytes()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat(chunks).subarray(0, HEAD_BYTES);
  return { name: file.name, bytes, text: bytes.toString("utf8").replace(/^\uFEFF/, "") };
}
