import { PackedError } from "./packedError.ts";

/** What a Mac puts beside the files of an archive: folders' looks and resource forks. */
export const isBeside = (name: string): boolean =>
  /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$)/.test(name);

/** Throws PackedError for a name that points out of the archive: such an archive was made to deceive. */
export function checkMemberName(archive: string, name: string): void {
  const path = name.replaceAll("\\", "/");
  if (!/^\/|^[A-Za-z]:|(?:^|\/)\.\.(?:\/|$)/.test(path)) return;
  throw PackedError.refused(
    `is a ${archive} archive with a file outside of it: ${JSON.stringify(name.slice(0, 200))}`,
    "Do not unpack it. Fetch the recording from its vendor.",
  );
}

/** The error of an archive that holds more than one file. */
export function severalMembers(archive: string, names: readonly string[]): PackedError {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 200)));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return PackedError.refused(
    `is a ${archive} archive of several files (${shown.join(", ")}${more}), not of one`,
    "Unpack it first, then ingest the files inside.",
  );
}
