import { ConfigError } from "@aftershock/schema";
import { fileHead } from "./files/fileHead.ts";
import { openFile } from "./files/openFile.ts";
import type { Source } from "./source.ts";
import { SOURCES } from "./sources.ts";

/** The format of a file, by its beginning and its name. Throws ConfigError when no format, or more than one, claims it. */
export async function detectSource(path: string): Promise<Source> {
  const head = await fileHead(await openFile(path));
  const found = SOURCES.filter((source) => source.recognises(head));
  const [only] = found;
  if (found.length === 1 && only !== undefined) return only;
  const names = (found.length === 0 ? SOURCES : found).map(({ name }) => name).join(", ");
  throw new ConfigError(
    found.length === 0
      ? `${path}: its format is not recognised`
      : `${path}: could be of several formats: ${names}`,
    { hints: [`Name the source with --source: ${names}.`] },
  );
}
