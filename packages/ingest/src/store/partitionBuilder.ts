import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Instrument, instrumentId, IntegrityError, type StreamName } from "@aftershock/schema";
import { measureQuality } from "../quality/partitionQuality.ts";
import type { InstrumentTerms } from "../source.ts";
import { readColumns } from "./columnReader.ts";
import type { Duck } from "../duck.ts";
import type { Grid } from "./gridSql.ts";
import { MANIFEST_FILE, QUARANTINE_FILE, writeDurably } from "./lake.ts";
import { LAKE_VERSION, type Manifest, type SourceRecord } from "./manifest.ts";
import type { PartitionTable, TableSummary } from "./partitionTable.ts";
import type { BadLine, DayRemarks } from "./rowCollector.ts";
import { RowsHash } from "./rowsHash.ts";

/** A file (or a simulation) that rows come from, before they are counted. */
export type SourceIdentity = Omit<SourceRecord, "rows">;

/** What a partition is built from. */
export interface PartitionInput {
  readonly table: PartitionTable;
  /** Of the table as it is now. */
  readonly summary: TableSummary;
  readonly venue: string;
  readonly symbol: string;
  readonly date: string;
  readonly terms: InstrumentTerms;
  readonly remarks: DayRemarks;
  readonly loader: Manifest["loader"];
  readonly simulated: Manifest["simulated"];
  /** By the source index of the rows. */
  readonly sources: readonly SourceIdentity[];
  /** The partition whose rows are already included in the table. */
  readonly merged: Manifest | undefined;
  /** Reads a line again: for rows that turn out to be off the grid. */
  readonly lineText: (source: number, line: number) => Promise<string>;
  /** An empty folder's path, to be made. */
  readonly folder: string;
}

/** A partition that waits in its folder to be committed, with what was dropped from it. */
export interface BuiltPartition {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Rows that were off the grid, quarantined now. */
  readonly offGrid: number;
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Reads what was written, makes sure that it is all there, and hashes it. */
async function hashRows(
  duck: Duck,
  stream: StreamName,
  parquetFile: string,
  rows: number,
): Promise<string> {
  const hash = new RowsHash(stream);
  let read = 0;
  for await (const { length, columns } of readColumns(duck, stream, parquetFile, rows)) {
    hash.add(columns);
    read += length;
  }
  if (read !== rows) {
    throw new IntegrityError(`Invariant: wrote ${rows} rows to ${parquetFile}, read back ${read}`);
  }
  return hash.digest();
}

function instrumentOf(input: PartitionInput, grid: Grid): Instrument {
  const { venue, symbol, terms, simulated } = input;
  const inferred = terms.tick === undefined || terms.lot === undefined;
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    kind: terms.kind,
    contract: terms.contract,
    multiplier: terms.multiplier,
    base: terms.base,
    quote: terms.quote,
    settle: terms.settle,
    tick: grid.tick,
    lot: grid.lot,
    gridSource: simulated === null ? (inferred ? "inferred" : "table") : "simulated",
    ...(terms.validFrom === undefined ? {} : { validFrom: terms.validFrom }),
    ...(terms.validTo === undefined ? {} : { validTo: terms.validTo }),
  };
}

async function quarantineOffGrid(input: PartitionInput, grid: Grid): Promise<readonly BadLine[]> {
  const found = await input.table.offGrid(grid);
  const reason = `off the grid: a price or size is no whole number of steps (tick ${grid.tick.mantissa}e-${grid.tick.decimals}, lot ${grid.lot.mantissa}e-${grid.lot.decimals}) below 2^53`;
  const badLines: BadLine[] = [];
  for (const { source, line } of found) {
    const file = input.sources[source]?.name;
    if (file === undefined) throw new IntegrityError("Invariant: an old row is off its own grid");
    badLines.push({ file, line, reason, text: await input.lineText(source, line) });
  }
  if (found.length > 0) await input.table.dropOffGrid(grid);
  return badLines;
}

/** The sources of a partition, oldest merged ones first, then by name. */
function sourceRecords(
  input: PartitionInput,
  rowsBySource: ReadonlyMap<number, number>,
): readonly SourceRecord[] {
  const counted = [...rowsBySource].flatMap(([index, rows]) => {
    const source = input.sources[index];
    return source === undefined ? [] : [{ ...source, rows }];
  });
  return [...(input.merged?.sources ?? []), ...counted].toSorted((a, b) =>
    a.name === b.name ? (a.sha256 < b.sha256 ? -1 : 1) : a.name < b.name ? -1 : 1,
  );
}

function sumNotes(
  remarks: DayRemarks,
  merged: Manifest | undefined,
): Readonly<Record<string, number>> {
  const sums = new Map(Object.entries(merged?.quality.notes ?? {}));
  for (const [what, count] of remarks.notes) sums.set(what, (sums.get(what) ?? 0) + count);
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Builds one partition in a folder of its own: grid, duplicates, order, rows, hash, quality, quarantine, manifest. Returns
 * undefined when no row is left.
 */
export async function buildPartition(
  duck: Duck,
  input: PartitionInput,
): Promise<BuiltPartition | undefined> {
  const { table, remarks, merged, folder } = input;
  const grid = await table.grid(input.terms);
  const offGrid = await quarantineOffGrid(input, grid);
  const badLines = [...remarks.badLines, ...offGrid];
  const repeated = await table.dropDuplicates();
  const duplicates = remarks.duplicates + repeated;
  const changed = offGrid.length > 0 || repeated > 0;
  const summary = changed ? await table.summary() : input.summary;
  const { rows, firstTime, lastTime, outOfOrder, rowsBySource } = summary;
  if (rows === 0) return undefined;
  await mkdir(folder);
  const instrument = instrumentOf(input, grid);
  const draft = join(folder, "rows.parquet");
  await table.write(draft, grid, instrument);
  const rowsSha256 = await hashRows(duck, table.stream, draft, rows);
  const manifest: Manifest = {
    lakeVersion: LAKE_VERSION,
    stream: table.stream,
    instrument,
    date: input.date,
    rows,
    firstTime,
    lastTime,
    rowsSha256,
    fileSha256: await sha256OfFile(draft),
    file: `rows-${rowsSha256.slice(0, 16)}.parquet`,
    loader: input.loader,
    sources: sourceRecords(input, rowsBySource),
    simulated: input.simulated,
    quality: {
      duplicates: duplicates + (merged?.quality.duplicates ?? 0),
      outOfOrder: outOfOrder + (merged?.quality.outOfOrder ?? 0),
      quarantined: badLines.length + (merged?.quality.quarantined ?? 0),
      ...(await measureQuality(duck, table.stream, draft)),
      notes: sumNotes(remarks, merged),
    },
  };
  await writeBeside(folder, draft, manifest, badLines);
  return { folder, manifest, duplicates, outOfOrder, offGrid: offGrid.length };
}

async function writeBeside(
  folder: string,
  draft: string,
  manifest: Manifest,
  badLines: readonly BadLine[],
): Promise<void> {
  await rename(draft, join(folder, manifest.file));
  if (badLines.length > 0) {
    const lines = badLines.map((bad) => `${JSON.stringify(bad)}\n`);
    await writeDurably(join(folder, QUARANTINE_FILE), lines.join(""));
  }
  await writeDurably(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
