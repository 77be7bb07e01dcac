import { ConfigError, DataError } from "@aftershock/schema";
import { fileHead } from "./files/fileHead.ts";
import { openFile } from "./files/openFile.ts";
import type { FileHead, Source } from "./source.ts";
import { SOURCES } from "./sources.ts";

/** How a file begins, as a message can show it. */
function beginning({ bytes, text }: FileHead): string {
  const start = text.slice(0, 60).split(/[\r\n]/, 1)[0] ?? "";
  return bytes.includes(0) ? "with binary data" : `"${start}"`;
}

/** The format of a file, by its beginning and its name. Throws ConfigError when no format, or more than one, claims it. */
export async function detectSource(path: string): Promise<Source> {
  const head = await fileHead(await openFile(path));
  if (head.bytes.length === 0) {
    throw new DataError(`${path}: the file holds nothing`, {
      hints: ["Leave it out: a vendor's empty file means that nothing was recorded."],
    });
  }
  const found = SOURCES.filter((source) => source.recognises(head));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  const names = (found.length === 0 ? SOURCES : found).map(({ name }) => name).join(", ");
  throw new ConfigError(
    found.length === 0
      ? `${path}: its format is not recognised; it begins ${beginning(head)}`
      : `${path}: could be of several formats: ${names}`,
    { hints: [`Name the source with --source: ${names}.`] },
  );
}
