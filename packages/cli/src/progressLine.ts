import { isoMicros } from "@aftershock/schema";
import { printable, printableLines } from "./printable.ts";

/** Milliseconds between two lines of progress: on a terminal the line is rewritten, in a log a new one is added. */
const TERMINAL_EVERY = 100;
const LOG_EVERY = 5_000;

const grouped = (value: number): string => value.toLocaleString("en-US");

/** A line on stderr that says how far long work has come. */
export class ProgressLine {
  private readonly label: string;
  private readonly terminal = process.stderr.isTTY;
  private last = Date.now();
  private shown = false;

  constructor(label: string) {
    this.label = label;
  }

  private show(text: string): void {
    const now = Date.now();
    if (now - this.last < (this.terminal ? TERMINAL_EVERY : LOG_EVERY)) return;
    this.last = now;
    this.shown = true;
    process.stderr.write(
      this.terminal ? `\r\u001B[2K${this.label}: ${text}` : `${this.label}: ${text}\n`,
    );
  }

  /** Events so far, and the replay clock, µs. */
  events(events: number, at: number | undefined): void {
    this.show(`${grouped(events)} events${at === undefined ? "" : ` · ${isoMicros(at)}`}`);
  }

  /** Bytes of a file read. */
  file(name: string, bytesRead: number, bytesTotal: number, rows: number): void {
    const percent = bytesTotal === 0 ? 0 : Math.floor((100 * bytesRead) / bytesTotal);
    this.show(`${printable(name)} ${percent} % · ${grouped(rows)} rows`);
  }

  /** How much of a part of the work is done. */
  part(name: string, done: number, all: number): void {
    this.show(`${name} ${done} of ${all}`);
  }

  /** Ends the line on a terminal. */
  done(): void {
    if (this.shown && this.terminal) process.stderr.write("\r\u001B[2K");
  }
}

/** A sentence on stderr about what is done now. */
export const say = (text: string): void => {
  process.stderr.write(`${printableLines(text)}\n`);
};
