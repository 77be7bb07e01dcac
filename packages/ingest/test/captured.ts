import { BID, MESSAGE_END, type StreamName } from "@aftershock/schema";
import { decimalToNumber } from "@aftershock/schema";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import type { RawRow } from "../src/source.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";
import { samples } from "./samples/cryptofeedBooks.ts";

/** 2023-11-14T22:13:20Z, µs: what the captures written by hand count from. */
export const START = 1_700_000_000_000_000;

/** A line of a stream, so many seconds after the start and a quarter. */
export const at = (seconds: number, message: unknown): string =>
  `${1_700_000_000 + seconds}.25: ${typeof message === "string" ? message : JSON.stringify(message)}`;

/** Reads files of one ingest, in the order given. */
export async function capture(
  ...files: readonly (readonly [name: string, lines: readonly string[]])[]
): Promise<MemorySink> {
  const memory = memorySink();
  const reader = cryptofeed.createReader({});
  for (const [name, lines] of files) {
    await reader.read(fileOf(name, `${lines.join("\n")}\n`), memory.sink);
  }
  return memory;
}

/** The lines of a sample. */
export function sampleLines(name: string): readonly string[] {
  const found = samples.find((sample) => sample.name === name);
  if (typeof found?.content !== "string") throw new Error(`no sample ${name}`);
  return found.content.trimEnd().split("\n");
}

/** Reads a sample, with more lines after it. */
export const captureSample = (name: string, more: readonly string[] = []): Promise<MemorySink> =>
  capture([name, [...sampleLines(name), ...more]]);

const text = (row: RawRow<"book">): string => {
  if (row.side === 0) return "nothing";
  const side = row.side === BID ? "bid" : "ask";
  return `${side} ${decimalToNumber(row.price)} ${decimalToNumber(row.size)}`;
};

/** Each message of a book: the flags of its rows but MESSAGE_END, its levels as `bid 10.5 100`. */
export function messagesOf(
  memory: MemorySink,
  id: string,
): { readonly flags: readonly number[]; readonly levels: readonly string[] }[] {
  const messages: { flags: number[]; levels: string[] }[] = [];
  let open = false;
  for (const row of memory.of("book", id)) {
    if (!open) messages.push({ flags: [], levels: [] });
    const message = messages.at(-1);
    message?.flags.push(row.flags & ~MESSAGE_END);
    message?.levels.push(text(row));
    open = (row.flags & MESSAGE_END) === 0;
  }
  return messages;
}

/** A row with its prices and sizes as numbers, for comparison with literals. */
export function plain<S extends StreamName>(row: RawRow<S> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "object" && value !== null && "mantissa" in value && "decimals" in value
        ? decimalToNumber({ mantissa: Number(value.mantissa), decimals: Number(value.decimals) })
        : value,
    ]),
  );
}
