import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { AftershockError, ConfigError, DataError } from "@aftershock/schema";
import { isStudy, type Study } from "@aftershock/strategy";

const EXTENSIONS = new Set([".ts", ".mts", ".js", ".mjs"]);

/** An error of the user's own code, as one of ours: what it said and where the module is. */
export function studyThrew(path: string, cause: unknown): ConfigError {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ConfigError(`${path}: the study threw ${message}`, {
    cause,
    hints: ["Run with --debug to see where."],
  });
}

/** The names under which a study may import us. */
const OWN_NAME = /^(?:aftershock|@aftershock\/[a-z]+(?:\/[a-z]+)?)$/;

/** From here on a module imports us by name wherever it lies: our names mean what they mean to this file. */
function offerOwnPackages(): void {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(
        specifier,
        OWN_NAME.test(specifier) ? { ...context, parentURL: import.meta.url } : context,
      ),
  });
}

/** Imports a module. Throws ConfigError for one that waits, at its top level, for what never comes. */
function importSettled(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stalled = (): void => {
      reject(
        new ConfigError(`${path}: the study never finishes loading`, {
          hints: ["It awaits a promise that nothing settles: see to its top-level `await`."],
        }),
      );
    };
    process.once("beforeExit", stalled);
    import(pathToFileURL(path).href)
      .finally(() => process.off("beforeExit", stalled))
      .then(resolve, reject);
  });
}

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
  offerOwnPackages();
  const module = await importSettled(path).catch((cause: unknown) => {
    throw cause instanceof AftershockError ? cause : studyThrew(path, cause);
  });
  const study =
    typeof module === "object" && module !== null && "default" in module && module.default;
  if (isStudy(study)) return study;
  throw new ConfigError(`${path}: the default export is not a study`, {
    hints: ["End the module with `export default defineStudy({…})`."],
  });
}
