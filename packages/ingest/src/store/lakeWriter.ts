import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { IntegrityError, type StreamName } from "@aftershock/schema";
import pLimit from "p-limit";
import { type Duck, openDuck } from "../duck.ts";
import type { InstrumentTerms } from "../source.ts";
import { keyOf, type Lake, QUARANTINE_FILE, writeDurably } from "./lake.ts";
import { partitionFolder } from "./lakePaths.ts";
import type { Manifest, SourceRecord } from "./manifest.ts";
import { buildPartition, type BuiltPartition } from "./partitionBuilder.ts";
import { checkForms, checkRepeated } from "./partitionChecks.ts";
import { type PartitionPlan, planPartition, type SourceIdentity } from "./partitionPlan.ts";
import {
  addRemarks,
  type BadLine,
  type DayRemarks,
  type FileRows,
  type FileSummary,
  noRemarks,
  type PartitionName,
} from "./fileRows.ts";
import { PartitionTable } from "./partitionTable.ts";
import { chunkBytes, type RowChunk, type RowStats } from "./rowBuffer.fast.ts";
import { stagedLayout } from "./stagedLayout.ts";
import { StagedTable } from "./stagedTable.ts";
import { makeStaging, sweepStaging, whileCommitting, withLock } from "./stagingFolder.ts";

/** What became of a partition. */
export interface PartitionOutcome {
  readonly stream: StreamName;
  readonly instrument: string;
  readonly date: string;
  readonly rows: number;
  /** Of the rows' values. */
  readonly sha256: string;
  readonly status: "written" | "unchanged" | "replaced";
  /** Files whose rows were in the partition and are no longer, because the new files cover the same time. */
  readonly displaced: readonly string[];
}

/** What a writer needs to know of where its rows come from. */
export interface LakeWriterOptions {
  readonly lake: Lake;
  readonly loader: Manifest["loader"];
  readonly simulated: Manifest["simulated"];
  /** What is known of an instrument at an instant, µs. */
  readonly terms: (venue: string, symbol: string, at: number) => InstrumentTerms;
  /** The texts of lines of a file, read again, in the order asked for. */
  readonly lineTexts: (file: number, lines: readonly number[]) => Promise<readonly string[]>;
}

/** What build() found in the files given, counted in rows; of partitions that are unchanged, as they were found the first time. */
export interface WriteTotals {
  readonly rows: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** The first lines that were off their grid. */
  readonly examples: readonly BadLine[];
}

interface Pending {
  /** Undefined when the partition stays as it is. */
  readonly built: BuiltPartition | undefined;
  readonly manifest: Manifest;
  /** The partition that was there when it was planned. */
  readonly held: Manifest | undefined;
  readonly displaced: readonly SourceRecord[];
}

/** The lines of a quarantine file that stay: those of files that stay. */
async function keptQuarantine(path: string, kept: ReadonlySet<string>): Promise<string> {
  if (!existsSync(path)) return "";
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const isKept = (line: string): boolean => {
    const bad: unknown = JSON.parse(line);
    return typeof bad === "object" && bad !== null && "file" in bad && kept.has(String(bad.file));
  };
  return lines
    .filter(isKept)
    .map((line) => `${line}\n`)
    .join("");
}

/** The rows of one partition from one file. */
interface StagedFile {
  readonly table: StagedTable;
  /** Its only chunk so far, not yet in the table: a table of its own costs 3 MB, and thousands of days may have a few rows each. */
  held?: RowChunk | undefined;
  stats?: RowStats;
  remarks?: DayRemarks;
}

/** The rows of one partition, file by file. */
interface Staged {
  readonly name: PartitionName;
  /** By the index of the file. */
  readonly files: Map<number, StagedFile>;
}

/** What DuckDB keeps of the staged rows before it spills to disk, so that a day takes hardly more memory than an hour. */
const MEMORY_LIMIT = "256MB";

/** Memory of rows held outside the tables, at most. Bytes. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;

/** Rows of a partition that one thread is as quick with as several. */
const FEW_ROWS = 8_192;

/** Whether all rows of a partition are few, with those that it holds already. */
const isSmall = (staged: Iterable<StagedFile>, held: Manifest | undefined): boolean => {
  let rows = held?.rows ?? 0;
  for (const own of staged) rows += own.held?.rows ?? Number.POSITIVE_INFINITY;
  return rows <= FEW_ROWS;
};

