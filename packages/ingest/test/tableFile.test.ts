import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Duck, openDuck, parquetRows, sqlString } from "../src/duck.ts";
import { abandonUnfinished } from "../src/store/unfinished.ts";
import type { TableColumn } from "../src/export/tableDraft.ts";
import { TableFile, type TableFileOptions } from "../src/export/tableFile.ts";
import { type ArrowValue, arrowRows } from "./arrowRows.ts";

const COLUMNS: readonly TableColumn[] = [
  { name: "who", type: "text" },
  { name: "n", type: "count" },
  { name: "x", type: "real" },
  { name: "ok", type: "flag" },
];
type Row = readonly [who: string, n: number | null, x: number | null, ok: boolean | null];

let folder: string;
let place: string;
let duck: Duck;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-table-"));
  duck = await openDuck();
});
beforeEach(async () => {
  place = await mkdtemp(join(folder, "case-"));
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

const FORMATS = ["parquet", "arrow"] as const;
type Format = (typeof FORMATS)[number];

const create = (format: Format, more: Partial<TableFileOptions> = {}): Promise<TableFile> =>
  TableFile.create({
    format,
    out: join(place, `t.${format}`),
    columns: COLUMNS,
    partitions: [],
    ...more,
  });

/** Writes batches of rows, each from the same arrays. */
async function write(format: Format, batches: readonly (readonly Row[])[]): Promise<void> {
  const file = await create(format, { replace: true });
  const most = Math.max(0, ...batches.map(({ length }) => length));
  const numbers = [1, 2, 3].map(() => new Float64Array(most));
  const texts: string[] = [];
  try {
    for (const batch of batches) {
      texts.splice(0, texts.length, ...batch.map(([who]) => who));
      numbers.forEach((column, i) => {
        column.fill(Number.NaN);
        batch.forEach((row, at) => (column[at] = Number(row[i + 1] ?? Number.NaN)));
      });
      const { length } = batch;
      file.write({
        length,
        values: [texts, ...numbers.map((column) => column.subarray(0, length))],
      });
    }
    await file.finish();
  } finally {
    await file.close();
  }
}

const read = {
  parquet: () => duck.rows(`FROM ${parquetRows(join(place, "t.parquet"))}`),
  arrow: async () => (await arrowRows(join(place, "t.arrow"))).rows,
} satisfies Record<Format, () => Promise<readonly Readonly<Record<string, ArrowValue>>[]>>;

const named = (rows: readonly Row[]): unknown => rows.map(([who, n, x, ok]) => ({ who, n, x, ok }));

const absent = { nil: null, freq: 4 };
const row = fc.tuple(
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replaceAll("\0", "")),
  fc.option(fc.maxSafeInteger(), absent),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), absent),
  fc.option(fc.boolean(), absent),
);
const batches = fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 4 });

describe.each(FORMATS)("a table that grows into a file of %s", (format) => {
  it("holds every row, with what is absent", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (rows) => {
        await write(format, rows);
        expect(await read[format]()).toEqual(named(rows.flat()));
      }),
      { numRuns: 60 },
    );
  });

  it("holds columns without a value, and without one that is absent", async () => {
    const empty: readonly Row[] = Array.from({ length: 100 }, () => ["", null, null, null]);
    const full: readonly Row[] = Array.from({ length: 1_000 }, (_, i) => [
      "é",
      i,
      -i / 7,
      i % 3 > 0,
    ]);
    await write(format, [empty, full]);
    expect(await read[format]()).toEqual(named([...empty, ...full]));
  });

  it("is in its place when it is finished, and not before", async () => {
    const file = await create(format);
    file.write({ length: 1, values: [["a"], ...[1, 2, 1].map((n) => Float64Array.of(n))] });
    expect(await readdir(place)).not.toContain(`t.${format}`);
    const bytes = await file.finish();
    await file.close();
    expect(await readdir(place)).toEqual([`t.${format}`]);
    expect((await readFile(join(place, `t.${format}`))).length).toBe(bytes);
    expect(file.rows).toBe(1);
  });

  it("leaves nothing when it is closed unfinished, or abandoned", async () => {
    const closed = await create(format);
    await closed.close();
    expect(await readdir(place)).toEqual([]);
    const abandoned = await create(format);
    abandonUnfinished();
    expect(await readdir(place)).toEqual([]);
    await abandoned.close();
  });

  it("replaces a file only when told to, and never a folder with something in it", async () => {
    const out = join(place, `t.${format}`);
    await writeFile(out, "mine");
    await expect(create(format)).rejects.toThrow("is there already");
    const unfinished = await create(format, { replace: true });
    await unfinished.close();
    expect(await readFile(out, "utf8")).toBe("mine");
    await write(format, [[["a", 1, 1, true]]]);
    expect(await read[format]()).toHaveLength(1);
    await mkdir(join(place, "folder"));
    await writeFile(join(place, "folder/mine"), "mine");
    const onFolder = create(format, { out: join(place, "folder"), replace: true });
    await expect(onFolder).rejects.toThrow("holds mine");
  });

  it("refuses columns that are not what they are said to be", async () => {
    const file = await create(format);
    const swapped = [Float64Array.of(1), ["a"], Float64Array.of(1), Float64Array.of(1)];
    expect(() => file.write({ length: 1, values: swapped })).toThrow(/^Invariant: the column who/);
    await file.close();
  });
});

describe("what a table file says of itself", () => {
  it("is what it was told, and where its rows come from", async () => {
    for (const format of FORMATS) {
      const file = await create(format, { about: { bars: '{"every":1}' } });
      await file.finish();
      await file.close();
    }
    const { metadata } = await arrowRows(join(place, "t.arrow"));
    const pairs = await duck.rows(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata(${sqlString(join(place, "t.parquet"))})`,
    );
    expect([...metadata]).toEqual(pairs.map(({ key, value }) => [key, value]));
    expect(metadata.get("bars")).toBe('{"every":1}');
    expect(JSON.parse(metadata.get("aftershock") ?? "")).toEqual({
      simulated: false,
      partitions: [],
    });
  });

  it("has in Parquet the range of whole numbers by row group, so that readers can skip", async () => {
    await write("parquet", [
      [
        ["a", 5, 1, true],
        ["a", -3, null, null],
      ],
      [["a", null, null, null]],
    ]);
    const found = await duck.rows(
      `SELECT row_group_id AS "group", path_in_schema AS name, stats_min_value AS least, stats_max_value AS largest, stats_null_count AS nulls
       FROM parquet_metadata(${sqlString(join(place, "t.parquet"))}) WHERE path_in_schema IN ('n', 'x') ORDER BY ALL`,
    );
    expect(found).toEqual([
      { group: 0, name: "n", least: "-3", largest: "5", nulls: 0 },
      { group: 0, name: "x", least: null, largest: null, nulls: 1 },
      { group: 1, name: "n", least: null, largest: null, nulls: 1 },
      { group: 1, name: "x", least: null, largest: null, nulls: 1 },
    ]);
    const few = await duck.rows(
      `SELECT * FROM ${parquetRows(join(place, "t.parquet"))} WHERE n > 4`,
    );
    expect(few).toHaveLength(1);
  });
});
