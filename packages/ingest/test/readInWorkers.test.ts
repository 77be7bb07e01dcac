import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingest, type IngestResult } from "../src/ingest.ts";
import type { Source } from "../src/source.ts";
import { bybit } from "../src/sources/bybit/bybit.ts";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { Lake } from "../src/store/lake.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-workers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Files of Bybit's trades, hours of one day and two symbols: several files a partition, each of more than a chunk. */
async function bybitFiles(): Promise<string[]> {
  const head =
    "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional";
  const paths: string[] = [];
  for (const [nth, symbol] of ["BTCUSDT", "ETHUSDT", "BTCUSDT", "ETHUSDT", "BTCUSDT"].entries()) {
    const lines = Array.from({ length: 5_000 }, (_, n) => {
      const at = 1_722_816_000 + nth * 600 + n * 0.1;
      const bad = n % 2_500 === 7 ? "x" : "";
      return `${at.toFixed(4)},${symbol},Buy,${bad}0.${(n % 9) + 1},${58_000 + (n % 70)}.5,PlusTick,id-${nth}-${n},1,1,1`;
    });
    const path = join(folder, `${symbol}2024-08-05-${nth}.csv`);
    await writeFile(path, `${[head, ...lines].join("\n")}\n`);
    paths.push(path);
  }
  return paths;
}

async function filesIn(lake: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(lake.length), (await readFile(path)).toString("base64")] as const;
  });
  return Object.fromEntries((await Promise.all(pairs)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function ingested(
  source: Source,
  paths: readonly string[],
  workers: number,
): Promise<readonly [IngestResult, Readonly<Record<string, string>>]> {
  const lake = join(folder, `lake-${workers}`);
  const result = await ingest({
    lake: new Lake(lake),
    source,
    paths,
    workers,
    maxQuarantine: 0.01,
  });
  return [result, await filesIn(lake)];
}

describe("files read in worker threads", () => {
  it("give the same bytes and the same counts whatever the number of threads", async () => {
    const paths = await bybitFiles();
    const alone = await ingested(bybit, paths, 0);
    expect(alone[0]).toMatchObject({ files: 5, rows: 24_990, quarantined: 10 });
    expect(await ingested(bybit, paths, 1)).toEqual(alone);
    expect(await ingested(bybit, paths, 3)).toEqual(alone);
  }, 60_000);

  it("of a format that carries state go through one reader in their order", async () => {
    const day = 1_770_249_600_000_000;
    const head = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
    const line = (at: number, snapshot: boolean, price: number): string =>
      `binance-futures,BTCUSDT,${day + at},${day + at},${snapshot},bid,${price},1`;
    const [one, two] = [join(folder, "one.csv"), join(folder, "two.csv")];
    // The snapshot of the first file goes on in the second.
    await writeFile(one, `${[head, line(1, true, 100), line(2, true, 99)].join("\n")}\n`);
    await writeFile(two, `${[head, line(3, true, 98), line(4, false, 97)].join("\n")}\n`);
    const alone = await ingested(tardis, [one, two], 0);
    expect(await ingested(tardis, [one, two], 2)).toEqual(alone);
  }, 60_000);

  it("of a format of which only some carry state are read side by side to the same bytes", async () => {
    const day = 1_770_249_600_000_000;
    const [trades, book] = [
      "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
      "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
    ];
    const paths: string[] = [];
    for (const symbol of ["AAAUSDT", "BBBUSDT", "CCCUSDT"]) {
      const head = (at: number): string => `binance-futures,${symbol},${day + at},${day + at + 9}`;
      const texts = {
        trades: [
          trades,
          ...Array.from({ length: 5_000 }, (_, n) => `${head(n)},${n},buy,${n % 90}.5,1`),
        ],
        incremental_book_L2: [book, `${head(1)},true,bid,100,1`, `${head(2)},false,bid,99,1`],
      };
      for (const [type, lines] of Object.entries(texts)) {
        const path = join(folder, `binance-futures_${type}_2026-02-05_${symbol}.csv`);
        await writeFile(path, `${lines.join("\n")}\n`);
        paths.push(path);
      }
    }
    const alone = await ingested(tardis, paths, 0);
    expect(alone[0].rows).toBe(15_006);
    expect(await ingested(tardis, paths, 3)).toEqual(alone);
  }, 60_000);

  it("fail with the error that they fail with otherwise, and store nothing", async () => {
    const paths = await bybitFiles();
    const cut = join(folder, "BTCUSDT2024-08-06.csv.gz");
    await writeFile(cut, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]));
    const failed = (workers: number): Promise<unknown> =>
      ingested(bybit, [...paths, cut], workers).then(
        () => "nothing",
        (error: unknown) =>
          error instanceof DataError ? { message: error.message, hints: error.hints } : error,
      );
    const alone = await failed(0);
    expect(alone).toMatchObject({ message: expect.stringContaining("ends early") });
    expect(await failed(2)).toEqual(alone);
    expect(Object.keys(await filesIn(join(folder, "lake-2")))).toEqual([]);
  }, 60_000);
});
