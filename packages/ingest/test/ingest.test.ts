import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { decimal } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingest, type IngestResult } from "../src/ingest.ts";
import { openDuck } from "../src/duck.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";
import { createViews } from "../src/store/views.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
let folder: string;
let lake: Lake;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-"));
  lake = new Lake(join(folder, "lake"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const run = (paths: string[], terms = {}, maxQuarantine = 0.001): Promise<IngestResult> =>
  ingest({ lake, source: plainSource(terms), paths, maxQuarantine });

async function tradesInLake(): Promise<{ at: number; price: number; size: number; seq: number }[]> {
  const duck = await openDuck();
  const rows = [];
  const stream = lakeStream(duck, lake, "trades", await lake.list());
  for await (const { length, columns } of stream.batches()) {
    for (let i = 0; i < length; i++) {
      rows.push({
        at: (columns.tsRecv[i] as number) - DAY,
        price: columns.price[i] as number,
        size: columns.size[i] as number,
        seq: columns.seq[i] as number,
      });
    }
  }
  duck.close();
  return rows;
}

/** Every file of the lake with its bytes. */
async function lakeBytes(): Promise<Record<string, string>> {
  const names = await readdir(lake.paths.root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !entry.parentPath.includes(".tape"));
  const pairs = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length), (await readFile(path)).toString("base64")];
  });
  return Object.fromEntries(
    (await Promise.all(pairs)).toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
}

