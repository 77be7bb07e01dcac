import type { FetchProgress } from "@aftershock/ingest";
import { printable } from "./printable.ts";

/** Milliseconds between two drawings: a terminal is drawn over, a log gets one line more. */
const TERMINAL_EVERY = 200;
const LOG_EVERY = 5_000;

/** Most files that get a line of their own. */
const MOST_LINES = 12;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes as a person reads them: `84.2 MiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

/** A duration as a person reads it: `3:07` minutes, `1:02:33` hours. */
export function secondsText(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (part: number): string => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours === 0
    ? `${minutes}:${pad(whole % 60)}`
    : `${hours}:${pad(minutes)}:${pad(whole % 60)}`;
}

interface Active {
  bytes: number;
  total: number | undefined;
}

/** Shows on stderr how far downloads have come: a line a file and a total on a terminal, now and then a total in a log. */
export class FetchDisplay {
  private readonly files: number;
  private readonly terminal = process.stderr.isTTY;
  private readonly began = Date.now();
  private readonly active = new Map<string, Active>();
  private last = this.began;
  private ended = 0;
  /** Of those that ended, the ones that there are: a file that is missing says nothing of how large others are. */
  private endedWhole = 0;
  private endedBytes = 0;
  /** Bytes that were there before the first news of a file: they say nothing of the rate. */
  private foundBytes = 0;
  private drawnLines = 0;

  /** `files`: how many there will be at least. */
  constructor(files: number) {
    this.files = files;
  }

  /** Takes news of a file. */
  update({ path, bytes, total, ended }: FetchProgress): void {
    if (ended) {
      if (!this.active.delete(path)) this.foundBytes += bytes;
      this.ended += 1;
      this.endedBytes += bytes;
      if (bytes > 0) this.endedWhole += 1;
    } else {
      if (!this.active.has(path)) this.foundBytes += bytes;
      this.active.set(path, { bytes, total });
    }
    const now = Date.now();
    if (now - this.last < (this.terminal ? TERMINAL_EVERY : LOG_EVERY)) return;
    this.last = now;
    this.draw();
  }

  private totalLine(): string {
    const active = [...this.active.values()];
    const bytes = this.endedBytes + active.reduce((sum, one) => sum + one.bytes, 0);
    const seconds = Math.max((this.last - this.began) / 1_000, 0.001);
    const rate = (bytes - this.foundBytes) / seconds;
    const files = Math.max(this.files, this.ended + active.length);
    const parts = [
      `${this.ended} of ${files} files`,
      bytesText(bytes),
      `${bytesText(Math.max(rate, 0))}/s`,
    ];
    const left = this.bytesLeft(files);
    if (left !== undefined && rate > 0) parts.push(`about ${secondsText(left / rate)} left`);
    return `fetch: ${parts.join(" · ")}`;
  }

  /** Bytes to come, those of files not yet begun taken for as large as the others; undefined where no size is known. */
  private bytesLeft(files: number): number | undefined {
    const active = [...this.active.values()];
    const sizes = active.flatMap(({ total }) => (total === undefined ? [] : [total]));
    const known = this.endedWhole + sizes.length;
    if (known === 0) return undefined;
    const mean = (this.endedBytes + sizes.reduce((sum, size) => sum + size, 0)) / known;
    const ofActive = active.reduce(
      (sum, { bytes, total }) => sum + Math.max((total ?? mean) - bytes, 0),
      0,
    );
    return ofActive + mean * (files - this.ended - active.length);
  }

  private fileLine([path, { bytes, total }]: readonly [string, Active]): string {
    const share =
      total === undefined || total === 0 ? "" : `${Math.floor((100 * bytes) / total)} %`;
    const width = Math.max((process.stderr.columns ?? 80) - 30, 20);
    const name = printable(path);
    const short = name.length > width ? `…${name.slice(1 - width)}` : name;
    return `  ${short} ${share.padStart(5)} ${bytesText(bytes)}`;
  }

  private draw(): void {
    if (!this.terminal) {
      process.stderr.write(`${this.totalLine()}\n`);
      return;
    }
    const lines = [...this.active].slice(0, MOST_LINES).map((one) => this.fileLine(one));
    lines.push(this.totalLine());
    process.stderr.write(`${this.clearing()}${lines.join("\n")}\n`);
    this.drawnLines = lines.length;
  }

  /** What takes the cursor back to where the drawing began, and everything below away. */
  private clearing(): string {
    return this.drawnLines === 0 ? "" : `\u001B[${this.drawnLines}A\r\u001B[J`;
  }

  /** Takes the drawing away. */
  done(): void {
    if (this.terminal) process.stderr.write(this.clearing());
    this.drawnLines = 0;
  }
}
