import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replay } from "@aftershock/replay";
import type { Batch } from "@aftershock/schema";
import { type Duck, openDuck } from "../src/duck.ts";
import { ingest } from "../src/ingest.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
/** More than one batch. */
const ROWS = 70_000;
let folder: string;
let lake: Lake;
let duck: Duck;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-tape-"));
  lake = new Lake(join(folder, "lake"));
  duck = await openDuck();
});
afterEach(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

type Ids = readonly (string | undefined)[];

/** The id of the nth trade: one of these and its number, or none. */
function idOf(ids: Ids, nth: number): string | undefined {
  const id = ids[nth % ids.length];
  return id === undefined ? undefined : `${id}${nth}`;
}

/** Trades of a lake with such ids. */
async function tradesOf(ids: Ids): Promise<AsyncIterable<Batch>> {
  const path = join(folder, "a.txt");
  const lines = Array.from({ length: ROWS }, (_, n) => {
    return `${DAY + n} ${idOf(ids, n) ?? "-"} ${n % 7}.5 1\n`;
  });
  await writeFile(path, lines.join(""));
  await ingest({ lake, source: plainSource(), paths: [path] });
  return lakeStream(duck, lake, "trades", await lake.list()).batches();
}

describe("the tape", () => {
  it.each([
    ["ASCII", ["17", undefined, "x-"]],
    ["other text", ["17", "é", undefined, "😀"]],
  ])("gives texts back, %s", async (kind, ids) => {
    const seen: unknown[] = [];
    for await (const batch of await tradesOf(ids)) {
      const { columns, asciiTexts } = batch as Batch<"trades">;
      expect(asciiTexts?.["tradeId"] !== undefined).toBe(kind === "ASCII");
      seen.push(...columns.tradeId);
      expect(columns.tradeId).toBe(columns.tradeId);
    }
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, n) => idOf(ids, n)));
  });

  it("frees the memory of a batch once a replay is through with it, and not before", async () => {
    await tradesOf(["1"]);
    const stream = lakeStream(duck, lake, "trades", await lake.list());
    const prices: Float64Array[] = [];
    let sum = 0;
    await replay([stream], {
      handlers: {
        on: {
          trades: ({ columns: { price } }, from, to) => {
            for (let row = from; row < to; row++) sum += price[row] ?? Number.NaN;
            if (!prices.includes(price)) prices.push(price);
          },
        },
      },
    });
    expect(sum).toBeGreaterThan(0);
    expect(prices.map(({ length }) => length)).toEqual([0, 0]);
  });
});
