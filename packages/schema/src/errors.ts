/** Where and how an error can be helped: every Aftershock error carries these beside its message. */
export interface ErrorDetails {
  /** What the reader can do about it, one sentence each; the command line prints the first. */
  readonly hints?: readonly string[];
  /** The error underneath, if there is one. */
  readonly cause?: unknown;
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`, …); undefined for anything without one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * The base of every error that Aftershock raises on purpose. The message says what is wrong, the offending value and where
 * (file and row, or venue, symbol, sequence and time); the hints say what to do.
 */
export class AftershockError extends Error {
  readonly hints: readonly string[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hints = details.hints ?? [];
  }
}

/** The data is bad: a file that cannot be read, a header that is not known, a row that cannot be parsed, a partition that is absent. */
export class DataError extends AftershockError {}

/** A study, a rule set or an option asks for something that does not exist or makes no sense. */
export class ConfigError extends AftershockError {}

/** What is stored or replayed contradicts itself: a hash that does not match, a state that cannot be. */
export class IntegrityError extends AftershockError {}

/** The command line was used wrongly. Exit code 2. */
export class CliError extends AftershockError {}
