import { ConfigError } from "@aftershock/schema";

const MOST_SHOWN = 60;

/** Whether a value is an object with named fields, and no list. */
export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is written as a literal: a text, a list, or an object of no class. */
function isLiteral(value: unknown): boolean {
  if (!isFields(value)) return typeof value === "string" || Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function inWords(value: unknown): string {
  if (typeof value === "function") return "a function";
  try {
    return isLiteral(value) ? JSON.stringify(value) : String(value);
  } catch {
    return "an object that is no JSON";
  }
}

/** A value of any kind as a message shows it: texts in quotes, functions as such, at most 60 characters. */
export function shown(value: unknown): string {
  const text = inWords(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** Every field of an interface by its name: the compiler refuses a list that lacks one or has another. */
export type FieldNames<Fields> = Readonly<Record<keyof Fields, true>>;

/**
 * Checks that `given` is an object whose fields are all among `known`; none of them need be there. Throws ConfigError naming what is wrong; `of` is whose settings they are, as an author
 * knows them: `counterfactual`.
 */
export function checkSettings(
  of: string,
  given: unknown,
  known: Readonly<Record<string, true>>,
): void {
  const names = Object.keys(known).join(", ");
  if (!isFields(given)) {
    throw new ConfigError(`${of} is ${shown(given)}, which is no object of settings`, {
      hints: [`Write { … } with some of ${names}.`],
    });
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new ConfigError(`${of}: there is no setting ${unknown}`, {
    hints: [`Settings of ${of} are ${names}.`],
  });
}

/** Refuses what is there and no text. Throws ConfigError naming it; `hint` says what to write. */
export function checkText(name: string, given: unknown, hint: string): void {
  if (given === undefined || typeof given === "string") return;
  throw new ConfigError(`${name} is ${shown(given)}, which is no text`, { hints: [hint] });
}

/** Refuses what is no list. Throws ConfigError naming it; `hint` says what to write. */
export function checkList(name: string, given: unknown, hint: string): void {
  if (Array.isArray(given)) return;
  throw new ConfigError(`${name} is ${shown(given)}, which is no list`, { hints: [hint] });
}
