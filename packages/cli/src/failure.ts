import { AftershockError, CliError, errorCode } from "@aftershock/schema";
import { CommanderError } from "commander";
import { printable, printableLines } from "./printable.ts";

/** 1 failed, 2 used wrongly. */
export type ExitCode = 0 | 1 | 2;

const FREE_SPACE = "Free some space and run the command again; the lake is as it was.";

/** How DuckDB and the system say that nothing more can be written. */
const DISK_FULL = /no space left|ENOSPC|failed to offload data block|max_temp_directory_size/i;

/** What to do about errors that come from the system and not from us, by their code. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: "Check that you may read and write there, or name another folder with --lake or --out.",
  EPERM:
    "The system does not allow that there: name another folder with --lake or --out, or run as its owner.",
  ENOTDIR: "A part of that path is a file and not a folder: check the path.",
  ENAMETOOLONG: "That path is too long: name a shorter one.",
  EEXIST: "Something else is there already: move it away, or name another folder.",
  EROFS: "The disk is read-only: name another folder with --lake or --out.",
  EMFILE: "Too many files are open: raise the limit with `ulimit -n`.",
};

function describe(error: unknown): { message: string; hint: string } {
  if (error instanceof AftershockError) {
    return { message: error.message, hint: error.hints[0] ?? "Run with --debug for details." };
  }
  const message = error instanceof Error ? error.message : String(error);
  const known = SYSTEM_HINTS[errorCode(error) ?? ""];
  if (DISK_FULL.test(message)) return { message: "the disk is full", hint: FREE_SPACE };
  return { message, hint: known ?? "This is unexpected: run again with --debug for details." };
}

/** One line without control characters: messages may quote the bytes of a file. */
const oneLine = (text: string): string => printable(text.replaceAll(/\s*\n\s*/g, " "));

/** Prints an error as one line what and where and one line what to do, and returns the exit code. */
export function report(error: unknown, debug: boolean): ExitCode {
  // Commander has printed its own words for these; help and version are no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, hint } = describe(error);
  process.stderr.write(`error: ${oneLine(message)}\nhint: ${oneLine(hint)}\n`);
  if (debug && error instanceof Error)
    process.stderr.write(`${printableLines(error.stack ?? "")}\n`);
  return error instanceof CliError ? 2 : 1;
}
