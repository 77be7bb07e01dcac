import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { RawRow } from "../src/source.ts";
import { quotedCells } from "../src/sources/read/quotedCells.ts";
import type { MemorySink } from "./memorySink.ts";
import { at } from "./readWith.ts";

/** One reserve's markets, as demeter-fetch names them. */
export const USDC_MARKET = "aave_v3-0x2791bca1f2de4661ed88a30c99a7a9449aa84174";
export const WETH_MARKET = "aave_v3-0x7ceb23fd6bc0add59e62ac25578270cff1b9f619";

/** Rows of `chain` by event. */
export function byEvent(memory: MemorySink): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of memory.of("chain")) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
}

/** How many rows lie in a UTC day. */
export function onDay(
  rows: readonly { readonly tsEvent?: number | undefined }[],
  day: string,
): number {
  const from = at(`${day}T00:00:00Z`);
  return rows.filter(({ tsEvent = 0 }) => tsEvent >= from && tsEvent < from + 86_400e6).length;
}

/** The args of a row. */
export const argsOf = ({ args }: RawRow<"chain">): Record<string, string> =>
  JSON.parse(args) as Record<string, string>;

/** The lines of a file, read without the sources. */
export async function linesOf(path: string): Promise<string[]> {
  const packed = createReadStream(path);
  const input = path.endsWith(".gz") ? packed.pipe(createGunzip()) : packed;
  const lines: string[] = [];
  for await (const line of createInterface({ input })) lines.push(line);
  return lines;
}

/** The lines of a table by column, read without the sources. */
export async function tableOf(path: string): Promise<Record<string, string>[]> {
  const [header = "", ...lines] = await linesOf(path);
  const names = header.split(",");
  return lines.map((line) => {
    const cells = quotedCells(line);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}
