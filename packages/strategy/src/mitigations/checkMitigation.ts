import { ConfigError } from "@aftershock/schema";
import type { JsonValue } from "../canonicalJson.ts";
import type { Mitigation } from "./mitigation.ts";

const KIND = /^[A-Za-z0-9]+(\+[A-Za-z0-9]+)*$/;

/** Whether a value is the same after having been JSON. */
function isPlain(value: JsonValue): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  return typeof value === "object" && Object.values(value).every(isPlain);
}

/**
 * Checks what a mitigation says of itself: a name, a kind of letters and digits, parameters that are plain JSON (others would not show in the config hash), a
 * sentence. Throws ConfigError naming what is wrong.
 */
export function checkMitigation(mitigation: Mitigation): void {
  const { name, kind, parameters } = mitigation;
  const wrong = (what: string, hint: string): ConfigError =>
    new ConfigError(`The mitigation "${name}" ${what}`, { hints: [hint] });
  if (typeof name !== "string" || name.trim() === "") {
    throw wrong("has no name", "Give it one that is unique in its study.");
  }
  if (typeof kind !== "string" || !KIND.test(kind)) {
    throw wrong(`is of kind "${kind}"`, "Give a kind of letters and digits: tranches.");
  }
  if (typeof parameters !== "object" || parameters === null || !isPlain(parameters)) {
    throw wrong("has parameters that are no plain JSON", "Give finite numbers, texts and flags.");
  }
  if (typeof mitigation.apply !== "function" || typeof mitigation.describe !== "function") {
    throw wrong("lacks describe or apply", "Give it both: see docs/write-a-mitigation.md.");
  }
}
