import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AftershockError } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingest } from "../src/ingest.ts";
import { Lake } from "../src/store/lake.ts";
import { memoryFile } from "./memoryFile.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";
import { mutated } from "./mutate.ts";
import type { Sample } from "./samples/sample.ts";

const folder = join(import.meta.dirname, "samples");
const modules = (await readdir(folder)).filter((name) => name !== "sample.ts").toSorted();
const SAMPLES: readonly Sample[] = (
  await Promise.all(
    modules.map(
      async (name) =>
        ((await import(join(folder, name))) as { samples: readonly Sample[] }).samples,
    ),
  )
).flat();

/** Seeds of the changes made to each sample; 0 changes nothing. */
const SEEDS = [0, 11, 12];

let lake: Lake;

beforeEach(async () => {
  lake = new Lake(join(await mkdtemp(join(tmpdir(), "aftershock-account-")), "lake"));
});
afterEach(() => rm(join(lake.paths.root, ".."), { recursive: true, force: true }));

/** What the source makes of the content; undefined when it refuses it. */
async function emitted(sample: Sample, content: Uint8Array): Promise<MemorySink | undefined> {
  const memory = memorySink();
  try {
    const reader = sample.source.createReader(sample.hints ?? {});
    await reader.read(memoryFile(sample.name, content), memory.sink);
    reader.finish?.(memory.sink);
    return memory;
  } catch (error) {
    if (error instanceof AftershockError) return undefined;
    throw error;
  }
}

describe("rows in are rows stored, in quarantine, or counted duplicates", () => {
  it.each(
    SAMPLES.flatMap((sample) =>
      SEEDS.map((seed) => [sample.source.name, sample.name, seed, sample] as const),
    ),
  )("%s: %s, changed by seed %i", async (_source, _name, seed, sample) => {
    const content = seed === 0 ? Buffer.from(sample.content) : mutated(sample.content, seed);
    const memory = await emitted(sample, content);
    const path = join(lake.paths.root, "..", sample.name);
    await writeFile(path, content);
    const stored = await ingest({
      lake,
      source: sample.source,
      paths: [path],
      hints: sample.hints ?? {},
      maxQuarantine: 1,
    }).catch((error: unknown) => {
      if (error instanceof AftershockError) return undefined;
      throw error;
    });
    const partitions = await lake.list();
    if (memory === undefined || stored === undefined || memory.rows.length === 0) {
      expect(partitions).toEqual([]);
      return;
    }
    const repeated = memory.skipped.filter(({ reason }) => reason.startsWith("duplicate")).length;
    const offGrid = stored.quarantined - memory.quarantined.length;
    const dropped = stored.duplicates - repeated;
    // A row of a book that is off its grid stays as one that says so.
    const marked = memory.rows.some(({ stream }) => stream === "book" || stream === "orders");
    expect(stored.rows + dropped + (marked ? 0 : offGrid)).toBe(memory.rows.length);
    expect(partitions.reduce((sum, { rows }) => sum + rows, 0)).toBe(stored.rows);
  });
});
