/**
 * How many messages and rows a second one core reads from raw captures of Binance, plainly (JSON.parse, objects) and in bulk (from the
 * bytes), unpacking and hashing included, storing left out. CPU time, so that what else the machine does is left out; the best of
 * several runs, taken in turns. Files that are named are read in one go, as one recording; without any, a seeded one is made.
 *
 *     node --conditions=@aftershock/source test/bench/rawJson.ts [--runs 5] [FILE…]
 */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { readFiles } from "../../packages/ingest/src/reading/readFiles.ts";
import type { RowSink, SourceReader } from "../../packages/ingest/src/source.ts";
import { binanceRaw } from "../../packages/ingest/src/sources/binance/binanceRaw.ts";
import { recycleChunk } from "../../packages/ingest/src/store/rowBuffer.fast.ts";
import { writeSyntheticCapture } from "./syntheticCapture.ts";

/** Messages of the made-up capture. */
const MESSAGES = 400_000;

/** What one reading of the files came to. */
interface Reading {
  readonly lines: number;
  readonly rows: number;
  /** CPU time of the process, all its threads. */
  readonly micros: number;
}

/** Counts the lines that a reader is given. */
function counting(reader: SourceReader, bulk: boolean, count: (lines: number) => void): SourceReader {
  return {
    read: (file, { bulk: rows, ...plain }) => {
      const sink: RowSink = bulk && rows !== undefined ? { ...plain, bulk: rows } : plain;
      return reader.read(file, sink);
    },
    finish: (sink) => reader.finish?.(sink),
  };
}

async function read(paths: readonly string[], bulk: boolean): Promise<Reading> {
  let rows = 0;
  const before = process.cpuUsage();
  await readFiles(
    paths.map((path, index) => ({ index, path })),
    reader(bulk),
    {
      chunk: async (_file, { stream }, chunk) => recycleChunk(stream, chunk),
      file: async ({ summary }) => void (rows += summary.rows),
      progress: () => {},
    },
  );
  const { user, system } = process.cpuUsage(before);
  return { rows, micros: user + system };
}