/** Partitions that are put in place at once. */
const COMMITS_AT_ONCE = 8;

const partitionId = ({ stream, venue, symbol, date }: PartitionName): string =>
  `${stream} ${venue}:${symbol} ${date}`;

/**
 * Writes rows of any streams and instruments as partitions of a lake. Rows wait in a DuckDB of their own that spills to disk,
 * so that memory does not grow with the day; nothing appears in the lake before commit().
 */
export class LakeWriter {
  private readonly options: LakeWriterOptions;
  private readonly duck: Duck;
  private readonly staging: string;
  private readonly staged = new Map<string, Staged>();
  /** Readers fill it side by side, and a connection of DuckDB does one thing at a time. */
  private readonly inTurn = pLimit(1);
  private tables = 0;
  private heldBytes = 0;
  private isOnOneThread = false;
  private readonly pending: Pending[] = [];
  private readonly datasets = new Map<number, string>();
  /** What was said of files without any row. */
  private readonly rowless: (readonly [file: number, DayRemarks])[] = [];
  /** Bad lines of days of which no row was left. */
  private readonly homeless: BadLine[] = [];

  private constructor(options: LakeWriterOptions, duck: Duck, staging: string) {
    this.options = options;
    this.duck = duck;
    this.staging = staging;
  }

  static async open(options: LakeWriterOptions): Promise<LakeWriter> {
    await sweepStaging(options.lake);
    const staging = await makeStaging(options.lake);
    try {
      const spillFolder = join(staging, "spill");
      const duck = await openDuck({ spillFolder, memoryLimit: MEMORY_LIMIT });
      return new LakeWriter(options, duck, staging);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw error;
    }
  }

  /** Takes rows of a file, which come in its order. Returns whether it has kept the chunk, which nobody may fill again then. */
  append(file: number, name: PartitionName, chunk: RowChunk): Promise<boolean> {
    return this.inTurn(() => this.take(file, name, chunk));
  }

  private async take(file: number, name: PartitionName, chunk: RowChunk): Promise<boolean> {
    const id = partitionId(name);
    const partition: Staged = this.staged.get(id) ?? { name, files: new Map() };
    this.staged.set(id, partition);
    let own = partition.files.get(file);
    if (own === undefined) {
      const table = new StagedTable(
        this.duck,
        stagedLayout(name.stream),
        `staged_${this.tables++}`,
      );
      partition.files.set(file, (own = { table }));
    }
    if (!own.table.begun && own.held === undefined && this.heldBytes < MOST_HELD_BYTES) {
      own.held = chunk;
      this.heldBytes += chunkBytes(chunk);
      return true;
    }
    await this.release(own);
    await own.table.append(chunk);
    return false;
  }

  /** Puts what is held of a file's rows into its table. */
  private async release(own: StagedFile): Promise<void> {
    if (own.held === undefined) return;
    const { held } = own;
    this.heldBytes -= chunkBytes(held);
    own.held = undefined;
    await own.table.append(held);
  }

  /** Takes what a file's rows have filled; with `all`, every row of it. */
  async drain(file: number, rows: FileRows, all = false): Promise<void> {
    for (const { name, chunk } of rows.take(all)) await this.append(file, name, chunk);
  }

  /** A file is over: all of its rows have come. */
  async endFile(file: number, summary: FileSummary): Promise<void> {
    this.datasets.set(file, summary.dataset);
    for (const { name, stats, remarks } of summary.parts) {
      const own = this.staged.get(partitionId(name))?.files.get(file);
      if (own === undefined) throw new IntegrityError("Invariant: a part of a file without rows");
      own.stats = stats;
      own.remarks = remarks;
      if (own.held === undefined) await this.inTurn(() => own.table.close());
    }
    const { badLines, notes, duplicates } = summary.homeless;
    if (badLines.length + notes.size + duplicates > 0) this.rowless.push([file, summary.homeless]);
  }

  /** The data set of a file. */
  datasetOf(file: number): string {
    return this.datasets.get(file) ?? "";
  }

