import { abandonStaging, type Lake } from "@aftershock/ingest/lake";
import { CliError } from "@aftershock/schema";
import { Command, InvalidArgumentError, Option } from "commander";
import { isDay } from "./dayArgument.ts";
import { openLake } from "./lakeArgument.ts";
import { parseTime } from "./timeArgument.ts";

/** Options that every command takes. */
export interface CommonOptions {
  readonly lake?: string;
  readonly json?: boolean;
}

/** The exit code of a process that was told to stop by Ctrl-C, as shells have it. */
const INTERRUPTED = 130;

const STOPPED = "stopped; nothing in the lake is half-done";
/** What `aftershock fetch` says when it is stopped. */
export const FETCH_STOPPED =
  "stopped; nothing in the lake is half-done, and the same command goes on with the downloads";
const STOPPED_MIDWAY =
  "stopped while partitions were being put in place: each is whole; run the same command again to finish";

/** Opens the lake of a command, and makes sure that Ctrl-C leaves nothing unfinished in it. */
export function lakeOf(options: CommonOptions, stopped: string = STOPPED): Lake {
  const lake = openLake(options.lake);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${abandonStaging(lake) ? stopped : STOPPED_MIDWAY}\n`);
      process.exit(INTERRUPTED);
    });
  }
  return lake;
}

/** A whole number from 1. Throws InvalidArgumentError otherwise, as do the readers below. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return value;
}

/** A fraction from 0 to 1, or a percentage. */
export function fraction(text: string): number {
  const percent = /^(.*)%$/.exec(text)?.[1];
  const value = percent === undefined ? Number(text) : Number(percent) / 100;
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("It must be a fraction from 0 to 1, or a percentage.");
  }
  return value;
}

/** An instant: ISO 8601 UTC or µs. */
export function time(text: string): ReturnType<typeof parseTime> {
  try {
    return parseTime(text);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new InvalidArgumentError(`${error.message}. ${error.hints[0] ?? ""}`);
  }
}

/** A day of the calendar. */
export function day(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError("It must be a day of the calendar, as 2025-10-10.");
}

/** By which clock something is shown. */
export const clockOption = (): Option =>
  new Option("--clock <clock>", "recv: what could be known when; event: the venue's clock")
    .choices(["recv", "event"])
    .default("recv");

/** What a book of orders is before its first row. */
export const ordersStartOption = (): Option =>
  new Option(
    "--orders-start <state>",
    "the book of a recording of orders before its first row: unknown up to a snapshot, or empty (LOBSTER)",
  )
    .choices(["snapshot", "empty"])
    .default("snapshot");

/** A command with the options that all have. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--lake <dir>", "the lake (default: AFTERSHOCK_LAKE, else data/lake)")
    .option("--json", "print one JSON document")
    .option("--debug", "print the stack trace of an error")
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride();
}
