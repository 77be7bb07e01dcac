import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { detectSource, ingest, Lake, type ReadHints } from "@aftershock/ingest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const recordings = resolve(import.meta.dirname, "../../../shared/data");
const readme = resolve(import.meta.dirname, "../../packages/ingest/README.md");
const here = existsSync(recordings);

/** What files do not say of themselves, by the beginning of their path. */
const HINTS: readonly (readonly [string, ReadHints])[] = [
  ["crash-2021/binance-spot-1m", { venue: "binance" }],
  ["crash-2022-05-luna/", { venue: "binance" }],
  ["crash-2025-10-10/binance-usdm/", { venue: "binance-usdm" }],
];

const hintsOf = (path: string): ReadHints =>
  HINTS.find(([start]) => path.startsWith(start))?.[1] ?? {};

/** The paths that the README lists as not ingested: table rows that begin with a path in backticks. */
async function notIngested(): Promise<readonly string[]> {
  const text = await readFile(readme, "utf8");
  const section = text.split("\n## ").find((part) => part.startsWith("Files of the collection"));
  return [...(section ?? "").matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = ""]) => path);
}

const files = here
  ? (await readdir(recordings, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(recordings, join(entry.parentPath, entry.name)))
      .toSorted()
  : [];
const left = await notIngested();
const isLeft = (path: string): boolean => left.includes(path);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-every-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!here)("every recording of ../shared/data", () => {
  it("is ingested, or stands in the README with the reason why not", () => {
    expect(left.filter((path) => !files.includes(path))).toEqual([]);
    expect(files.length).toBeGreaterThan(200);
  });

  it.each(left)("is not recognised, as the README says: %s", async (path) => {
    await expect(detectSource(join(recordings, path))).rejects.toThrow(/not recognised/);
  });

  it.each(files.filter((path) => !isLeft(path)))(
    "goes into a lake whole: %s",
    async (path) => {
      const full = join(recordings, path);
      const lake = new Lake(join(folder, path.replaceAll(/[^\w]/g, "-")));
      const source = await detectSource(full);
      const result = await ingest({
        lake,
        source,
        paths: [full],
        hints: hintsOf(path),
        maxQuarantine: 0,
      });
      const partitions = await lake.list();
      const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0);
      expect(rows).toBe(result.rows);
      expect(rows).toBeGreaterThan(0);
      await rm(lake.paths.root, { recursive: true });
    },
    120_000,
  );
});