  /** Sorts, checks and writes every partition into the staging folder. */
  async build(files: readonly SourceIdentity[]): Promise<WriteTotals> {
    const partitions = [...this.staged].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const [, first] = partitions[0] ?? [];
    const [lowest] = [...(first?.files.keys() ?? [])].toSorted((a, b) => a - b);
    const somewhere = lowest === undefined ? undefined : first?.files.get(lowest);
    // Of files without any row: said beside the first rows that there are.
    for (const [, remarks] of this.rowless.toSorted(([a], [b]) => a - b)) {
      if (somewhere?.remarks !== undefined) addRemarks(somewhere.remarks, remarks);
    }
    for (const [, partition] of partitions) await this.buildPartition(partition, files);
    const given = new Set(files.map(({ sha256 }) => sha256));
    const records = this.pending
      .flatMap(({ manifest }) => manifest.sources)
      .filter(({ sha256 }) => given.has(sha256));
    const sum = (what: "rows" | "quarantined" | "duplicates" | "outOfOrder"): number =>
      records.reduce((total, record) => total + record[what], 0);
    return {
      rows: sum("rows"),
      quarantined: sum("quarantined") + this.homeless.length,
      duplicates: sum("duplicates"),
      outOfOrder: sum("outOfOrder"),
      examples: [
        ...this.homeless,
        ...this.pending.flatMap(({ built }) => built?.badLines ?? []),
      ].slice(0, 1),
    };
  }

  /** The partition that is there, when its rows are of the same loader and can be kept. */
  private comparable(held: Manifest | undefined): Manifest | undefined {
    const { lake, loader } = this.options;
    const same = held !== undefined && JSON.stringify(held.loader) === JSON.stringify(loader);
    return same && existsSync(lake.rowsFile(held)) ? held : undefined;
  }

  private async buildPartition(
    { name, files: unordered }: Staged,
    files: readonly SourceIdentity[],
  ): Promise<void> {
    // Files may have been read side by side.
    const staged = new Map([...unordered].toSorted(([a], [b]) => a - b));
    const { lake, terms } = this.options;
    const held = await lake.find(name);
    const comparable = this.comparable(held);
    const statsOf = new Map(
      [...staged].flatMap(([file, { stats }]) => (stats ? [[file, stats]] : [])),
    );
    checkForms(
      name,
      [...staged.keys()].flatMap((file) => files[file] ?? []),
    );
    const plan = planPartition(files, statsOf, comparable);
    checkRepeated(name, plan, comparable);
    if (comparable !== undefined && plan.unchanged) {
      for (const { table } of staged.values()) await table.drop();
      this.pending.push({ built: undefined, manifest: comparable, held, displaced: [] });
      return;
    }
    await this.useOneThread(isSmall(staged.values(), comparable));
    for (const own of staged.values()) {
      if (own.held === undefined) continue;
      await this.release(own);
      await own.table.close();
    }
    const parts = [...staged].flatMap(([file, { table, stats }]) => {
      const place = plan.newPlaces.get(file);
      return place === undefined || stats === undefined ? [] : [{ place, staged: table, stats }];
    });
    const keeps = comparable !== undefined && plan.keptPlaces.size > 0;
    const kept = keeps
      ? {
          parquetFile: lake.rowsFile(comparable),
          grid: comparable.instrument,
          numbers: plan.keptPlaces,
        }
      : undefined;
    const table = await PartitionTable.of(this.duck, name.stream, parts, kept);
    const firstTimes = parts.map(({ stats }) => stats.firstTime);
    const start = Math.min(...firstTimes, comparable?.firstTime ?? Infinity);
    const remarks = new Map([...staged].map(([file, own]) => [file, own.remarks ?? noRemarks()]));
    const built = await buildPartition(this.duck, {
      ...this.inputs(plan, remarks),
      table,
      stats: new Map(parts.map(({ place, stats }) => [place, stats])),
      held: comparable,
      venue: name.venue,
      symbol: name.symbol,
      date: name.date,
      terms: terms(name.venue, name.symbol, start),
    });
    await table.drop();
    const { manifest } = built;
    if (manifest === undefined) {
      for (const bad of built.badLines) this.homeless.push(bad);
      return;
    }
    await this.writeQuarantine(built, held, plan);
    const displaced = comparable === undefined ? (held?.sources ?? []) : plan.displaced;
    this.pending.push({ built, manifest, held, displaced });
  }

