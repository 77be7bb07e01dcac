import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError, formatDecimal, type Instrument, instrumentId } from "@aftershock/schema";
import { PartitionMeasure } from "../quality/partitionMeasure.ts";
import type { InstrumentTerms } from "../source.ts";
import type { Duck } from "../duck.ts";
import { type BadLine, type DayRemarks, keptLine, noRemarks } from "./fileRows.ts";
import type { Grid } from "./gridSql.ts";
import { MANIFEST_FILE, writeDurably } from "./lake.ts";
import { LAKE_VERSION, type Manifest, type SourceRecord } from "./manifest.ts";
import type { PartitionPlan } from "./partitionPlan.ts";
import type { PartitionTable, SourceSummary } from "./partitionTable.ts";
import type { RowStats } from "./rowBuffer.fast.ts";
import { hashWrittenRows } from "./writtenRows.fast.ts";

/** What a partition is built from. */
export interface PartitionInput {
  /** Its rows, new and kept, by their places in `plan.sources`. */
  readonly table: PartitionTable;
  /** Of the new files' rows, by their places. */
  readonly stats: ReadonlyMap<number, RowStats>;
  readonly plan: PartitionPlan;
  /** The partition that is there now and that rows are kept of. */
  readonly held: Manifest | undefined;
  readonly venue: string;
  readonly symbol: string;
  readonly date: string;
  readonly terms: InstrumentTerms;
  /** Of the new files, by their places. */
  readonly remarks: ReadonlyMap<number, DayRemarks>;
  readonly loader: Manifest["loader"];
  readonly simulated: Manifest["simulated"];
  /** Reads lines of a source again: for rows that turn out to be off the grid. In the order asked for. */
  readonly lineTexts: (place: number, lines: readonly number[]) => Promise<readonly string[]>;
  /** An empty folder's path, to be made. */
  readonly folder: string;
}

/** What building a partition came to. */
export interface BuiltPartition {
  /** Waits in its folder to be committed; undefined when no row was left. */
  readonly manifest: Manifest | undefined;
  readonly folder: string;
  /** Lines of the new files that are in quarantine now. */
  readonly badLines: readonly BadLine[];
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
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

/** What of one file is off the grid. */
interface OffGrid {
  /** A line may hold several. */
  readonly rows: number;
  readonly lines: readonly BadLine[];
}

const keptOffGrid = (input: PartitionInput, file: string, reason: string): DataError =>
  new DataError(
    `rows of ${file}, which are in the lake on ${input.date}, would be ${reason}: the files of that day are of two grids`,
    { hints: ["Ingest them into lakes of their own, or all together into a new one."] },
  );

/** Takes the rows off the grid out of the table, and returns their lines by the places of their sources. */
async function takeOffGrid(
  input: PartitionInput,
  grid: Grid,
): Promise<ReadonlyMap<number, OffGrid>> {
  const { table, plan } = input;
  const found = Map.groupBy(await table.offGrid(grid), ({ source }) => source);
  const reason = `off the grid: a price or size is no whole number of steps (tick ${formatDecimal(grid.tick)}, lot ${formatDecimal(grid.lot)}) below 2^53`;
  const badLines = new Map<number, OffGrid>();
  for (const [place, rows] of found) {
    const file = plan.sources[place]?.name ?? "";
    if ([...plan.keptPlaces.values()].includes(place)) throw keptOffGrid(input, file, reason);
    const lines = [...new Set(rows.map(({ line }) => line))];
    const texts = await input.lineTexts(place, lines);
    const bad = lines.map((line, i) => keptLine({ file, line, reason, text: texts[i] ?? "" }));
    badLines.set(place, { rows: rows.length, lines: bad });
  }
  if (found.size > 0) await table.dropOffGrid(grid);
  return badLines;
}

/** Each source's part in the partition: of the kept ones as it was, of the new ones as it is now. */
function sourceRecords(
  input: PartitionInput,
  after: ReadonlyMap<number, SourceSummary>,
  repeated: ReadonlyMap<number, number>,
  offGrid: ReadonlyMap<number, OffGrid>,
): readonly SourceRecord[] {
  const { plan, held, remarks, stats } = input;
  const keptAs = new Map([...plan.keptPlaces].map(([from, to]) => [to, held?.sources[from]]));
  return plan.sources.map((source, place): SourceRecord => {
    const rows = after.get(place)?.rows ?? 0;
    const dropped = repeated.get(place) ?? 0;
    const kept = keptAs.get(place);
    if (kept !== undefined) return { ...kept, rows, duplicates: kept.duplicates + dropped };
    const own = remarks.get(place) ?? noRemarks();
    const { firstTime = 0, lastTime = 0, outOfOrder = 0 } = stats.get(place) ?? {};
    return {
      ...source,
      rows,
      firstTime,
      lastTime,
      duplicates: own.duplicates + dropped,
      outOfOrder,
      quarantined: own.badLines.length + (offGrid.get(place)?.rows ?? 0),
      notes: Object.fromEntries([...own.notes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  });
}

function sumNotes(sources: readonly SourceRecord[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [what, count] of sources.flatMap(({ notes }) => Object.entries(notes))) {
    sums.set(what, (sums.get(what) ?? 0) + count);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const total = (
  sources: readonly SourceRecord[],
  what: "duplicates" | "outOfOrder" | "quarantined",
): number => sources.reduce((sum, source) => sum + source[what], 0);

/** Builds one partition in a folder of its own: grid, duplicates, order, rows, hash, quality, manifest. */
export async function buildPartition(duck: Duck, input: PartitionInput): Promise<BuiltPartition> {
  const { table, folder } = input;
  const grid = table.grid(input.terms);
  const offGrid = await takeOffGrid(input, grid);
  const repeated = await table.dropDuplicates(grid);
  const after = await table.summary();
  const badLines = [
    ...[...input.remarks.values()].flatMap((own) => own.badLines),
    ...[...offGrid.values()].flatMap(({ lines }) => lines),
  ];
  if (after.size === 0) return { manifest: undefined, folder, badLines };
  await mkdir(folder);
  const instrument = instrumentOf(input, grid);
  const draft = join(folder, "rows.parquet");
  await table.write(draft, grid, instrument);
  const summaries = [...after.values()];
  const rows = summaries.reduce((sum, own) => sum + own.rows, 0);
  const measure = new PartitionMeasure(table.stream);
  const rowsSha256 = await hashWrittenRows(duck, {
    stream: table.stream,
    parquetFile: draft,
    rows,
    measure: (columns, count) => measure.add(columns, count),
  });
  const sources = sourceRecords(input, after, repeated, offGrid);
  const fileSha256 = await sha256OfFile(draft);
  const manifest: Manifest = {
    lakeVersion: LAKE_VERSION,
    stream: table.stream,
    instrument,
    date: input.date,
    rows,
    firstTime: Math.min(...summaries.map(({ firstTime }) => firstTime)),
    lastTime: Math.max(...summaries.map(({ lastTime }) => lastTime)),
    eventSpan: measure.eventSpan,
    rowsSha256,
    fileSha256,
    file: `rows-${fileSha256.slice(0, 16)}.parquet`,
    loader: input.loader,
    sources,
    simulated: input.simulated,
    quality: {
      duplicates: total(sources, "duplicates"),
      outOfOrder: total(sources, "outOfOrder"),
      quarantined: total(sources, "quarantined"),
      ...measure.result(),
      notes: sumNotes(sources),
    },
  };
  await rename(draft, join(folder, manifest.file));
  await writeDurably(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { manifest, folder, badLines };
}
