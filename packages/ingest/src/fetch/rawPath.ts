import { join, resolve, sep } from "node:path";
import { IntegrityError } from "@aftershock/schema";

/** What stays as it is in a name: letters and digits of any script, and marks that no file system minds. */
const UNSAFE = /[^\p{L}\p{Nd}_.@+=,-]/gu;

/** File systems allow 255 bytes in a name; what is put beside a file (`.part.json`) must fit too. */
const MOST_BYTES = 240;

const percent = (character: string): string =>
  Buffer.from(character)
    .toString("hex")
    .toUpperCase()
    .replaceAll(/../g, (byte) => `%${byte}`);

/** A part of a path, with everything that could lead elsewhere or that a file system minds as %XX. */
function safeName(part: string): string {
  const escaped = part.normalize("NFC").replaceAll(UNSAFE, percent);
  // A leading dot hides a file, and . and .. are places.
  return escaped.startsWith(".") ? `%2E${escaped.slice(1)}` : escaped;
}

/**
 * A path below `raw`, from a path with `/` between its parts: each part is made safe, so that no name of an instrument or of a
 * server leads out of the folder. Throws IntegrityError for a name that is too long.
 */
export function rawPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  const names = parts.map(safeName);
  const long = names.find((name) => Buffer.byteLength(name) > MOST_BYTES);
  if (long !== undefined || names.length === 0) {
    throw new IntegrityError(`"${path}" cannot name a file: it is empty or too long`, {
      hints: ["Check the name of the instrument."],
    });
  }
  return names.join("/");
}

/** The folder of a lake where files lie as they were downloaded. */
export const rawFolder = (lakeRoot: string): string => join(lakeRoot, "raw");

/** Where a file of `raw` lies on disk. Throws IntegrityError for a path out of the folder: that is our mistake. */
export function inRaw(lakeRoot: string, path: string): string {
  const folder = resolve(rawFolder(lakeRoot));
  const target = resolve(folder, path);
  if (target.startsWith(folder + sep)) return target;
  throw new IntegrityError(`Invariant: ${path} lies outside ${folder}`);
}
