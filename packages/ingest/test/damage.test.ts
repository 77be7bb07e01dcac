import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingest } from "../src/ingest.ts";
import { type Duck, openDuck } from "../src/duck.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";
import { createViews } from "../src/store/views.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
const ROWS = 2_000;
let folder: string;
let lake: Lake;
let duck: Duck;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-damage-"));
  lake = new Lake(join(folder, "lake"));
  duck = await openDuck();
  const path = join(folder, "a.txt");
  const lines = Array.from({ length: ROWS }, (_, n) => `${DAY + n} ${n} ${n % 7}.5 1\n`);
  await writeFile(path, lines.join(""));
  await ingest({ lake, source: plainSource(), paths: [path] });
});
afterEach(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

async function countRows(): Promise<number> {
  let rows = 0;
  const stream = lakeStream(duck, lake, "trades", await lake.list());
  for await (const { length } of stream.batches()) rows += length;
  return rows;
}

describe("a damaged lake", () => {
  it("makes a cut or empty tape anew instead of replaying less", async () => {
    expect(await countRows()).toBe(ROWS);
    const [tape] = await readdir(lake.paths.tape);
    for (const bytes of [0, 3, 5_000]) {
      await truncate(join(lake.paths.tape, tape ?? ""), bytes);
      expect(await countRows()).toBe(ROWS);
    }
  });

  it("names the Parquet file that cannot be read", async () => {
    const [manifest] = await lake.list();
    if (manifest === undefined) throw new Error("no partition");
    await truncate(lake.rowsFile(manifest), 1_000);
    await expect(countRows()).rejects.toThrow(/rows-.*\.parquet: the rows cannot be read/);
    await expect(createViews(duck, lake)).rejects.toThrow(
      /rows-.*\.parquet: the rows cannot be read/,
    );
    expect(await readdir(lake.paths.tape)).toEqual([]);
  });

  it("names the manifest that is none, and one of another version", async () => {
    const [manifest] = await lake.list();
    if (manifest === undefined) throw new Error("no partition");
    const path = join(lake.rowsFile(manifest), "../manifest.json");
    await writeFile(path, '{"lakeVersion": 1,');
    await expect(lake.list()).rejects.toThrow(/manifest\.json: is not a manifest/);
    await writeFile(path, JSON.stringify({ ...manifest, lakeVersion: 99 }));
    await expect(lake.list()).rejects.toThrow(/lake version 99, this program reads 2/);
  });

  it("is no partition where a folder has no manifest", async () => {
    const [manifest] = await lake.list();
    if (manifest === undefined) throw new Error("no partition");
    await rm(join(lake.rowsFile(manifest), "../manifest.json"));
    expect(await lake.list()).toEqual([]);
  });
});
