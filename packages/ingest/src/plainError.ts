import {
  AftershockError,
  ConfigError,
  DataError,
  errorCode,
  IntegrityError,
} from "@aftershock/schema";

/** An error on its way out of a worker. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly hints: readonly string[];
  /** Of a system error its code, such as `ENOENT`. */
  readonly code: string | undefined;
}

const CLASSES = new Map([
  ["DataError", DataError],
  ["ConfigError", ConfigError],
  ["IntegrityError", IntegrityError],
]);
const PLAIN_CLASSES = new Map<string, new (message: string) => Error>([
  ["RangeError", RangeError],
  ["TypeError", TypeError],
]);

/** What is told of an error. */
export function plainError(error: unknown): PlainError {
  const code = errorCode(error);
  if (error instanceof AftershockError) {
    return { name: error.name, message: error.message, hints: error.hints, code };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, hints: [], code };
}

/** An error of a worker as it was there. */
export function revived({ name, message, hints, code }: PlainError): Error {
  const Class = CLASSES.get(name);
  if (Class !== undefined) return new Class(message, { hints });
  const error = new (PLAIN_CLASSES.get(name) ?? Error)(message);
  return code === undefined ? error : Object.assign(error, { code });
}
