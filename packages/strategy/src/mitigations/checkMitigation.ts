import { ConfigError } from "@aftershock/schema";
import type { JsonValue } from "../canonicalJson.ts";
import { isFields, shown } from "../settings.ts";
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
 * sentence. Throws ConfigError naming what is wrong; `place` is where it stands in its study, for what has no name.
 */
export function checkMitigation(mitigation: Mitigation, place = "The mitigation"): void {
  const given: unknown = mitigation;
  if (!isFields(given)) {
    throw new ConfigError(`${place} is ${shown(given)}, which is no mitigation`, {
      hints: [
        "List what noLiquidations(), twapOracle({ … }) and others give, or one of your own: see docs/write-a-mitigation.md.",
      ],
    });
  }
  const { name, kind, parameters } = mitigation;
  if (typeof name !== "string" || name.trim() === "") {
    throw new ConfigError(`${place} has no name: it is ${shown(name)}`, {
      hints: ["Give it one that is unique in its study."],
    });
  }
  const wrong = (what: string, hint: string): ConfigError =>
    new ConfigError(`The mitigation "${name}" ${what}`, { hints: [hint] });
  if (typeof kind !== "string" || !KIND.test(kind)) {
    throw wrong(`is of kind ${shown(kind)}`, "Give a kind of letters and digits: tranches.");
  }
  if (!isFields(parameters) || !isPlain(parameters)) {
    throw wrong("has parameters that are no plain JSON", "Give finite numbers, texts and flags.");
  }
  if (typeof mitigation.apply !== "function" || typeof mitigation.describe !== "function") {
    throw wrong("lacks describe or apply", "Give it both: see docs/write-a-mitigation.md.");
  }
  const sentence: unknown = mitigation.describe();
  if (typeof sentence !== "string") {
    throw wrong(`describes itself as ${shown(sentence)}`, "Let describe give one plain sentence.");
  }
}
