import { existsSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { AftershockError, ConfigError, DataError } from "@aftershock/schema";
import type { Study } from "@aftershock/strategy";

const EXTENSIONS = new Set([".ts", ".mts", ".js", ".mjs"]);

/** An error of the user's own code, as one of ours: what it said and where the module is. */
export function studyThrew(path: string, cause: unknown): ConfigError {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ConfigError(`${path}: the study threw ${message}`, {
    cause,
    hints: ["Run with --debug to see where."],
  });
}

const isStudy = (value: unknown): value is Study =>
  typeof value === "object" && value !== null && "hedges" in value && "portfolio" in value;

/** Loads the study that is the default export of a module. */
export async function loadStudy(path: string): Promise<Study> {
  if (!existsSync(path)) {
    throw new DataError(`${path}: no such study`, {
      hints: ["Name a module whose default export is defineStudy({…}), or `demo`."],
    });
  }
  if (!EXTENSIONS.has(extname(path))) {
    throw new ConfigError(`${path}: is not a module`, {
      hints: ["A study is a .ts or .js module whose default export is defineStudy({…})."],
    });
  }
  const module: unknown = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw cause instanceof AftershockError ? cause : studyThrew(path, cause);
  });
  const study =
    typeof module === "object" && module !== null && "default" in module && module.default;
  if (isStudy(study)) return study;
  throw new ConfigError(`${path}: the default export is not a study`, {
    hints: ["End the module with `export default defineStudy({…})`."],
  });
}