  /** For a few rows waking other threads costs more than they do: a fifth of the time where there are thousands of such days. */
  private async useOneThread(isOne: boolean): Promise<void> {
    if (isOne === this.isOnOneThread) return;
    await this.duck.run(isOne ? "SET threads = 1" : "RESET threads");
    this.isOnOneThread = isOne;
  }

  /** What a build needs of this writer, by the places of the plan. */
  private inputs(
    plan: PartitionPlan,
    remarks: ReadonlyMap<number, DayRemarks>,
  ): Pick<
    Parameters<typeof buildPartition>[1],
    "plan" | "remarks" | "loader" | "simulated" | "lineTexts" | "folder"
  > {
    const { loader, simulated, lineTexts } = this.options;
    const fileOf = new Map([...plan.newPlaces].map(([file, place]) => [place, file]));
    return {
      plan,
      remarks: new Map(
        [...remarks].flatMap(([file, own]) => {
          const place = plan.newPlaces.get(file);
          return place === undefined ? [] : [[place, own] as const];
        }),
      ),
      loader,
      simulated,
      lineTexts: (place, lines) => lineTexts(fileOf.get(place) ?? -1, lines),
      folder: join(this.staging, `partition-${this.pending.length}`),
    };
  }

  /** Writes the bad lines beside the rows, after those of files that stay. */
  private async writeQuarantine(
    { folder, badLines }: BuiltPartition,
    held: Manifest | undefined,
    { keptPlaces }: PartitionPlan,
  ): Promise<void> {
    const kept = new Set([...keptPlaces.keys()].map((place) => held?.sources[place]?.name ?? ""));
    const old =
      held === undefined || kept.size === 0
        ? ""
        : await keptQuarantine(join(this.options.lake.folder(keyOf(held)), QUARANTINE_FILE), kept);
    const fresh = badLines.map((bad) => `${JSON.stringify(bad)}\n`).join("");
    if (old + fresh !== "") await writeDurably(join(folder, QUARANTINE_FILE), old + fresh);
  }

  /**
   * Puts what was built into the lake, some partitions at once, each whole. Throws IntegrityError when another process has changed
   * a partition since it was planned; then that one stays as it is.
   */
  async commit(): Promise<readonly PartitionOutcome[]> {
    const { lake } = this.options;
    const changes = this.pending.flatMap(({ built, manifest, held }) =>
      built === undefined ? [] : [{ built, manifest, held }],
    );
    for (const { manifest } of changes) await lake.makeRoom(keyOf(manifest));
    // Side by side, as most of it is waiting for the disk. After one that fails no other begins, and those under way end before it is told.
    const atOnce = pLimit(COMMITS_AT_ONCE);
    const failures: unknown[] = [];
    const put = async ({ built, manifest, held }: (typeof changes)[number]): Promise<void> => {
      if (failures.length > 0) return;
      try {
        await withLock(lake, lockName(manifest), () => lake.commit(built.folder, manifest, held));
      } catch (error) {
        failures.push(error);
      }
    };
    await whileCommitting(() => atOnce.map(changes, put).then(() => undefined));
    if (failures.length > 0) throw failures[0];
    return this.pending.map(outcomeOf).toSorted(byPartition);
  }

  /** Removes the staging folder and closes DuckDB; whatever was not committed is gone. */
  async close(): Promise<void> {
    this.duck.close();
    await rm(this.staging, { recursive: true, force: true });
  }
}

/** A file name that no two partitions share, however long their symbols are. */
const lockName = (manifest: Manifest): string =>
  createHash("sha256")
    .update(partitionFolder(keyOf(manifest)))
    .digest("hex")
    .slice(0, 32);

function outcomeOf({ built, manifest, held, displaced }: Pending): PartitionOutcome {
  const changed = held === undefined ? "written" : "replaced";
  return {
    stream: manifest.stream,
    instrument: manifest.instrument.id,
    date: manifest.date,
    rows: manifest.rows,
    sha256: manifest.rowsSha256,
    status: built === undefined ? "unchanged" : changed,
    displaced: displaced.map(({ name }) => name),
  };
}

function byPartition(a: PartitionOutcome, b: PartitionOutcome): number {
  const [left, right] = [a, b].map((one) => `${one.stream} ${one.instrument} ${one.date}`);
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