describe("ingest", () => {
  it("stores exact ticks and lots, and infers the finest grid in the data", async () => {
    const result = await run([
      await file("a.txt", `${DAY + 1} 1 61837.63000000 0.02\n${DAY + 2} 2 61838 1e-3\n`),
    ]);
    expect(result).toMatchObject({ rows: 2, quarantined: 0, duplicates: 0, outOfOrder: 0 });
    expect(result.partitions).toMatchObject([
      { stream: "trades", instrument: "test:BTC", date: "2025-10-10", rows: 2, status: "written" },
    ]);
    const [manifest] = await lake.list();
    expect(manifest?.instrument).toMatchObject({
      tick: decimal("0.01"),
      lot: decimal("0.001"),
      gridSource: "inferred",
    });
    expect(await tradesInLake()).toEqual([
      { at: 1, price: 6_183_763, size: 20, seq: 0 },
      { at: 2, price: 6_183_800, size: 1, seq: 1 },
    ]);
  });

  it("sorts rows that come late, drops repeated ids, and counts both", async () => {
    const text = [3, 1, 2, 2].map((n) => `${DAY + n} ${n} ${n}.5 1\n`).join("");
    const result = await run([await file("a.txt", text)]);
    expect(result).toMatchObject({ rows: 3, duplicates: 1, outOfOrder: 3 });
    expect((await tradesInLake()).map((row) => row.at)).toEqual([1, 2, 3]);
  });

  it("keeps equal trades that carry no id", async () => {
    const result = await run([await file("a.txt", `${DAY} - 1 1\n${DAY} - 1 1\n`)]);
    expect(result).toMatchObject({ rows: 2, duplicates: 0 });
  });

  it("changes no byte and says unchanged when the same file comes again", async () => {
    const path = await file("a.txt", `${DAY + 1} 1 1.5 1\n`);
    await run([path]);
    const before = await lakeBytes();
    const again = await run([path]);
    expect(again.partitions).toMatchObject([{ status: "unchanged", rows: 1 }]);
    expect(await lakeBytes()).toEqual(before);
  });

  it("replaces a partition by another version of the same time, and says so", async () => {
    await run([await file("a.txt", `${DAY + 1} 1 1.5 1\n${DAY + 5} 2 1.5 1\n`)]);
    const result = await run([await file("a.txt", `${DAY + 1} 1 1.7 1\n${DAY + 5} 2 1.5 1\n`)]);
    expect(result.partitions).toMatchObject([
      { status: "replaced", rows: 2, displaced: ["a.txt"] },
    ]);
    expect((await tradesInLake()).map((row) => row.price)).toEqual([17, 15]);
    const files = await readdir(
      lake.folder({ stream: "trades", venue: "test", symbol: "BTC", date: "2025-10-10" }),
    );
    expect(files.filter((name) => name.endsWith(".parquet"))).toHaveLength(1);
  });

  it("joins files of times apart to the same bytes, whether they come together or one by one", async () => {
    const a = await file("a.txt", `${DAY + 1} 1 1.5 1\nbad\n`);
    const b = await file("b.txt", `${DAY + 7} 2 1.25 1\n`);
    await run([a, b], {}, 1);
    const together = await lakeBytes();
    await rm(lake.paths.root, { recursive: true });
    await run([a], {}, 1);
    const second = await run([b], {}, 1);
    expect(second.partitions).toMatchObject([{ status: "replaced", rows: 2 }]);
    expect(await lakeBytes()).toEqual(together);
    expect((await run([a], {}, 1)).partitions).toMatchObject([{ status: "unchanged" }]);
  });

  it("refuses the same bytes under two names", async () => {
    const text = `${DAY + 1} - 1.5 1\n`;
    await expect(run([await file("a.txt", text), await file("b.txt", text)])).rejects.toThrow(
      /b\.txt holds the same bytes as a\.txt/,
    );
    expect(await lake.list()).toEqual([]);
  });

  it("puts rows off the instrument's grid in quarantine, with file, line and text", async () => {
    const text = `${DAY + 1} 1 1.5 1\n${DAY + 2} 2 1.55 1\n${DAY + 3} 3 2 0.5\n`;
    const result = await run(
      [await file("a.txt", text)],
      { tick: decimal("0.5"), lot: decimal("1") },
      1,
    );
    expect(result).toMatchObject({ rows: 1, quarantined: 2 });
    const [manifest] = await lake.list();
    const quarantine = await readFile(
      join(
        lake.folder({ stream: "trades", venue: "test", symbol: "BTC", date: "2025-10-10" }),
        "quarantine.jsonl",
      ),
      "utf8",
    );
    const bad = quarantine
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(bad).toMatchObject([
      { file: "a.txt", line: 2, text: `${DAY + 2} 2 1.55 1` },
      { file: "a.txt", line: 3, text: `${DAY + 3} 3 2 0.5` },
    ]);
    expect(manifest?.quality.quarantined).toBe(2);
  });

  it("fails past the quarantine limit and stores nothing", async () => {
    const path = await file("a.txt", `${DAY + 1} 1 1.5 1\nnonsense\n`);
    await expect(run([path])).rejects.toThrow(
      /1 of 2 rows are bad \(50 %\).*a\.txt:2: no price or size/,
    );
    expect(await lake.list()).toEqual([]);
    expect(await readdir(lake.paths.staging)).toEqual([]);
  });

  it("refuses a gzip that ends early, and stores nothing of it", async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, n) => `${DAY + n} ${n} ${n}.5 ${(n * 7919) % 997}\n`,
    );
    const whole = gzipSync(rows.join(""));
    const path = await file("a.txt.gz", whole.subarray(0, whole.length - 2_000));
    await expect(run([path])).rejects.toThrow(/a\.txt\.gz: the gzip data ends early/);
    expect(await lake.list()).toEqual([]);
    expect((await run([await file("b.txt.gz", whole)])).rows).toBe(5_000);
  });

  it("names a missing file, an empty file, a broken zip archive and a folder for what they are", async () => {
    await expect(run([join(folder, "absent.csv")])).rejects.toThrow(/absent\.csv: no such file/);
    await expect(run([await file("e.csv", "")])).rejects.toThrow(/e\.csv: the file is empty/);
    await expect(run([await file("z.zip", "PK\u0003\u0004rest")])).rejects.toThrow(
      /z\.zip: the zip/,
    );
    await expect(run([folder])).rejects.toThrow(/is not a file/);
  });

  it("cuts days at midnight UTC and reads them back as one stream on one grid", async () => {
    const text = `${DAY - 1} 1 1.5 1\n${DAY} 2 1.25 1\n`;
    const result = await run([await file("a.txt", text)]);
    expect(result.partitions.map(({ date }) => date)).toEqual(["2025-10-09", "2025-10-10"]);
    expect((await tradesInLake()).map((row) => row.price)).toEqual([150, 125]);
  });

  it("gives SQL views in currency beside the exact ticks", async () => {
    await run([await file("a.txt", `${DAY + 1} 1 0.07 0.3\n`)]);
    const duck = await openDuck();
    await createViews(duck, lake);
    expect(
      await duck.rows(
        `SELECT instrument, venue, price, "priceTicks", size, "sizeLots" FROM trades`,
      ),
    ).toEqual([
      { instrument: "test:BTC", venue: "test", price: 0.07, priceTicks: 7, size: 0.3, sizeLots: 3 },
    ]);
    expect(await duck.rows(`SELECT count(*) AS n FROM liquidations`)).toEqual([{ n: 0 }]);
    duck.close();
  });
});
